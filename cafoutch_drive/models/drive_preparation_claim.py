from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.client_id import read_id
from ..tools.refusal import DriveRefused
from ..tools.sent_text import is_readable

# So long is a stop kept for a screen that gives no sign of life.
CLAIM_MINUTES = 5
# Longer ones are none that a screen has made.
LONGEST_DEVICE = 64


class DrivePreparationClaim(models.Model):
    """A stop of a batch that somebody is at: nobody else is sent there.

    It keeps people apart and protects nothing: what two note on one line is judged when
    they note it. It ends when the stop is treated, when it is given back, or after a
    while without a sign of life, which is judged in each query by the database's clock.
    """

    _name = "drive.preparation.claim"
    _description = "Stop that a preparer is at"
    batch_id = fields.Many2one("stock.picking.batch", required=True, ondelete="cascade", readonly=True)
    product_id = fields.Many2one("product.product", required=True, ondelete="cascade", readonly=True, index=True)
    device = fields.Char(required=True, readonly=True, help="Which screen it is.")
    person = fields.Char(readonly=True, help="First name and initial of who is there.")
    seen_at = fields.Datetime(required=True, readonly=True)

    _stop_uniq = models.UniqueIndex("(batch_id, product_id)", "Somebody is at this stop.")

    @api.model
    def _sql_alive(self):
        """SQL condition on rows ``c``: there was a sign of life, not long ago."""
        return SQL(
            "c.seen_at > (clock_timestamp() AT TIME ZONE 'UTC') - %s * interval '1 minute'",
            CLAIM_MINUTES,
        )

    @api.model
    def _take(self, batch, product, device, person):
        """Be at a stop, unless another screen is.

        Of two at once one waits for the other, and Odoo runs it again on what it did.

        :return: whether it is this screen's now
        """
        self.env.cr.execute(
            SQL(
                """INSERT INTO drive_preparation_claim AS c (batch_id, product_id, device, person, seen_at)
                   VALUES (%s, %s, %s, %s, clock_timestamp() AT TIME ZONE 'UTC')
                       ON CONFLICT (batch_id, product_id) DO UPDATE
                      SET device = EXCLUDED.device, person = EXCLUDED.person, seen_at = EXCLUDED.seen_at
                    WHERE c.device = EXCLUDED.device OR NOT %s
                RETURNING c.id""",
                batch.id,
                product.id,
                device,
                person,
                self._sql_alive(),
            ),
            log_exceptions=False,
        )
        return bool(self.env.cr.fetchall())

    @api.model
    def _end(self, batch, device, products=None):
        """A screen is at these stops no more; without, at none of the batch."""
        stops = SQL("") if products is None else SQL("AND product_id = ANY(%s)", products.ids)
        self.env.cr.execute(
            SQL("DELETE FROM drive_preparation_claim WHERE batch_id = %s AND device = %s %s", batch.id, device, stops),
            log_exceptions=False,
        )

    @api.model
    def _end_treated(self, batch):
        """Nobody is at the stops of a batch at which nothing is left to do."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """DELETE FROM drive_preparation_claim c
                    WHERE c.batch_id = %s
                      AND NOT EXISTS (
                              SELECT FROM sale_order o
                                JOIN sale_order_line l ON l.order_id = o.id
                               WHERE o.drive_batch_id = c.batch_id AND o.drive_state IN ('confirmed', 'preparing')
                                 AND l.product_id = c.product_id AND l.drive_picked IS NOT TRUE)""",
                batch.id,
            ),
            log_exceptions=False,
        )

    @api.model
    def _live(self, batches):
        """``[(batch id, product id, device, person)]`` of the claims that stand."""
        if not batches:
            return []
        return self.env.execute_query(
            SQL(
                "SELECT c.batch_id, c.product_id, c.device, c.person FROM drive_preparation_claim c"
                " WHERE c.batch_id IN %s AND %s ORDER BY c.id",
                tuple(batches.ids),
                self._sql_alive(),
            )
        )

    @api.model
    def _note_life(self, batch, device):
        """A screen has given a sign of life; written at most twice in the time it counts."""
        self.env.cr.execute(
            SQL(
                """UPDATE drive_preparation_claim SET seen_at = clock_timestamp() AT TIME ZONE 'UTC'
                    WHERE batch_id = %s AND device = %s
                      AND seen_at < (clock_timestamp() AT TIME ZONE 'UTC') - %s * interval '1 minute' / 2""",
                batch.id,
                device,
                CLAIM_MINUTES,
            ),
            log_exceptions=False,
        )

    @api.autovacuum
    def _gc_claims(self):
        self.env.cr.execute(SQL("DELETE FROM drive_preparation_claim c WHERE NOT %s", self._sql_alive()))


class DrivePreparation(models.AbstractModel):
    """Who is where: two people at one batch are never sent to the same stop."""

    _inherit = "drive.preparation"

    @api.model
    def claim(self, batch_id, device, stop=None, order=None):
        """Send a screen to a stop, and keep others from it.

        :param device: what the screen calls itself, always the same
        :param stop: id of the article to be at; without, the screen's own one that is not
            treated yet, or else the next in the walk where nobody is
        :param order: id of the only basket that the screen shows; without, all of the batch
        :return: ``{stop, claims}``: the article, or False when nothing is left; with
            ``refused`` when somebody else is at the stop that was asked for
        """
        self.env["sale.order"]._drive_check_preparer()
        person = self.env.user._drive_operator("preparation")
        if not person:
            return self.env["res.users"]._drive_who_answer()
        try:
            batch, device = self._find_batch(batch_id), self._read_device(device)
            product = self._claim(batch, device, person._drive_short_name(), stop, order)
        except DriveRefused as refused:
            return {"refused": str(refused)}
        return {"stop": product.id, "claims": self._claim_rows(batch)}

    @api.model
    def give_back(self, batch_id, device, stop=None):
        """Leave a stop to others, or all of this screen's in the batch.

        :return: ``{claims}``
        """
        self.env["sale.order"]._drive_check_preparer()
        try:
            batch, device = self._find_batch(batch_id), self._read_device(device)
        except DriveRefused as refused:
            return {"refused": str(refused)}
        product = self.env["product.product"].browse(read_id(stop))
        self.env["drive.preparation.claim"].sudo()._end(batch, device, product if stop is not None else None)
        return {"claims": self._claim_rows(batch)}

    def _claim(self, batch, device, person, stop, order):
        claims = self.env["drive.preparation.claim"].sudo()
        left = self._stops_left(batch, order)
        if stop is not None:
            product = self.env["product.product"].sudo().browse(read_id(stop))
            if product not in left:
                raise DriveRefused("no_such_stop", self.env._("Nothing is left to take of this article."))
            if not claims._take(batch, product, device, person):
                raise DriveRefused("claimed", self.env._("Somebody else is at this article. Please take another one."))
            return product
        owner = {product_id: holder for _batch, product_id, holder, _person in claims._live(batch)}
        mine = left.filtered(lambda product: owner.get(product.id) == device)
        for product in mine | left.filtered(lambda product: product.id not in owner):
            if claims._take(batch, product, device, person):
                return product
        return left.browse()

    def _stops_left(self, batch, order_id=None):
        """The articles of which something is not treated yet, in the order of the walk; of
        one basket, or of all."""
        orders = self._orders(batch).filtered(lambda order: order.drive_state != "ready")
        if order_id is not None:
            orders &= orders.browse(read_id(order_id))
        lines = self._lines(orders)
        waiting = lines.filtered(lambda line: not line.drive_picked)
        walk = self._walk(waiting, self._locations(waiting))
        return waiting.product_id.browse(product.id for product, _lines in walk)

    def _claim_rows(self, batch):
        """Who is at which stop: ``[{stop, device, person}]``."""
        live = self.env["drive.preparation.claim"].sudo()._live(batch)
        return [
            {"stop": product_id, "device": device, "person": person} for _batch, product_id, device, person in live
        ]

    def _people_at_work(self, batches, device):
        """``{batch id: [who is at work there]}``, but for this device's own."""
        people = {}
        for batch_id, _product, owner, person in self.env["drive.preparation.claim"].sudo()._live(batches):
            names = people.setdefault(batch_id, [])
            if owner != device and person not in names:
                names.append(person)
        return people

    def _read_device(self, device):
        """Return what a screen calls itself.

        :raise DriveRefused: when it does not
        """
        if not isinstance(device, str) or not 0 < len(device) <= LONGEST_DEVICE or not is_readable(device):
            raise DriveRefused("device", self.env._("This screen did not say which one it is. Please load it again."))
        return device
