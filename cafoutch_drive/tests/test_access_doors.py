"""Odoo's own doors to a drive order, tried by real requests as each kind of person."""

from odoo.tests import new_test_user, tagged

from .access_common import ROLES, AccessCommon


@tagged("post_install", "-at_install")
class TestAccessDoors(AccessCommon):
    def _employee(self, *groups):
        """Somebody who works with Odoo's own applications, and not for the drive."""
        login = f"access_{groups[0].replace('.', '_')}"
        self.people[login] = new_test_user(self.env, login=login, groups=",".join(groups))
        self._sign_in(login)

    def _unconfirmed(self, order):
        self.env.invalidate_all()
        self.assertEqual((order.state, order.drive_state), ("draft", "basket"))
        self.assertFalse(order.picking_ids)

    def test_portal_page_of_an_order(self):
        """A member's order on Odoo's own portal page: nobody else's."""
        for role in ROLES:
            self._sign_in(role)
            for address in (
                f"/my/orders/{self.order.id}",
                f"/my/orders/{self.order.id}?report_type=html",
            ):
                answer = self.url_open(address, allow_redirects=False)
                with self.subTest(role=role, address=address):
                    self.assertLess(answer.status_code, 500)
                    if role not in ("member", "household", "manager", "cashier"):
                        self.assertIn(answer.status_code, (302, 303, 403, 404))
                    self.assertEqual(
                        self.order.name in answer.text,
                        answer.status_code == 200,
                    )

    def test_signature_does_not_confirm(self):
        basket = self._create_basket({self.bread: 1}, self.people["other"].partner_id)
        token = basket._portal_ensure_token()
        for role in ROLES:
            self._sign_in(role)
            self.url_open(
                f"/my/orders/{basket.id}/accept",
                json={
                    "params": {
                        "access_token": token,
                        "name": "Somebody",
                        "signature": "R0lGODlhAQABAAAAACw=",
                    }
                },
            )
            with self.subTest(role=role):
                self._unconfirmed(basket)

    def test_confirm_button_asks_for_a_slot(self):
        basket = self._create_basket({self.bread: 1}, self.people["other"].partner_id)
        self._employee("sales_team.group_sale_salesman_all_leads")
        outcome, _sentence = self._rpc("sale.order", "action_confirm", basket.ids)
        self.assertEqual(outcome, "refused")
        self._unconfirmed(basket)
        for role in ROLES:
            self._sign_in(role)
            outcome, _sentence = self._rpc("sale.order", "action_confirm", basket.ids)
            with self.subTest(role=role):
                self.assertIn(outcome, ("denied", "refused"))
                self._unconfirmed(basket)

    def test_confirm_button_asks_for_a_member(self):
        basket = self._create_held({self.bread: 1}, member=self.people["other"].partner_id)
        basket.partner_id.coop_state = "suspended"
        self._employee("sales_team.group_sale_salesman_all_leads")
        outcome, _sentence = self._rpc("sale.order", "action_confirm", basket.ids)
        self.assertEqual(outcome, "refused")
        self._unconfirmed(basket)

    def test_state_cannot_be_written(self):
        """`write` is the widest door: the states are not written by hand."""
        basket = self._create_basket({self.bread: 1}, self.people["other"].partner_id)
        for role in ROLES[:-1]:
            self._sign_in(role)
            for model, values in (
                ("sale.order", {"state": "sale", "drive_state": "confirmed"}),
                ("sale.order", {"drive_booking_id": self.order.drive_booking_id.id}),
            ):
                outcome, _answer = self._rpc(model, "write", basket.ids, values)
                with self.subTest(role=role, values=values):
                    self.assertEqual(outcome, "denied")
        self._unconfirmed(basket)

    def test_members_do_not_change_their_membership(self):
        self.member.coop_state = "suspended"
        for role in ROLES[:-1]:
            self._sign_in(role)
            for person in (self.member, self.people.get(role, self.env.user).partner_id):
                outcome, _answer = self._rpc("res.partner", "write", person.ids, {"coop_state": "up_to_date"})
                with self.subTest(role=role, person=person.name):
                    self.assertEqual(outcome, "denied")
        self.env.invalidate_all()
        self.assertEqual(self.member.coop_state, "suspended")

    def test_stock_does_not_ship_unpaid_baskets(self):
        self.order._drive_start_preparation()
        picking = self.order.picking_ids
        batch = picking.batch_id
        self.assertTrue(batch.is_drive)
        self._employee("stock.group_stock_user")
        for model, method, record in (
            ("stock.picking", "button_validate", picking),
            ("stock.picking.batch", "action_done", batch),
        ):
            outcome, _sentence = self._rpc(model, method, record.ids)
            self.env.invalidate_all()
            with self.subTest(door=method):
                self.assertEqual(outcome, "refused")
                self.assertNotEqual(picking.state, "done")
        self.assertStock(self.bread, 210, 1)

    def test_volunteers_read_no_contact_by_the_preparation(self):
        """The preparers' answers name people by first name and initial only."""
        self._sign_in("volunteer")
        self.member.write({"phone": "0491000000", "street": "1 rue Longue"})
        for model, method, args in (
            ("drive.preparation", "board", []),
            ("drive.preparation", "basket", [self.order.id]),
            ("drive.preparation", "open", [self.order.drive_batch_id.id]),
        ):
            _outcome, answer = self._rpc(model, method, *args)
            for secret in ("Person", "0491000000", "rue Longue", "4.8", "4,8"):
                with self.subTest(method=method, secret=secret):
                    self.assertNotIn(secret, str(answer))
