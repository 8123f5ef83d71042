import base64
import re
from datetime import timedelta
from io import BytesIO

from PIL import Image

from odoo import fields
from odoo.tests import tagged

from ..tools.app_icon import SIZES, app_icon
from .shop_common import ShopCommon


def picture(width, height, colour):
    content = BytesIO()
    Image.new("RGB", (width, height), colour).save(content, "PNG")
    return base64.b64encode(content.getvalue())


@tagged("post_install", "-at_install")
class TestInstalled(ShopCommon):
    """The drive on a home screen, and what it shows without a line."""

    def test_the_phone_is_told_the_coop_s_name_and_pictures(self):
        self.company.write({"name": "La Coop", "primary_color": "#123456", "logo": picture(90, 30, "red")})
        html = self.get("/drive")
        self.assertIn('href="/drive/manifest.webmanifest"', html)
        manifest = self.url_open("/drive/manifest.webmanifest").json()
        self.assertEqual((manifest["name"], manifest["theme_color"]), ("La Coop", "#123456"))
        self.assertEqual((manifest["scope"], manifest["start_url"]), ("/drive", "/drive"))
        self.assertEqual([icon["sizes"] for icon in manifest["icons"]], ["192x192", "512x512"])
        for icon, size in zip(manifest["icons"], SIZES, strict=True):
            answer = self.url_open(icon["src"])
            self.assertIn("immutable", answer.headers["Cache-Control"])
            with Image.open(BytesIO(answer.content)) as image:
                self.assertEqual(image.size, (size, size))
                self.assertEqual(image.getpixel((size // 2, size // 2)), (255, 0, 0))
        self.company.logo = picture(30, 30, "blue")
        later = self.url_open("/drive/manifest.webmanifest").json()
        self.assertNotEqual(later["icons"][0]["src"], manifest["icons"][0]["src"])

    def test_a_logo_that_cannot_be_drawn(self):
        for logo in (None, b"", b"%%%", base64.b64encode(b"<svg/>")):
            with Image.open(BytesIO(app_icon(logo, 192))) as image:
                self.assertEqual(image.size, (192, 192))

    def test_nothing_of_anybody_is_in_what_is_kept(self):
        order = self._create_confirmed({self.bread: 1})
        for path in ("/drive/offline", "/drive/service-worker.js", "/drive/manifest.webmanifest"):
            mine = self.get(path)
            for text in (order.name, order.drive_pickup_code, "Camille", "csrf_token", "Miche"):
                self.assertNotIn(text, mine, path)
        mine = self.get("/drive/offline")
        self.sign_in("ali_login")
        self.assertEqual(self.get("/drive/offline"), mine)

    def test_the_worker_changes_with_what_it_keeps(self):
        first = self.get("/drive/service-worker.js")
        self.assertEqual(self.get("/drive/service-worker.js"), first)
        for address in re.findall(r'"(/web/assets/[^"]+)"', first):
            self.assertEqual(self.url_open(address).status_code, 200)
        answer = self.url_open("/drive/service-worker.js")
        self.assertEqual(answer.headers["Service-Worker-Allowed"], "/drive")
        self.assertEqual(answer.headers["Cache-Control"], "no-cache")
        self.company.name = "Another name"
        self.assertNotEqual(self.get("/drive/service-worker.js"), first)

    def test_an_order_is_kept_while_it_is_open(self):
        order = self._create_confirmed({self.bread: 1})
        until = order.drive_slot_id.stop + timedelta(hours=12)
        page = self.get(f"/drive/orders/{order.id}")
        self.assertIn(f'data-until="{until.isoformat()}Z"', page)
        self.assertGreater(until, fields.Datetime.now())
        self.assertIn(f'data-open-order="{order.name}"', self.get("/drive/orders"))
        order._drive_cancel()
        self.assertNotIn("data-until", self.get(f"/drive/orders/{order.id}"))
        self.assertNotIn("data-open-order", self.get("/drive/orders"))
