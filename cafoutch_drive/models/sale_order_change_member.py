from odoo import fields, models

from ..tools.client_id import read_id
from ..tools.refusal import DriveRefused
from .sale_order_move import KEYS_REMEMBERED

# More articles than an order has, at once.
LONGEST_CHANGE = 200


class SaleOrder(models.Model):
    """A member changes the articles of a confirmed order: what a page may send, who
    may ask and until when."""

    _inherit = "sale.order"

    drive_change_keys = fields.Json(
        copy=False,
        help="Keys of the last changes of articles: one that is sent again changes nothing.",
    )

    def _drive_change_by_member(self, lines, key, total_seen):
        """Change the articles of a confirmed order, until the cut-off of its slot.

        To be run under ``lock_first`` on :meth:`_drive_change_locks`. Who may not
        order may still take out and lessen, as they may cancel.

        :param lines: what changes, as a page sends it: anything may be in it; see
            :meth:`_drive_parse_change`
        :param key: made by the page, the same for each try of one change
        :param total_seen: the total after the change, taxes included, that was seen
        :return: ``{"order": name, "url": address, "message": sentence}``
        :raise DriveRefused: the order stands as it was
        """
        self.ensure_one()
        if not isinstance(key, str) or not 8 <= len(key) <= 64 or "\0" in key:
            raise DriveRefused("bad_key", self.env._("Please reload this page, then try again."), self.access_url)
        if not self._drive_is_open() or key not in (self.drive_change_keys or []):
            self._drive_check_articles_unbegun()
            if not self._drive_may_change():
                raise DriveRefused(
                    "too_late",
                    self.env._(
                        "It is too late to change the articles of this order here. "
                        "You can still leave the shop a message about it."
                    ),
                    self.access_url,
                )
            quantities = self._drive_parse_change(lines)
            self._drive_check_adding(quantities)
            self._drive_change_lines(quantities, total_seen)
            self.drive_change_keys = [*(self.drive_change_keys or []), key][-KEYS_REMEMBERED:]
        return {
            "order": self.name,
            "url": self.access_url,
            "message": self.env._("Your order %(order)s is as you wish. See you soon!", order=self.name),
        }

    def _drive_check_adding(self, quantities):
        """Refuse to add anything for a member who may not order."""
        before = self._drive_needed()
        if self._drive_added(before, self._drive_differences(before, quantities)):
            refusal = self.partner_id._drive_refusal()
            if refusal:
                raise DriveRefused(*refusal)

    def _drive_change_locks(self, lines):
        """What a change of the articles must have for itself.

        :param lines: as a page sends them
        """
        named = [read_id(line.get("product_id"), from_text=True) for line in self._drive_read_change(lines)]
        products = {*self.order_line.product_id.ids, *filter(None, named)}
        return [
            ("household", self.partner_id._drive_household().id),
            *(("slot", slot.id) for slot in self.drive_slot_id),
            *(("product", product) for product in products),
        ]

    def _drive_read_change(self, lines):
        """Return the lines that a page sends as a list of dicts.

        :raise DriveRefused: when they are something else
        """
        usable = isinstance(lines, list) and len(lines) <= LONGEST_CHANGE
        if not usable or not all(isinstance(line, dict) for line in lines):
            raise DriveRefused(
                "bad_lines",
                self.env._("This change was not understood; nothing was changed."),
                self._drive_change_address(),
            )
        return lines

    def _drive_parse_change(self, lines):
        """Return ``{product: quantity}`` in each product's own unit.

        :param lines: a list of ``{"product_id": id, "qty": number, "unit": unit}``, with
            the new quantity of what changes; see :meth:`_drive_set_quantity` for units
        :raise DriveRefused: when it makes no sense, or names what members cannot order
        """
        quantities = {}
        mine = self._drive_changeable_products()
        for line in self._drive_read_change(lines):
            product = self.env["product.product"].browse(read_id(line.get("product_id"), from_text=True)).exists()
            if not product or (product not in mine and not product._drive_is_sold()):
                raise DriveRefused(
                    "not_sold",
                    self.env._("This product is not sold on the drive."),
                    self._drive_change_address(),
                )
            if product in quantities:
                self._drive_read_change(None)
            quantities[product] = self._drive_parse_quantity(product, line.get("qty"), line.get("unit", "uom"))
        return quantities

    def _drive_changeable_products(self):
        """What the member ordered; the shop's own lines, such as a fee, stay."""
        return self._drive_product_lines().filtered("drive_ordered_qty").product_id
