from odoo import SUPERUSER_ID, api

JOBS = ("cron_generate_slots", "cron_form_batches", "cron_send_mails")


def migrate(cr, version):
    """Date the orders that have ended, keep the capacities of single slots, let nobody
    but Odoo start our jobs, make accounts for those who are invited only, have baskets
    in the currency of their company, and let orders know their batch."""
    cr.execute(
        """UPDATE sale_order o
              SET drive_no_show_at = COALESCE(
                    (SELECT stop FROM drive_slot WHERE id = o.drive_slot_id),
                    o.write_date)
            WHERE o.drive_state = 'no_show' AND o.drive_no_show_at IS NULL"""
    )
    # Nobody knows whether by hand: they are kept, and listed before anything is changed.
    cr.execute(
        """UPDATE drive_slot s SET own_capacity = true
             FROM drive_point p
            WHERE p.id = s.point_id AND s.start > now() AT TIME ZONE 'UTC'
              AND (s.capacity <> p.slot_capacity OR s.line_capacity <> p.slot_line_capacity)"""
    )
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["ir.config_parameter"].set_param("auth_signup.invitation_scope", "b2b")
    for name in JOBS:
        job = env.ref(f"cafoutch_drive.{name}", raise_if_not_found=False)
        if job:
            job.group_ids = env.ref("base.group_system")
    baskets = env["sale.order"].search([("is_drive", "=", True), ("drive_state", "=", "basket")])
    foreign = baskets.filtered(lambda basket: basket.currency_id != basket.company_id.currency_id)
    foreign._compute_currency_id()
    for basket in foreign:
        basket._drive_refresh_prices()
    in_batches = env["stock.picking"].search(
        [("batch_id.is_drive", "=", True), ("state", "not in", ("done", "cancel"))]
    )
    in_batches.sale_id.sorted(lambda order: (order.drive_slot_id.start, order.id))._drive_follow_batch()
