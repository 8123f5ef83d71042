from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

# A year back: what a household takes at a season comes back with it, far down the list.
DAYS_BACK = 365
# A purchase counts half after so many days.
HALF_LIFE_DAYS = 60
# States of an order whose goods the household took, or is about to.
TAKEN_STATES = ("confirmed", "preparing", "ready", "done")


class ResPartner(models.Model):
    """What a person usually takes, from what their household ordered and bought."""

    _inherit = "res.partner"

    def _drive_usual(self):
        """Return what this person usually takes, the most regular first.

        The household's: whoever of it ordered, or stood at the till with its card, the
        bread is for the same table. Who moved keeps what they ordered themselves.

        Each day on which a product was taken counts 1, and half of it for each 60 days
        since: what comes every week counts up to 13, every month 3.4, one party
        yesterday 1. So habits go before whims, and a habit that was given up sinks
        by itself within a season. The quantity is the one in the middle (the median) of
        those days: the twelve loaves of a party do not make twelve the usual number.

        What the till sold as part of a drive order is that order's and counts once;
        what came as a substitute was nobody's choice.

        :return: ``{product_id: quantity}``, in the unit the product is sold in
        """
        self.ensure_one()
        self.env["sale.order"].flush_model()
        self.env["sale.order.line"].flush_model()
        self.env["pos.order"].flush_model()
        self.env["pos.order.line"].flush_model()
        now = fields.Datetime.now()
        rows = self.env.execute_query(
            SQL(
                """WITH taken AS (
                       SELECT l.product_id, o.date_order::date AS day,
                              COALESCE(NULLIF(l.drive_ordered_qty, 0), l.product_uom_qty) AS qty
                         FROM sale_order o
                         JOIN sale_order_line l ON l.order_id = o.id
                        WHERE (o.drive_household_id = %(household)s OR o.partner_id = %(person)s)
                          AND o.is_drive AND o.drive_state IN %(states)s
                          AND o.date_order > %(since)s
                          AND l.display_type IS NULL AND l.drive_substitute_of_id IS NULL
                       UNION ALL
                       SELECT l.product_id, o.date_order::date, l.qty
                         FROM pos_order o
                         JOIN pos_order_line l ON l.order_id = o.id
                        WHERE o.partner_id IN %(people)s
                          AND o.state NOT IN ('draft', 'cancel')
                          AND o.date_order > %(since)s
                          AND l.sale_order_line_id IS NULL AND l.qty > 0),
                   days AS (
                       SELECT product_id, day, sum(qty) AS qty
                         FROM taken
                        WHERE product_id IS NOT NULL
                        GROUP BY product_id, day
                       HAVING sum(qty) > 0)
                   SELECT product_id, percentile_disc(0.5) WITHIN GROUP (ORDER BY qty)
                     FROM days
                    GROUP BY product_id
                    ORDER BY sum(power(0.5, (%(today)s - day) / %(half)s::float)) DESC,
                             max(day) DESC, product_id""",
                household=self._drive_household().id,
                person=self.id,
                people=tuple(self._drive_household_people().ids),
                states=TAKEN_STATES,
                since=now - timedelta(days=DAYS_BACK),
                today=now.date(),
                half=HALF_LIFE_DAYS,
            )
        )
        return {product_id: float(qty) for product_id, qty in rows}
