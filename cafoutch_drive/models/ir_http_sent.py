from werkzeug.exceptions import abort

from odoo import models
from odoo.http import SAFE_HTTP_METHODS, Response, request

from .ir_http_headers import add_headers


def _is_readable(kind):
    """Whether Odoo can read what was sent; else it would answer with a traceback.

    :param kind: of the route, "jsonrpc" or "http"
    """
    if kind == "jsonrpc":
        try:
            told = request.get_json_data()
        except (ValueError, RecursionError):
            return False
        return isinstance(told, dict) and isinstance(told.get("params", {}), dict)
    if request.httprequest.method in SAFE_HTTP_METHODS:
        return True
    # Compared in constant time, which only what is plain text can be.
    token = request.get_http_params().get("csrf_token", "")
    return isinstance(token, str) and token.isascii()


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _pre_dispatch(cls, rule, args):
        """Override of `base`: a request to a page of ours that nobody can read is refused in words."""
        result = super()._pre_dispatch(rule, args)
        if rule.rule.startswith("/drive") and not _is_readable(rule.endpoint.routing["type"]):
            sentence = request.env._("This request was not understood; nothing was changed.")
            # In this way it is an answer, and no error that Odoo words again.
            abort(add_headers(Response(sentence, status=400, content_type="text/plain; charset=utf-8")))
        return result

    @classmethod
    def _redirect(cls, location, code=303):
        """Override of `base`: where a link wants somebody to arrive is one line, as no header takes more."""
        return super()._redirect("".join(location.splitlines()), code)

    @classmethod
    def _serve_fallback(cls):
        """Override of `base`: it looks for a file at an address that is no page, and cannot where the address
        has what no database keeps."""
        return None if "\0" in request.httprequest.path else super()._serve_fallback()
