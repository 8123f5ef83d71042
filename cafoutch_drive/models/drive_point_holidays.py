from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError

from ..tools.chosen import check_chosen

try:
    import holidays
except ImportError:
    holidays = None


class DrivePoint(models.Model):
    """Public holidays are closures that someone else keeps the list of."""

    _inherit = "drive.point"

    def action_add_public_holidays(self):
        """Close the point on the public holidays from today to the end of next year;
        days on which it is closed already are left alone."""
        check_chosen(self, "write", one=True)
        added = self.env["resource.calendar.leaves"].create(self._prepare_public_holidays())
        if added:
            message = self.env._("Closed on %s public holidays.", len(added))
        else:
            message = self.env._("The point is already closed on all public holidays.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _prepare_public_holidays(self):
        """Values of the closures that are missing."""
        today = self._drive_today()
        vals_list = []
        for day, name in sorted(self._drive_public_holidays([today.year, today.year + 1]).items()):
            begin, end = self._drive_day_bounds(day)
            if day < today or any(start <= begin and stop >= end for start, stop in self._closures(begin, end)):
                continue
            vals_list.append(
                {
                    "name": name,
                    "calendar_id": self.calendar_id.id,
                    "company_id": self.company_id.id,
                    "resource_id": False,
                    "date_from": begin,
                    # As Odoo writes whole days off: to their last second.
                    "date_to": end - timedelta(seconds=1),
                }
            )
        return vals_list

    def _drive_public_holidays(self, years):
        """Return ``{date: name}`` of these years, those of the whole country.

        :raise UserError: when nobody knows them
        """
        if not holidays:
            raise UserError(
                self.env._(
                    "The list of public holidays is not on this server. Please ask who looks after it to install the "
                    "Python package “holidays”, or type the closures by hand."
                )
            )
        country = self.company_id.country_id.code or "FR"
        language = (self.env.lang or "en_US").split("_")[0]
        try:
            known = holidays.country_holidays(country, years=years)
        except NotImplementedError as error:
            raise UserError(
                self.env._("The public holidays of %s are not known: please type them by hand.", country)
            ) from error
        if language in (known.supported_languages or ()):
            known = holidays.country_holidays(country, years=years, language=language)
        return dict(known)
