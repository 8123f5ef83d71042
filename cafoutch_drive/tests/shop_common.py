"""Members in front of the shop's pages, over real HTTP."""

import json
import re
from html import unescape

from .common import DriveCommon, PatientHttpCase


class ShopCommon(DriveCommon, PatientHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        # The tests own the shelves of the shop.
        cls.env["product.template"].search(
            [("drive_ok", "=", True), ("id", "not in", cls._own_products())],
            limit=10000,
        ).drive_ok = False
        cls.shelf = cls.env["pos.category"].create({"name": "Test shelf"})
        cls.bread.pos_categ_ids = cls.shelf
        cls.member = cls._create_member("Camille Durand", "camille_login")
        cls.member.lang = "en_US"
        cls.other = cls._create_member("Ali Ben", "ali_login")
        cls.other.lang = "en_US"

    @classmethod
    def _own_products(cls):
        return (cls.bread + cls.apples).product_tmpl_id.ids

    def setUp(self):
        super().setUp()
        self.sign_in("camille_login")

    def sign_in(self, login):
        self.authenticate(login, login)

    # === REQUESTS === #

    def get(self, path, status=200):
        """Read a page and return its HTML."""
        response = self.url_open(path, allow_redirects=False)
        self.assertEqual(response.status_code, status, response.text[:2000])
        return response.text

    def post(self, path, status=303, page="/drive/orders", **values):
        """Send a form of a page and return the answer.

        :param page: where the token is read, as a browser does
        """
        token = re.search(r'name="csrf_token" value="([^"]+)"', self._token_page(page))
        response = self.url_open(
            path,
            data={"csrf_token": token.group(1), **values},
            allow_redirects=False,
        )
        self.assertEqual(response.status_code, status, response.text[:2000])
        return response

    def _token_page(self, page):
        html = self.url_open(page).text
        if "csrf_token" not in html:
            html = self.url_open("/drive/slots").text
        if "csrf_token" not in html:
            html = self.url_open("/my/security").text
        return html

    def call(self, path, **params):
        """Call the JSON API; an ``error`` in the answer is always a failure."""
        response = self.url_open(
            f"/drive/api/{path}",
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}),
            headers={"Content-Type": "application/json"},
        )
        self.assertEqual(response.status_code, 200, response.text[:2000])
        answer = response.json()
        self.assertNotIn("error", answer)
        self.assertIn("message", answer["result"])
        return answer["result"]

    # === ASSERTIONS === #

    def basket_of(self, partner=None):
        """What a person's basket holds: ``{product: quantity}``."""
        self.env.invalidate_all()
        basket = self.env["sale.order"]._drive_basket(partner or self.member)
        return {line.product_id: line.product_uom_qty for line in basket.order_line}

    def assertSays(self, html, *texts):
        """The page shows these texts, whatever is between their words."""
        shown = " ".join(re.sub(r"<[^>]+>", " ", unescape(html)).split())
        for text in texts:
            self.assertIn(text, shown)
