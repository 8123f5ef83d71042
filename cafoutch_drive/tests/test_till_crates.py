"""Each crate is brought before the basket is paid, or somebody says why it is not there."""

from odoo.tests import new_test_user, tagged

from .test_till_handover import HandoverCommon


@tagged("post_install", "-at_install")
class TestTillCrates(HandoverCommon):
    def setUp(self):
        super().setUp()
        self.manager = new_test_user(self.env, login="till_manager", groups="cafoutch_drive.group_manager")
        self.env.ref("cafoutch_drive.group_manager").user_ids = self.manager
        self.cheese.product_tmpl_id.drive_storage_class = "chilled"
        self.order = self._create_prepared({self.cheese: 1.0, self.beer: 2})
        self.crates = self.order.drive_crate_ids
        self.assertEqual(len(self.crates), 2)

    def _say(self, crate, state, reason=None, order=None, **kwargs):
        return self._call("drive_till_crate", (order or self.order).id, crate.id, state, reason, **kwargs)

    def _left(self):
        """Names of the crates that hold the payment back; ``None`` when it is not."""
        answer = self._call("drive_till_may_pay", self.order.id)
        self.assertLessEqual(answer.keys(), {"order"})
        return answer and [crate["name"] for crate in answer["order"]["crates"] if crate["state"] == "open"]

    def test_payment_is_held_back(self):
        """Until all are there; what was ticked is there after a reload."""
        rows = self._open(self.order)["order"]["crates"]
        self.assertEqual([row["state"] for row in rows], ["open", "open"])
        self.assertEqual(self._left(), self.crates.mapped("name"))
        answer = self._say(self.crates[0], "here")
        self.assertEqual([row["state"] for row in answer["crates"]], ["here", "open"])
        self.assertEqual(self._left(), [self.crates[1].name])
        rows = self._open(self.order)["order"]["crates"]
        self.assertEqual([row["state"] for row in rows], ["here", "open"])
        self._say(self.crates[1], "here")
        self.assertEqual(self._left(), {})
        self.assertEqual(self.crates.handed_by_id, self.cashier.partner_id)
        moment = self.crates[1].handed_at
        self.assertTrue(moment)
        self._say(self.crates[1], "here")
        self.assertEqual(self.crates[1].handed_at, moment)

    def test_taken_back(self):
        self._say(self.crates[0], "here")
        self._say(self.crates[0], "open")
        self.assertEqual(self._left(), self.crates.mapped("name"))
        self.assertFalse(self.crates[0].handed_at or self.crates[0].handed_by_id)

    def test_missing(self):
        """With a reason; a manager is asked to look for it, until it is found."""
        for reason in (None, "", " x ", "x" * 201, 7, ["abc"]):
            with self.subTest(reason=str(reason)[:9]):
                answer = self._say(self.crates[0], "missing", reason)
                self.assertIn("3 to 200", answer["again"])
                self.assertEqual(answer["crates"][0]["state"], "open")
        self.assertFalse(self.order.activity_ids)
        answer = self._say(self.crates[0], "missing", " Nowhere\nto be found ")
        self.assertEqual(answer["crates"][0]["missing"], "Nowhere to be found")
        self._say(self.crates[0], "missing", "Nowhere to be found")
        [activity] = self.order.activity_ids
        self.assertEqual(activity.user_id, self.manager)
        self.assertIn(self.crates[0].name, activity.summary)
        self.assertIn("Nowhere to be found", activity.note)
        self.assertEqual(self.crates[0].handed_by_id, self.cashier.partner_id)
        self._say(self.crates[1], "here")
        self.assertEqual(self._left(), {})
        self._say(self.crates[0], "here")
        self.assertFalse(self.order.activity_ids)
        self.assertFalse(self.crates[0].missing_reason)

    def test_missing_stays_missing(self):
        """It is handed over without it, and the manager still knows."""
        self._say(self.crates[0], "missing", "Nowhere to be found")
        self._say(self.crates[1], "here")
        ticket = self._pay(self.order)
        self.assertHandedOver(self.order, ticket)
        self.assertEqual(len(self.order.activity_ids), 1)
        self.assertEqual(self.crates[0].missing_reason, "Nowhere to be found")

    def test_no_crates(self):
        self.crates.unlink()
        self.assertEqual(self._left(), {})

    def test_paid_without_network(self):
        """Nobody could be asked: the money stays, and the goods leave."""
        ticket = self._pay(self.order)
        self.assertHandedOver(self.order, ticket)

    def test_prepared_again(self):
        self._say(self.crates[0], "here")
        self._say(self.crates[1], "missing", "Nowhere to be found")
        self.order._drive_reopen_preparation()
        self.order._drive_finish_preparation()
        self.assertEqual(self._left(), self.crates.mapped("name"))
        self.assertFalse(self.order.activity_ids)

    def test_what_makes_no_sense(self):
        other = self._create_prepared({self.beer: 1}, member=self._create_member("Other"))
        for crate in (other.drive_crate_ids, self.crates.browse(10**12), self.crates.browse()):
            self.assertIn("not one of this basket", self._say(crate, "here")["again"])
        for state in ("gone", None, True, 3, ["here"]):
            self.assertIn("not one of this basket", self._say(self.crates[0], state)["again"])
        self.assertFalse((self.crates | other.drive_crate_ids).filtered("handed_at"))
        self._pay(other)
        self.assertIn("handed over already", self._say(other.drive_crate_ids, "here", order=other)["refusal"])

    def test_shared_till(self):
        self.cashier.drive_is_shared = True
        self.assertTrue(self._say(self.crates[0], "here")["who"])
        self.assertFalse(self.crates[0].handed_at)
