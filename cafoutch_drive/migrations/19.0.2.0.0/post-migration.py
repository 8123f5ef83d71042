def migrate(cr, version):
    """Date the orders that were not collected, which the rule counts from now on."""
    cr.execute(
        """UPDATE sale_order o
              SET drive_no_show_at = COALESCE(
                    (SELECT stop FROM drive_slot WHERE id = o.drive_slot_id),
                    o.write_date)
            WHERE o.drive_state = 'no_show' AND o.drive_no_show_at IS NULL"""
    )
