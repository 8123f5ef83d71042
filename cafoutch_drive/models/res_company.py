import pytz

from odoo import api, fields, models
from odoo.tools import ormcache


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `base`: a new company gets its rules about members."""
        companies = super().create(vals_list)
        for company in companies:
            self.env["drive.policy"]._for(company)
        return companies

    def _drive_name(self):
        """The coop's name, alone: a company has a hundred other columns."""
        self.fetch(["name"])
        return self.name

    @ormcache("self.id")
    def _drive_tz(self):
        """Name of the time zone in which the coop lives: that of its first drive
        point, or of its own contact."""
        company = self.sudo()
        point = self.env["drive.point"].sudo()._default_for(company)
        return point.tz or company.partner_id.tz or "UTC"

    def _drive_today(self):
        """Today's date on the coop's clock.

        A membership ends at midnight where the coop is, wherever the server is.

        :rtype: datetime.date
        """
        self.ensure_one()
        now = pytz.utc.localize(fields.Datetime.now())
        return now.astimezone(pytz.timezone(self._drive_tz())).date()
