"""An order's goods are reserved together: what Odoo reserves one after the other, in a few queries."""

from datetime import datetime
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from ..models.stock_move import StockMove
from .common import DriveCommon


@tagged("post_install", "-at_install")
class TestReserveTogether(DriveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shelves = [
            cls.env["stock.location"].create({"name": name, "location_id": cls.stock.id}) for name in ("Left", "Right")
        ]
        cls.category = cls.env["product.category"].create({"name": "Last in, first out"})
        cls.category.removal_strategy_id = cls.env.ref("stock.removal_lifo")

    def _stock(self, product, quantity, location=None, day=1, **values):
        """One quant that came in on a day, beside those that are there."""
        self.env["stock.quant"].sudo().create(
            {
                "product_id": product.id,
                "location_id": (location or self.stock).id,
                "quantity": quantity,
                "in_date": datetime(2026, 1, day),
                **values,
            }
        )

    def _lot(self, product, name):
        return self.env["stock.lot"].create({"name": name, "product_id": product.id}).id

    def _goods(self):
        """Articles of all kinds, with how many are asked of each: ``[(product, quantity, unit)]``."""
        left, right = self.shelves
        unit = self.bread.uom_id
        gram = self.env.ref("uom.product_uom_gram")
        plenty = self._create_product("Plenty", 1.0, stock=9)
        reserved = self._create_product("Reserved in part", 1.0, stock=9)
        self._sell([(reserved, 4, unit)])
        few = self._create_product("Fewer than asked", 1.0, stock=2)
        none = self._create_product("None", 1.0)
        less = self._create_product("Less than none", 1.0)
        self._stock(less, -3)
        weighed = self._create_product("Weighed", 1.0, stock=3, uom_id=self.kilo.id)
        apart = self._create_product("On two shelves", 1.0)
        self._stock(apart, 2, left, day=3)
        self._stock(apart, 5, right, day=2)
        twice = self._create_product("Twice in one place", 1.0)
        for day, quantity in ((3, 2), (1, 2), (2, 4)):
            self._stock(twice, quantity, day=day)
        owed = self._create_product("Owed beside what there is", 1.0)
        self._stock(owed, 5, day=2)
        self._stock(owed, -3, day=1)
        last = self._create_product("Last in", 1.0, categ_id=self.category.id)
        for day, quantity in ((1, 2), (3, 2), (2, 2)):
            self._stock(last, quantity, day=day)
        lots = self._create_product("Lots", 1.0, tracking="lot")
        for day, quantity in ((2, 2), (1, 3)):
            self._stock(lots, quantity, day=day, lot_id=self._lot(lots, f"lot {day}"))
        serial = self._create_product("Numbered", 1.0, tracking="serial")
        for day in (2, 1):
            self._stock(serial, 1, day=day, lot_id=self._lot(serial, f"number {day}"))
        packed = self._create_product("In a package", 1.0)
        self._stock(packed, 4, package_id=self.env["stock.package"].create({"name": "Package"}).id)
        owned = self._create_product("Of somebody else, and ours", 1.0)
        self._stock(owned, 2, owner_id=self.member.id, day=1)
        self._stock(owned, 2, day=2)
        free = self._create_product("Not counted", 1.0, is_storable=False)
        again = self._create_product("Asked for again", 1.0, stock=5)
        return [
            (plenty, 3, unit),
            (reserved, 5, unit),
            (few, 3, unit),
            (none, 1, unit),
            (less, 1, unit),
            (weighed, 750, gram),
            (apart, 6, unit),
            (twice, 5, unit),
            (owed, 4, unit),
            (last, 3, unit),
            (lots, 4, unit),
            (serial, 2, unit),
            (packed, 3, unit),
            (owned, 3, unit),
            (free, 2, unit),
            (again, 3, unit),
            (again, 3, unit),
        ]

    def _sell(self, goods):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.member.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": quantity, "product_uom_id": uom.id})
                    for product, quantity, uom in goods
                ],
            }
        )
        order.action_confirm()
        return order

    def _facts(self, order):
        """All that a reservation writes, by name."""
        self.env.flush_all()
        self.env.invalidate_all()
        moves = order.picking_ids.move_ids
        quants = self.env["stock.quant"].search([("product_id", "in", moves.product_id.ids)], order="id")
        return {
            "pickings": order.picking_ids.mapped("state"),
            "moves": [
                (
                    move.product_id.name,
                    move.state,
                    move.quantity,
                    move.product_uom_qty,
                    move.product_uom.name,
                    move.picked,
                    move.procure_method,
                    move.rule_id,
                    move.location_id,
                    move.location_dest_id,
                    move.reservation_date,
                    move.next_serial_count,
                )
                for move in moves.sorted("id")
            ],
            "lines": sorted(
                (
                    line.product_id.name,
                    line.location_id.name,
                    line.location_dest_id.name,
                    line.lot_id.name or "",
                    line.package_id.name or "",
                    line.result_package_id.name or "",
                    line.owner_id.name or "",
                    line.quantity,
                    line.quantity_product_uom,
                    line.product_uom_id.name,
                    line.picked,
                    line.state,
                    line.picking_id == line.move_id.picking_id,
                    line.company_id.id,
                )
                for line in moves.move_line_ids
            ),
            "quants": [
                (
                    quant.product_id.name,
                    quant.location_id.name,
                    quant.lot_id.name,
                    quant.in_date if quant.in_date < datetime(2026, 2, 1) else None,
                    quant.quantity,
                    quant.reserved_quantity,
                )
                for quant in quants
            ],
        }

    def test_the_same_is_reserved_as_by_odoo_alone(self):
        facts = [self._facts(self._sell(self._goods()))]
        with patch.object(StockMove, "_drive_reserve_together", lambda moves: moves.move_line_ids.browse()):
            facts.append(self._facts(self._sell(self._goods())))
        for kind, found in facts[0].items():
            self.assertEqual(found, facts[1][kind], kind)
        states = {name: state for name, state, *_rest in facts[0]["moves"]}
        self.assertEqual(states["Plenty"], "assigned")
        self.assertEqual(states["Fewer than asked"], "partially_available")
        self.assertEqual(states["None"], "confirmed")

    def test_the_plain_ones_do_not_wait_for_odoo(self):
        """The comparison compares something: Odoo is left only what is not plain."""
        goods = self._goods()
        order = self._sell([])
        order.order_line = [
            Command.create({"product_id": product.id, "product_uom_qty": quantity, "product_uom_id": uom.id})
            for product, quantity, uom in goods
        ]
        moves = order.picking_ids.move_ids
        moves._do_unreserve()
        made = moves._drive_reserve_together()
        left = moves.filtered(lambda move: move.state != "assigned").product_id.mapped("name")
        self.assertEqual(
            set(left),
            {
                "Fewer than asked",
                "None",
                "Less than none",
                "Owed beside what there is",
                "Numbered",
                "Not counted",
                "Asked for again",
            },
        )
        self.assertGreater(len(made), 8)

    def test_each_article_has_the_rule_of_its_own_routes(self):
        other = self.env["stock.route"].create({"name": "From the left", "product_selectable": True})
        usual = self._sell([(self.bread, 1, self.bread.uom_id)]).picking_ids.move_ids.rule_id
        rule = usual.copy({"route_id": other.id, "location_src_id": self.shelves[0].id, "sequence": 1})
        products = [self._create_product(f"Jam {number}", 1.0, stock=5) for number in range(4)]
        products[1].route_ids = other
        products[2].categ_id = self.category
        self.category.route_ids = other
        order = self._sell([(product, 1, product.uom_id) for product in products])
        rules = {move.product_id: move.rule_id for move in order.picking_ids.move_ids}
        self.assertEqual([rules[product] for product in products], [usual, rule, rule, usual])

    def _queries(self, lines):
        products = [self._create_product(f"Jam {lines} {number:02d}", 2.0, stock=9) for number in range(lines)]
        slot = self._create_slot()
        basket = self._create_held(dict.fromkeys(products, 1.0), slot, self._create_member(f"Member {lines}"))
        self.env.flush_all()
        self.env.invalidate_all()
        self.env.cr.precommit.data.clear()
        before = self.env.cr.sql_log_count
        basket._drive_confirm(f"test-key-{basket.id}", basket.amount_total)
        self.env.flush_all()
        self.assertEqual(set(basket.picking_ids.move_ids.mapped("state")), {"assigned"})
        return self.env.cr.sql_log_count - before

    def test_forty_lines_cost_no_more_queries_than_four(self):
        self._queries(3)
        few = self._queries(4)
        self.assertLessEqual(self._queries(40), few)
        self.assertLess(few, 130)
