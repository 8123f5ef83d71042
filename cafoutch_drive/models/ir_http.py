from contextvars import ContextVar

from werkzeug.datastructures import FileStorage

from odoo import models
from odoo.http import request

from ..tools.sent_context import readable_context
from ..tools.sent_text import readable

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
        """Override of `base`: see ``caller``; and the members' pages are asked with
        arguments that can be kept, none of which takes the place of their own ``self``.
        They take no files. What calls of methods say of their context is read as Odoo reads it."""
        if endpoint.routing["routes"][0].startswith("/drive"):
            # By what they are: one may have the name of a part of the address.
            params = request.params.items()
            request.params = readable({name: value for name, value in params if not isinstance(value, FileStorage)})
            request.params.pop("self", None)
        kwargs = request.params.get("kwargs")
        if isinstance(kwargs, dict) and "context" in kwargs:
            # As Odoo's door to the models takes it.
            context = readable_context(kwargs["context"])
            request.params = {**request.params, "kwargs": {**kwargs, "context": context}}
        token = _served.set(request.httprequest)
        try:
            return super()._dispatch(endpoint)
        finally:
            _served.reset(token)
