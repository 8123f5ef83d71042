from odoo import api, models


class ReportMemberCards(models.AbstractModel):
    _name = "report.cafoutch_drive.report_member_cards"
    _description = "Member Cards"

    @api.model
    def _get_report_values(self, docids, data=None):
        """The cards to print, of those members who have one: the button that leads
        here gives them theirs.

        Odoo shows a report to everybody who knows its address: the rights are
        checked here.
        """
        people = self.env["res.partner"].browse(docids or []).exists()
        people._drive_check_card_manager()
        people.check_access("read")
        members = people.filtered(lambda partner: partner.barcode and not partner._drive_card_refusal())
        return {
            "coop": self.env.company.name,
            "language": (self.env.lang or "en_US").replace("_", "-"),
            "cards": [partner._drive_card() for partner in members],
        }
