import base64

from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_food import FoodCommon

BARCODE = "3760000000017"
HEADERS = "code\tproduct_name\tingredients_text_fr\tallergens\ttraces\tquantity\torigins\tconservation_conditions_fr"


@tagged("post_install", "-at_install")
class TestProductLookup(FoodCommon):
    """Particulars from a file of Open Food Facts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.packet = cls._create_product("Biscuits", 2.0, barcode=BARCODE, drive_food="prepacked")
        cls.packet = cls.packet.product_tmpl_id.with_env(cls.env)

    def _wizard(self, *rows):
        text = "\n".join((HEADERS, *rows))
        return self.env["drive.product.lookup"].create({"file": base64.b64encode(text.encode())})

    def _row(self, code=BARCODE, **cells):
        """A row of the file; an empty cell where nothing is given."""
        names = ("name", "ingredients", "allergens", "traces", "quantity", "origins", "keeping")
        return "\t".join((code, *(cells.get(name, "") for name in names)))

    def test_fills_in_what_is_empty(self):
        self._wizard(
            self._row(
                ingredients="Farine de _blé_, beurre",
                allergens="en:gluten,en:milk",
                traces="en:nuts, en:sesame-seeds",
                quantity="250 g",
                origins="France",
                keeping="Au sec",
            )
        ).action_import()
        self.assertEqual(self.packet.drive_ingredients, "Farine de _blé_, beurre")
        self.assertEqual(self.packet.drive_allergen_ids, self.gluten | self.milk)
        self.assertEqual(self.packet.drive_trace_ids, self.nuts | self.sesame)
        self.assertEqual((self.packet.drive_net_quantity, self.packet.drive_net_unit), (0.25, "kg"))
        self.assertEqual((self.packet.drive_origin, self.packet.drive_keeping), ("France", "Au sec"))
        self.assertEqual(set(self.packet._drive_missing_particulars()), {"operator"})
        self.assertEqual(self.packet.name, "Biscuits")

    def test_a_trial_changes_nothing(self):
        wizard = self._wizard(self._row(ingredients="Riz"))
        wizard.action_preview()
        self.assertFalse(self.packet.drive_ingredients)
        self.assertIn("1 products would be filled in", wizard.summary)
        self.assertIn("Biscuits: Ingredients", wizard.summary)

    def test_never_writes_over_what_is_there(self):
        kept = {
            "drive_ingredients": "Riz",
            "drive_no_allergen": True,
            "drive_trace_ids": self.nuts.ids,
            "drive_net_quantity": 1,
            "drive_net_unit": "kg",
            "drive_origin": "Italie",
            "drive_keeping": "Au frais",
        }
        self.packet.write(kept)
        before = self.packet.read(list(kept))
        row = self._row(
            ingredients="Blé",
            allergens="en:gluten",
            traces="en:milk",
            quantity="500 g",
            origins="France",
            keeping="Au sec",
        )
        wizard = self._wizard(row)
        wizard.action_import()
        self.assertEqual(self.packet.read(list(kept)), before)
        self.assertIn("0 products filled in; 1 stay", wizard.summary)

    def test_no_word_on_allergens_is_no_answer(self):
        self._wizard(self._row(ingredients="Riz")).action_import()
        self.assertFalse(self.packet._drive_allergens_known())

    def test_an_allergen_that_is_not_known_leaves_the_row_out(self):
        wizard = self._wizard(self._row(allergens="en:milk,en:moonlight", ingredients="Riz"))
        wizard.action_import()
        self.assertFalse(self.packet.drive_allergen_ids)
        self.assertFalse(self.packet.drive_ingredients)
        self.assertIn("line 2: “moonlight” is none of the 14 allergens.", wizard.summary)

    def test_what_cannot_be_read_of_a_quantity_is_left_to_people(self):
        self._wizard(self._row(ingredients="Riz", quantity="6 x 33 cl environ")).action_import()
        self.assertFalse(self.packet.drive_net_quantity)
        self.assertEqual(self.packet.drive_ingredients, "Riz")

    def test_other_products_and_what_is_not_food_stay(self):
        soap = self._create_product("Savon", 2.0, barcode="3760000000024", drive_food="none")
        wizard = self._wizard(
            self._row("3760000000024", ingredients="Huile"),
            self._row("3769999999999", ingredients="Riz"),
            self._row("abc", ingredients="Riz"),
        )
        wizard.action_import()
        self.assertFalse(soap.drive_ingredients)
        self.assertIn("“abc” is not a barcode", wizard.summary)

    def test_not_such_a_file(self):
        wizard = self.env["drive.product.lookup"].create({"file": base64.b64encode(b"a;b\n1;2")})
        with self.assertRaises(UserError):
            wizard.action_preview()
