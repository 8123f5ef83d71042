from odoo import models


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def write(self, vals):
        """Override of `resource`: the coop's clock is that of its first point."""
        if "tz" in vals:
            self.env.registry.clear_cache()
        return super().write(vals)
