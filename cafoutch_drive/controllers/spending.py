from odoo.http import request, route

from ..tools.refusal import DriveRefused
from .basket import DriveBasket
from .common import local_address, members_only


class DriveSpending(DriveBasket):
    @route("/drive/basket/ceiling", type="http", auth="user", methods=["POST"])
    @members_only
    def ceiling(self, product_id=None, amount=None, **kwargs):
        """Set the most that the member will pay for what is weighed."""
        back = local_address(kwargs.get("next"), "/drive/basket")
        basket = self._orders()._drive_basket(self._partner())
        try:
            if not basket:
                raise DriveRefused("empty", request.env._("Your basket is empty."), "/drive")
            message = self._change([self._household_key()], lambda: basket._drive_set_ceiling(product_id, amount))
        except DriveRefused as refused:
            return self._basket_page(refusal=refused.refusal, back=back)
        return self._redirect(back, message)
