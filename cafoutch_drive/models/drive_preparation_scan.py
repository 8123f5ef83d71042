from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.refusal import DriveRefused
from ..tools.sent_text import is_readable

LONGEST_CODE = 128


class DrivePreparation(models.AbstractModel):
    """What a scanner or a camera has read, as a thing of the batch."""

    _inherit = "drive.preparation"

    @api.model
    def scan(self, batch_id, code):
        """Say what was scanned.

        The codes of articles, places and crates are in :meth:`open` too, for a screen
        without a line.

        :param code: anything that a scanner sends
        :return: ``{kind, ...}``: ``product`` with ``stop``; ``weight``, a label of the
            scales, with ``stop``, ``kilos`` and ``quantities``, ``{line, qty}`` in the unit
            of each basket's line; ``basket`` with ``basket``, of an order's code or a
            member's card; ``baskets`` with ``baskets``, where a household has several;
            ``crate`` with ``crate``, ``basket`` and the crate's ``number``; ``place`` with ``place``; all ids.
            ``refused``, a sentence, for anything else
        """
        self.env["sale.order"]._drive_check_preparer()
        try:
            batch = self._find_batch(batch_id)
            return self._scanned(batch, self._read_code(code))
        except DriveRefused as refused:
            return {"refused": str(refused)}

    def _read_code(self, code):
        text = code.strip() if isinstance(code, str) else ""
        if not 0 < len(text) <= LONGEST_CODE or not is_readable(text):
            raise DriveRefused("unknown_code", self.env._("Nothing was read. Please scan it again."))
        return text

    def _scanned(self, batch, code):
        for look in (self._scanned_place, self._scanned_crate, self._scanned_basket, self._scanned_product):
            found = look(batch, code)
            if found:
                return found
        raise DriveRefused("unknown_code", self.env._("Nobody here knows the code %s.", code))

    def _scanned_place(self, batch, code):
        place = batch.env["drive.place"].search([("barcode", "=", code)], limit=1)
        if not place:
            return None
        if place.point_id != batch.drive_point_id:
            raise DriveRefused("other_point", self.env._("%s is not a place of this shop.", place.name))
        return {"kind": "place", "place": place.id}

    def _scanned_crate(self, batch, code):
        company = Domain("company_id", "=", batch.company_id.id)
        crate = batch.env["drive.crate"].search(company & Domain("name", "=", code.upper()), order="id desc", limit=1)
        if not crate:
            return None
        self._check_of_batch(batch, crate.order_id)
        return {"kind": "crate", "crate": crate.id, "basket": crate.order_id.id, "number": crate._drive_number()}

    def _scanned_basket(self, batch, code):
        orders = self.env["sale.order"]._drive_scanned(code)
        if not orders:
            return None
        mine = orders.filtered(lambda order: order.drive_batch_id == batch)
        if not mine:
            self._check_of_batch(batch, orders[0])
        if len(mine) > 1:
            return {"kind": "baskets", "baskets": mine.ids}
        return {"kind": "basket", "basket": mine.id}

    def _check_of_batch(self, batch, order):
        if order.drive_batch_id != batch:
            raise DriveRefused(
                "other_batch",
                self.env._("This is of the basket %s, which is not in this batch.", order.drive_pickup_code),
            )

    def _scanned_product(self, batch, code):
        parsed = self._parse(batch, code)
        weighed = parsed.get("type") == "weight"
        codes = {code, parsed.get("code") or code} if not weighed else {parsed["base_code"]}
        products = batch.env["product.product"].search([("barcode", "in", list(codes))])
        if not products:
            return None
        lines = self._lines(self._orders(batch)).filtered(lambda line: line.product_id in products)
        if not lines:
            raise DriveRefused(
                "other_product", self.env._("%s is in no basket of this batch.", products[0].display_name)
            )
        if not weighed:
            return {"kind": "product", "stop": lines[0].product_id.id}
        return self._weighed_row(lines, parsed["value"])

    def _parse(self, batch, code):
        """What Odoo's rules for barcodes make of a code; nothing of what they do not
        understand. GS1 codes say several things at once: they are looked for as they are."""
        try:
            parsed = batch.company_id.nomenclature_id.parse_nomenclature_barcode(code)
        except (ValueError, UserError):
            return {}
        return parsed if isinstance(parsed, dict) else {}

    def _weighed_row(self, lines, kilos):
        """What a label of the scales says for each basket that the article goes into."""
        product = lines[0].product_id
        lines = lines.filtered(lambda line: line.product_id == product)
        kilo = lines[0]._drive_uom("uom.product_uom_kgm")
        if any(not line.product_uom_id._has_common_reference(kilo) for line in lines):
            raise DriveRefused(
                "not_weighed",
                self.env._("%s is counted, not weighed: the label of the scales is of no use.", product.name),
            )
        if not kilos:
            raise DriveRefused("no_weight", self.env._("The label says no weight. Please weigh it again."))
        return {
            "kind": "weight",
            "stop": product.id,
            "kilos": kilos,
            "quantities": [
                {
                    "line": line.id,
                    "qty": line._drive_round(kilo._compute_quantity(kilos, line.product_uom_id, round=False)),
                }
                for line in lines
            ],
        }
