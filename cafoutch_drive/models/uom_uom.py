from odoo import api, fields, models

from ..tools.units import MEASURES, unit


class UomUom(models.Model):
    """What a unit measures, which lists ask many times of the same few units."""

    _inherit = "uom.uom"

    # "kg" or "l"; nothing for what is counted.
    drive_measure = fields.Char(string="Weighed or Poured", compute="_compute_drive_measure")

    @api.depends("relative_uom_id", "parent_path")
    def _compute_drive_measure(self):
        references = {measure: unit(self.env, xmlid) for measure, xmlid in MEASURES.items()}
        for uom in self:
            # A unit that is not saved yet has no place among the others.
            of = [name for name, one in references.items() if uom.parent_path and uom._has_common_reference(one)]
            uom.drive_measure = of[0] if of else False
