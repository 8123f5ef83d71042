"""Tills of restaurants, and customers who order by themselves: with `pos_restaurant`, which brings
`pos_self_order`, and which the addon does not need. ``tests/test_kits.py`` installs it and runs these."""

from odoo.tests import tagged

from .test_till_settings import SettingsCommon


# A tag of its own: only those who have installed `pos_restaurant` ask for it.
@tagged("post_install", "-at_install", "-standard", "drive_pos_restaurant")
class TestRestaurantSettings(SettingsCommon):
    def _refused_either_way(self, sentence, **values):
        """Set on a till of the drive, and the drive on a till that has it."""
        self.assertSettingRefused(sentence, self._drive_till.write, values)
        till = self._plain_till(**values)
        self.assertSettingRefused(sentence, till.write, {"drive_point_id": self.point.id})
        return till

    def setUp(self):
        super().setUp()
        # A kiosk takes no cash.
        self._drive_till = self._create_till("Drive", self.cheque)

    def test_restaurant(self):
        till = self._refused_either_way("is the till of a restaurant", module_pos_restaurant=True)
        till.module_pos_restaurant = False
        till.drive_point_id = self.point

    def test_tips_after_the_payment(self):
        values = {"iface_tipproduct": True, "tip_product_id": self.beer.id}
        till = self._plain_till(**values)
        till.set_tip_after_payment = True
        self.assertSettingRefused("adds tips after the payment", till.write, {"drive_point_id": self.point.id})
        self.assertSettingRefused(
            "adds tips after the payment", self._drive_till.write, {**values, "set_tip_after_payment": True}
        )
        # Before it they are a line of the ticket.
        till.set_tip_after_payment = False
        till.drive_point_id = self.point

    def test_customers_who_order_by_themselves(self):
        for mode in ("mobile", "kiosk"):
            self._refused_either_way("customers order by themselves", self_ordering_mode=mode)

    def test_what_changes_no_ticket(self):
        """A menu to look at by a QR code, and what is left of a restaurant that was switched off."""
        values = {"self_ordering_mode": "consultation", "iface_splitbill": True, "iface_printbill": True}
        self._drive_till.write(values)
        till = self._plain_till(**values)
        till.drive_point_id = self.point
        self.assertEqual(till.drive_point_id, self.point)

    def test_no_basket_is_opened(self):
        """A till that has such a setting all the same, as from before an update."""
        order = self._create_prepared({self.beer: 2})
        for setting, value, sentence in (
            ("module_pos_restaurant", True, "is the till of a restaurant"),
            ("set_tip_after_payment", True, "adds tips after the payment"),
            ("self_ordering_mode", "kiosk", "customers order by themselves"),
        ):
            with self.subTest(setting=setting):
                before = self.till[setting]
                self._set_behind(setting, value)
                answer = self.env["sale.order"].with_user(self.cashier).drive_till_open(self.till.id, order.id)
                self.assertIn(sentence, answer.get("refusal", "none"))
                self._set_behind(setting, before)
        self._load(order)

    def _set_behind(self, setting, value):
        """Set what nobody could set now."""
        self.env.cr.execute(f"UPDATE pos_config SET {setting} = %s WHERE id = %s", (value, self.till.id))
        self.env.invalidate_all()
