"""What was scanned, as a thing of the batch."""

from odoo.tests import tagged

from .batch_common import BatchCommon


@tagged("post_install", "-at_install")
class TestBatchScan(BatchCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["barcode.rule"].create(
            {
                "name": "Scales",
                "type": "weight",
                "encoding": "ean13",
                "pattern": "21.....{NNDDD}",
                "sequence": 1,
                "barcode_nomenclature_id": cls.company.nomenclature_id.id,
            }
        )
        cls.bread.barcode = "3760123456789"
        cls.apples.barcode = cls.label("00000")

    @classmethod
    def label(cls, grams, article="00042"):
        """What the scales print on an article."""
        return cls.env["barcode.nomenclature"].sanitize_ean(f"21{article}{grams}0")

    def scan(self, code):
        answer = self.phone.scan(self.batch.id, code)
        self.assertNotIn("refused", answer)
        return answer

    def refusal(self, code):
        answer = self.phone.scan(self.batch.id, code)
        self.assertEqual(set(answer), {"refused"}, code)
        return answer["refused"]

    def test_articles(self):
        self.assertEqual(self.scan("3760123456789"), {"kind": "product", "stop": self.bread.id})
        self.assertEqual(self.scan(" 3760123456789\n")["stop"], self.bread.id)
        elsewhere = self._create_product("Savon", 1, stock=5, barcode="3760123450008")
        self.assertIn("Savon", self.refusal("3760123450008"))
        self.point.cutoff_minutes = 60
        self._create_confirmed({elsewhere: 1}, self._create_slot(hours=80))
        self.assertIn("Savon", self.refusal("3760123450008"))

    def test_labels_of_the_scales(self):
        answer = self.scan(self.label("01080"))
        self.assertEqual((answer["kind"], answer["stop"], answer["kilos"]), ("weight", self.apples.id, 1.08))
        self.assertEqual(answer["quantities"], [{"line": self.apples_line.id, "qty": 1.08}])
        self.does("begin")
        [cell] = answer["quantities"]
        self.does("take", line=cell["line"], qty=cell["qty"])
        self.assertEqual(self.apples_line.drive_prepared_qty, 1.08)
        self.assertTrue(self.refusal(self.label("00000")))
        self.assertIn("21", self.refusal(self.label("01080", "00043")))
        self.bread.barcode = self.label("00000", "00044")
        self.assertIn("Miche", self.refusal(self.label("00500", "00044")))

    def test_a_weight_in_the_unit_of_the_line(self):
        grams = self.env.ref("uom.product_uom_gram")
        self.apples_line.with_context(skip_procurement=True).write({"product_uom_id": grams.id})
        [cell] = self.scan(self.label("00350"))["quantities"]
        self.assertEqual(cell["qty"], 350)

    def test_baskets_and_cards(self):
        self.assertEqual(self.scan(f"drv{self.order.drive_pickup_code}"), {"kind": "basket", "basket": self.order.id})
        self.member._drive_give_cards()
        self.assertEqual(self.scan(self.member.barcode)["basket"], self.order.id)
        self.point.cutoff_minutes = 60
        more = self._create_confirmed({self.bread: 1}, self._create_slot(hours=80))
        self.assertEqual(self.scan(self.member.barcode)["basket"], self.order.id, "the one of this batch")
        self.assertIn(more.drive_pickup_code, self.refusal(more.drive_pickup_code))
        again = self._create_confirmed(
            {self.bread: 1}, self._create_slot(hours=27, window_start=self.slot.window_start)
        )
        again._drive_join_batch()
        answer = self.scan(self.member.barcode)
        self.assertEqual((answer["kind"], set(answer["baskets"])), ("baskets", {self.order.id, again.id}))
        stranger = self._create_member("Nobody")
        stranger._drive_give_cards()
        self.assertTrue(self.refusal(stranger.barcode))

    def test_crates_and_places(self):
        self.does("begin")
        self.does("crate", order=self.order.id, storage_class="ambient", number=1)
        crate = self.order.drive_crate_ids
        answer = self.scan(crate.name.lower())
        self.assertEqual(answer, {"kind": "crate", "crate": crate.id, "basket": self.order.id, "number": 1})
        self.shelf.barcode = "PLACE-A3"
        self.assertEqual(self.scan("PLACE-A3"), {"kind": "place", "place": self.shelf.id})
        elsewhere = self.point.copy({"name": "Other point"})
        self.shelf.point_id = elsewhere
        self.assertIn("A3", self.refusal("PLACE-A3"))
        self.other._drive_leave_batch()
        self.env["drive.crate"].create({"order_id": self.other.id, "name": "ZZZZZZ-1"})
        self.assertIn(self.other.drive_pickup_code, self.refusal("ZZZZZZ-1"))

    def test_what_nobody_knows(self):
        self.assertIn("12345", self.refusal("12345"))
        for bad in (None, "", "  ", 12, [], {}, "x" * 129, "a\0b", "\ud83dBCDEF", "urn:epc:id:sgtin:1.2.3", "urn:x"):
            self.assertTrue(self.refusal(bad))
        self.assertTrue(self.phone.scan(0, "3760123456789")["refused"])
