import re
from html import unescape
from urllib.parse import parse_qsl, quote, urlsplit

from odoo import Command
from odoo.tests import tagged

from ..models.drive_catalogue_filters import Choices, Filter
from .shop_common import ShopCommon


@tagged("post_install", "-at_install")
class TestCatalogueLists(ShopCommon):
    """Lists: searched, filtered, sorted, with addresses that say all of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.organic, cls.local = cls.env["product.tag"].create([{"name": "Organic"}, {"name": "Local"}])
        cls.bread.write(
            {"drive_producer": "Le Fournil", "drive_origin": "Marseille", "product_tag_ids": cls.organic.ids}
        )
        cls.apples.write(
            {
                "drive_producer": "Mazet",
                "drive_origin": "Mollégès, Provence",
                "product_tag_ids": (cls.organic + cls.local).ids,
            }
        )
        cls.jam = cls._create_product(
            "Confiture", 2.5, stock=4, drive_origin="Apt, Provence", product_tag_ids=cls.local.ids
        )
        cls.jam.write({"drive_net_quantity": 0.25, "drive_net_unit": "kg", "drive_brand": "Les Frères"})

    def names(self, path):
        """The names on the cards of a list, in their order."""
        return [
            unescape(name) for name in re.findall(r'<h2 class="card__name">\s*<a[^>]*>([^<]*)</a>', self.get(path))
        ]

    def assertNames(self, path, *names):
        self.assertEqual(self.names(path), list(names), path)

    def facet(self, path, name):
        """What a filter offers: ``{title: count}``."""
        labels = re.findall(rf'name="{name}" value="[^"]*"[^>]*>\s*<span>\s*([^<]*?)\s*<small>(\d+)', self.get(path))
        return {unescape(title): int(count) for title, count in labels}

    def chips(self, path):
        """What is chosen, with the address of the list without it: ``{title: address}``."""
        html = self.get(path)
        found = re.findall(r'<a href="([^"]*)">\s*<span class="sr">Remove: </span>\s*([^<]*?)\s*<', html)
        return {unescape(title): unescape(address) for address, title in found}

    # === SEARCH === #

    def test_all_that_is_told_of_a_product_is_searched(self):
        self.jam.write({"barcode": "3760000000017", "pos_categ_ids": self.shelf.ids})
        for text in ("confiture", "freres", "provence apt", "local apt", "test shelf apt", "3 760000 000017"):
            self.assertNames(f"/drive/search?q={quote(text)}", "Confiture")
        self.assertNames("/drive/search?q=fournil", "Miche")

    def test_what_is_changed_is_found_at_once(self):
        self.assertNames("/drive/search?q=confiture", "Confiture")
        self.jam.name = "Gelée"
        self.assertNames("/drive/search?q=confiture")
        self.assertNames("/drive/search?q=gelee", "Gelée")
        self.local.name = "Voisin"
        self.assertNames("/drive/search?q=voisin+gelee", "Gelée")
        self.jam.drive_ok = False
        self.assertNames("/drive/search?q=gelee")

    def test_a_price_makes_no_new_word_index(self):
        catalogue = self.env["drive.catalogue"].sudo()
        words = [catalogue._words(catalogue._page_values(self.member)["contents"])]
        for values in ({"list_price": 9.0}, {"name": "Tourte"}):
            self.bread.write(values)
            words.append(catalogue._words(catalogue._page_values(self.member)["contents"]))
        self.assertIs(words[0], words[1])
        self.assertIsNot(words[1], words[2])

    def test_what_is_near_is_said_to_be_near(self):
        html = self.get("/drive/search?q=confiture+zzzz")
        self.assertSays(html, "Nothing has all these words. Here is what comes near.", "Confiture")
        self.assertNotIn("comes near", self.get("/drive/search?q=confiture"))
        self.assertSays(self.get("/drive/search?q=zzzz"), "Nothing with these words.")

    def test_anything_in_an_address_is_ignored_or_shown_as_text(self):
        for text in ("🍎", "<b>x</b>", "'; DROP TABLE sale_order; --", "%", "a" * 10000, "\\", "()[]{}*"):
            for path in (f"/drive/search?q={quote(text)}", f"/drive?producer={quote(text)}&label={quote(text)}"):
                self.assertNotIn("<b>x</b>", self.get(path))
        everything = self.names("/drive")
        for garbage in (
            "label=999999", "label=", "label[]=1", "producer=Nobody", "sort=random", "sort[]=name", "left=2",
            "left=yes", "page=-1&origin=%00", "label=" + "9" * 300, "q=confiture", "&".join(["label=999999"] * 500),
        ):  # fmt: skip
            self.assertEqual(self.names(f"/drive?{garbage}"), everything, garbage)

    # === FILTERS === #

    def test_filters(self):
        organic, local = self.organic.id, self.local.id
        self.assertNames(f"/drive?label={organic}", "Miche", "Pommes")
        # All of the labels, any of the producers or of the origins.
        self.assertNames(f"/drive?label={organic}&label={local}", "Pommes")
        self.assertNames("/drive?producer=Mazet&producer=Le+Fournil", "Miche", "Pommes")
        self.assertNames("/drive?origin=Provence", "Confiture", "Pommes")
        self.assertNames(f"/drive?origin=Provence&label={organic}", "Pommes")
        self.assertNames(f"/drive/shelf/{self.shelf.id}?label={organic}", "Miche")
        self.assertNames(f"/drive/search?q=pomme&label={organic}", "Pommes")
        html = self.get(f"/drive/shelf/{self.shelf.id}?producer=Mazet")
        self.assertSays(html, "Nothing fits all of your choices.", "0 products")

    def test_a_filter_that_leaves_products_out(self):
        without = Filter("label", "Label", "none")
        entry = next(
            entry
            for entry in self.env["drive.catalogue"].sudo()._page_values(self.member)["contents"].index
            if entry.product_id == self.jam.id
        )
        self.assertFalse(without.fits(entry, (self.local.id,)))
        self.assertTrue(without.fits(entry, (self.organic.id,)))
        self.assertTrue(without.fits(entry, ()))

    def test_what_is_in_stock(self):
        self.env["stock.quant"].search([("product_id", "=", self.jam.id)]).unlink()
        self.assertNames("/drive", "Miche", "Confiture", "Pommes")
        self.assertNames("/drive?left=1", "Miche", "Pommes")
        self._set_stock(self.jam, 1)
        self.assertNames("/drive?left=1", "Miche", "Confiture", "Pommes")
        # Of the warehouse where the basket begins.
        other = self.env["stock.warehouse"].create({"name": "Far", "code": "FAR"})
        self._set_stock(self.jam, -1)
        self._set_stock(self.jam, 5, other.lot_stock_id)
        self.assertNames("/drive?left=1", "Miche", "Pommes")
        # What is not counted is there.
        self.jam.is_storable = False
        self.assertNames("/drive?left=1", "Miche", "Confiture", "Pommes")

    def test_only_what_is_in_the_list_is_offered_with_its_count(self):
        self.assertEqual(self.facet("/drive", "label"), {"Organic": 2, "Local": 2})
        self.assertEqual(self.facet("/drive", "producer"), {"Le Fournil": 1, "Mazet": 1})
        self.assertEqual(self.facet("/drive", "origin"), {"Apt": 1, "Marseille": 1, "Mollégès": 1, "Provence": 2})
        self.assertEqual(self.facet(f"/drive/shelf/{self.shelf.id}", "label"), {"Organic": 1})
        self.assertEqual(self.facet("/drive/search?q=confiture", "producer"), {})
        # How many a choice would leave, beside the others.
        path = f"/drive?label={self.local.id}"
        self.assertEqual(self.facet(path, "label"), {"Organic": 1, "Local": 2})
        self.assertEqual(self.facet(path, "producer"), {"Mazet": 1})
        self.assertEqual(self.facet("/drive?producer=Mazet", "producer"), {"Le Fournil": 1, "Mazet": 1})
        hidden = self.env["product.tag"].create({"name": "For the office", "visible_to_customers": False})
        self.jam.product_tag_ids += hidden
        self.assertNotIn("For the office", self.get("/drive"))

    def test_each_choice_can_be_taken_back(self):
        path = f"/drive/search?q=o&label={self.organic.id}&origin=Provence&left=1&sort=name"
        chips = self.chips(path)
        self.assertEqual(set(chips), {"Organic", "Provence", "In stock"})
        for title, gone in (("Organic", "label"), ("Provence", "origin"), ("In stock", "left")):
            names = [name for name, _value in parse_qsl(urlsplit(chips[title]).query)]
            self.assertEqual(names, [name for name in ("q", "label", "origin", "left", "sort") if name != gone])
            self.assertNotIn(title, self.chips(chips[title]))

    def test_pages_keep_the_choices(self):
        for number in range(60):
            self._create_product(f"Jam {number:02d}", 2.0, drive_producer="A & B", product_tag_ids=self.local.ids)
        html = self.get(f"/drive/search?q=jam&label={self.local.id}&producer=A+%26+B&sort=name&nonsense=1")
        self.assertSays(html, "60 products, page 1 of 2")
        address = unescape(re.search(r'rel="next"[^>]*href="([^"]*)"', html).group(1))
        self.assertEqual(
            parse_qsl(urlsplit(address).query),
            [("q", "jam"), ("label", str(self.local.id)), ("producer", "A & B"), ("sort", "name"), ("page", "2")],
        )
        self.assertEqual(self.names(address)[0], "Jam 48")

    def test_the_form_has_what_was_chosen(self):
        html = self.get(f"/drive/search?q=%22o%22&label={self.local.id}&sort=price&left=1")
        form = re.search(r'<form class="filters__form".*?</form>', html, re.DOTALL).group()
        checked = re.findall(r'name="(\w+)" value="([^"]*)" checked', form)
        self.assertEqual(set(checked), {("left", "1"), ("label", str(self.local.id))})
        self.assertRegex(form, r'<option value="price" selected')
        self.assertIn('name="q" value="&#34;o&#34;"', form)

    # === ORDER === #

    def test_sorts(self):
        self.assertNames("/drive", "Miche", "Confiture", "Pommes")
        self.assertNames("/drive?sort=name", "Confiture", "Miche", "Pommes")
        self.assertNames("/drive?sort=price", "Confiture", "Pommes", "Miche")
        # 3 a kilo, 10 a kilo; bread by the piece has no such price.
        self.assertNames("/drive?sort=compared", "Pommes", "Confiture", "Miche")
        self.jam.product_tmpl_id.drive_since = "2020-01-01"
        self.bread.list_price = 0.5
        self.assertNames("/drive?sort=new", "Pommes", "Miche", "Confiture")
        self.assertNames("/drive?sort=price", "Miche", "Confiture", "Pommes")
        rule = {
            "product_tmpl_id": self.jam.product_tmpl_id.id,
            "applied_on": "1_product",
            "compute_price": "fixed",
            "fixed_price": 0.1,
        }
        self.env.ref("base.group_user").implied_ids += self.env.ref("product.group_product_pricelist")
        self.member.property_product_pricelist = self.env["product.pricelist"].create(
            {"name": "Solidarity", "item_ids": [Command.create(rule)]}
        )
        self.assertNames("/drive?sort=price", "Confiture", "Miche", "Pommes")

    # === SHELVES === #

    def test_shelves_in_shelves(self):
        under = self.env["pos.category"].create({"name": "Rye", "parent_id": self.shelf.id, "sequence": -5})
        deep, empty = self.env["pos.category"].create(
            [{"name": "Dark rye", "parent_id": under.id}, {"name": "Nothing here", "parent_id": self.shelf.id}]
        )
        self.jam.pos_categ_ids = deep
        html = self.get(f"/drive/shelf/{self.shelf.id}")
        self.assertSays(html, "All: Test shelf", "Rye")
        self.assertNotIn(empty.name, html)
        self.get(f"/drive/shelf/{empty.id}", status=404)
        # What is under a shelf stands beside what is on it, whatever their sequence.
        self.assertNames(f"/drive/shelf/{self.shelf.id}", "Miche", "Confiture")
        self.assertNames(f"/drive/shelf/{under.id}", "Confiture")
        html = self.get(f"/drive/shelf/{deep.id}")
        self.assertSays(html, "Dark rye", "All: Rye")
        # The column shows the shelf that it all stands in.
        self.assertRegex(html, rf'href="/drive/shelf/{self.shelf.id}" aria-current="true"')
        self.assertNotRegex(html.split("</nav>")[1], "Dark rye")

    def test_origin_of_fresh_produce_is_as_large_as_its_price(self):
        self.assertNotIn("fresh-origin", self.get("/drive"))
        produce = self.env["pos.category"].create({"name": "Fruits et légumes"})
        apples = self.env["pos.category"].create({"name": "Pommes", "parent_id": produce.id})
        self.assertTrue(produce.drive_fresh)
        self.apples.pos_categ_ids = apples
        for path in ("/drive", f"/drive/product/{self.apples.id}"):
            self.assertRegex(self.get(path), r'class="fresh-origin"[^>]*>Mollégès, Provence<')
        self.assertNotIn("fresh-origin", self.get(f"/drive/product/{self.bread.id}"))
        produce.drive_fresh = False
        self.assertNotIn("fresh-origin", self.get("/drive"))

    def test_choices_are_a_key(self):
        choices = Choices((("label", (1, 2)), ("origin", ("Apt",))), left=True)
        self.assertEqual(choices.without("label", 2).without("origin", "Apt"), Choices((("label", (1,)),), left=True))
        self.assertEqual(choices.arguments(), [("label", 1), ("label", 2), ("origin", "Apt"), ("left", 1)])
        self.assertEqual(len({choices, choices._replace(sort="name")}), 2)
