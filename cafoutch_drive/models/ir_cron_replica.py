from odoo import models

from ..tools import replica


class IrCron(models.Model):
    _inherit = "ir.cron"

    def _callback(self, cron_name, server_action_id):
        """Override of `base`: Odoo asks the replica whether something has changed."""
        replica.begin_job(self.env)
        return super()._callback(cron_name, server_action_id)
