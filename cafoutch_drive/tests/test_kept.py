import json
import re

from odoo.tests import tagged
from odoo.tools import mute_logger

from .shop_common import ShopCommon

PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
NOT_KEPT = "private, no-store"
FOREVER = "max-age=31536000"


@tagged("post_install", "-at_install")
class TestKept(ShopCommon):
    """What browsers and proxies may keep of what they are answered."""

    def kept(self, path, status=200, **options):
        """What an answer says about being kept."""
        response = self.url_open(path, allow_redirects=False, **options)
        self.assertEqual(response.status_code, status, response.text[:2000])
        return response.headers.get("Cache-Control")

    def test_pages_are_not_kept(self):
        order = self._create_confirmed({self.bread: 1})
        for path in (
            "/drive",
            "/drive/basket",
            "/drive/checkout",
            "/drive/orders",
            f"/drive/orders/{order.id}",
            f"/drive/orders/{order.id}/pickup.ics",
            "/drive/card",
            "/drive/me",
            "/drive/me/allergens",
            "/drive/me/data",
            "/drive/me/data/export",
        ):
            self.assertEqual(self.kept(path), NOT_KEPT, path)

    def test_nor_is_any_other_answer(self):
        self.assertEqual(self.kept("/drive/product/999999999", 404), NOT_KEPT)
        answer = self.post("/drive/basket/set", product_id=self.bread.id, qty="1")
        self.assertEqual(answer.headers["Cache-Control"], NOT_KEPT)
        answer = self.post("/drive/basket/set", status=422, product_id=self.bread.id, qty="beaucoup")
        self.assertEqual(answer.headers["Cache-Control"], NOT_KEPT)
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": {}})
        headers = {"Content-Type": "application/json"}
        self.assertEqual(self.kept("/drive/api/basket/set", data=body, headers=headers), NOT_KEPT)
        with mute_logger("odoo.http"):
            self.assertEqual(self.kept("/drive/basket/set", 400, data={"qty": "1"}), NOT_KEPT)
        self.member.coop_state = "suspended"
        self.assertEqual(self.kept("/drive", 403), NOT_KEPT)
        self.logout()
        self.assertEqual(self.kept("/drive", 303), NOT_KEPT)

    def test_files_of_the_pages_are_kept_for_ever(self):
        """Their address changes with them."""
        html = self.get("/drive")
        files = re.findall(r'(?:href|src)="(/web/assets/[^"]+)"', html)
        self.assertEqual(len(files), 2, files)
        for address in files:
            kept = self.kept(address)
            for word in ("public", FOREVER, "immutable"):
                self.assertIn(word, kept, address)

    def test_pictures_are_kept_for_ever_by_the_browser_alone(self):
        """Only members see them: no proxy gives them to others."""
        self.bread.image_1920 = PICTURE
        [address] = re.findall(r'src="(/web/image/[^"]+)"', self.get("/drive"))
        kept = self.kept(address.replace("&amp;", "&"))
        for word in ("private", FOREVER, "immutable"):
            self.assertIn(word, kept)
        self.assertNotIn("public", kept)
