from odoo.http import request, route

from ..tools.refusal import DriveRefused
from ..tools.replica import from_primary
from .common import DriveController, status_of


class DriveProposals(DriveController):
    """The page behind the link of a mail: no account is needed, the link is signed.

    Forms carry no token of a session: mail programs open pages without cookies, and
    whoever could forge the address would not need to forge the form.
    """

    @route("/drive/proposal/<string:token>", type="http", auth="public", methods=["GET"], readonly=from_primary)
    def proposal(self, token, **kwargs):
        return self._proposal_page(self._proposal(token), token)

    @route("/drive/proposal/<string:token>", type="http", auth="public", methods=["POST"], csrf=False)
    def proposal_answer(self, token, answer=None, slot_id=None, **kwargs):
        """Take the slot ``slot_id`` (``answer`` "take"), or cancel the order ("cancel")."""
        proposal = self._proposal(token)
        if not proposal:
            return self._proposal_page(proposal, token)
        try:
            slots = request.env["drive.slot"].sudo()
            slot = slots if answer == "cancel" else proposal.order_id._drive_find_slot(slot_id)
            self._change(proposal._locks(slot), lambda: proposal._answer(slot))
        except DriveRefused as refused:
            return self._proposal_page(proposal, token, refused.refusal)
        return request.redirect(f"/drive/proposal/{token}", code=303)

    def _proposal(self, token):
        """The proposal of a link, in its member's language; empty when there is none."""
        proposal = request.env["drive.proposal"].sudo()._find(token)
        if proposal.partner_id.lang:
            request.update_context(lang=proposal.partner_id.lang)
        return proposal.with_env(request.env(su=True)) if proposal else proposal

    def _proposal_page(self, proposal, token, refusal=None):
        status = 404 if not proposal else status_of(refusal) if refusal else 200
        response = self._render(
            "cafoutch_drive.shop_proposal",
            {
                "bare": True,
                "token": token,
                "proposal": proposal and proposal._page(),
                "take_address": f"/drive/proposal/{token}",
                "refusal": refusal,
            },
            status=status,
        )
        # The address is a key: no other site learns it.
        response.headers["Referrer-Policy"] = "no-referrer"
        return response
