"""Whatever is sent to the shop's pages and calls: an answer that a member understands, and nothing lost."""

import re

from odoo.tests import tagged
from odoo.tools import mute_logger

from .shop_common import ShopCommon

# Half an emoji, as a broken client cuts it, and the sign that no database keeps.
BROKEN = ("\ud83d", "a\udc00bcdefgh", "\0", "a\0bcdefgh")
LONG = "x" * 10000
HTML = "<script>alert(1)</script>"
EMOJI = "\N{PILE OF POO}" * 8


@tagged("post_install", "-at_install")
class TestBadInput(ShopCommon):
    # === ADDRESSES === #

    def test_addresses(self):
        """Each shows a page of the shop; what makes no sense in it is left aside."""
        for path in (
            "/drive?page=-1",
            "/drive?page=0",
            "/drive?page=999999",
            "/drive?page=99999999999999999999",
            "/drive?page=1e3",
            "/drive?page=\N{ARABIC-INDIC DIGIT THREE}",
            "/drive?page=%00",
            "/drive?page=1&page=2",
            "/drive?page[]=1",
            "/drive?sort=evil",
            "/drive?sort=price&sort=name",
            "/drive?sort=%27%3B--",
            "/drive?left=2&left=1",
            "/drive?label=99999999",
            "/drive?label=-1&label=abc&label=",
            "/drive?without=0&without=99999999999999999999",
            f"/drive?producer={HTML}",
            f"/drive?origin={LONG}",
            f"/drive?{'&'.join(f'label={number}' for number in range(900))}",
            "/drive?unheard=of&self=1&shelf_id=7&query=x",
            "/drive?self=1",
            "/drive/search",
            "/drive/search?q=",
            "/drive/search?q=%00",
            "/drive/search?q=%ff%fe",
            "/drive/search?q=%ed%a0%bd",
            f"/drive/search?q={EMOJI}",
            f"/drive/search?q={HTML}",
            "/drive/search?q=a&q=b&page=-1&sort=evil&self=2",
            f"/drive/shelf/{self.shelf.id}?page=999999&sort=evil&shelf_id=999",
            f"/drive/shelf/{self.shelf.id}?self=1",
            f"/drive/product/{self.bread.id}?product_id=0&self=1",
            "/drive/basket?self=1",
            "/drive/usual?page=-1&self=1",
            "/drive/lists?self=1",
        ):
            html = self.get(path)
            self.assertNotIn("<script>alert", html, path)
            self.assertIn("<h1", html, path)

    def test_long_searches(self):
        for text in (LONG, EMOJI * 200, "a " * 5000):
            self.assertSays(self.get(f"/drive/search?q={text}"), "Nothing with these words")

    def test_what_is_not_there(self):
        for path in (
            "/drive/shelf/0",
            "/drive/shelf/999999",
            "/drive/shelf/99999999999999999999",
            "/drive/product/0",
            "/drive/product/99999999999999999999",
            "/drive/lists/99999999999999999999",
            "/drive/orders/99999999999999999999",
        ):
            self.get(path, status=404)
        # What Odoo answers by itself leads to the reader's language first.
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open("/drive/orders/%00").status_code, 404)

    # === WHAT NOBODY CAN READ === #

    def test_bodies_that_are_no_call(self):
        """A sentence, where Odoo would answer with a traceback."""
        self._create_held({self.bread: 2})
        for body in (
            b"",
            b"{",
            b"null",
            b"[]",
            b'"x"',
            b'{"params": null}',
            b'{"params": []}',
            b'{"params": "x"}',
            b'{"params": {"qty": ' + b"9" * 5000 + b"}}",
            b"[" * 100000,
            b'{"params": ' * 50000,
            b'\xff\xfe{"params": {}}',
        ):
            with self.subTest(body=body[:20]):
                answer = self.url_open(
                    "/drive/api/basket/set", data=body, headers={"Content-Type": "application/json"}
                )
                self.assertEqual(answer.status_code, 400)
                self.assertEqual(answer.text, "This request was not understood; nothing was changed.")
                self.assertEqual(answer.headers["Cache-Control"], "private, no-store")
                self.assertEqual(self.basket_of(), {self.bread: 2})

    def test_tokens_that_nobody_gave(self):
        """Nothing is done, and nothing breaks."""
        self._create_held({self.bread: 2})
        form = {"product_id": self.bread.id, "qty": "5"}
        for token in ("", "x", "o", "éo99999999999", "xo" + "9" * 5000, "\0", EMOJI, LONG):
            with self.subTest(token=token[:20]), mute_logger("odoo.http"):
                answer = self.url_open("/drive/basket/set", data={**form, "csrf_token": token})
                self.assertEqual(answer.status_code, 400)
        with mute_logger("odoo.http"):
            answer = self.url_open("/drive/basket/set", data=form, files={"csrf_token": ("x.txt", b"x")})
        self.assertEqual(answer.status_code, 400)
        self.assertEqual(self.basket_of(), {self.bread: 2})

    def test_files(self):
        """The pages take none: it is as if nothing had been sent."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.get("/drive/me"))[1]
        for path in ("/drive/basket/set", "/drive/checkout/keep", "/drive/lists/keep", "/drive/me/allergens"):
            files = dict.fromkeys(("product_id", "qty", "note", "name", "allergen", "to", "back"), ("é.png", b"x"))
            with self.subTest(path=path):
                answer = self.url_open(path, data={"csrf_token": token}, files=files, allow_redirects=False)
                self.assertIn(answer.status_code, (303, 404, 409, 422))
        # With the name of a part of the address.
        files = {"order_id": ("x.png", b"x")}
        answer = self.url_open("/drive/orders/999999/late", data={"csrf_token": token}, files=files)
        self.assertEqual(answer.status_code, 404)

    # === CALLS === #

    def test_texts_that_no_database_keeps(self):
        """In every argument of every call: a sentence, and the basket stays."""
        self._create_held({self.bread: 2})
        order = self._create_confirmed({self.apples: 1}, member=self.other)
        calls = {
            "basket/set": {"product_id": self.bread.id, "qty": 2, "unit": "uom", "seq": 1, "page": "p", "owner": "1"},
            "slots/hold": {"slot_id": self.slot.id},
            "waiting/join": {"slot_id": self.slot.id, "day": "2026-11-27"},
            "waiting/leave": {"waiting": 1},
            "waiting/take": {"waiting": 1},
            "checkout/confirm": {
                "idempotency_key": "0123456789",
                "total_seen": 9.5,
                "note": "",
                "substitution": "none",
            },
            "orders/cancel": {"order": order.id, "idempotency_key": "0123456789"},
            "orders/move": {"order": order.id, "slot_id": self.slot.id, "idempotency_key": "0123456789"},
            "orders/change": {"order": order.id, "lines": [], "total_seen": 1, "idempotency_key": "0123456789"},
            "favourites/set": {"product_id": self.bread.id, "on": True},
        }
        for path, values in calls.items():
            for name in values:
                for text in (*BROKEN, LONG, HTML, EMOJI):
                    with self.subTest(path=path, name=name, text=text[:12]):
                        self.call(path, **{**values, name: text})
                        self.assertEqual(self.basket_of(), {self.bread: 2})
