"""What somebody with bad intentions may try, over real HTTP, and gets nothing by."""

import csv
import json

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.sale_order import CODE_LENGTH, CODE_LETTERS
from .access_common import AccessCommon, rows
from .access_tables import ROUTES
from .shop_common import ShopCommon
from .waiting_common import WaitingCommon


@tagged("post_install", "-at_install")
class TestPickupCodes(AccessCommon):
    """A code is for reading aloud: who knows it has no more than who does not."""

    def test_there_are_many(self):
        """A thousand open orders, a try each second: a year for one of them."""
        self.assertGreater(len(set(CODE_LETTERS)) ** CODE_LENGTH, 1000 * 365 * 86400 / 32)

    @mute_logger("odoo.http")
    def test_nothing_opens_by_a_code(self):
        """Neither for a visitor nor for another member, at whichever door takes something."""
        code, name = self.order.drive_pickup_code, "Member Person"
        for role in ("visitor", "other"):
            self._sign_in(role)
            for route in rows(ROUTES):
                verb, address = route.split()
                for text in (code, code.lower(), f"DRIVE-{code}"):
                    address = address.split("<")[0]
                    values = dict.fromkeys(("order", "order_id", "code", "name", "q", "text", "token"), text)
                    if verb == "JSON":
                        answer = self.url_open(address, json={"params": values})
                    else:
                        answer = self.url_open(f"{address}{text}", allow_redirects=False)
                    with self.subTest(role=role, route=route):
                        self.assertNotIn(name, answer.text)
                        self.assertNotIn(f"/drive/orders/{self.order.id}", answer.text)
        self.env.invalidate_all()
        self.assertEqual(self.order.drive_state, "confirmed")
        self.assertFalse(self.order.drive_arrived_at)

    def test_neither_at_the_till_nor_in_the_preparation(self):
        """Of those who may open an order by its code, each sees it on their own board: there is nothing to guess."""
        code = self.order.drive_pickup_code
        for role in ("member", "household", "other"):
            self._sign_in(role)
            self.assertEqual(self._rpc("drive.preparation", "find", code)[0], "denied", role)
            self.assertEqual(self._rpc("sale.order", "drive_till_open", self.config.id, None, code)[0], "denied", role)
        # Nor sign by sign.
        begins = [("drive_pickup_code", "=like", f"{code[:1]}%")]
        self.assertEqual(self._rpc("sale.order", "search_read", begins, ["name"]), ("ok", []))


@tagged("post_install", "-at_install")
class TestJumpingTheLine(WaitingCommon, ShopCommon):
    """The waiting list, against those who would rather not wait."""

    def setUp(self):
        super().setUp()
        self.first = self._join(self.people[0], self.slot)
        self.mine = self._join(self.member, self.slot)

    def test_not_before_ones_turn(self):
        """Neither by the own entry or link, nor by the plain door of the slot, once the place is free."""
        self._free()
        self.env.flush_all()
        self.assertEqual(self.first.state, "offered")
        self.post(f"/drive/waiting/{self.mine.id}/take", 409)
        self.assertTrue(self.call("waiting/take", waiting=self.mine.id)["code"])
        self.post("/drive/slots/hold", 409, slot_id=self.slot.id)
        self.assertTrue(self.call("slots/hold", slot_id=self.slot.id)["code"])
        self.url_open(f"/drive/offer/{self.mine._token()}", data={"answer": "take"}, allow_redirects=False)
        self.env.invalidate_all()
        self.assertEqual((self.first.state, self.mine.state), ("offered", "waiting"))

    def test_not_by_somebody_elses_entry(self):
        self._free()
        for path in ("take", "leave"):
            self.post(f"/drive/waiting/{self.first.id}/{path}", 404)
            self.assertEqual(self.call(f"waiting/{path}", waiting=self.first.id)["code"], "no_such_waiting")
        self.env.invalidate_all()
        self.assertEqual(self.first.state, "offered")

    def test_not_by_a_forged_link(self):
        self._free()
        token, own = self.first._token(), self.mine._token()
        for forged in (
            f"{self.first.id}-{own.partition('-')[2]}",
            f"{self.first.id}-",
            f"{self.first.id}",
            token[:-1],
            token.upper(),
            f"0{token}",
            f"{token}/../x",
            f"+{token}",
            self.member._drive_recall_token(),
        ):
            answer = self.url_open(f"/drive/offer/{forged}", data={"answer": "take"}, allow_redirects=False)
            self.assertEqual(answer.status_code, 404, forged)
        self.env.invalidate_all()
        self.assertEqual(self.first.state, "offered")

    def test_an_answer_again(self):
        """Taken once, it is taken once; passed, the link takes nothing back."""
        self._free()
        address = f"/drive/offer/{self.first._token()}"
        self.url_open(address, data={"answer": "pass"}, allow_redirects=False)
        self.env.invalidate_all()
        self.assertNotEqual(self.first.state, "offered")
        self.slot._drive_serve_line()
        self.env.flush_all()
        self.assertEqual(self.mine.state, "offered")
        self.url_open(address, data={"answer": "take"}, allow_redirects=False)
        self.env.invalidate_all()
        self.assertEqual(self.mine.state, "offered")
        live = self.slot.booking_ids.filtered(lambda booking: booking._is_live())
        self.assertEqual(live.partner_id, self.member)

    def test_no_place_further_up(self):
        """Joining again, leaving and joining, or once more for the day moves nobody forward."""
        for _again in range(3):
            self.post("/drive/waiting/join", page="/drive/slots", slot_id=self.slot.id)
        self.post("/drive/waiting/join", 409, page="/drive/slots", day=self.day.isoformat())
        self.env.invalidate_all()
        self._free()
        self.assertEqual(self.first.state, "offered")

    def test_nothing_more_in_a_form(self):
        """What a form does not have is left aside."""
        self.post(
            f"/drive/waiting/{self.mine.id}/leave",
            page="/drive/slots",
            state="offered",
            partner_id=self.people[0].id,
            waiting_id=self.first.id,
        )
        self.env.invalidate_all()
        self.assertEqual(self.first.state, "waiting")


@tagged("post_install", "-at_install")
class TestTheLiveChannel(AccessCommon):
    """Whoever listens hears what their own account may hear, whatever they ask for."""

    def _heard(self, role, channels):
        """What a listener gets of the messages that are sent meanwhile."""
        self._sign_in(role)
        answer = self.url_open(
            "/websocket/peek_notifications",
            json={"params": {"channels": channels, "last": self.last, "is_first_poll": True}},
        ).json()
        self.assertNotIn("error", answer)
        return [row["message"]["type"] for row in answer["result"]["notifications"]], json.dumps(answer["result"])

    def test_channels_of_the_team(self):
        group = self.env.ref("cafoutch_drive.group_volunteer")
        till = self.config
        self.last = self.env["bus.bus"]._bus_last_id()
        self.order._drive_preparation_changed()
        till._notify("DRIVE_ORDERS", {})
        self.env.cr.precommit.run()
        self.env.cr.postcommit.run()
        self.env.flush_all()
        database = self.env.cr.dbname
        guesses = [
            "broadcast",
            f"res.groups_{group.id}",
            f'["{database}","res.groups",{group.id}]',
            f'["{database}", "res.groups", {group.id}]',
            f"pos.config_{till.id}",
            f"{till.id}-DRIVE_ORDERS",
            "DRIVE_ORDERS",
            "cafoutch_drive.preparation",
            f"res.partner_{self.people['volunteer'].partner_id.id}",
        ]
        for role in ("visitor", "member", "other"):
            kinds, _text = self._heard(role, guesses)
            self.assertFalse([kind for kind in kinds if "drive" in kind.lower()], role)
        # And it was there to be heard, by those for whom it is.
        kinds, text = self._heard("volunteer", [])
        self.assertIn("cafoutch_drive.preparation", kinds)
        # Numbers only: who, what and how much is asked for with the rights of who asks.
        for secret in ("Member Person", self.order.drive_pickup_code, self.order.name):
            self.assertNotIn(secret, text)
        messages = [row["message"] for row in json.loads(text)["notifications"]]
        [payload] = [one["payload"] for one in messages if one["type"] == "cafoutch_drive.preparation"]
        self.assertEqual(set(payload), {"order", "batch", "screen"})


@tagged("post_install", "-at_install")
class TestWhatIsWritten(ShopCommon):
    """Texts of members, where a program would take them for something else."""

    def test_a_spreadsheet_reads_no_formula(self):
        """What a manager exports begins none, whatever a member is called."""
        self.member.name = '=HYPERLINK("http://example.org")'
        new_manager = self.env["res.users"].create(
            {
                "name": "Manager",
                "login": "attacks_manager",
                "password": "attacks_manager",
                "group_ids": [(6, 0, [self.env.ref("cafoutch_drive.group_manager").id])],
            }
        )
        new_manager.group_ids |= self.env.ref("base.group_allow_export")
        self.sign_in("attacks_manager")
        page = self.url_open("/odoo").text
        token = page.partition('csrf_token: "')[2].partition('"')[0]
        asked = {
            "model": "res.partner",
            "fields": [{"name": "name", "label": "Name"}],
            "ids": self.member.ids,
            "domain": [],
            "import_compat": False,
            "context": {},
            "groupby": [],
        }
        answer = self.url_open("/web/export/csv", data={"data": json.dumps(asked), "csrf_token": token})
        self.assertEqual(answer.status_code, 200, answer.text[:500])
        [_head, [name]] = csv.reader(answer.content.decode("utf-8-sig").splitlines())
        self.assertEqual(name, f"'{self.member.name}")

    def test_a_calendar_has_one_entry(self):
        """A shop's or a point's name with line breaks adds nothing to the file."""
        order = self._create_confirmed({self.bread: 1})
        order.company_id.name = "Shop\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:Another;X,Y\\n"
        self.point.name = "Point\nATTACH:http://example.org"
        text = self.url_open(f"/drive/orders/{order.id}/pickup.ics").content.decode()
        lines = text.replace("\r\n ", "").split("\r\n")
        self.assertEqual(lines.count("BEGIN:VEVENT"), 1)
        self.assertFalse([line for line in lines if line.startswith("ATTACH") or "\n" in line or "\r" in line])

    def test_no_header_is_added(self):
        """What is sent comes back in no header as a line of its own."""
        order = self._create_confirmed({self.bread: 1})
        evil = "x%0d%0aSet-Cookie:%20evil=1"
        for path in (
            f"/drive/search?q={evil}",
            f"/drive?sort={evil}",
            f"/drive/orders/{order.id}/pickup.ics?x={evil}",
            f"/web/login?redirect=/drive/{evil}",
            f"/drive/recall/{evil}",
        ):
            answer = self.url_open(path, allow_redirects=False)
            self.assertNotIn("evil", answer.headers.get("Set-Cookie", ""), path)
            self.assertLess(answer.status_code, 500, path)
        answer = self.post("/drive/checkout/keep", note="x", to="/drive/slots\r\nSet-Cookie: evil=1")
        self.assertNotIn("evil", answer.headers.get("Set-Cookie", ""))
        self.assertNotIn("\n", answer.headers["Location"])

    def test_a_form_writes_what_it_is_for(self):
        """Names of fields that a form has not, sent with it, write nothing."""
        order = self._create_confirmed({self.bread: 1})
        fields = {
            "drive_state": "done",
            "amount_total": "0",
            "partner_id": str(self.other.id),
            "coop_state": "up_to_date",
            "coop_state_reason": "x",
            "drive_household_id": str(self.other.id),
            "parent_id": str(self.other.id),
            "barcode": "0420000000003",
            "group_ids": "2",
            "company_id": "2",
            "price_unit": "0.01",
            "discount": "100",
            "drive_pickup_code": "AAAAAA",
        }
        before = self._written(order, fields)
        for path, values in (
            (f"/drive/orders/{order.id}/message", {"text": "Hello"}),
            (f"/drive/orders/{order.id}/late", {"minutes": "30"}),
            (f"/drive/orders/{order.id}/collector", {"name": "Somebody"}),
            ("/drive/me/recall", {"wanted": "1"}),
            ("/drive/basket/set", {"product_id": self.bread.id, "qty": "1"}),
            ("/drive/lists/keep", {"name": "Week"}),
        ):
            self.post(path, page="/drive/me", **fields, **values)
        self.call("basket/set", **fields, product_id=self.bread.id, qty=2)
        self.call("favourites/set", **fields, product_id=self.bread.id, on=True)
        self.assertEqual(self._written(order, fields), before)
        basket = self.env["sale.order"]._drive_basket(self.member)
        self.assertEqual(basket.order_line.price_unit, self.bread.list_price)
        self.assertFalse(basket.order_line.discount)

    def _written(self, order, names):
        self.env.invalidate_all()
        records = (order, order.order_line, self.member)
        return [record.read([name for name in names if name in record._fields]) for record in records]
