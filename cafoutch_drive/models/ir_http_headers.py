from werkzeug.exceptions import HTTPException

from odoo import models
from odoo.http import request

# Papers are printed by the browser, from pages of ours at an address of Odoo's.
PAPERS = "/report/html/cafoutch_drive."
# A page shows somebody's basket or orders. `no-cache` would not do: browsers show such a
# page again when one goes back, also after signing out.
NOT_KEPT = "private, no-store"
# What a page may load: its own files, and nothing that is written into the page itself,
# neither programs nor styles. Also what the service worker may ask for.
SOURCES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
# The back office shows a paper in a frame of its own.
PAPER_SOURCES = {**SOURCES, "frame-ancestors": "'self'"}
# No page of ours asks for any of it. The preparers' screen, which scans, is Odoo's page.
NOT_ASKED_FOR = ("camera", "microphone", "geolocation", "payment", "usb", "display-capture")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # A page whose address is a key, as a mail has it, says itself that nobody at all learns it.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in NOT_ASKED_FOR),
}


def policy(sources):
    """A Content-Security-Policy, as it is sent."""
    return "; ".join(f"{name} {value}" for name, value in sources.items())


def add_headers(response):
    """All that is said about an answer of ours, whatever the answer is: a page, a refusal,
    the way to the sign-in page. Odoo's own pages stay as they are.

    No browser and no proxy keeps it; what may be kept says so itself.
    """
    path = request.httprequest.path
    is_paper = path.startswith(PAPERS)
    if not (is_paper or path == "/drive" or path.startswith("/drive/")):
        return response
    if isinstance(response, HTTPException):
        # An error is its own answer, which has no headers before it is made.
        response = response.get_response(request.httprequest.environ)
    response.headers.setdefault("Cache-Control", NOT_KEPT)
    response.headers["Content-Security-Policy"] = policy(PAPER_SOURCES if is_paper else SOURCES)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _post_dispatch(cls, response):
        """Override of `base`: see ``add_headers``."""
        add_headers(response)
        return super()._post_dispatch(response)

    @classmethod
    def _handle_error(cls, exception):
        """Override of `base`: see ``add_headers``."""
        return add_headers(super()._handle_error(exception))
