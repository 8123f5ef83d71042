from datetime import timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import tagged

from .preparation_common import PreparationCommon


@tagged("post_install", "-at_install")
class TestPreparationBoard(PreparationCommon):
    def test_batches_are_formed(self):
        self.point.cutoff_minutes = 27 * 60
        [window] = self.board()
        self.assertTrue(window["batch"])
        self.assertFalse(window["cutoff"])
        self.assertTrue(self.order.picking_ids.batch_id.is_drive)

    def test_next_window_is_shown_before_its_cutoff(self):
        later = self._create_slot(hours=80)
        self._create_confirmed({self.bread: 1}, slot=later)
        window, coming = self.board()
        self.assertTrue(window["cutoff"])
        self.assertFalse(window["batch"])
        self.assertEqual([row["id"] for row in window["orders"]], [self.order.id])
        self.assertEqual([window["later"], coming["later"]], [False, True])

    def test_late_first_then_by_time_ready_last(self):
        now = fields.Datetime.now()
        soon = self._create_confirmed({self.bread: 1}, slot=self._create_slot(hours=27))
        late = self._create_confirmed({self.bread: 1}, slot=self._create_slot(hours=28))
        ready = self._create_confirmed({self.bread: 1}, slot=self._create_slot(hours=29))
        orders = {late: (-30, True), soon: (60, False), self.order: (90, False), ready: (30, False)}
        ready._drive_start_preparation()
        ready.order_line._drive_short(0, "missing")
        ready._drive_finish_preparation()
        for order, (minutes, _late) in orders.items():
            order.drive_slot_id.write(
                {"window_start": now - timedelta(hours=3), "start": now + timedelta(minutes=minutes)}
            )
        [window] = self.board()
        self.assertEqual(
            [(row["id"], row["late"]) for row in window["orders"]],
            [(order.id, late) for order, (_minutes, late) in orders.items()],
        )

    def test_by_how_much_it_is_late(self):
        """Hours are told from two on, and a day where it is not today."""
        slot = self.order.drive_slot_id
        today = self.point._drive_day_bounds()[0]
        noon = today + timedelta(hours=12)
        for now, delay in (
            (noon - timedelta(minutes=1), ""),
            (noon, "1 min late"),
            (noon + timedelta(minutes=119), "119 min late"),
            (noon + timedelta(minutes=200), "3 h late"),
        ):
            slot.start = noon
            with self.subTest(now=now), freeze_time(now):
                row = self.order.with_context(lang="en_US")._drive_board_row()
                self.assertEqual((row["delay"], row["late"]), (delay, bool(delay)))
        slot.start = today - timedelta(hours=6)
        delay = self.order.with_context(lang="en_US")._drive_delay_text()
        self.assertRegex(delay, r"^late since .+ \d\d:00$")
        self.order.drive_state = "ready"
        self.assertEqual(self.order._drive_delay_text(), "")

    def test_counts(self):
        self.start()
        self.does("take", line=self.bread_line.id, qty=2)
        [window] = self.board()
        [row] = window["orders"]
        self.assertEqual((row["treated"], row["total"], row["to_weigh"]), (1, 2, 1))
        self.assertEqual((window["done"], window["total"]), (0, 1))

    def test_walk_through_the_shop(self):
        """Frozen goods last, then chilled ones; by shelf within a class."""
        first, second = self.env["pos.category"].create(
            [{"name": "Zeste", "sequence": 1}, {"name": "Allée", "sequence": 2}]
        )
        products = [
            self._create_product(
                name,
                1,
                stock=5,
                drive_storage_class=storage,
                pos_categ_ids=[Command.set(shelf.ids)],
            )
            for name, storage, shelf in (
                ("Glace", "frozen", first),
                ("Lait", "chilled", first),
                ("Riz", "ambient", second),
                ("Thé", "ambient", first),
            )
        ]
        order = self._create_confirmed(dict.fromkeys(products, 1), slot=self._create_slot(hours=30))
        stops = self.phone.open(self.phone.basket(order.id)["batch"])["stops"]
        self.assertEqual([stop["name"] for stop in stops], ["Thé", "Riz", "Lait", "Glace"])

    def test_other_screens_are_told(self):
        self.env["bus.bus"].search([]).unlink()
        self.does("begin", "me", order=self.order.id, sure=True)
        self.env.cr.precommit.run()
        messages = self.env["bus.bus"].search([]).mapped("message")
        self.assertTrue([m for m in messages if "cafoutch_drive.preparation" in m and '"me"' in m])
