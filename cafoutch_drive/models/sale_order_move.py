from datetime import datetime

from odoo import api, fields, models

from ..tools.refusal import DriveRefused

# Keys of the last changes of slot that an order remembers.
KEYS_REMEMBERED = 4


class SaleOrder(models.Model):
    """A confirmed order takes another slot: never none, never two.

    Pages call it under ``lock_first`` on the household and both slots. The back
    office relies on the new slot's row, which is written as a place is given.
    """

    _inherit = "sale.order"

    drive_move_keys = fields.Json(
        copy=False,
        help="Keys of the last changes of slot: one that is sent again changes nothing.",
    )

    def _drive_move(self, slot):
        """Give this confirmed order a place in another slot; done twice, it is once.

        The guards are those that hold for everybody; what members may do besides is
        judged by :meth:`_drive_move_by_member`.

        :param slot: a ``drive.slot``
        :return: the booking
        :raise DriveRefused: the earlier place stands
        """
        self.ensure_one()
        if slot == self.drive_slot_id and self._drive_is_open():
            return self.drive_booking_id
        self._drive_check_movable(slot)
        earlier = self.drive_booking_id
        booking = self.env["drive.booking"]._take(slot, self)
        earlier._release()
        self._drive_follow(booking, earlier.slot_id)
        self._drive_tell_moved(earlier.slot_id)
        return booking

    def _drive_check_movable(self, slot):
        """Refuse to move an order that is begun or over, or to a slot that is over,
        closed, or of another warehouse; how full it is is judged later."""
        self._drive_check_unbegun()
        slot._drive_check_standing()
        if slot.point_id.warehouse_id != self.warehouse_id:
            raise DriveRefused(
                "other_warehouse",
                self.env._(
                    "The goods of this order are kept at %(point)s: it cannot be collected elsewhere.",
                    point=self.drive_point_id.name,
                ),
                self.access_url,
            )

    def _drive_check_unbegun(self):
        """Refuse unless the order is confirmed and its preparation has not begun."""
        if self.drive_state in ("preparing", "ready"):
            raise DriveRefused(
                "preparing",
                self.env._("The preparation of this order has begun: it keeps its slot."),
                self.access_url,
            )
        if self.drive_state != "confirmed":
            raise DriveRefused("not_confirmed", self.env._("This order has no slot to change."), self.access_url)

    def _drive_follow(self, booking, earlier):
        """Make order, goods and batch follow the new place.

        :param earlier: the ``drive.slot`` that the order leaves
        """
        slot = booking.slot_id
        shift = slot.start - earlier.start
        moves = self.picking_ids.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
        for date, dated in moves.grouped("date").items():
            dated.date = date + shift
        # Odoo makes the deadlines of the goods follow this one.
        self.write(
            {
                "drive_booking_id": booking.id,
                "drive_point_id": slot.point_id.id,
                "commitment_date": slot.start,
            }
        )
        if (slot.point_id, slot.window_start) != (earlier.point_id, earlier.window_start):
            self._drive_leave_batch()
            if slot.cutoff <= fields.Datetime.now():
                self._drive_join_batch()
        else:
            self._drive_settle_batch()

    def _drive_tell_moved(self, earlier):
        """Have the member told; a confirmation that has not left yet says it itself."""
        self._message_log(
            body=self.env._(
                "Moved from %(earlier)s to %(slot)s",
                earlier=earlier._drive_label(),
                slot=self.drive_slot_id._drive_label(),
            )
        )
        if self.pending_email_template_id not in self._drive_full_mails():
            self.pending_email_template_id = self._drive_template("cafoutch_drive.mail_template_moved")
        self._drive_trigger_mails()

    def _drive_full_mails(self):
        """The mails that say all of an order: slot, code and articles."""
        return self._drive_template("cafoutch_drive.mail_template_confirmed") | self._drive_template(
            "cafoutch_drive.mail_template_changed"
        )

    # === BY THE MEMBER === #

    def _drive_move_by_member(self, slot, key=None):
        """Change the slot of a confirmed order, until the cut-off of its slot.

        To be run under ``lock_first`` on :meth:`_drive_move_locks`.

        :param slot: a ``drive.slot``
        :param key: made by a program, the same for each try of one change
        :return: ``{"order": name, "url": address, "message": sentence}``
        :raise DriveRefused: the earlier place stands
        """
        self.ensure_one()
        if key is not None and (not isinstance(key, str) or not 8 <= len(key) <= 64 or "\0" in key):
            raise DriveRefused("bad_key", self.env._("Please reload this page, then try again."), self.access_url)
        done = self._drive_is_open() and (slot == self.drive_slot_id or key in (self.drive_move_keys or []))
        if not done:
            if not self._drive_may_change():
                raise DriveRefused(
                    "too_late",
                    self.env._("It is too late to change the slot of this order here. Please contact the shop."),
                    self.access_url,
                )
            slot._drive_check_open()
            slot._drive_turn(self.partner_id)
            self._drive_move(slot)
        if key and key not in (self.drive_move_keys or []):
            self.drive_move_keys = [*(self.drive_move_keys or []), key][-KEYS_REMEMBERED:]
        return {
            "order": self.name,
            "url": self.access_url,
            "message": self.env._("See you on %(slot)s!", slot=self.drive_slot_id._drive_label()),
        }

    def _drive_move_locks(self, slot):
        """What a change of slot must have for itself."""
        household = self.partner_id._drive_household()
        return [("household", household.id), *(("slot", one.id) for one in slot | self.drive_slot_id)]

    def _drive_page_slots(self):
        """What the page on which a member changes the slot shows."""
        self.ensure_one()
        slots = self.env["drive.slot"]
        return {
            "order": self._drive_page_summary(),
            "days": slots._page_days_at(self.drive_point_id, self.drive_slot_id),
        }


class DriveBooking(models.Model):
    _inherit = "drive.booking"

    @api.model
    def _take(self, slot, order):
        """Book a place of ``slot`` for an order that is confirmed already.

        :raise DriveRefused: when the slot is full
        """
        line_count = len(order._drive_product_lines())
        return self.create(
            {
                "slot_id": slot.id,
                "place_no": slot._drive_free_place(line_count),
                "order_id": order.id,
                "partner_id": order.partner_id.id,
                "state": "booked",
                "line_count": line_count,
            }
        )


class DriveSlot(models.Model):
    _inherit = "drive.slot"

    def _drive_check_standing(self):
        """Refuse a slot that is over or closed, whoever asks; staff may use one after
        its cut-off or beyond the days that members see."""
        self.ensure_one()
        if self.start <= fields.Datetime.now():
            raise DriveRefused(
                "slot_past", self.env._("This slot is over. Please choose another one."), "/drive/slots"
            )
        if self.closed or not self.point_id.active:
            raise DriveRefused(
                "slot_closed", self.env._("This slot is closed. Please choose another one."), "/drive/slots"
            )

    @api.model
    def _drive_at(self, point, moment: datetime):
        """The slot of a point in which a moment lies (UTC), empty when there is none."""
        return self.search([("point_id", "=", point.id), ("start", "<=", moment), ("stop", ">", moment)], limit=1)
