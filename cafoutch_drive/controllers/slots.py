from odoo.http import request, route

from ..tools.refusal import DriveRefused
from ..tools.replica import from_replica
from .common import DriveController, local_address, members_only, status_of


class DriveSlots(DriveController):
    @route("/drive/slots", type="http", auth="user", methods=["GET"], readonly=from_replica)
    @members_only
    def slots(self, **kwargs):
        return self._slots_page()

    @route("/drive/slots/hold", type="http", auth="user", methods=["POST"])
    @members_only
    def hold(self, slot_id=None, **kwargs):
        message = request.env._("Your slot is kept.")
        return self._after(lambda: self._hold(slot_id), message, {**kwargs, "slot_id": slot_id})

    @route("/drive/slots/extend", type="http", auth="user", methods=["POST"])
    @members_only
    def extend(self, **kwargs):
        message = request.env._("Your slot is kept longer.")
        return self._after(lambda: self._change_hold("_drive_extend_hold"), message, kwargs)

    @route("/drive/slots/release", type="http", auth="user", methods=["POST"])
    @members_only
    def release(self, **kwargs):
        message = request.env._("Your slot is free again. Your basket is still here.")
        return self._after(lambda: self._change_hold("_drive_release_hold"), message, kwargs)

    def _after(self, change, message, arguments):
        """Go back to where the form was, or say on this page why not."""
        try:
            change()
        except DriveRefused as refused:
            return self._slots_page(refused.refusal, arguments.get("slot_id"))
        return self._redirect(local_address(arguments.get("next"), "/drive/slots"), message)

    def _slots_page(self, refusal=None, slot_id=None):
        """The slots; after a refusal, with the line of the slot that was asked for."""
        values = self._shop_values()
        slots = request.env["drive.slot"].sudo()
        partner, basket = self._partner(), values["basket"]
        mine = self._waiting_in_sight()._open_of(partner)
        days = slots._page_days_for(partner, basket, mine)
        limit = slots._page_limit(partner, slots._page_point(basket), days)
        return self._render(
            "cafoutch_drive.shop_slots",
            {
                **values,
                "days": days,
                "waiting": mine._page_list(partner),
                "limit": limit,
                "tab": "slots",
                "narrow": True,
                "here": "/drive/slots",
                "refusal": refusal,
                "wait_for": slot_id if refusal and refusal.code == "slot_full" and not limit else None,
            },
            status=status_of(refusal) if refusal else 200,
        )
