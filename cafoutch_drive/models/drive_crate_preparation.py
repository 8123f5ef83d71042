from odoo import models

from ..tools.refusal import DriveRefused


class DriveCrate(models.Model):
    _inherit = "drive.crate"

    def _drive_number(self):
        """Which crate of its order it is, as its name ends; 0 when that is no number."""
        number = self.name.rpartition("-")[2]
        return int(number) if number.isdecimal() else 0

    def _drive_place(self, place):
        """Put the crate at a place of its order's point and its own class.

        :raise DriveRefused: a frozen crate on a shelf, another point's place
        """
        self.ensure_one()
        self.order_id._drive_check_in_preparation()
        if place.point_id != self.order_id.drive_point_id or not place.active:
            raise DriveRefused("place", self.env._("Please choose a place of the list."))
        if place.storage_class != self.storage_class:
            classes = dict(self._fields["storage_class"]._description_selection(self.env))
            raise DriveRefused(
                "wrong_class",
                self.env._(
                    "%(crate)s is for “%(wanted)s”, and %(place)s is for “%(found)s”.",
                    crate=self.name,
                    wanted=classes[self.storage_class],
                    place=place.name,
                    found=classes[place.storage_class],
                ),
            )
        if self.place_id != place:
            self.write(
                {
                    "place_id": place.id,
                    # Moved to another place of its class, it was in the cold before.
                    "placed_at": self.placed_at or self.env["drive.preparation"]._done_at(),
                    "placed_by_id": self.env.user._drive_operator("preparation").id,
                }
            )

    def _drive_remove(self):
        """Take the crate away, when one was added too many."""
        self.ensure_one()
        self.order_id._drive_check_in_preparation()
        self.unlink()
