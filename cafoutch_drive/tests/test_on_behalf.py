import re
import time

from odoo import http
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .shop_common import ShopCommon

CASHIER = "cafoutch_drive.group_cashier"
ENDED = "You no longer order for somebody else"


@tagged("post_install", "-at_install")
class TestOnBehalf(ShopCommon):
    """Staff take an order for a member, on the same pages, with the member's guards."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bread.write({"name": "Miche"})
        cls._set_stock(cls.bread, 50)
        cls.staff = cls._create_staff("cashier_login", CASHIER)
        cls.phoner = cls._create_member("Odette Roux")  # neither account nor e-mail

    @classmethod
    def _create_staff(cls, login, group):
        user = new_test_user(cls.env, login=login, groups=group, name=f"{login.title()} Person")
        user.partner_id.coop_state = "up_to_date"
        # On the account: it is remembered there in which language to answer.
        user.lang = "en_US"
        return user

    def setUp(self):
        super().setUp()
        self.sign_in("cashier_login")

    def begin(self, member=None, status=303):
        member = member or self.phoner
        return self.post(f"/drive/for/{member.id}/begin", status=status, page="/drive/slots")

    def kept(self):
        """What the session remembers, as the server has saved it."""
        return http.root.session_store.get(self.session.sid).get("drive_for")

    def change_kept(self, **values):
        session = http.root.session_store.get(self.session.sid)
        session["drive_for"] = {**session["drive_for"], **values}
        http.root.session_store.save(session)

    def order(self, unit=1):
        """Fill and confirm, as the pages do; return the order."""
        self.post("/drive/basket/set", product_id=self.bread.id, qty=str(unit))
        self.post("/drive/slots/hold", slot_id=self.slot.id)
        html = self.get("/drive/checkout")
        key = re.search(r'name="idempotency_key" value="([^"]+)"', html).group(1)
        total = re.search(r'name="total_seen" value="([^"]+)"', html).group(1)
        answer = self.post("/drive/checkout/confirm", idempotency_key=key, total_seen=total)
        self.env.invalidate_all()
        return self.env["sale.order"].browse(int(answer.headers["Location"].rpartition("/")[2]))

    # === THE WHOLE WAY === #

    def test_an_order_by_phone(self):
        self.assertSays(self.get("/drive/for?q=odette"), "Odette Roux")
        html = self.get(f"/drive/for/{self.phoner.id}")
        self.assertSays(html, "Odette Roux", "Order for Odette R.", "0 of 5 at a time", "No e-mail address")
        self.assertFalse(self.kept(), "a link begins nothing")
        self.begin()
        for page in ("/drive", "/drive/basket", "/drive/slots", "/drive/orders", "/drive/me"):
            self.assertSays(self.get(page), "You are ordering for Odette R.")
        order = self.order()
        self.assertEqual(order.partner_id, self.phoner)
        self.assertEqual(order.drive_household_id, self.phoner)
        self.assertEqual(order.drive_taken_by_id, self.staff)
        self.assertEqual(order.drive_state, "confirmed")
        page = f"/drive/orders/{order.id}"
        for _again in range(2):
            self.assertSays(self.get(page), "Odette R.", order.drive_pickup_code, "Order taken by the team.")
        self.assertSays(self.get("/drive/basket"), ENDED)
        self.assertNotIn("You are ordering for", self.get("/drive/basket"))
        self.get(page, status=404)
        self.assertFalse(self.basket_of(self.staff.partner_id), "the cashier's own basket")

    def test_two_baskets_stay_apart(self):
        self.call("basket/set", product_id=self.bread.id, qty=3)
        self.begin()
        self.call("basket/set", product_id=self.bread.id, qty=1)
        self.assertEqual(self.basket_of(self.phoner), {self.bread: 1})
        answer = self.post("/drive/for/end", page="/drive/slots")
        self.assertTrue(answer.headers["Location"].endswith("/drive/for"))
        self.assertSays(self.get("/drive/basket"), ENDED, "14.40")
        self.assertEqual(self.basket_of(self.staff.partner_id), {self.bread: 3})
        self.post("/drive/for/end", page="/drive/slots")

    def test_the_members_refusals(self):
        """A cashier in good standing does not order for a member who may not."""
        self.phoner.coop_state = "suspended"
        self.assertSays(self.get(f"/drive/for/{self.phoner.id}"), "May not order for now.")
        self.begin()
        self.assertSays(self.get("/drive", status=403), "This member cannot order for now")
        self.assertEqual(self.call("basket/set", product_id=self.bread.id, qty=1)["code"], "suspended")
        self.assertFalse(self.basket_of(self.phoner))

    def test_suspended_staff_take_orders_for_others(self):
        self.staff.partner_id.coop_state = "suspended"
        self.begin()
        self.assertEqual(self.order().partner_id, self.phoner)

    def test_cancel_for_a_member(self):
        order = self._create_confirmed({self.bread: 1}, member=self.phoner)
        self.begin()
        self.post(f"/drive/orders/{order.id}/cancel", page=f"/drive/orders/{order.id}")
        self.env.invalidate_all()
        self.assertEqual(order.drive_state, "cancelled")

    # === WHAT IS THE MEMBER'S OWN === #

    def test_what_members_keep_for_themselves(self):
        """Lists, favourites, habits and earlier orders are not there for who takes an order."""
        lists = self.env["drive.list"]
        own = lists.create({"name": "Secret birthday", "partner_id": self.phoner.id})
        lists._drive_favourites(self.phoner, create=True)._drive_set(self.bread, 1.0)
        past = self._create_confirmed({self.bread: 1}, member=self.phoner)
        past.drive_state = "done"
        self.begin()
        for page in ("/drive/lists", f"/drive/lists/{own.id}", "/drive/usual", "/drive/favourites"):
            self.assertNotIn("Secret birthday", self.get(page, status=404))
        for page in (f"/drive/orders/{past.id}", f"/drive/orders/{past.id}/receipt", f"{past.access_url}/pickup.ics"):
            self.get(page, status=404)
        self.assertNotIn(past.name, self.get("/drive/orders"))
        for page in ("/drive", f"/drive/product/{self.bread.id}", "/drive/basket"):
            html = self.get(page)
            self.assertNotIn("Secret birthday", html)
            self.assertNotIn('aria-pressed="true"', html)
            self.assertNotIn("My usual products", html)
        for path, values in (
            ("/drive/lists/keep", {"name": "Mine"}),
            (f"/drive/lists/{own.id}/add", {"everything": "1"}),
            (f"/drive/lists/{own.id}/set", {"product_id": self.bread.id, "qty": "1"}),
            (f"/drive/lists/{own.id}/rename", {"name": "Mine"}),
            (f"/drive/lists/{own.id}/delete", {}),
            ("/drive/usual/add", {}),
            ("/drive/favourites/set", {"product_id": self.bread.id, "on": "0"}),
            (f"/drive/orders/{past.id}/again", {}),
        ):
            with self.subTest(path):
                self.post(path, status=404, page="/drive/slots", **values)
        self.assertEqual(self.call("favourites/set", product_id=self.bread.id, on=False)["code"], "own_only")
        self.env.invalidate_all()
        names = lists.search([("partner_id", "=", self.phoner.id)]).mapped("name")
        self.assertEqual(set(names), {"favourites", own.name})
        self.assertEqual(lists._drive_favourites(self.phoner).line_ids.product_id, self.bread)
        # Their own are there again afterwards.
        self.post("/drive/for/end", page="/drive/slots")
        self.assertSays(self.get("/drive/lists"), "My lists")

    def test_orders_of_others_in_the_household(self):
        """Who is on the phone changes and cancels what is theirs."""
        child = self._create_member("Lou Roux", parent_id=self.phoner.id)
        theirs = self._create_confirmed({self.bread: 1}, member=child)
        self.assertIn(theirs, self.env["sale.order"]._drive_orders_of(self.phoner))
        self.begin()
        self.get(f"/drive/orders/{theirs.id}", status=404)
        self.assertNotIn(theirs.name, self.get("/drive/orders"))
        self.post(f"/drive/orders/{theirs.id}/cancel", status=404, page="/drive/slots")
        self.env.invalidate_all()
        self.assertEqual(theirs.drive_state, "confirmed")

    def test_what_others_in_the_household_wait_for(self):
        child = self._create_member("Lou Roux", parent_id=self.phoner.id)
        full = self._create_slot(hours=40, capacity=0)
        lines = self.env["drive.waiting"]
        values = {"point_id": full.point_id.id, "slot_id": full.id, "day": full._drive_day()}
        line = lines.create({**values, "partner_id": child.id, "household_id": self.phoner.id})
        self.assertEqual(lines._open_of(self.phoner), line)
        self.begin()
        self.assertNotIn("Lou R", self.get("/drive/slots"))
        self.post(f"/drive/waiting/{line.id}/leave", status=404, page="/drive/slots")
        self.env.invalidate_all()
        self.assertEqual(line.state, "waiting")

    # === IT ENDS === #

    def test_it_ends_after_two_hours(self):
        self.begin()
        self.change_kept(at=int(time.time()) - 7100)
        self.assertIn("You are ordering for", self.get("/drive"))
        self.assertGreater(self.kept()["at"], time.time() - 60, "each page counts as use")
        self.change_kept(at=int(time.time()) - 7300)
        self.assertSays(self.get("/drive"), ENDED)
        self.assertFalse(self.kept())

    def test_what_comes_too_late_changes_no_basket(self):
        """A form or a call that was meant for the member is refused, once."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.get("/drive/slots"))
        form = {"product_id": self.bread.id, "qty": "1"}
        for path in ("/drive/basket/set", "/drive/slots/hold", "/drive/orders/1/cancel"):
            self.begin()
            self.change_kept(at=1)
            values = {**form, "slot_id": self.slot.id, "csrf_token": self._csrf()}
            answer = self.url_open(path, data=values, allow_redirects=False)
            self.assertIn(answer.status_code, (404, 409), path)
        self.begin()
        self.change_kept(at=1)
        self.assertEqual(self.call("basket/set", product_id=self.bread.id, qty=1)["code"], "other_basket")
        for person in (self.phoner, self.staff.partner_id):
            self.assertFalse(self.basket_of(person))
        self.assertTrue(token)

    def _csrf(self):
        return http.Request.csrf_token(self)

    def test_a_page_of_another_basket_changes_nothing(self):
        mine = re.search(r'data-owner="([^"]+)"', self.get("/drive")).group(1)
        self.begin()
        theirs = re.search(r'data-owner="([^"]+)"', self.get("/drive")).group(1)
        self.assertNotEqual(mine, theirs)
        for owner in (mine, "", "1-2", 7, [], {}):
            answer = self.call("basket/set", product_id=self.bread.id, qty=1, owner=owner)
            self.assertEqual(answer["code"], "other_basket", owner)
        self.assertFalse(self.basket_of(self.phoner))
        self.assertNotIn("code", self.call("basket/set", product_id=self.bread.id, qty=1, owner=theirs))
        self.post("/drive/for/end", page="/drive/slots")
        answer = self.call("basket/set", product_id=self.bread.id, qty=2, owner=theirs)
        self.assertEqual(answer["code"], "other_basket")
        self.assertFalse(self.basket_of(self.staff.partner_id))

    def test_it_ends_with_the_right_and_with_the_member(self):
        self.begin()
        self.staff.group_ids -= self.env.ref(CASHIER)
        self.assertSays(self.get("/drive"), ENDED)
        self.staff.group_ids += self.env.ref(CASHIER)
        self.assertNotIn("You are ordering for", self.get("/drive"))
        self.begin()
        self.phoner.active = False
        self.assertSays(self.get("/drive"), ENDED)

    def test_it_ends_when_somebody_else_signs_in(self):
        self._create_staff("second_login", CASHIER)
        self.begin()
        self.change_kept(user=self.staff.id + 1)
        self.assertSays(self.get("/drive"), ENDED)

    def test_it_ends_with_the_session(self):
        self.begin()
        self.url_open("/web/session/logout", allow_redirects=False)
        self.sign_in("cashier_login")
        self.assertNotIn("You are ordering for", self.get("/drive"))

    # === FOR NOBODY ELSE === #

    def test_others_find_nothing(self):
        self._create_staff("volunteer_login", "cafoutch_drive.group_volunteer")
        for login in ("camille_login", "volunteer_login"):
            self.sign_in(login)
            for page in ("/drive/for", "/drive/for?q=a", f"/drive/for/{self.other.id}"):
                self.assertNotIn("Ali", self.get(page, status=404))
            self.begin(self.other, status=404)
            self.assertFalse(self.kept())
            # Even with a session that says so.
            session = http.root.session_store.get(self.session.sid)
            session["drive_for"] = {"member": self.other.id, "user": session.uid, "at": int(time.time())}
            http.root.session_store.save(session)
            self.assertSays(self.get("/drive"), ENDED)
            with self.assertRaises(AccessError):
                self.phoner.with_user(session.uid).action_drive_order_for()

    def test_only_members_are_served(self):
        supplier = self.env["res.partner"].create({"name": "A supplier", "is_company": True})
        stranger = self.env["res.partner"].create({"name": "A stranger"})
        self.assertNotIn("A stranger", self.get("/drive/for?q=stranger"))
        for page in (supplier.id, stranger.id, 0, 999999999, 2**40):
            self.get(f"/drive/for/{page}", status=404)
        self.begin(stranger, status=404)

    def test_searches_that_make_no_sense(self):
        for words in ("%00", "%25", "x" * 3000, "%F0%9F%8D%9E", "'", "\\"):
            self.get(f"/drive/for?q={words}")

    def test_own_pages_stay_ones_own(self):
        self.begin()
        self.assertSays(self.get("/drive/me"), "Cashier_Login Person")
        self.assertNotIn("Odette Roux", self.get("/drive/me"))

    def test_begin_asks_for_a_token(self):
        page = f"/drive/for/{self.phoner.id}/begin"
        answer = self.url_open(page, method="POST", data={"x": "1"}, allow_redirects=False)
        self.assertEqual(answer.status_code, 400)
        self.assertFalse(self.kept())


@tagged("post_install", "-at_install")
class TestTakenBy(ShopCommon):
    """Who confirmed an order for somebody else is written, whichever the door."""

    def _confirm_as(self, user, member):
        basket = self._create_held({self.bread: 1}, member=member)
        basket.with_user(user).sudo()._drive_confirm(f"test-key-{basket.id}", basket.amount_total)
        return basket

    def test_doors(self):
        manager = new_test_user(self.env, login="manager_login", groups="cafoutch_drive.group_manager")
        manager.partner_id.coop_state = "up_to_date"
        housemate = self._create_member("Noé Durand", "noe_login", parent_id=self.member.id)
        self.slot.capacity = 10
        for user, member, taker in (
            (manager, self.member, manager),
            (manager, manager.partner_id, self.env["res.users"]),
            (self.member.user_ids, self.member, self.env["res.users"]),
            (housemate.user_ids, self.member, self.env["res.users"]),
            (self.env.user, self.other, self.env["res.users"]),
        ):
            with self.subTest(user=user.login, member=member.name):
                self.assertEqual(self._confirm_as(user, member).drive_taken_by_id, taker)

    def test_confirm_button(self):
        manager = new_test_user(self.env, login="manager_login", groups="cafoutch_drive.group_manager")
        basket = self._create_held({self.bread: 1})
        basket.with_user(manager).action_confirm()
        self.assertEqual(basket.drive_taken_by_id, manager)
        body = self.env.ref("cafoutch_drive.mail_template_confirmed")._render_field("body_html", basket.ids)[basket.id]
        self.assertIn("Order taken by the team.", body)

    def test_no_e_mail_no_mail_and_nothing_breaks(self):
        """Confirmed, prepared, cancelled: a member without an address gets no mail."""
        self.member.email = False
        cron = self.env.ref("cafoutch_drive.cron_send_mails")
        orders = self._create_confirmed({self.bread: 1})
        cron.method_direct_trigger()
        orders._drive_cancel()
        cron.method_direct_trigger()
        ready = self._create_confirmed({self.bread: 1})
        cron.method_direct_trigger()
        ready._drive_start_preparation()
        ready.order_line._drive_pick(1)
        place = self.env["drive.place"].create({"name": "A1", "point_id": self.point.id})
        ready._drive_add_crate("ambient")._drive_place(place)
        ready._drive_finish_preparation()
        cron.method_direct_trigger()
        self.assertEqual((orders.drive_state, ready.drive_state), ("cancelled", "ready"))
        self.assertFalse((orders | ready).pending_email_template_id)
        mails = self.env["mail.mail"].search([("model", "=", "sale.order"), ("res_id", "in", (orders | ready).ids)])
        self.assertFalse(mails.filtered(lambda mail: mail.state == "exception"), mails.mapped("failure_reason"))
