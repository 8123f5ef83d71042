from odoo import api, models


class DrivePaper(models.AbstractModel):
    """What the pages have in common that preparers print.

    Odoo shows a report to everybody who knows its address: the rights are checked where
    the orders are found.
    """

    _name = "drive.paper"
    _description = "What is printed for preparers"

    def _paper_values(self, orders, address):
        """What each page needs.

        :param address: of the page, see ``sale.order._drive_paper_address``
        """
        return {
            "coop": (orders.company_id[:1] or self.env.company).name,
            "language": (self.env.lang or "en_US").replace("_", "-"),
            "links": orders._drive_paper_links(address) if orders else [],
            "orders": orders,
        }


class ReportCrateLabels(models.AbstractModel):
    _name = "report.cafoutch_drive.report_crate_labels"
    _inherit = ["drive.paper"]
    _description = "Crate Labels"

    @api.model
    def _get_report_values(self, docids, data=None):
        """The labels of some baskets.

        :param data: ``paper``, "roll" for a printer of labels 62 mm wide, else A4
        """
        orders = self.env["sale.order"]._drive_printable(docids)
        roll = (data or {}).get("paper") == "roll"
        address = orders._drive_paper_address("crate_labels", **({"paper": "roll"} if roll else {}))
        labels = orders._drive_label_rows()
        return {
            **self._paper_values(orders, address),
            "styles": ["paper", "labels_roll" if roll else "labels_a4"],
            "labels": labels,
            "planned": any(label["planned"] for label in labels),
        }
