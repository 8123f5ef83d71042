from odoo import models
from odoo.exceptions import UserError, ValidationError

from .drive_product_import_values import MAX_STOCK


class DriveProductImport(models.TransientModel):
    _inherit = "drive.product.import"

    def _check_options(self):
        if not 0 <= self.default_stock <= MAX_STOCK or self.default_stock % 1:
            raise UserError(
                self.env._("The stock of new products is a whole number from 0 to %(limit)s.", limit=MAX_STOCK)
            )
        return super()._check_options()

    def _set_stock(self, entries, report):
        """Set the stock that the rows give, by an inventory adjustment.

        :param entries: tuples that begin with (item, product)
        :param report: gets a note for each stock that was left as it is
        :return: the products whose stock changed
        """
        location = self._stock_location()
        wanted = self._wanted_stock(entries)
        quants = self._quants(wanted, location).grouped("product_id")
        counted = {}
        for product, (item, quantity) in wanted.items():
            own = quants.get(product, self.env["stock.quant"])
            here = own.filtered(lambda quant: self._is_plain(quant, location))
            elsewhere = sum((own - here).mapped("quantity"))
            if not product.uom_id.compare(sum(own.mapped("quantity")), quantity):
                continue
            if product.tracking != "none" or quantity < elsewhere:
                report.notes.append((item.line, self._untouched_stock(product)))
                continue
            # A product can have several quants in one place (Odoo writes another
            # one when a row is locked): the first takes the whole difference.
            rest = sum(here[1:].mapped("quantity"))
            counted[product] = (here[:1], quantity - elsewhere - rest)
        return self._apply_counted(counted, location)

    def _apply_counted(self, counted, location):
        """Adjust the stock of `{product: (quant or none, quantity)}`."""
        missing = [product for product, (quant, _qty) in counted.items() if not quant]
        created = self.env["stock.quant"].create([{"product_id": p.id, "location_id": location.id} for p in missing])
        quants = dict(zip(missing, created, strict=True))
        for product, (quant, quantity) in counted.items():
            quants.setdefault(product, quant).inventory_quantity = quantity
        self.env["stock.quant"].union(*quants.values())._apply_inventory()
        return self.env["product.product"].union(*counted)

    def _stock_location(self):
        warehouse = self.point_id.warehouse_id or self.env["stock.warehouse"].search(
            [("company_id", "=", self.env.company.id)], limit=1
        )
        return warehouse.lot_stock_id

    def _wanted_stock(self, entries):
        """``{product: (item, quantity)}`` of the rows that say one."""
        wanted = {}
        for item, product, changed in entries:
            quantity = item.values.get("stock")
            if quantity is None and changed is None and self.default_stock:
                quantity = self.default_stock
            if quantity is not None:
                wanted[product] = (item, quantity)
        return wanted

    def _quants(self, wanted, location):
        """All quants of the products in the warehouse's stock, its shelves too."""
        products = self.env["product.product"].union(*wanted)
        return self.env["stock.quant"].search(
            [
                ("product_id", "in", products.ids),
                ("location_id", "child_of", location.id),
            ]
        )

    def _is_plain(self, quant, location):
        """Whether a quant is what an inventory of the location itself counts."""
        return quant.location_id == location and not (quant.lot_id or quant.package_id or quant.owner_id)

    def _untouched_stock(self, product):
        if product.tracking != "none":
            return self.env._("stock left as it is: %s is counted by lot.", product.name)
        return self.env._(
            "stock left as it is: more of %s stands in other places of the warehouse.",
            product.name,
        )

    def _check_whole(self, unit, quantity):
        """Refuse a part of a piece."""
        measured = any(
            unit._has_common_reference(self._unit(xmlid)) for xmlid in ("uom.product_uom_kgm", "uom.product_uom_litre")
        )
        if not measured and quantity % 1:
            raise ValidationError(
                self.env._(
                    "the stock %(quantity)s is not a whole number of %(unit)s.",
                    quantity=quantity,
                    unit=unit.name,
                )
            )
