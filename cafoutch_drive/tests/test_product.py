from psycopg2.errors import CheckViolation

from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .common import DriveCommon


@tagged("post_install", "-at_install")
class TestProduct(DriveCommon):
    def _compare(self, price, net=0, net_unit=False, unit="uom.product_uom_unit"):
        product = self._create_product(
            "Compared",
            price,
            uom_id=self.env.ref(unit).id,
            drive_net_quantity=net,
            drive_net_unit=net_unit,
        )
        return product.drive_comparison_price, product.drive_comparison_uom

    def test_comparison_price(self):
        self.assertEqual(self._compare(1.95, 0.5, "kg"), (3.9, "kg"))
        self.assertEqual(self._compare(2.9, 0.33, "l"), (8.79, "l"))
        self.assertEqual(self._compare(3.6, 6, "piece"), (0.6, "piece"))
        self.assertEqual(self._compare(4.8), (4.8, "piece"))

    def test_comparison_price_of_exactly_one(self):
        self.assertEqual(self._compare(2.35, 1, "kg"), (2.35, "kg"))
        self.assertEqual(self._compare(1.6, 1, "l"), (1.6, "l"))

    def test_comparison_price_rounds_half_up(self):
        # 0.20 / 0.16 = 1.25 ; 0.01 / 0.8 = 0.0125 ; 2.01 / 2 = 1.005, which a float
        # division followed by round() makes 1.0.
        self.assertEqual(self._compare(2.01, 2, "kg"), (1.01, "kg"))
        self.assertEqual(self._compare(0.2, 0.16, "kg"), (1.25, "kg"))

    def test_comparison_price_is_never_shown_as_zero(self):
        self.assertEqual(self._compare(0.01, 10, "kg"), (0.001, "kg"))
        self.assertEqual(self._compare(0.01, 3, "kg"), (0.0033, "kg"))
        self.assertEqual(self._compare(0.0, 3, "kg"), (0.0, "kg"))

    def test_sold_by_weight_or_volume_compares_by_itself(self):
        self.assertEqual(self._compare(2.9, 0.5, "kg", "uom.product_uom_kgm"), (2.9, "kg"))
        self.assertEqual(self._compare(0.03, unit="uom.product_uom_gram"), (30.0, "kg"))
        self.assertEqual(self._compare(3.4, unit="uom.product_uom_litre"), (3.4, "l"))

    def test_what_a_unit_measures(self):
        names = ("kgm", "gram", "litre", "unit", "dozen", "meter")
        measures = [self.env.ref(f"uom.product_uom_{name}").drive_measure for name in names]
        self.assertEqual(measures, ["kg", "kg", "l", False, False, False])
        crate = self.env["uom.uom"].create(
            {"name": "Crate", "relative_factor": 12, "relative_uom_id": self.bread.uom_id.id}
        )
        self.assertFalse(crate.drive_measure)
        crate.relative_uom_id = self.kilo
        self.assertEqual(crate.drive_measure, "kg")
        self.assertFalse(self.env["uom.uom"].new({"name": "Crate"}).drive_measure)

    def test_packs(self):
        pack = "uom.product_uom_pack_6"
        self.assertEqual(self._compare(6.0, unit=pack), (1.0, "piece"))
        self.assertEqual(self._compare(9.0, 0.5, "l", pack), (3.0, "l"))
        bunch = "cafoutch_drive.uom_bunch"
        self.assertEqual(self._compare(2.4, unit=bunch), (2.4, "piece"))
        self.assertEqual(self._compare(2.4, 0.5, "kg", bunch), (4.8, "kg"))

    def test_comparison_price_has_its_taxes(self):
        tax = self.env["account.tax"].create(
            {
                "name": "20 % added",
                "amount": 20,
                "price_include_override": "tax_excluded",
                "company_id": self.company.id,
            }
        )
        product = self._create_product(
            "Soap",
            2.5,
            taxes_id=tax.ids,
            drive_net_quantity=0.3,
            drive_net_unit="kg",
        )
        self.assertEqual(product.drive_comparison_price, 10.0)
        tax.price_include_override = "tax_included"
        self.assertEqual(product.drive_comparison_price, 8.33)

    def test_comparison_follows_the_price(self):
        product = self._create_product("Rice", 2.0, drive_net_quantity=0.5, drive_net_unit="kg")
        product.list_price = 3.0
        self.assertEqual(product.drive_comparison_price, 6.0)
        # A pricelist's price, as the shop asks for it.
        self.assertEqual(product.product_tmpl_id._drive_comparison(1.0), (2.0, "kg"))

    def test_order_step_follows_the_unit(self):
        self.assertEqual(self.bread.drive_qty_step, 1.0)
        self.assertEqual(self.apples.drive_qty_step, 0.1)
        grams = self._create_product("Saffron", 30.0, uom_id=self.env.ref("uom.product_uom_gram").id)
        self.assertEqual(grams.drive_qty_step, 100.0)
        self.apples.drive_qty_step = 0.25
        self.assertEqual(self.apples.drive_qty_step, 0.25)

    def test_numbers_that_cannot_be(self):
        for field, value in (
            ("drive_qty_step", 0),
            ("drive_qty_step", -1),
            ("drive_qty_step", 1e9),
            ("drive_piece_weight", -0.1),
            ("drive_net_quantity", -1),
        ):
            with (
                self.subTest(field=field, value=value),
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
                self.env.cr.savepoint(),
            ):
                self.bread.write({field: value})
                self.bread.flush_recordset()

    def test_not_a_number_is_refused_by_the_database(self):
        for field in ("drive_qty_step", "drive_piece_weight", "drive_net_quantity"):
            with (
                self.subTest(field=field),
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(
                    SQL(
                        "UPDATE product_template SET %s = 'NaN' WHERE id = %s",
                        SQL.identifier(field),
                        self.bread.product_tmpl_id.id,
                    )
                )
