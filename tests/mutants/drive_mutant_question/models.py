from odoo import models


class DriveQuestion(models.Model):
    _inherit = "drive.question"

    def _withdraw(self):
        """What is found after all is still asked about: nothing is written for an answer to meet."""
