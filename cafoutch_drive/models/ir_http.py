from contextvars import ContextVar

from odoo import models
from odoo.http import request

_served = ContextVar("cafoutch_drive.served", default=None)


def caller():
    """The HTTP request that is being answered, or ``None``.

    Odoo hides it while it answers XML-RPC and JSON-RPC, whose passwords can be guessed
    as well as those of its pages.
    """
    return request.httprequest if request else _served.get()


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _dispatch(cls, endpoint):
        """Override of `base`: see ``caller``."""
        token = _served.set(request.httprequest)
        try:
            return super()._dispatch(endpoint)
        finally:
            _served.reset(token)
