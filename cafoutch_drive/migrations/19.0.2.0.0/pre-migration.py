def migrate(cr, version):
    """Fill what an upgrade would compute as if all had begun and ended today.

    Nobody knows since when members are in their state. An order that has ended did so
    when it was last written, or before: notes are not kept longer for the upgrade.
    """
    cr.execute("ALTER TABLE res_partner ADD COLUMN IF NOT EXISTS coop_state_since date")
    cr.execute("ALTER TABLE sale_order ADD COLUMN IF NOT EXISTS drive_ended_at timestamp")
    cr.execute(
        """UPDATE sale_order SET drive_ended_at = write_date
            WHERE drive_state IN ('done', 'no_show', 'cancelled') AND drive_ended_at IS NULL"""
    )
