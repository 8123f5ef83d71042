"""What a member tells the shop about an order, from the page, until it is handed over."""

from odoo.tests import tagged

from ..models.sale_order_messages import LONGEST_COLLECTOR, LONGEST_MESSAGE, LONGEST_MESSAGES
from .shop_common import ShopCommon

NOTE = "J'arrive à vélo 🚲, merci !"

EACH = {"message": {"text": "x"}, "late": {"minutes": "15"}, "collector": {"name": "x"}}


@tagged("post_install", "-at_install")
class TestMessages(ShopCommon):
    def setUp(self):
        super().setUp()
        self.order = self._create_confirmed({self.bread: 1})
        self.page = f"/drive/orders/{self.order.id}"

    def _tell(self, what, status=303, order=None, **values):
        path = f"/drive/orders/{(order or self.order).id}/{what}"
        answer = self.post(path, status=status, page=self.page, **values)
        self.env.invalidate_all()
        return answer.text

    def test_message(self):
        self._tell("message", text=f"  {NOTE}\r\n")
        self._tell("message", text=NOTE)
        self.assertEqual(self.order.drive_message, NOTE)
        self._tell("message", text="Une caisse\nconsignée\x1b\x07 à rendre <b>ici</b>")
        self.assertEqual(self.order.drive_message, f"{NOTE}\nUne caisse consignée à rendre <b>ici</b>")
        self.assertSays(self.get(self.page), NOTE)
        self.assertIn("Une caisse consignée à rendre &lt;b&gt;ici&lt;/b&gt;", self.get(self.page))
        # The checkout's note is another one.
        self.assertFalse(self.order.drive_note)

    def test_late(self):
        self._tell("late", minutes="30")
        self._tell("late", minutes="30")
        self.assertEqual(self.order.drive_late_minutes, 30)
        self.assertSays(self.get(self.page), "About 30 min late", "In time after all")
        self._tell("late", minutes="0")
        self.assertEqual(self.order.drive_late_minutes, 0)
        self.assertNotIn("In time after all", self.get(self.page))

    def test_late_is_said_of_a_slot(self):
        self._tell("late", minutes="60")
        self._tell("collector", name="Aïcha")
        self.order._drive_move(self._create_slot(hours=50))
        self.env.flush_all()
        self.assertEqual(self.order.drive_late_minutes, 0)
        self.assertEqual(self.order.drive_collector, "Aïcha")

    def test_collector(self):
        code = self.order.drive_pickup_code
        self._tell("collector", name=" Aïcha\tB. ")
        self.assertEqual(self.order.drive_collector, "Aïcha B.")
        self.assertSays(self.get(self.page), f"Please pass the pickup code on: {code}", "Collected by Aïcha B.")
        self.assertEqual(self.order.drive_pickup_code, code)
        self._tell("collector", name="")
        self.assertFalse(self.order.drive_collector)

    def test_what_makes_no_sense(self):
        long = "é" * (LONGEST_MESSAGE + 1)
        for what, values, sentence in (
            ("message", {"text": long}, "up to 500 characters"),
            ("message", {"text": " \n "}, "write your message first"),
            ("message", {}, "up to 500 characters"),
            ("late", {"minutes": "45"}, "choose how late"),
            ("late", {"minutes": "-15"}, "choose how late"),
            ("late", {"minutes": "nan"}, "choose how late"),
            ("late", {}, "choose how late"),
            ("collector", {"name": "x" * (LONGEST_COLLECTOR + 1)}, "up to 80 characters"),
            ("collector", {}, "up to 80 characters"),
        ):
            with self.subTest(what=what, values=str(values)[:40]):
                self.assertSays(self._tell(what, status=422, **values), sentence)
        self.assertFalse(self.order.drive_message or self.order.drive_collector or self.order.drive_late_minutes)
        # What was typed is not lost.
        self.assertIn(long, self._tell("message", status=422, text=long))

    def test_too_much_in_all(self):
        for number in range(LONGEST_MESSAGES // LONGEST_MESSAGE - 1):
            self._tell("message", text=f"{number}" * LONGEST_MESSAGE)
        self._tell("message", text="x" * 400)
        self.assertSays(self._tell("message", status=422, text="y" * LONGEST_MESSAGE), "please call the shop")
        self.assertNotIn("y", self.order.drive_message)

    def test_until_the_hand_over(self):
        """After the cut-off too, while it is prepared and when it is ready."""
        slot = self.order.drive_slot_id
        self.point.cutoff_minutes = 60 * 48
        self.assertFalse(self.order._drive_may_change())
        for state in ("confirmed", "preparing", "ready"):
            self.order.drive_state = state
            self._tell("message", text=f"Still {state}")
        self.assertEqual(len(self.order.drive_message.splitlines()), 3)
        self.assertTrue(slot)
        for state in ("done", "no_show", "cancelled"):
            self.order.drive_state = state
            for what, values in EACH.items():
                with self.subTest(state=state, what=what):
                    # The token is any page's of this session.
                    self.page = "/my/security"
                    self.assertSays(self._tell(what, status=409, **values), "no longer waiting for you")
        self.assertEqual(len(self.order.drive_message.splitlines()), 3)
        self.assertNotIn("A word to the shop", self.get(f"/drive/orders/{self.order.id}"))

    def test_only_one_s_own(self):
        theirs = self._create_confirmed({self.bread: 1}, member=self.other)
        for what, values in EACH.items():
            self._tell(what, status=404, order=theirs, **values)
            answer = self.url_open(f"{self.page}/{what}", data=values, allow_redirects=False)
            self.assertEqual(answer.status_code, 400, "a post without its token")
        self.env.invalidate_all()
        for order in (theirs, self.order):
            self.assertFalse(order.drive_message or order.drive_collector or order.drive_late_minutes)

    # === WHO READS IT === #

    def test_who_reads_it(self):
        self._tell("message", text=NOTE)
        self._tell("late", minutes="30")
        self._tell("collector", name="Aïcha")
        till = self.order._drive_till_row()
        self.assertEqual(till["message"], NOTE)
        self.assertEqual(till["late_text"], "About 30 min late")
        self.assertEqual(till["collector_text"], "Collected by Aïcha")
        [prepared] = self.env["drive.preparation"]._basket_rows(self.order)
        self.assertEqual((prepared["message"], prepared["late_text"]), (NOTE, "About 30 min late"))
        board = self.order._drive_board_row()
        self.assertEqual((board["has_message"], board["late_text"]), (True, "About 30 min late"))
        # Who comes is for the till to know.
        self.assertNotIn("Aïcha", str((prepared, board)))
        day = self.point._drive_day_data(self.point._drive_date(self.order.drive_slot_id.start))
        [attention] = [row for row in day["attention"] if row["text"] == "With a message to the shop"]
        self.assertEqual(attention["order_ids"], self.order.ids)
        rows = [row for window in day["windows"] for slot in window["slots"] for row in slot["orders"]]
        self.assertEqual([(row["message"], row["collector_text"]) for row in rows], [(NOTE, "Collected by Aïcha")])

    def test_it_prevents_nothing(self):
        self._tell("late", minutes="15")
        self._tell("collector", name="Aïcha")
        self.assertTrue(self.order._drive_may_change())
        self.order._drive_cancel()
        self.assertEqual(self.order.drive_state, "cancelled")

    def test_it_does_not_stay_for_ever(self):
        self._tell("message", text=NOTE)
        self._tell("collector", name="Aïcha")
        data = str(self.member._drive_export())
        self.assertIn(NOTE, data)
        self.assertIn("Aïcha", data)
        self.assertIn("Notes kept: 1", str(self.member._drive_page_data()))
        self.order._drive_cancel()
        self.env.flush_all()
        self.order.drive_ended_at = "2026-01-01 12:00:00"
        self.env.flush_all()
        self.env["sale.order"]._cron_erase_notes()
        self.env.invalidate_all()
        self.assertFalse(self.order.drive_message or self.order.drive_collector)
        for table, column in (("mail_message", "body"), ("mail_tracking_value", "new_value_char")):
            self.env.cr.execute(f"SELECT count(*) FROM {table} WHERE {column}::text LIKE '%Aïcha%'")
            self.assertEqual(self.env.cr.fetchone()[0], 0)
