import base64

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import DriveCommon

OIL, RICE, CARROTS = "3017620422003", "3017620422010", "3017620422027"
FILE = f"""\
barcode,name,brand,shelf,price,unit,stock
{OIL},Huile d’olive,Moulin,Épicerie,12.90,pièce,8
{RICE},Riz rond,,Vrac,3.20,kg,12.5
{CARROTS},Carottes,,Fruits et légumes,2.40,botte,20
"""


@tagged("post_install", "-at_install")
class TestProductImport(DriveCommon):
    def _import(self, text, **values):
        wizard = self.env["drive.product.import"].create({"point_id": self.point.id, **values})
        content = text if isinstance(text, bytes) else text.encode()
        return wizard._run(content)

    def _product(self, barcode):
        return self.env["product.product"].search([("barcode", "=", barcode)])

    def _rejected(self, *rows, header="barcode,name,price,unit,stock", **values):
        """Import these rows; return what is said of each, by line."""
        report = self._import("\n".join((header, *rows)), **values)
        self.assertFalse(report.created + report.updated)
        return dict(report.rejected)

    def _check_counts(self, report, created=0, updated=0, unchanged=0, rejected=0):
        self.assertEqual(
            (report.created, report.updated, report.unchanged, len(report.rejected)),
            (created, updated, unchanged, rejected),
            report,
        )

    # === WHAT IS CREATED === #

    def test_products_are_created(self):
        self._check_counts(self._import(FILE), created=3)
        oil = self._product(OIL)
        self.assertEqual(oil.name, "Huile d’olive")
        self.assertEqual(oil.drive_brand, "Moulin")
        self.assertEqual(oil.pos_categ_ids.mapped("name"), ["Épicerie"])
        self.assertAlmostEqual(oil.list_price, 12.9)
        self.assertTrue(oil.drive_ok and oil.available_in_pos and oil.is_storable)
        self.assertEqual(oil.uom_id, self.env.ref("uom.product_uom_unit"))
        self.assertEqual(self._product(RICE).uom_id, self.kilo)
        self.assertTrue(self._product(RICE).to_weight)
        self.assertEqual(self._product(CARROTS).uom_id, self.env.ref("cafoutch_drive.uom_bunch"))
        for barcode, stock in ((OIL, 8), (RICE, 12.5), (CARROTS, 20)):
            self.assertStock(self._product(barcode), stock, 0)

    def test_extra_columns(self):
        report = self._import(
            "barcode;nom;rayon;prix;contenance;producteur;origine;labels;tva;pas;"
            "poids pièce;conservation\n"
            f"{OIL};Beurre;Frais;3,95;250 g;Laiterie;Queyras;Bio, Local;20;;;\n"
            f"{RICE};Glace;Épicerie;5;50 cl;;;;;;;surgelé\n"
            f"{CARROTS};Bière;Bières;2,90;33 cl;;;;;;;\n"
        )
        self._check_counts(report, created=3)
        butter = self._product(OIL)
        self.assertEqual(butter.drive_storage_class, "chilled")
        self.assertEqual(butter.drive_comparison_price, 15.8)
        self.assertEqual(butter.drive_producer, "Laiterie")
        self.assertEqual(butter.drive_origin, "Queyras")
        self.assertEqual(set(butter.product_tag_ids.mapped("name")), {"Bio", "Local"})
        self.assertEqual(butter.taxes_id.amount, 20)
        self.assertEqual(self._product(RICE).drive_storage_class, "frozen")
        self.assertEqual(self._product(RICE).drive_comparison_price, 10)
        beer = self._product(CARROTS)
        self.assertEqual(beer.pos_categ_ids.name, "Liquides")
        self.assertEqual(beer.taxes_id.amount, 20)

    def test_taxes(self):
        """Food has its rate, with the price that members pay left as it is in the
        file, also where the chart of accounts keeps that rate archived."""
        self._import(FILE)
        oil = self._product(OIL)
        self.assertEqual(oil.taxes_id.amount, 5.5)
        self.assertEqual(oil.taxes_id.company_id, self.company)
        paid = oil.taxes_id.compute_all(oil.list_price)["total_included"]
        self.assertAlmostEqual(paid, 12.9)

    def test_price_with_taxes_where_taxes_are_added(self):
        taxes = self.env["account.tax"].search([("type_tax_use", "=", "sale"), ("company_id", "=", self.company.id)])
        taxes.active = False
        self.env["account.tax"].create(
            {
                "name": "7 % added",
                "amount": 7,
                "price_include_override": "tax_excluded",
                "company_id": self.company.id,
            }
        )
        self._import(f"barcode,name,price,vat\n{OIL},Oil,10.70,7\n")
        oil = self._product(OIL)
        self.assertAlmostEqual(oil.list_price, 10.0)
        again = self._import(f"barcode,name,price,vat\n{OIL},Oil,10.70,7\n")
        self._check_counts(again, unchanged=1)

    def test_categories_find_their_shelf(self):
        own = self.env["pos.category"].create({"name": "Petit déjeuner"})
        report = self._import(
            "barcode,name,category,price\n"
            "3017620422103,Muesli,Petit-Déjeuner,3\n"
            "3017620422110,Jus,Jus de fruits 100% pur jus,3\n"
            "3017620422127,Pois,Légumes surgelés,3\n"
            "3017620422134,Truc,Inconnue au bataillon,3\n"
            "3017620422141,Machin,,3\n"
        )
        self._check_counts(report, created=5)
        self.assertEqual(self._product("3017620422103").pos_categ_ids, own)
        for barcode, shelf in (
            ("3017620422110", "Liquides"),
            ("3017620422127", "Surgelés"),
            ("3017620422134", "Épicerie"),
            ("3017620422141", "Épicerie"),
        ):
            self.assertEqual(self._product(barcode).pos_categ_ids.name, shelf)

    def test_a_shelf_in_another_is_known_by_it(self):
        """What is kept cool, and what is taxed in full."""
        self._import(FILE.replace("Épicerie", "Frais").replace("Vrac", "Droguerie et hygiène"))
        cool = self._product(OIL).pos_categ_ids
        self.env["pos.category"].create({"name": "Pâtes pressées", "parent_id": cool.id})
        self.env["pos.category"].create({"name": "Vaisselle", "parent_id": self._product(RICE).pos_categ_ids.id})
        rows = "barcode,name,shelf,price\n3017620422034,Tomme,Pâtes pressées,9\n3017620422041,Plat,Vaisselle,9\n"
        self._check_counts(self._import(rows), created=2)
        tomme, dish = self._product("3017620422034"), self._product("3017620422041")
        self.assertEqual(tomme.pos_categ_ids.parent_id, cool)
        self.assertEqual((tomme.drive_storage_class, dish.drive_storage_class), ("chilled", "ambient"))

    def test_made_up_prices(self):
        rows = f"barcode,name,category\n{OIL},Biscuit,Biscuits\n"
        rejected = self._import(rows).rejected
        self.assertEqual(rejected, [(2, "the price is missing.")])
        self._check_counts(self._import(rows, made_up_prices=True), created=1)
        price = self._product(OIL).list_price
        self.assertTrue(1 <= price <= 6, price)
        # A price that somebody set since is not made up again.
        self._product(OIL).list_price = 7.5
        self._check_counts(self._import(rows, made_up_prices=True), unchanged=1)
        self.assertEqual(self._product(OIL).list_price, 7.5)
        self._product(OIL).unlink()
        self._import(rows, made_up_prices=True)
        self.assertEqual(self._product(OIL).list_price, price)

    def test_default_stock_is_for_new_products(self):
        rows = f"barcode,name,price,stock\n{OIL},Oil,3,\n{RICE},Rice,3,4\n"
        self._import(rows, default_stock=10)
        self.assertStock(self._product(OIL), 10, 0)
        self.assertStock(self._product(RICE), 4, 0)
        self._set_stock(self._product(OIL), -3)
        self._import(rows, default_stock=10)
        self.assertStock(self._product(OIL), 7, 0)

    def test_default_stock_that_cannot_be(self):
        for stock in (-1, 0.5, 1e9):
            with self.subTest(stock=stock), self.assertRaises(UserError):
                self._import(FILE, default_stock=stock)
        self.assertFalse(self._product(OIL))

    # === IMPORTING AGAIN === #

    def test_importing_again_changes_nothing(self):
        self._import(FILE)
        moves = self.env["stock.move"].search_count([])
        self._check_counts(self._import(FILE), unchanged=3)
        self.assertEqual(self.env["stock.move"].search_count([]), moves)
        for barcode in (OIL, RICE, CARROTS):
            self.assertEqual(len(self._product(barcode)), 1)

    def test_importing_again_updates_what_is_said(self):
        self._import(FILE)
        oil = self._product(OIL)
        oil.drive_origin = "Mouriès"
        report = self._import(f"barcode,name,price,stock\n{OIL},Huile,13.50,3\n")
        self._check_counts(report, updated=1)
        self.assertEqual((oil.name, oil.list_price), ("Huile", 13.5))
        self.assertEqual((oil.drive_brand, oil.drive_origin), ("Moulin", "Mouriès"))
        self.assertEqual(oil.pos_categ_ids.name, "Épicerie")
        self.assertStock(oil, 3, 0)

    def test_stock_is_set_with_reserved_goods_and_several_quants(self):
        self._import(FILE)
        oil = self._product(OIL)
        # Two quants of one place, as Odoo leaves them when a row was locked.
        self.env["stock.quant"].create({"product_id": oil.id, "location_id": self.stock.id, "quantity": -2})
        self._create_confirmed({oil: 3})
        self._import(f"barcode,name,stock\n{OIL},Huile,5\n")
        self.assertStock(oil, 5, 3)

    def test_goods_in_other_places_are_counted(self):
        self._import(FILE)
        oil = self._product(OIL)
        shelf = self.env["stock.location"].create({"name": "Shelf", "location_id": self.stock.id})
        self._set_stock(oil, 6, shelf)
        self._import(f"barcode,name,stock\n{OIL},Huile,10\n")
        self.assertStock(oil, 10, 0)
        report = self._import(f"barcode,name,stock\n{OIL},Huile,5\n")
        self.assertIn("other places", report.notes[0][1])
        self.assertStock(oil, 10, 0)

    def test_one_barcode_twice_in_a_file(self):
        report = self._import(f"barcode,name,brand,price\n{OIL},Oil,Moulin,3\n{OIL},Huile,,4\n")
        self._check_counts(report, created=1)
        self.assertEqual(report.notes[0][0], 3)
        self.assertIn("line 2", report.notes[0][1])
        oil = self._product(OIL)
        self.assertEqual(
            (len(oil), oil.name, oil.drive_brand, oil.list_price),
            (1, "Huile", "Moulin", 4),
        )

    def test_archived_products_are_not_doubled(self):
        self._import(FILE)
        oil = self._product(OIL)
        oil.product_tmpl_id.active = False
        report = self._import(FILE)
        self.assertIn("archived", report.notes[0][1])
        both = self.env["product.product"].with_context(active_test=False)
        self.assertEqual(both.search([("barcode", "=", OIL)]), oil)

    # === BAD INPUT === #

    def test_bad_rows_are_named_and_stop_nothing_else(self):
        report = self._import(
            "barcode,name,price,unit,stock\n"
            f"{OIL},Oil,3,,\n"
            "abc,Letters,3,,\n"
            "3.01762E+12,Spreadsheet,3,,\n"
            ",No barcode,3,,\n"
            "3017620422201,,3,,\n"
            "3017620422202,Negative,-3,,\n"
            "3017620422203,NaN,NaN,,\n"
            "3017620422204,Infinite,inf,,\n"
            "3017620422205,Huge,1e9,,\n"
            "3017620422206,Huge,999999999,,\n"
            "3017620422207,Free,0,,\n"
            "3017620422208,Unit,3,furlong,\n"
            "3017620422209,Stock,3,,-1\n"
            "3017620422210,Part of a piece,3,,1.5\n"
            "3017620422211,Thousand?,1.500,,1.5.5\n"
            "3017620422212,Thousand?,1.505,,\n"
            f"3017620422213,{'Long' * 60},3,,\n"
            '3017620422214,"Quote,3,,\n'
            "3017620422215,Too,many,3,,1\n"
            f"{RICE},Rice,3,kg,1.5\n"
        )
        self.assertEqual((report.created, report.updated), (2, 0))
        self.assertEqual(sorted(line for line, _sentence in report.rejected), list(range(3, 21)))
        said = dict(report.rejected)
        for line, words in (
            (3, "not a barcode"),
            (4, "spreadsheet has shortened"),
            (5, "barcode is missing"),
            (6, "name is missing"),
            (7, "not between"),
            (8, "not a number"),
            (9, "not a number"),
            (10, "not a number"),
            (11, "not between"),
            (12, "not between"),
            (13, "not a unit"),
            (14, "not between"),
            (15, "whole number"),
            (16, "not a number"),
            (17, "more than 2 decimals"),
            (18, "longer than"),
            (19, "quotation mark"),
            (20, "more cells"),
        ):
            self.assertIn(words, said[line])
        self.assertStock(self._product(RICE), 1.5, 0)

    def test_a_row_that_odoo_refuses_stops_nothing_else(self):
        self.env["product.uom"].create(
            {
                "barcode": RICE,
                "product_id": self.bread.id,
                "uom_id": self.env.ref("uom.product_uom_pack_6").id,
            }
        )
        report = self._import(FILE)
        self._check_counts(report, created=2, rejected=1)
        self.assertEqual(report.rejected[0][0], 3)
        self.assertTrue(report.rejected[0][1])
        self.assertStock(self._product(OIL), 8, 0)
        self.assertStock(self._product(CARROTS), 20, 0)

    def test_products_with_variants_are_left_alone(self):
        attribute = self.env["product.attribute"].create(
            {"name": "Colour", "value_ids": [(0, 0, {"name": n}) for n in ("a", "b")]}
        )
        template = self.env["product.template"].create(
            {
                "name": "Bag",
                "attribute_line_ids": [
                    (
                        0,
                        0,
                        {
                            "attribute_id": attribute.id,
                            "value_ids": [(6, 0, attribute.value_ids.ids)],
                        },
                    )
                ],
            }
        )
        template.product_variant_ids[0].barcode = OIL
        rejected = self._rejected(f"{OIL},Oil,3,,")
        self.assertIn("variants", rejected[2])
        self.assertEqual(template.name, "Bag")

    def test_numbers_as_people_write_them(self):
        for number, (text, price) in enumerate(
            (
                ("3,5", 3.5),
                ("3.50 €", 3.5),
                ("1 234,50", 1234.5),
                ("1.234,50", 1234.5),
                ("1,234.50", 1234.5),
                ("2.500", 2.5),
                ("4 EUR", 4),
            )
        ):
            barcode = f"30176204223{number:02}"
            self._import(f"barcode;name;price\n{barcode};Oil;{text}\n")
            self.assertEqual(self._product(barcode).list_price, price, text)

    def test_encodings_and_separators(self):
        for number, (separator, encoding) in enumerate(
            (
                (";", "utf-8"),
                (",", "utf-8-sig"),
                ("\t", "cp1252"),
                (";", "utf-16"),
                ("|", "utf-8"),
            )
        ):
            barcode = f"30176204224{number:02}"
            rows = [
                ["Code-barres", "Désignation", "PRIX TTC"],
                [barcode, "Crème brûlée", "3.5"],
            ]
            text = "\r\n".join(separator.join(row) for row in rows)
            self._import(text.encode(encoding))
            self.assertEqual(self._product(barcode).name, "Crème brûlée", encoding)

    def test_files_that_are_no_table(self):
        for content, words in (
            (b"", "empty"),
            (b" \n\n", "empty"),
            (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not a text file"),
            (bytes(range(256)) * 4, "not a text file"),
            (b"PK\x03\x04\x14\x00\x06\x00", "spreadsheet cannot be read"),
            (b"3017620422003;Oil;3\n", "barcode, name"),
            (b"name,price\nOil,3\n", "barcode"),
            (b'"barcode,name\n1,2\n', "barcode"),
        ):
            with self.subTest(content=content[:20]), self.assertRaises(UserError) as e:
                self._import(content)
            self.assertIn(words, str(e.exception))

    def test_text_is_only_text(self):
        self._import(f'barcode,name,price\n{OIL},"<script>alert(1)</script> %s",3\n')
        self.assertEqual(self._product(OIL).name, "<script>alert(1)</script> %s")
        wizard = self.env["drive.product.import"].create(
            {"file": base64.b64encode(b"barcode,name,price\n<b>x</b>,Oil,3\n")}
        )
        wizard.action_import()
        self.assertNotIn("<b>", wizard.summary)
        self.assertIn("&lt;b&gt;", wizard.summary)

    # === THE WIZARD === #

    def test_preview_changes_nothing(self):
        self._import(FILE)
        text = FILE.replace("12.90", "13.50").replace(",20\n", ",25\n")
        text += "3017620422501,New,,Rayon,2,,\n,bad,,,,,\n"
        wizard = self.env["drive.product.import"].create(
            {
                "point_id": self.point.id,
                "file": base64.b64encode(text.encode()),
            }
        )
        count = self.env["product.product"].search_count([])
        wizard.action_preview()
        self.assertEqual(wizard.state, "preview")
        self.assertIn("1 products would be created, 2 updated; 1 stay", wizard.summary)
        self.assertIn("line 6", wizard.summary)
        self.assertEqual(self.env["product.product"].search_count([]), count)
        self.assertAlmostEqual(self._product(OIL).list_price, 12.9)
        self.assertStock(self._product(CARROTS), 20, 0)
        wizard.action_import()
        self.assertEqual(wizard.state, "done")
        self.assertAlmostEqual(self._product(OIL).list_price, 13.5)
        self.assertStock(self._product(CARROTS), 25, 0)

    def test_a_file_is_needed(self):
        with self.assertRaises(UserError):
            self.env["drive.product.import"].create({}).action_import()

    def test_managers_only(self):
        content = base64.b64encode(FILE.encode())
        model = self.env["drive.product.import"]
        for group in ("group_volunteer", "group_cashier"):
            user = new_test_user(self.env, login=f"import_{group}", groups=f"cafoutch_drive.{group}")
            with self.assertRaises(AccessError):
                model.with_user(user).create({"file": content})
        manager = new_test_user(self.env, login="import_manager", groups="cafoutch_drive.group_manager")
        wizard = model.with_user(manager).create({"file": content})
        wizard.action_import()
        self.assertEqual(len(self._product(OIL)), 1)
        self.assertStock(self._product(OIL), 8, 0)
