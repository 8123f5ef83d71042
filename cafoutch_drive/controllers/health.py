"""Whether somebody has to come: for a program that watches the server."""

from odoo import SUPERUSER_ID
from odoo.http import Controller, request, route


class DriveHealth(Controller):
    # Without a session: who asks every minute would leave a file for each question. Where the
    # addon is loaded by the server itself (see docs/it.md) it answers without a database too.
    @route("/drive/health", type="http", auth="none", methods=["GET"], readonly=True, save_session=False)
    def health(self, **kwargs):
        """``ok``, or in a few words what is wrong; nobody's data and no figures of the shop."""
        if not request.db:
            return self._health_answer(["database"])
        return self._health_answer(request.env(user=SUPERUSER_ID, context={})["drive.health"]._monitor())

    def _health_answer(self, troubles):
        text = f"trouble: {', '.join(troubles)}\n" if troubles else "ok\n"
        return request.make_response(
            text,
            [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")],
            status=503 if troubles else 200,
        )
