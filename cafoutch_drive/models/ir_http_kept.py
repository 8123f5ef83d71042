from werkzeug.exceptions import HTTPException

from odoo import models
from odoo.http import request

# A page shows somebody's basket or orders. `no-cache` would not do: browsers show such a
# page again when one goes back, also after signing out.
NOT_KEPT = "private, no-store"


def _keep_private(response):
    """No browser and no proxy keeps what the drive answers, whatever the answer is: a page,
    a refusal, the way to the sign-in page. What may be kept says so itself."""
    path = request.httprequest.path
    ours = path == "/drive" or path.startswith("/drive/")
    if ours and isinstance(response, HTTPException):
        # An error is its own answer, which has no headers before it is made.
        response = response.get_response(request.httprequest.environ)
    if ours and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = NOT_KEPT
    return response


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _post_dispatch(cls, response):
        """Override of `base`: see ``_keep_private``."""
        _keep_private(response)
        return super()._post_dispatch(response)

    @classmethod
    def _handle_error(cls, exception):
        """Override of `base`: see ``_keep_private``."""
        return _keep_private(super()._handle_error(exception))
