"""The real till, in Chromium, as a restricted cashier."""

from odoo import Command, api
from odoo.tests import new_test_user, tagged

from .common import PatientHttpCase
from .till_common import TillCommon


class TillTourCommon(PatientHttpCase, TillCommon):
    def setUp(self):
        super().setUp()
        self.chips.write({"barcode": "3990000000017", "drive_net_quantity": 0.125, "drive_net_unit": "kg"})
        self.cheese.product_tmpl_id.drive_storage_class = "chilled"
        self.order = self._create_prepared(
            {self.cheese: 1.0, self.carrots: 1.0, self.chips: 2, self.bread: 1},
            {self.cheese: 1.13, self.carrots: 0.87, self.bread: 0},
        )
        self.order.drive_pickup_code = "TLL234"
        for number, crate in enumerate(self.order.drive_crate_ids, 1):
            crate.name = f"TLL234-{number}"

    def _run_tour(self, name):
        self.start_tour(f"/pos/ui/{self.till.id}", name, login="till_cashier")
        self.env.invalidate_all()
        return self.order.drive_ticket_id


@tagged("post_install", "-at_install")
class TestTillTour(TillTourCommon):
    def test_scan(self):
        ticket = self._run_tour("drive_till_scan")
        self.assertHandedOver(self.order, ticket)
        self.assertAlmostEqual(ticket.amount_total, 14.16, 2)
        self.assertAlmostEqual(self.order.amount_total, 11.66, 2)
        self.assertEqual(ticket.user_id, self.cashier)
        self.assertEqual(ticket.partner_id, self.member)
        self.assertStock(self.cheese, 98.87, 0)
        self.assertStock(self.carrots, 99.13, 0)
        self.assertStock(self.chips, 97, 0)
        picking = self._till_pickings(ticket)
        self.assertEqual(picking.move_ids.mapped("quantity"), [1])

    def test_screen(self):
        ticket = self._run_tour("drive_till_screen")
        self.assertHandedOver(self.order, ticket)
        self.assertAlmostEqual(ticket.amount_total, 9.16, 2)
        self.assertStock(self.chips, 99, 0)
        self.assertFalse(self._till_pickings(ticket))

    def test_scans(self):
        """A scan is understood where the cursor is, and never appended to what stands there."""
        self._run_tour("drive_till_scans")

    def test_prepaid(self):
        """What was paid before is a line of the ticket; the member pays the rest."""
        self.till.down_payment_product_id = self._create_product("Acompte", 0, type="service", is_storable=False)
        self._pay_before(self.order, 5.0)
        ticket = self._run_tour("drive_till_prepaid")
        self.assertHandedOver(self.order, ticket)
        self.assertAlmostEqual(ticket.amount_total, 6.66, 2)
        self.assertAlmostEqual(self.order.amount_total, 11.66, 2)

    def test_kilos(self):
        """A till may group what is sold by the kilo (`is_pos_groupable`): never with the basket's."""
        self.kilo.is_pos_groupable = True
        # A scale puts the weight in the place of the noughts.
        self.cheese.barcode = "2100042000001"
        ticket = self._run_tour("drive_till_kilos")
        self.assertHandedOver(self.order, ticket)
        self.assertAlmostEqual(ticket.amount_total, 13.33, 2)
        sold = ticket.lines.filtered(lambda line: line.product_id == self.cheese)
        self.assertEqual(
            sorted((round(line.qty, 3), bool(line.sale_order_line_id)) for line in sold), [(0.5, False), (1.13, True)]
        )
        self.assertStock(self.cheese, 98.37, 0)
        self.assertEqual([round(qty, 3) for qty in self._till_pickings(ticket).move_ids.mapped("quantity")], [0.5])

    # === PRICES AND TAXES OF THE TICKET === #

    def test_prices(self):
        """The numpad changes prices of what is bought on the spot, and none of a basket's."""
        self.till.write({"restrict_price_control": False, "manual_discount": True})
        ticket = self._run_tour("drive_till_prices")
        self.assertHandedOver(self.order, ticket)
        self.assertFalse(self.env["drive.repair"].search([]))

    def _give_choices(self):
        """A pricelist, and taxes that come on top, for the till to choose."""
        half = self.env["product.pricelist"].create({"name": "Half", "currency_id": self.company.currency_id.id})
        half.item_ids = [Command.create({"compute_price": "percentage", "percent_price": 50.0})]
        elsewhere = self.env["account.fiscal.position"].create({"name": "Elsewhere"})
        self.tax.copy(
            {
                "name": "20 % on top",
                "amount": 20.0,
                "price_include_override": "tax_excluded",
                "fiscal_position_ids": [Command.set(elsewhere.ids)],
                "original_tax_ids": [Command.set(self.tax.ids)],
            }
        )
        return half, elsewhere

    def assertAgreed(self, ticket):
        """The basket cost what was agreed; the chips that were bought on the spot, half."""
        self.assertHandedOver(self.order, ticket)
        self.assertAlmostEqual(self.order.amount_total, 11.66, 2)
        self.assertAlmostEqual(ticket.amount_total, 12.91, 2)
        self.assertFalse(ticket.fiscal_position_id)
        sold = ticket.lines.filtered(lambda line: line.product_id == self.cheese)
        self.assertEqual(sold.tax_ids_after_fiscal_position, self.tax)
        self._close_session()
        self.assertChainHolds()

    def test_preset(self):
        half, elsewhere = self._give_choices()
        counter, party = self.env["pos.preset"].create(
            [{"name": "Counter"}, {"name": "Party", "pricelist_id": half.id, "fiscal_position_id": elsewhere.id}]
        )
        self.till.write(
            {
                "use_presets": True,
                "default_preset_id": counter.id,
                "available_preset_ids": [Command.set((counter | party).ids)],
            }
        )
        self.assertAgreed(self._run_tour("drive_till_preset"))

    def test_pricelist(self):
        half, elsewhere = self._give_choices()
        usual = half.copy({"name": "Usual", "item_ids": False})
        self.till.write(
            {
                "use_pricelist": True,
                "available_pricelist_ids": [Command.set((usual | half).ids)],
                "pricelist_id": usual.id,
                "tax_regime_selection": True,
                "fiscal_position_ids": [Command.set(elsewhere.ids)],
            }
        )
        self.assertAgreed(self._run_tour("drive_till_pricelist"))

    def test_coins(self):
        """A tip, and coins of five cents: the basket costs what it costs."""
        tip = self._create_product("Tip", 0.0, type="service", is_storable=False, drive_ok=False)
        self.till.write({"iface_tipproduct": True, "tip_product_id": tip.id})
        self.till.write({"cash_rounding": True, "rounding_method": self._create_rounding().id})
        self.till.only_round_cash_method = True
        ticket = self._run_tour("drive_till_coins")
        self.assertHandedOver(self.order, ticket)
        self.assertAlmostEqual(self.order.amount_total, 11.66, 2)
        self.assertAlmostEqual(ticket.amount_total, 13.66, 2)
        self.assertAlmostEqual(ticket.amount_paid, 13.65, 2)
        self.assertAlmostEqual(ticket.tip_amount, 2.0, 2)
        self.assertFalse(self._till_pickings(ticket))
        self._close_session()
        self.assertChainHolds()

    # === CRATES === #

    def test_crate_missing(self):
        ticket = self._run_tour("drive_till_crate_missing")
        self.assertHandedOver(self.order, ticket)
        here, missing = self.order.drive_crate_ids
        self.assertTrue(here.handed_at)
        self.assertEqual(missing.missing_reason, "Not found")
        [activity] = self.order.activity_ids
        self.assertIn("TLL234-2", activity.summary)
        self.assertIn("kg Tomme", activity.note)
        line = self._line(self.cheese)
        self.assertEqual((line.drive_refused_qty, line.drive_refused_fate), (1.13, "missing"))
        self.assertAlmostEqual(ticket.amount_total, 7.9, 2)
        self.assertStock(self.cheese, 100, 0)

    def test_all_missing(self):
        self._run_tour("drive_till_all_missing")
        self.assertEqual(self.order.drive_state, "done")
        self.assertEqual(self.order.picking_ids.mapped("state"), ["cancel"])
        left = self.order.order_line.filtered("drive_refused_qty")
        self.assertEqual((len(left), set(left.mapped("drive_refused_fate"))), (3, {"missing"}))
        for product in (self.cheese, self.carrots, self.chips):
            self.assertStock(product, 100, 0)
        self.assertEqual(len(self.order.activity_ids), 2)

    def test_reprint(self):
        self._pay(self.order)
        self._run_tour("drive_till_reprint")

    # === WHAT IS NOT TAKEN === #

    def _line(self, product):
        return self.order.order_line.filtered(lambda line: line.product_id == product)

    def test_refused(self):
        ticket = self._run_tour("drive_till_refused")
        self.assertHandedOver(self.order, ticket)
        self.assertAlmostEqual(ticket.amount_total, 7.9, 2)
        line = self._line(self.cheese)
        self.assertEqual((line.drive_refused_qty, line.drive_refused_fate), (1.13, "loss"))
        self.assertStock(self.cheese, 98.87, 0)
        self.assertStock(self.carrots, 99.13, 0)

    def test_nothing(self):
        self._run_tour("drive_till_nothing")
        self.assertEqual(self.order.drive_state, "done")
        refused = self.order.order_line.filtered("drive_refused_qty")
        self.assertEqual(set(refused.mapped("drive_refused_fate")), {"loss", "shelf"})
        self.assertStock(self.chips, 100, 0)
        self.assertStock(self.carrots, 100, 0)
        self.assertStock(self.cheese, 98.87, 0)

    # === MEMBER CARD === #

    def _give_cards(self):
        child = self.env["res.partner"].create({"name": "Lou Durand", "parent_id": self.member.id})
        stranger = self.env["res.partner"].create({"name": "Alix Morel"})
        self.member.barcode = "0420000000003"
        child.barcode = "0420000000010"
        stranger.barcode = "0420000000027"

    def test_card(self):
        # With few contacts for the team, a cashier reads no stranger's.
        self.env["drive.policy"]._for(self.env.company).narrow_contacts = False
        self._give_cards()
        asked = []
        self.patch(
            self.registry["res.partner"],
            "drive_till_partner",
            api.model(lambda people, *args: asked.append(args)),
        )
        self._run_tour("drive_till_card")
        self.assertFalse(asked, "The till asks once whose card it is.")

    def test_card_two(self):
        self._give_cards()
        self._create_prepared({self.beer: 1}, slot=self._create_slot(hours=30))
        self._create_prepared({self.beer: 1}, member=self._create_member("Alix Petit"))
        self._run_tour("drive_till_card_two")

    # === A MEMBER WHO MAY NOT ORDER === #

    def test_reason(self):
        self.member.coop_state = "suspended"
        ticket = self._run_tour("drive_till_reason")
        self.assertHandedOver(self.order, ticket)
        self.assertEqual(self.order.drive_handover_reason, "Seen with the office")

    def test_reason_late(self):
        """The member is suspended while the ticket waits."""
        model = self.registry["sale.order"]
        till_open = model.drive_till_open

        def open_and_suspend(orders, *args):
            answer = till_open(orders, *args)
            self.member.with_env(orders.env).sudo().coop_state = "suspended"
            return answer

        self.patch(model, "drive_till_open", api.model(open_and_suspend))
        ticket = self._run_tour("drive_till_reason_late")
        self.assertHandedOver(self.order, ticket)
        self.assertEqual(self.order.drive_handover_reason, "Seen with the office")

    def test_reason_last(self):
        """The member is suspended while the money is counted: the ticket is not refused for it,
        and no manager has to ask afterwards."""
        model = self.registry["sale.order"]
        refused = model.drive_till_refused

        def answer_and_suspend(orders, *args):
            self.member.with_env(orders.env).sudo().coop_state = "suspended"
            return refused(orders, *args)

        self.patch(model, "drive_till_refused", api.model(answer_and_suspend))
        ticket = self._run_tour("drive_till_reason_last")
        self.assertHandedOver(self.order, ticket)
        self.assertEqual(self.order.drive_handover_reason, "Seen with the office")
        self.assertFalse(self.order.activity_ids)

    # === A SHARED TILL === #

    def _share_till(self):
        """Two cashiers at one account: one with a PIN, one with a card."""
        self.cashier.drive_is_shared = True
        people = [
            new_test_user(self.env, login=name, name=name, groups="cafoutch_drive.group_cashier")
            for name in ("Hugo Blanc", "Jeanne Martin")
        ]
        people[0].drive_pin = "4711"
        people[1].partner_id.barcode = "0420000000041"
        return people

    def test_operator(self):
        people = self._share_till()
        ticket = self._run_tour("drive_till_operator")
        self.assertHandedOver(self.order, ticket)
        self.assertEqual(self.order.drive_opened_by_id, people[1].partner_id)
        self.assertEqual(self.order.drive_handed_over_by_id, people[1].partner_id)

    def test_operator_scan(self):
        people = self._share_till()
        ticket = self._run_tour("drive_till_operator_scan")
        self.assertHandedOver(self.order, ticket)
        self.assertEqual(self.order.drive_handed_over_by_id, people[1].partner_id)
