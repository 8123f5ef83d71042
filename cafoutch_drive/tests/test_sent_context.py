"""What a caller says in the context of a call opens no door of ours, and is never answered with a traceback."""

from odoo.tests import tagged

from ..models.stock_move import TOGETHER
from ..models.stock_quant import GATHERED
from ..models.stock_rule import FOUND
from .access_common import AccessCommon

# Names by which our own code says that it is at work.
OWN = ("drive_change", "drive_forgetting", "drive_reset_later", "drive_nearest", TOGETHER, GATHERED, FOUND)


@tagged("post_install", "-at_install")
class TestSentContext(AccessCommon):
    def _named(self, value):
        return dict.fromkeys(OWN, value)

    def test_values_of_another_kind(self):
        """They are left aside, as Odoo cannot read them."""
        self._sign_in("volunteer")
        for context in (
            {"lang": ["fr_FR"]},
            {"lang": 1},
            {"lang": {}},
            {"lang": "\ud83d"},
            {"tz": ["Europe/Paris"]},
            {"tz": 7},
            {"allowed_company_ids": 1},
            {"allowed_company_ids": "x"},
            {"allowed_company_ids": {}},
            {"allowed_company_ids": ["x"]},
            {"allowed_company_ids": [[1]]},
            {"allowed_company_ids": [True]},
            [],
            "x",
            7,
        ):
            with self.subTest(context=context):
                self.assertEqual(self._rpc("drive.preparation", "board", context=context)[0], "ok")

    def test_more_than_there_is(self):
        """Nobody gets past the reservation by saying that the change is one of the drive."""
        self.people["manager"].group_ids |= self.env.ref("sales_team.group_sale_salesman_all_leads")
        self._set_stock(self.bread, 3)
        self._sign_in("manager")
        line = self.order.order_line
        for value in (True, 1, "x", {}, {"vals_list": []}, []):
            with self.subTest(value=value):
                values = {"product_uom_qty": 500}
                found, _sentence = self._rpc("sale.order.line", "write", line.ids, values, context=self._named(value))
                self.assertEqual(found, "refused")
                self.env.invalidate_all()
                self.assertEqual(line.product_uom_qty, 1)

    def test_what_is_moved_is_written(self):
        """A move line is made, or refused: it does not vanish."""
        self._sign_in("volunteer")
        move = self.order.picking_ids.move_ids
        values = {"move_id": move.id, "product_id": move.product_id.id, "picking_id": move.picking_id.id}
        for value in (True, {"vals_list": []}, []):
            with self.subTest(value=value):
                found, made = self._rpc("stock.move.line", "create", values, context=self._named(value))
                self.assertTrue(found != "ok" or made, made)

    def test_another_address_is_told(self):
        """Also when the caller says that somebody is being forgotten."""
        user = self.people["member"]
        user.email = "member@example.org"
        admin = self.env.ref("base.user_admin")
        sent = self.env["mail.mail"].search([])
        user.with_user(admin).with_context(**self._named(True)).email = "elsewhere@example.org"
        told = self.env["mail.mail"].search([]) - sent
        self.assertIn("member@example.org", told.mapped("email_to"))
