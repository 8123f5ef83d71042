from odoo import api, fields, models
from odoo.tools.misc import format_datetime


class DrivePaper(models.AbstractModel):
    """What the pages have in common that preparers print.

    Odoo shows a report to everybody who knows its address: the rights are checked where
    the orders are found.
    """

    _name = "drive.paper"
    _description = "What is printed for preparers"

    def _paper_values(self, points, links=()):
        """What each page needs.

        :param points: of what is printed; its clock is the first one's
        :param links: to other papers, see ``sale.order._drive_paper_links``
        """
        point = points[:1]
        tz = point.tz or self.env.user.tz
        return {
            "coop": (point.company_id or self.env.company).name,
            "language": (self.env.lang or "en_US").replace("_", "-"),
            "printed": format_datetime(self.env, fields.Datetime.now(), tz=tz, dt_format="EEE d MMM HH:mm"),
            "links": links,
        }

    def _order_values(self, orders, report, **options):
        """What each page of orders needs.

        :param report: its name and options, as of ``sale.order._drive_paper_address``
        """
        address = orders._drive_paper_address(report, **options)
        return self._paper_values(orders.drive_point_id, orders._drive_paper_links(address))

    @api.model
    def _day_values(self, docids, data, name, rows):
        """What a paper of a day prints, at some points or at all of them.

        :param data: ``day``, an ISO date; anything else is today
        :param name: what its template calls them
        :param rows: a function of a point and a day
        """
        points = self.env["drive.point"]._drive_sheet_points(docids)
        day = (data or {}).get("day")
        return {
            **self._paper_values(points),
            "styles": ["paper", "lists"],
            name: [rows(point, day) for point in points],
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
        labels = orders._drive_label_rows()
        return {
            **self._order_values(orders, "crate_labels", **({"paper": "roll"} if roll else {})),
            "styles": ["paper", "labels_roll" if roll else "labels_a4"],
            "labels": labels,
            "planned": any(label["planned"] for label in labels),
        }


class ReportPickList(models.AbstractModel):
    _name = "report.cafoutch_drive.report_pick_list"
    _inherit = ["drive.paper"]
    _description = "Pick List"

    @api.model
    def _get_report_values(self, docids, data=None):
        """What is to be picked for some baskets, shelf by shelf."""
        orders = self.env["sale.order"]._drive_printable(docids)
        return {
            **self._order_values(orders, "pick_list"),
            "styles": ["paper", "lists"],
            "baskets": [order._drive_paper_row() for order in orders],
            "shelves": self.env["drive.preparation"]._pick_list(orders),
        }


class ReportBasketSlips(models.AbstractModel):
    _name = "report.cafoutch_drive.report_basket_slips"
    _inherit = ["drive.paper"]
    _description = "Basket Slips"

    @api.model
    def _get_report_values(self, docids, data=None):
        """A slip for each of some baskets, without amounts."""
        orders = self.env["sale.order"]._drive_printable(docids)
        return {
            **self._order_values(orders, "basket_slips"),
            "styles": ["paper", "lists"],
            "slips": [order._drive_slip_row() for order in orders],
        }


class ReportDaySummary(models.AbstractModel):
    _name = "report.cafoutch_drive.report_day_summary"
    _inherit = ["drive.paper"]
    _description = "Day at the Till"

    @api.model
    def _get_report_values(self, docids, data=None):
        """What a day at the till came to, at some points or at all of them.

        :return: also ``back``, the address of the till of one point, or of Odoo
        """
        values = self._day_values(docids, data, "summaries", lambda point, day: point._drive_summary(day))
        return {**values, "back": self._till_address(docids)}

    def _till_address(self, docids):
        """Where the till is whose point this is; Odoo's own start where there is not just one."""
        tills = self.env["pos.config"]
        if docids and tills.has_access("read"):
            tills = tills.search([("drive_point_id", "in", docids)], limit=2)
        return f"/pos/ui/{tills.id}/drive" if len(tills) == 1 else "/odoo"


class ReportDaySheet(models.AbstractModel):
    _name = "report.cafoutch_drive.report_day_sheet"
    _inherit = ["drive.paper"]
    _description = "Till Sheet"

    @api.model
    def _get_report_values(self, docids, data=None):
        """What a till hands over on a day, at some points or at all of them."""
        return self._day_values(docids, data, "sheets", lambda point, day: point._drive_sheet(day))
