from odoo.http import request, route

from ..tools.replica import from_replica
from .common import DriveController


class DriveCard(DriveController):
    def _only_shows_card(self, rule, args):
        """Whether showing the card writes nothing, and where from: the first time, it is made."""
        user = request.env.user
        has_card = not user or bool(user.sudo().partner_id.barcode)
        return has_card and from_replica(self, rule, args)

    @route("/drive/card", type="http", auth="user", methods=["GET"], readonly=_only_shows_card)
    def card(self, **kwargs):
        """The member card of who is signed in, to show at the till."""
        partner = self._person()
        refusal = partner._drive_card_refusal()
        if refusal:
            return self._why_page(refusal)
        partner._drive_give_cards()
        return self._render(
            "cafoutch_drive.shop_member_card",
            {"card": partner._drive_card(), "bare": True, "tab": "card"},
        )
