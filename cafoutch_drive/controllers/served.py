"""For whom staff order at the moment: kept in the session, judged at each request.

The session only remembers; whether it may be is asked of the models each time, so that
who loses the right, or a member who is archived, ends it.
"""

import time

from odoo.http import request

from ..tools.refusal import DriveRefused

KEY = "drive_for"
# After so long without a request nobody is on the phone any more.
IDLE_SECONDS = 2 * 3600
# The time of the last request is written no more often than that.
TICK_SECONDS = 60


def begin(member):
    """From now on this session's pages are those of ``member``."""
    request.session[KEY] = {"member": member.id, "user": request.env.uid, "at": int(time.time())}


def end():
    """From now on this session's pages are those of who is signed in."""
    request.session.pop(KEY, None)


def confirmed(order):
    """The order is taken: only its own page is still the member's."""
    kept = request.session.get(KEY)
    if kept:
        request.session[KEY] = {**kept, "order": order.id}


def current(to_show=False):
    """Return the member for whom this request is, or an empty partner.

    What is over ends here, and the next page says so.

    :param to_show: a page is shown, and nothing changed
    :raise DriveRefused: when it is over and this request would change something: it
        was meant for the member, not for who is signed in
    """
    nobody = request.env["res.partner"].sudo()
    kept = request.session.get(KEY)
    if not kept:
        return nobody
    member = request.env["res.partner"]._drive_find_served(kept.get("member"))
    now = int(time.time())
    over = not member or kept.get("user") != request.env.uid or now - kept.get("at", 0) > IDLE_SECONDS
    if not over and not _is_past_confirmation(kept):
        if now - kept["at"] > TICK_SECONDS:
            request.session[KEY] = {**kept, "at": now}
        return member
    end()
    message = request.env._("You no longer order for somebody else: this is your own basket.")
    if request.httprequest.method != "GET" and not to_show:
        raise DriveRefused("other_basket", message, "/drive")
    request.session["drive_notice"] = message
    return nobody


def _is_past_confirmation(kept):
    """Whether the order is taken and another page than its own is asked for."""
    if "order" not in kept:
        return False
    page = f"/drive/orders/{kept['order']}"
    path = request.httprequest.path
    return path != page and not path.startswith(f"{page}/")
