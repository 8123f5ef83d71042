def migrate(cr, version):
    """Nobody knows since when people are in their state: not since this upgrade.

    A column that exists is not computed for the members that exist.
    """
    cr.execute("ALTER TABLE res_partner ADD COLUMN IF NOT EXISTS coop_state_since date")
