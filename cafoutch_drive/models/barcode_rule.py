from odoo import fields, models

ORDER_CODE_PREFIX = "DRV"


class BarcodeRule(models.Model):
    _inherit = "barcode.rule"

    type = fields.Selection(
        selection_add=[("drive_order", "Drive Order")],
        ondelete={"drive_order": "cascade"},
    )


class BarcodeNomenclature(models.Model):
    _inherit = "barcode.nomenclature"

    def _drive_add_order_rule(self):
        """Add the rule for order codes where it is missing, before the rule that
        takes everything for a product."""
        for nomenclature in self:
            rules = nomenclature.rule_ids
            if "drive_order" not in rules.mapped("type"):
                nomenclature.rule_ids = [
                    fields.Command.create(
                        {
                            "name": self.env._("Drive orders"),
                            "type": "drive_order",
                            "pattern": ORDER_CODE_PREFIX,
                            "sequence": 5,
                        }
                    )
                ]
