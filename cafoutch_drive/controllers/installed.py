"""The drive on a phone's home screen: its name and picture, and what is shown without a line.

These answers are everybody's: the phone asks for some of them without saying whose it is.
"""

import hashlib
import json

from odoo.http import request, route
from odoo.tools import file_open

from ..tools.app_icon import SIZES, app_icon
from .common import DriveController

LEAF = "#1E5B43"
PAPER = "#FBF8F1"
WORKER = "cafoutch_drive/static/src/shop/service_worker.js"
OFFLINE_PAGE = "/drive/offline"
# Asked for again each time: a new version is seen at once.
ASKED_AGAIN = "no-cache"


class DriveInstalled(DriveController):
    @route("/drive/manifest.webmanifest", type="http", auth="public", methods=["GET"], readonly=True)
    def manifest(self, **kwargs):
        """What a phone puts on its home screen."""
        company = request.env.company.sudo()
        name = company._drive_name()
        mark = hashlib.sha256(company.logo or b"").hexdigest()[:8]
        manifest = {
            "id": "/drive",
            "name": name,
            "short_name": name,
            "lang": (request.env.lang or "en_US").replace("_", "-"),
            "start_url": "/drive",
            "scope": "/drive",
            "display": "standalone",
            "theme_color": company.primary_color or LEAF,
            "background_color": PAPER,
            "icons": [
                {
                    "src": f"/drive/icon/{size}?unique={mark}",
                    "sizes": f"{size}x{size}",
                    "type": "image/png",
                    "purpose": "any maskable",
                }
                for size in SIZES
            ],
        }
        return request.make_response(
            json.dumps(manifest, ensure_ascii=False),
            [("Content-Type", "application/manifest+json; charset=utf-8"), ("Cache-Control", ASKED_AGAIN)],
        )

    @route(
        [f"/drive/icon/{size}" for size in SIZES],
        type="http",
        auth="public",
        methods=["GET"],
        readonly=True,
    )
    def icon(self, unique=None, **kwargs):
        """The coop's logo, as the picture of an app; ``unique`` changes with the logo."""
        size = int(request.httprequest.path.rpartition("/")[2])
        kept = "public, max-age=31536000, immutable" if unique else ASKED_AGAIN
        return request.make_response(
            app_icon(request.env.company.sudo().logo, size),
            [("Content-Type", "image/png"), ("Cache-Control", kept)],
        )

    @route(OFFLINE_PAGE, type="http", auth="public", methods=["GET"], readonly=True)
    def offline(self, **kwargs):
        """What is shown when the shop is not reached: nothing of anybody is in it. The
        order that is kept on the phone is put there by the page itself."""
        return request.render("cafoutch_drive.shop_offline", self._offline_values())

    @route("/drive/service-worker.js", type="http", auth="public", methods=["GET"], readonly=True)
    def service_worker(self, **kwargs):
        """The program that answers when the shop is not reached. Its text changes with the
        page and the files that it keeps, and so it takes the place of an earlier one."""
        page = request.env["ir.qweb"]._render("cafoutch_drive.shop_offline", self._offline_values())
        files = [
            *request.env["ir.qweb"]._get_asset_links("cafoutch_drive.shop_css", js=False),
            *request.env["ir.qweb"]._get_asset_links("cafoutch_drive.shop_offline_js", css=False),
        ]
        kept = {
            "version": hashlib.sha256(str(page).encode()).hexdigest()[:16],
            "page": OFFLINE_PAGE,
            "files": files,
        }
        with file_open(WORKER) as program:
            text = f"const KEPT = {json.dumps(kept)};\n{program.read()}"
        return request.make_response(
            text,
            [
                ("Content-Type", "text/javascript; charset=utf-8"),
                ("Cache-Control", ASKED_AGAIN),
                # The shop's own page has no slash at its end.
                ("Service-Worker-Allowed", "/drive"),
            ],
        )

    def _offline_values(self):
        return {
            "language": (request.env.lang or "en_US").replace("_", "-"),
            "coop": request.env.company.sudo()._drive_name(),
            "offline": True,
        }
