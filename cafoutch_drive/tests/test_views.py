from unittest.mock import patch

from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestViews(TransactionCase):
    def test_a_newer_odoo_finds_our_views_whole(self):
        """When all modules are updated, Odoo puts each form of ours that begins with one of its own together before
        this addon is loaded: it changes nothing that only another view of ours has."""
        ours = self.env["ir.model.data"].search([("module", "=", "cafoutch_drive"), ("model", "=", "ir.ui.view")])
        views = self.env["ir.ui.view"].browse(ours.mapped("res_id"))
        begun = views.filtered(
            lambda view: view.mode == "primary" and view.inherit_id and view.inherit_id not in views
        )
        self.assertTrue(begun)
        loaded = self.registry._init_modules - {"cafoutch_drive"}
        with patch.object(self.registry, "_init", True), patch.object(self.registry, "_init_modules", loaded):
            for view in begun:
                with self.subTest(view.xml_id):
                    view._get_combined_arch()
