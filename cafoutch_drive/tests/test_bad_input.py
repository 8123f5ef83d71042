"""Whatever is sent to the shop's pages and calls: an answer that a member understands, and nothing lost."""

from odoo.tests import tagged

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
