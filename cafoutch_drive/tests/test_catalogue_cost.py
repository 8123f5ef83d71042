from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL

from ..models import drive_catalogue_pages
from .shop_common import ShopCommon


@tagged("post_install", "-at_install")
class TestCatalogueCost(ShopCommon):
    """What a list page costs, in queries."""

    def _queries(self, path):
        self.get(path)
        before = self.env.cr.sql_log_count
        self.get(path)
        return self.env.cr.sql_log_count - before

    def test_same_number_of_queries_however_long_the_list(self):
        self._create_held({self.bread: 1, self.apples: 1})
        few = self._queries("/drive")
        products = [self._create_product(f"Jam {number:03d}", 2.0, stock=9) for number in range(120)]
        basket = self.env["sale.order"]._drive_basket(self.member)
        for product in products[:28]:
            basket._drive_set_quantity(product.id, 1)
        self.assertEqual(self._queries("/drive"), few)
        # Who asks, their membership, the basket, what is left.
        self.assertLessEqual(few, 4)

    def test_hearts_cost_no_query(self):
        products = [self._create_product(f"Jam {number:03d}", 2.0, stock=9) for number in range(60)]
        for basket in (False, True):
            if basket:
                self._create_held({self.bread: 1})
            few = self._queries("/drive")
            favourites = self.env["drive.list"]._drive_favourites(self.member, create=True)
            for product in products:
                favourites._drive_set(product, 1.0)
            self.assertLessEqual(self._queries("/drive"), few)
            self.assertEqual(self.get("/drive/search?q=jam").count('aria-pressed="true"'), 48)
            favourites.unlink()

    def test_a_held_place_and_a_household_cost_little(self):
        """The place is read with the basket; of a household, its main member as well."""
        self._create_basket({self.bread: 1})
        without = self._queries("/drive")
        self._create_held({self.bread: 1})
        self.assertEqual(self._queries("/drive"), without)
        self.member.parent_id = self._create_member("Sacha Durand")
        self.assertEqual(self._queries("/drive"), without + 1)

    def test_same_number_of_queries_for_48_and_200_on_a_page(self):
        self._create_held({self.bread: 1})
        for number in range(200):
            self._create_product(f"Jam {number:03d}", 2.0, stock=9)
        paths = ("/drive", "/drive/search?q=jam", "/drive?sort=price")
        few = [self._queries(path) for path in paths]
        self.assertEqual(self.get("/drive").count('<li id="p'), 48)
        with patch.object(drive_catalogue_pages, "PAGE_SIZE", 200):
            self.assertEqual([self._queries(path) for path in paths], few)
            self.assertEqual(self.get("/drive").count('<li id="p'), 200)

    def test_what_nobody_has_seen_yet_is_read_all_at_once(self):
        """After an article has changed a list is read anew, by as few queries for many articles as for some."""
        units = (self.kilo, self.bread.uom_id)
        for number in range(100):
            self._create_product(f"Jam {number:03d}", 2.0, stock=9, uom_id=units[number % 2].id)

        def queries(size):
            with patch.object(drive_catalogue_pages, "PAGE_SIZE", size):
                self.get("/drive/search?q=jam")
                self.env["drive.catalogue.change"]._record()
                before = self.env.cr.sql_log_count
                self.get("/drive/search?q=jam")
                return self.env.cr.sql_log_count - before

        self.assertEqual(queries(100), queries(20))

    def test_cards_that_nobody_has_seen_yet_are_made_at_once(self):
        for number in range(60):
            self._create_product(f"Jam {number:03d}", 2.0, stock=9)
        catalogue = self.env["drive.catalogue"].sudo()
        values = catalogue._page_values(self.member)
        cards = catalogue._product_list(values, 1, query="jam")["cards"]
        self.assertEqual(len(cards), 48)
        contents = values["contents"]
        contents.cards.clear()
        alone = [catalogue._cards_html(contents, [card], "token", "/drive") for card in cards]
        contents.cards.clear()
        # Some of a list are kept already.
        catalogue._cards_html(contents, cards[10:20], "token", "/drive")
        qweb = type(self.env["ir.qweb"])
        with patch.object(qweb, "_render", autospec=True, side_effect=qweb._render) as render:
            together = catalogue._cards_html(contents, cards, "token", "/drive")
            self.assertEqual(render.call_count, 1)
            self.assertEqual(catalogue._cards_html(contents, cards, "token", "/drive"), together)
            self.assertEqual(render.call_count, 1)
        self.assertEqual(together, "".join(alone))
        self.assertEqual(together.count("<li id="), 48)

    def test_a_row_is_made_of_few_columns(self):
        """What an article has besides, such as descriptions, is not read for a list."""
        self._create_product("Jam", 2.0, stock=9)
        self.get("/drive/search?q=jam")
        self.env.flush_all()
        self.env.invalidate_all()
        self.env["drive.catalogue.change"]._record()
        with self.assertLogs("odoo.sql_db", "DEBUG") as logs:
            self.get("/drive/search?q=jam")
        read = "\n".join(logs.output)
        self.assertIn('"product_template"."drive_producer"', read)
        self.assertNotIn('"product_template"."description_sale"', read)
        self.assertNotIn('"product_product"."barcode"', read)

    def test_same_number_of_queries_for_200_and_20000_in_the_shop(self):
        self._create_held({self.bread: 1})
        paths = (
            "/drive",
            f"/drive/shelf/{self.shelf.id}",
            "/drive/search?q=mich",
            "/drive?producer=Mazet&sort=name",
            "/drive?left=1",
        )
        self.bread.drive_producer = "Mazet"
        self._multiply(self.bread, 200)
        few = [self._queries(path) for path in paths]
        self._multiply(self.bread, 20_000)
        many = [self._queries(path) for path in paths]
        self.assertEqual(many, few)
        # What is in stock is read for all of the list, in one query.
        self.assertLessEqual(few[-1], few[0] + 1)
        self.assertSays(self.get("/drive"), "20202 products")

    def _multiply(self, product, count):
        """So many products like one, each with a name of its own, written past the ORM."""
        self.env.flush_all()
        template_columns, template_values = self._copied(
            "product_template", name=SQL("jsonb_build_object('en_US', 'Miche ' || n)")
        )
        product_columns, product_values = self._copied(
            "product_product", product_tmpl_id=SQL("made.id"), barcode=SQL("NULL")
        )
        self.env.cr.execute(
            SQL(
                """WITH made AS (
                    INSERT INTO product_template (%s)
                        SELECT %s FROM product_template AS source, generate_series(1, %s) AS n
                            WHERE source.id = %s RETURNING id)
                INSERT INTO product_product (%s)
                    SELECT %s FROM product_product AS source, made WHERE source.id = %s""",
                *(template_columns, template_values, count, product.product_tmpl_id.id),
                *(product_columns, product_values, product.id),
            )
        )
        # As PostgreSQL does by itself once such a change is committed.
        self.env.cr.execute("ANALYZE product_template, product_product")
        self.env.invalidate_all()
        self.env["drive.catalogue.change"]._record()

    def _copied(self, table, **changed):
        """The columns of a table but its id, and their values in ``source`` or as named."""
        self.env.cr.execute(
            SQL(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name <> 'id'",
                table,
            )
        )
        names = [name for (name,) in self.env.cr.fetchall()]
        return (
            SQL(", ").join(map(SQL.identifier, names)),
            SQL(", ").join(changed.get(name, SQL.identifier("source", name)) for name in names),
        )
