from urllib.parse import unquote

from odoo.tests import new_test_user, tagged

from ..tools.replica import from_primary, from_replica
from .shop_common import ShopCommon

PAGES = (
    "/drive",
    "/drive/search?q=miche",
    "/drive/basket",
    "/drive/slots",
    "/drive/checkout",
    "/drive/orders",
)


@tagged("post_install", "-at_install")
class TestShopPages(ShopCommon):
    # === WHO COMES IN === #

    def test_signed_out_to_the_sign_in_page_and_back(self):
        self.logout()
        for page in PAGES:
            answer = self.url_open(page, allow_redirects=False)
            self.assertEqual(answer.status_code, 303)
            address = unquote(answer.headers["Location"])
            self.assertIn(f"/web/login?redirect={page}", address)
        token = self.url_open(answer.headers["Location"]).text
        token = token.split('name="csrf_token" value="')[1].split('"')[0]
        answer = self.url_open(
            "/web/login",
            data={
                "login": "camille_login",
                "password": "camille_login",
                "redirect": "/drive/orders",
                "csrf_token": token,
            },
        )
        self.assertTrue(answer.url.endswith("/drive/orders"), answer.url)

    def test_who_follows_a_link_is_not_offered_to_sign_out(self):
        link = "/drive/proposal/1-nonsense"
        self.assertIn("/web/session/logout", self.get(link, status=404))
        self.logout()
        self.assertNotIn("/web/session/logout", self.url_open(link).text)

    def test_who_may_not_order_reads_why_and_what_to_do(self):
        for state in ("candidate", "on_leave", "suspended", "left"):
            self.member.coop_state = state
            for page in PAGES[:-1]:
                html = self.get(page, status=403)
                self.assertSays(html, self.member.with_context(lang="en_US")._drive_refusal().message)
                self.assertIn('href="/drive/me"', html)
        # The orders of before stay theirs.
        self.get("/drive/orders")

    def test_who_may_not_order_changes_nothing(self):
        self.member.coop_state = "suspended"
        self.post(
            "/drive/basket/set",
            status=403,
            page="/my/security",
            product_id=self.bread.id,
            qty=1,
        )
        self.assertFalse(self.basket_of())

    def test_an_account_without_a_member_reads_why(self):
        user = new_test_user(self.env, login="office_login", groups="base.group_user", lang="en_US")
        self.sign_in("office_login")
        message = user.partner_id.with_context(lang="en_US")._drive_refusal().message
        self.assertSays(self.get("/drive", status=403), message)

    def test_an_internal_member_orders_like_anyone(self):
        user = new_test_user(self.env, login="office_login", groups="cafoutch_drive.group_volunteer")
        user.partner_id.coop_state = "up_to_date"
        self.sign_in("office_login")
        self.post("/drive/basket/set", product_id=self.bread.id, qty=2)
        self.assertEqual(self.basket_of(user.partner_id), {self.bread: 2})

    def test_card_at_home_for_members_only(self):
        self.assertIn('href="/drive"', self.url_open("/my").text)
        self.member.coop_state = False
        self.assertNotIn('href="/drive"', self.url_open("/my").text)

    # === WHAT THEY READ === #

    def test_the_shop_lists_what_is_sold(self):
        hidden = self._create_product("Caviar", 99.0, stock=3, drive_ok=False)
        html = self.get("/drive")
        self.assertSays(html, "Miche", "Pommes", "2 products")
        self.assertNotIn(hidden.name, html)

    def test_a_shelf_lists_its_own(self):
        html = self.get(f"/drive/shelf/{self.shelf.id}")
        self.assertSays(html, "Test shelf", "Miche")
        self.assertNotIn("Pommes", html)

    def test_a_shelf_shows_what_is_under_it(self):
        under = self.env["pos.category"].create({"name": "Under", "parent_id": self.shelf.id})
        self.apples.pos_categ_ids = under
        self.assertSays(self.get(f"/drive/shelf/{self.shelf.id}"), "Miche", "Pommes")

    def test_search_without_accents_or_capitals(self):
        self.apples.write({"name": "Pâtisserie", "drive_producer": "Les Frères Œuf"})
        for words in ("patisserie", "PATISSERIE", "oeuf freres", "pâtiss"):
            html = self.get(f"/drive/search?q={words}")
            self.assertSays(html, "Pâtisserie", "1 product")
        self.assertSays(self.get("/drive/search?q=zzz"), "Nothing with these words")

    def test_search_for_anything(self):
        for words in ("", "%25", "%00", "'", "%3Cscript%3E", "x" * 5000, "%F0%9F%8D%8E"):
            html = self.get(f"/drive/search?q={words}")
            self.assertNotIn("<script>", html.split("<body")[1].split("<main")[1])

    def test_pages_of_a_long_list(self):
        for number in range(60):
            self._create_product(f"Jam {number:02d}", 2.0, stock=9)
        self.assertSays(self.get("/drive"), "62 products, page 1 of 2")
        self.assertSays(self.get("/drive?page=2"), "page 2 of 2")
        for page in ("0", "-1", "99", "abc", "1e9", "9" * 40, "²"):
            self.assertSays(self.get(f"/drive?page={page}"), "62 products")

    def test_what_is_not_there(self):
        unsold = self._create_product("Caviar", 99.0, drive_ok=False)
        for path in (
            "/drive/shelf/999999999",
            "/drive/shelf/99999999999999999999",
            "/drive/product/99999999999999999999",
            f"/drive/product/{unsold.id}",
            "/drive/orders/99999999999999999999",
        ):
            self.get(path, status=404)

    def test_product_page(self):
        self.apples.write({"drive_origin": "Provence", "drive_producer": "Mazet"})
        html = self.get(f"/drive/product/{self.apples.id}")
        self.assertSays(html, "Pommes", "Provence", "Mazet", "3.00", "/kg")

    def test_sold_out_and_low(self):
        self.env["stock.quant"].search([("product_id", "=", self.bread.id)]).unlink()
        self.assertSays(self.get("/drive"), "Sold out")
        self._set_stock(self.bread, 3)
        self.assertSays(self.get("/drive"), "Only 3 left")

    def test_a_shop_without_a_point_has_nothing_to_sell(self):
        self.point.active = False
        self.assertSays(self.get("/drive"), "Miche", "Sold out")

    def test_estimates_are_marked(self):
        self.post("/drive/basket/set", product_id=self.apples.id, qty="1.5")
        for page in ("/drive", "/drive/basket", "/drive/checkout"):
            self.assertSays(self.get(page), "≈", "4.50", "Estimated total")

    def test_pages_are_read_only(self):
        self._create_held({self.bread: 1})
        with self.assertNoLogs("odoo.http", "WARNING"):
            for page in (*PAGES, "/drive/basket/panel"):
                self.get(page)
        for rule in self.env["ir.http"].routing_map().iter_rules():
            routing = rule.endpoint.routing
            if rule.rule.startswith("/drive") and routing.get("methods") == ["GET"]:
                # Prices are brought up to date; a card is made when it is first shown.
                writes = rule.rule in ("/drive/checkout", "/drive/card")
                self.assertEqual(routing["readonly"] in (True, from_replica, from_primary), not writes, rule.rule)

    def test_pictures_are_for_members(self):
        self.bread.image_1920 = (
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
        )
        html = self.get("/drive")
        address = html.split('src="/web/image/')[1].split('"')[0]
        picture = self.url_open(f"/web/image/{address}")
        self.assertTrue(picture.headers["Content-Type"].startswith("image/png"))
        self.assertIn("immutable", picture.headers["Cache-Control"])
