from odoo.http import request, route

from ..tools.refusal import DriveRefused
from ..tools.replica import from_primary, from_replica
from .common import members_only, status_of
from .slots import DriveSlots


class DriveWaiting(DriveSlots):
    """The waiting list: forms of the slots' page, and the page behind the link of a mail.

    The link is signed and needs no account, as that of a proposal; see `DriveProposals`.
    """

    @route("/drive/waiting/panel", type="http", auth="user", methods=["GET"], readonly=from_replica)
    @members_only
    def line_panel(self, **kwargs):
        """What is offered and waited for, alone: open pages ask for it now and then."""
        return self._render(
            "cafoutch_drive.shop_waiting",
            {"bare": True, "waiting": self._waiting_values()},
        )

    @route("/drive/waiting/join", type="http", auth="user", methods=["POST"])
    @members_only
    def line_join(self, slot_id=None, day=None, **kwargs):
        message = request.env._("You are in line. We write to you as soon as a place is yours.")
        return self._after(lambda: self._join(slot_id, day), message, kwargs)

    @route("/drive/waiting/<int:waiting_id>/leave", type="http", auth="user", methods=["POST"])
    def line_leave(self, waiting_id, **kwargs):
        """Leave the line, or decline an offer; also for who may not order any more."""
        waiting = self._waiting_in_sight()._find_mine(self._partner(), waiting_id)
        if not waiting:
            return self._not_found()
        message = request.env._("You are no longer in line.")
        return self._after(lambda: self._leave(waiting), message, kwargs)

    @route("/drive/waiting/<int:waiting_id>/take", type="http", auth="user", methods=["POST"])
    @members_only
    def line_take(self, waiting_id, **kwargs):
        waiting = self._waiting_in_sight()._find_mine(self._partner(), waiting_id)
        if not waiting:
            return self._not_found()
        message = request.env._("Your slot is kept.")
        return self._after(lambda: self._accept(waiting, self._partner()), message, kwargs)

    # === THE LINK OF A MAIL === #

    @route("/drive/offer/<string:waiting_token>", type="http", auth="public", methods=["GET"], readonly=from_primary)
    def offer(self, waiting_token, **kwargs):
        return self._offer_page(self._offer(waiting_token), waiting_token)

    @route("/drive/offer/<string:waiting_token>", type="http", auth="public", methods=["POST"], csrf=False)
    def offer_answer(self, waiting_token, answer=None, **kwargs):
        """Keep the offered place for the member's basket (``answer`` "take"), or let it go
        to the next in line ("pass")."""
        waiting = self._offer(waiting_token)
        try:
            if waiting and answer == "take":
                self._accept(waiting, waiting.partner_id)
            elif waiting and answer == "pass":
                self._change(waiting._locks(waiting.partner_id), waiting._leave)
        except DriveRefused as refused:
            return self._offer_page(waiting, waiting_token, refused.refusal)
        if not waiting:
            return self._offer_page(waiting, waiting_token)
        return request.redirect(f"/drive/offer/{waiting_token}", code=303)

    def _offer(self, token):
        """Who waits, by the link, in their language; empty when there is none."""
        waiting = self._waiting()._find(token)
        if waiting.partner_id.lang:
            request.update_context(lang=waiting.partner_id.lang)
        return waiting.with_env(request.env(su=True))

    def _offer_page(self, waiting, token, refusal=None):
        status = 404 if not waiting else status_of(refusal) if refusal else 200
        response = self._render(
            "cafoutch_drive.shop_offer",
            {"bare": True, "token": token, "offer": waiting and waiting._page(), "refusal": refusal},
            status=status,
        )
        # The address is a key: no other site learns it.
        response.headers["Referrer-Policy"] = "no-referrer"
        return response
