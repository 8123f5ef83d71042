"""How the drive says no: a code, a sentence for the member, and a way out."""

from typing import NamedTuple

from odoo.exceptions import UserError


class DriveRefusal(NamedTuple):
    """Why something is refused.

    :ivar code: stable name of the reason, for programs and tests
    :ivar message: one translated sentence for the person who asked
    :ivar url: where that person can go to solve it, if there is such a place
    """

    code: str
    message: str
    url: str | None = None


class DriveRefused(UserError):
    """Raised by the models when they refuse; nothing has been changed.

    It is a ``UserError``, so each door of Odoo that is not ours shows the
    sentence; ours also use ``refusal.code`` and ``refusal.url``.
    """

    def __init__(self, code, message, url=None):
        super().__init__(message)
        self.refusal = DriveRefusal(code, message, url)
