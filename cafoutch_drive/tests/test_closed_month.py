from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged

from .shop_common import ShopCommon


@tagged("post_install", "-at_install")
class TestClosedMonth(ShopCommon):
    """A shop that goes on holiday for longer than members can look ahead."""

    def setUp(self):
        super().setUp()
        self.point.slot_ids.unlink()
        self.calendar.attendance_ids = [
            Command.clear(),
            *(
                Command.create(
                    {"name": "Morning", "dayofweek": day, "hour_from": 8, "hour_to": 12, "day_period": "morning"}
                )
                for day in "0123456"
            ),
        ]
        self.begin, _end = self.point._drive_day_bounds()
        self.end = self.begin + timedelta(days=31)
        self.env["resource.calendar.leaves"].create(
            {"name": "Holidays", "calendar_id": self.calendar.id, "date_from": self.begin, "date_to": self.end}
        )

    def test_members_read_that_nothing_is_open_and_keep_their_basket(self):
        self.assertFalse(self.point._generate_slots())
        self.assertFalse(self.call("basket/set", product_id=self.bread.id, qty=1)["message"])
        self.assertSays(self.get("/drive/slots"), "No slot is open at the moment. Please come back soon.")
        for page in ("/drive", "/drive/basket", "/drive/orders", "/drive/me"):
            self.get(page)
        self.assertEqual(self.basket_of(), {self.bread: 1})

    def test_the_first_slots_are_those_after_it(self):
        made = self.point._generate_slots(self.end - timedelta(days=self.point.horizon_days - 2))
        self.assertTrue(made)
        self.assertGreaterEqual(min(made.mapped("start")), self.end)
