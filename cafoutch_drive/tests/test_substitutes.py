"""What may replace a missing article, and how a preparer puts it into the basket."""

from odoo.tests import tagged

from .substitute_common import SubstituteCommon


@tagged("post_install", "-at_install")
class TestLikeness(SubstituteCommon):
    def test_same_shelf_near_price_most_alike_first(self):
        self.beside(self.bakery, "Baguette", 4.8)
        self.beside(self.bakery, "Miche de luxe", 6.1)
        self.beside(self.bakery, "Miche en solde", 2.3)
        self.beside(self.fruit, "Miche de fruits", 4.8)
        # A word of the name says more than the price.
        self.assertEqual(self.names(self.bread_line), ["Miche noire", "Baguette"])

    def test_labels_count(self):
        organic = self.env["product.tag"].create({"name": "Bio"})
        plain, labelled = (self.beside(self.bakery, name, 4.8) for name in ("Couronne", "Pavé"))
        self.assertEqual(self.names(self.bread_line), ["Miche noire", plain.name, labelled.name])
        (self.bread | labelled).product_tag_ids = organic
        self.assertEqual(self.names(self.bread_line), ["Miche noire", labelled.name, plain.name])

    def test_five_at_most(self):
        for number in range(6):
            self.beside(self.bakery, f"Miche {number}", 4.8)
        self.assertEqual(len(self.names(self.bread_line)), 5)

    def test_enough_of_it_and_free(self):
        scarce = self.beside(self.bakery, "Miche rare", 4.8, stock=1)
        self.assertNotIn("Miche rare", self.names(self.bread_line))
        self._set_stock(scarce, 1)
        self.assertIn("Miche rare", self.names(self.bread_line))
        self.one_more({scarce: 1})
        self.assertNotIn("Miche rare", self.names(self.bread_line))
        elsewhere = self.env["stock.warehouse"].create({"name": "Autre", "code": "AUT"})
        self._set_stock(scarce, 5, elsewhere.lot_stock_id)
        self.assertNotIn("Miche rare", self.names(self.bread_line))

    def test_sold_on_the_drive_by_the_company(self):
        for values in ({"drive_ok": False}, {"sale_ok": False}, {"active": False}):
            hidden = self.beside(self.bakery, "Miche cachée", 4.8, **values)
            self.assertNotIn(hidden.name, self.names(self.bread_line), values)
        other = self.env["res.company"].create({"name": "Other"})
        self.beside(self.bakery, "Miche d’ailleurs", 4.8, stock=0, is_storable=False, company_id=other.id)
        self.assertEqual(self.names(self.bread_line), ["Miche noire"])

    def test_not_what_is_in_the_order(self):
        self.assertEqual(self.names(self.bread_line), ["Miche noire"])
        self.apples.pos_categ_ids = self.bakery
        self.apples.uom_id = self.bread.uom_id
        self.assertEqual(self.names(self.bread_line), ["Miche noire"])

    def test_nothing_that_somebody_of_the_household_avoids(self):
        [nuts] = self.env["drive.allergen"].search([("code", "!=", False)], limit=1)
        child = self.env["res.partner"].create({"name": "Lou Durand", "parent_id": self.member.id})
        child._drive_avoid([str(nuts.id)])
        self.assertEqual(self.names(self.bread_line), [], "nobody has said what is in it")
        self.dark.write({"drive_food": "loose", "drive_no_allergen": True})
        self.assertEqual(self.names(self.bread_line), ["Miche noire"])
        self.dark.write({"drive_no_allergen": False, "drive_allergen_ids": nuts.ids})
        self.assertEqual(self.names(self.bread_line), [])
        self.assertEqual(self.names(self.other_line), ["Miche noire"], "another household")

    def test_sold_in_the_same_way(self):
        self.beside(self.fruit, "Pommes en filet", 3.0)
        self.assertEqual(self.names(self.apples_line), ["Pommes Gala"])

    def test_by_the_kilo(self):
        """Jam of 250 g for one of 500 g: two of them, compared by the kilo."""
        jam = self.beside(self.bakery, "Confiture", 4.0, drive_net_quantity=0.5, drive_net_unit="kg")
        small = self.beside(self.bakery, "Petite confiture", 2.2, drive_net_quantity=0.25, drive_net_unit="kg")
        self.beside(self.bakery, "Grande confiture", 6.0, drive_net_quantity=1, drive_net_unit="kg")
        line = self.one_more({jam: 3}).order_line
        [found] = [one for one in line._drive_substitutes() if one.product.drive_net_quantity]
        self.assertEqual((found.product, found.qty), (small, 6))
        self.assertEqual(found.price, 2.0, "not more a kilo than what is missing")

    def test_nobody_pays_more(self):
        self.dark.list_price = 5.5
        [found] = self.bread_line._drive_substitutes()
        self.assertEqual((found.qty, found.price), (2, 4.8))
        self.dark.list_price = 4.5
        [found] = self.bread_line._drive_substitutes()
        self.assertEqual(found.price, 4.5)

    def test_nor_more_in_all(self):
        """One that holds a fifth more, at the price of the one that is missing."""
        for product, held in ((self.bread, 1.0), (self.dark, 1.2)):
            product.write({"drive_net_quantity": held, "drive_net_unit": "kg"})
        self.dark.list_price = 5.76
        [found] = self.other_line._drive_substitutes()
        self.assertEqual((found.qty, found.price), (1, 4.8))

    def test_taxes_are_in_the_price(self):
        tax = self.env["account.tax"].create({"name": "20", "amount": 20, "price_include_override": "tax_excluded"})
        self.dark.write({"list_price": 4.0, "taxes_id": tax.ids})
        [found] = self.bread_line._drive_substitutes()
        self.assertAlmostEqual(found.price, 4.8)
        self.dark.list_price = 6.0
        self.assertEqual(self.names(self.bread_line), [])

    def test_another_addon_orders_them_otherwise(self):
        near = self.beside(self.bakery, "Baguette", 4.8)
        likeness = type(self.bread_line)._drive_likeness
        self.patch(
            type(self.bread_line),
            "_drive_likeness",
            lambda line, found: likeness(line, found) + 9 * (found.product == near),
        )
        self.assertEqual(self.names(self.bread_line), ["Baguette", "Miche noire"])


@tagged("post_install", "-at_install")
class TestSubstitute(SubstituteCommon):
    def setUp(self):
        super().setUp()
        self.does("begin")

    def replaced(self, line):
        return line.drive_substitute_ids

    def test_trying_all_says_nothing_of_what_is_avoided(self):
        """What is not proposed is refused in the same words, whether it is avoided, too far from the list's
        beginning, or of another kind; so is what is asked about."""
        [nuts] = self.env["drive.allergen"].search([("code", "!=", False)], limit=1)
        self.member._drive_avoid([str(nuts.id)])
        known = {"drive_food": "loose", "drive_no_allergen": True}
        avoided = self.beside(self.bakery, "Miche aux noix", 4.8, drive_food="loose", drive_allergen_ids=nuts.ids)
        others = [self.beside(self.bakery, f"Miche {number}", 4.8, **known) for number in range(12)]
        dear = self.beside(self.bakery, "Miche dorée", 400, **known)
        self.missing(self.bread_line)
        names = self.names(self.bread_line)
        last = next(one for one in reversed(others) if one.name not in names)
        said = {
            one.name: self.refuses("substitute", line=self.bread_line.id, product=one.id).replace(one.name, "x")
            for one in (avoided, last, dear, self.gala)
        }
        self.assertEqual(len(set(said.values())), 1, said)

    def test_put_in_and_ready(self):
        self.dark.list_price = 5.5
        self.missing(self.bread_line, found=1)
        answer = self.phone.substitutes(self.batch.id, self.bread_line.id)
        self.assertEqual([(row["name"], row["text"]) for row in answer["proposals"]], [("Miche noire", "1")])
        self.does("substitute", line=self.bread_line.id, product=self.dark.id)
        line = self.replaced(self.bread_line)
        self.assertEqual((line.product_id, line.drive_prepared_qty, line.price_unit), (self.dark, 1, 4.8))
        self.assertTrue(line.drive_picked)
        self.assertStock(self.dark, 20, 1)
        self.assertStock(self.bread, 10, 2)
        self.assertEqual(line.move_ids.picking_id, self.apples_line.move_ids.picking_id)
        opened = self.phone.open(self.batch.id)
        cell = self.cell(opened, line)
        self.assertEqual(
            (cell["replaces"], cell["replaces_text"], cell["treated"]), (self.bread_line.id, "Miche", True)
        )
        cell = self.cell(opened, self.bread_line)
        self.assertEqual(cell["replaced_text"], "Miche noire")
        self.does("take", line=self.apples_line.id, qty=1)
        self.does("crate", order=self.order.id, storage_class="ambient", number=1)
        self.does("place", order=self.order.id, number=1, place=self.shelf.id)
        self.does("finish", order=self.order.id)
        self.assertEqual(self.order.amount_total, 4.8 + 4.8 + 3.0)
        self.assertEqual((line.product_uom_qty, line.price_unit), (1, 4.8))
        [change] = self.order._drive_changes()
        self.assertEqual((change["product"], change["missing"]), ("Miche", False))
        self.assertIn("1 × Miche noire", change["replaced"])
        self.env.ref("cafoutch_drive.mail_template_ready").send_mail(self.order.id)
        mail = self.env["mail.mail"].search([("model", "=", "sale.order"), ("res_id", "=", self.order.id)], limit=1)
        self.assertIn("Miche noire", mail.body_html)
        page = self.order._drive_page_order()
        self.assertEqual([row["replaces"] for row in page["lines"] if row["replaces"]], ["Miche"])

    def test_the_price_of_today(self):
        self.missing(self.bread_line)
        self.dark.list_price = 4.1
        self.does("substitute", line=self.bread_line.id, product=self.dark.id)
        self.assertEqual(self.replaced(self.bread_line).price_unit, 4.1)

    def test_a_price_without_its_tax_comes_down_too(self):
        tax = self.env["account.tax"].create({"name": "20", "amount": 20, "price_include_override": "tax_excluded"})
        self.dark.write({"list_price": 4.5, "taxes_id": tax.ids})
        self.missing(self.other_line)
        self.does("substitute", line=self.other_line.id, product=self.dark.id)
        self.assertEqual(self.replaced(self.other_line).price_total, 4.8)

    def test_what_is_weighed_is_still_to_weigh(self):
        self.missing(self.apples_line, found=0.4)
        self.does("substitute", line=self.apples_line.id, product=self.gala.id)
        line = self.replaced(self.apples_line)
        self.assertEqual((line.product_uom_qty, line.price_unit, line.drive_picked), (0.6, 3.0, False))
        self.assertStock(self.gala, 20, 0.6)
        self.assertIn("Pommes Gala", self.told("refused", "finish", order=self.order.id))
        self.does("take", line=line.id, qty=0.62)
        self.assertStock(self.gala, 20, 0.62)

    def test_none_of_what_was_to_weigh(self):
        self.missing(self.apples_line)
        self.does("substitute", line=self.apples_line.id, product=self.gala.id)
        self.does("short", line=self.replaced(self.apples_line).id, qty=0, reason="missing")
        self.assertFalse(self.replaced(self.apples_line))
        self.assertStock(self.gala, 20, 0)
        self.assertTrue(self.apples_line.drive_picked)

    def test_once(self):
        self.missing(self.other_line)
        op = self.op("substitute", line=self.other_line.id, product=self.dark.id)
        for _time in range(2):
            self.assertEqual(self.outcomes(self.apply(op)), {op["uuid"]: "done"})
        self.does("substitute", line=self.other_line.id, product=self.dark.id)
        self.assertEqual(len(self.replaced(self.other_line)), 1)
        self.assertStock(self.dark, 20, 1)

    def test_before_the_shortage_it_waits(self):
        short = self.op("short", line=self.other_line.id, qty=0, reason="missing")
        substitute = self.op("substitute", line=self.other_line.id, product=self.dark.id)
        self.assertEqual(self.apply(substitute)["waiting"], [substitute["uuid"]])
        self.assertFalse(self.replaced(self.other_line))
        answer = self.apply(short, substitute)
        self.assertEqual(self.outcomes(answer), {short["uuid"]: "done", substitute["uuid"]: "done"})

    def test_somebody_else_put_in_another(self):
        brown = self.beside(self.bakery, "Miche bise", 4.8)
        self.missing(self.other_line)
        self.does("substitute", "tablet", line=self.other_line.id, product=brown.id)
        told = self.told("conflict", "substitute", line=self.other_line.id, product=self.dark.id)
        self.assertIn("Miche bise", told)
        self.assertEqual(self.replaced(self.other_line).product_id, brown)

    def test_undone_with_its_shortage_or_alone(self):
        total = self.other.amount_total
        for undone in ("substitute", "shortage"):
            self.missing(self.other_line)
            self.does("substitute", line=self.other_line.id, product=self.dark.id)
            line = self.replaced(self.other_line)
            self.does("undo", line=line.id if undone == "substitute" else self.other_line.id)
            self.assertFalse(line.exists())
            self.assertStock(self.dark, 20, 0)
            self.assertEqual(self.other_line.drive_picked, undone == "substitute")
            self.does("undo", line=self.other_line.id)
            self.assertStock(self.bread, 10, 3)
        self.assertEqual(self.other.amount_total, total)

    def test_undone_when_it_was_ready(self):
        self.missing(self.other_line)
        self.does("substitute", line=self.other_line.id, product=self.dark.id)
        line = self.replaced(self.other_line)
        self.does("crate", order=self.other.id, storage_class="ambient", number=1)
        self.does("place", order=self.other.id, number=1, place=self.shelf.id)
        self.does("finish", order=self.other.id)
        self.told("conflict", "undo", line=line.id)
        self.does("reopen", order=self.other.id)
        self.does("undo", line=line.id)
        self.assertFalse(line.exists())
        self.assertStock(self.dark, 20, 0)

    def test_only_as_the_member_wishes(self):
        self.missing(self.other_line)
        for wish in ("none", "ask", False):
            self.other.drive_substitution = wish
            proposals = self.phone.substitutes(self.batch.id, self.other_line.id).get("proposals")
            # Who wants to be asked is asked about these.
            self.assertEqual(bool(proposals), wish == "ask", wish)
            self.told("refused", "substitute", line=self.other_line.id, product=self.dark.id)
        self.other_line.drive_substitution = "similar"
        self.does("substitute", line=self.other_line.id, product=self.dark.id)

    def test_only_what_is_missing(self):
        self.told("refused", "substitute", line=self.other_line.id, product=self.dark.id)
        self.does("take", line=self.other_line.id, qty=1)
        self.told("refused", "substitute", line=self.other_line.id, product=self.dark.id)
        self.assertTrue(self.phone.substitutes(self.batch.id, self.other_line.id)["refused"])
        self.assertStock(self.dark, 20, 0)

    def test_what_is_gone_meanwhile(self):
        self.missing(self.other_line)
        self._set_stock(self.dark, -20)
        told = self.told("conflict", "substitute", line=self.other_line.id, product=self.dark.id)
        self.assertIn("Miche noire", told)
        self._set_stock(self.dark, 20)
        for product in (self.gala, self.bread):
            self.told("conflict", "substitute", line=self.other_line.id, product=product.id)
        for value in (0, "x", None, [], 2**40):
            self.told("conflict", "substitute", line=self.other_line.id, product=value)
        self.assertFalse(self.replaced(self.other_line))
        self.assertStock(self.dark, 20, 0)
        self.assertEqual(len(self.other.order_line), 1)

    def test_not_of_another_batch(self):
        third = self.one_more({self.bread: 1})
        third.drive_substitution = "similar"
        third.drive_batch_id = False
        self.told("conflict", "substitute", line=third.order_line.id, product=self.dark.id)
        self.assertTrue(self.phone.substitutes(self.batch.id, third.order_line.id)["refused"])
        for value in (0, "x", None, [], 2**40):
            self.assertTrue(self.phone.substitutes(self.batch.id, value)["refused"])
        self.assertTrue(self.phone.substitutes(0, self.other_line.id)["refused"])
