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
    # What members see now they have seen since the shop knows it, as far as anybody knows.
    cr.execute("ALTER TABLE product_template ADD COLUMN IF NOT EXISTS drive_since timestamp")
    cr.execute(
        """UPDATE product_template SET drive_since = create_date
            WHERE drive_ok AND sale_ok AND active AND drive_since IS NULL"""
    )
    _date_states(cr)
    _bound_points(cr)


def _bound_points(cr):
    """Numbers of points have upper bounds now; a higher one was a slip."""
    cr.execute(
        """UPDATE drive_point
              SET slot_minutes = LEAST(slot_minutes, 1440),
                  slot_capacity = LEAST(slot_capacity, 10000),
                  slot_line_capacity = LEAST(slot_line_capacity, 1000000),
                  horizon_days = LEAST(horizon_days, 1098),
                  cutoff_minutes = LEAST(cutoff_minutes, 43200),
                  hold_minutes = LEAST(hold_minutes, 43200),
                  grace_minutes = LEAST(grace_minutes, 43200)
            WHERE slot_minutes > 1440 OR slot_capacity > 10000 OR slot_line_capacity > 1000000
               OR horizon_days > 1098 OR GREATEST(cutoff_minutes, hold_minutes, grace_minutes) > 43200"""
    )


def _date_states(cr):
    """When orders came to their states, as far as it was written: not at the upgrade."""
    cr.execute("ALTER TABLE sale_order ADD COLUMN IF NOT EXISTS drive_state_times jsonb")
    cr.execute(
        """UPDATE sale_order
              SET drive_state_times = jsonb_build_array(
                      jsonb_build_array('confirmed', to_char(date_order, 'YYYY-MM-DD HH24:MI:SS')))
                  || CASE WHEN drive_told_at IS NULL THEN '[]'::jsonb ELSE jsonb_build_array(
                      jsonb_build_array('ready', to_char(drive_told_at, 'YYYY-MM-DD HH24:MI:SS'))) END
                  || CASE WHEN drive_ended_at IS NULL THEN '[]'::jsonb ELSE jsonb_build_array(
                      jsonb_build_array(drive_state, to_char(drive_ended_at, 'YYYY-MM-DD HH24:MI:SS'))) END
            WHERE is_drive AND drive_state != 'basket' AND drive_pickup_code IS NOT NULL
              AND drive_state_times IS NULL"""
    )
