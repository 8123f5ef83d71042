"""Who sees which button, menu and action, asked for by real calls as each kind of person."""

from lxml import etree

from odoo.tests import tagged

from .access_common import ADDON, ROLES, AccessCommon, rows
from .access_tables_screens import ACTIONS, BUTTONS, MENUS

KINDS = ("ir.actions.act_window", "ir.actions.act_url", "ir.actions.client", "ir.actions.server")


@tagged("post_install", "-at_install")
class TestAccessScreens(AccessCommon):
    def _ours(self, *models):
        """``{xmlid without the module: record}``"""
        found = self.env["ir.model.data"].search([("module", "=", ADDON), ("model", "in", models)])
        return {row.name: self.env[row.model].browse(row.res_id) for row in found}

    def _mismatches(self, table, sees):
        """``[(role, row, expected, "yes" or "no")]``

        :param sees: function of a row's name and of a dict to keep what was answered,
            that asks as whoever is signed in
        """
        found = []
        for role in ROLES:
            self._sign_in(role)
            kept = {}
            for name, expected in rows(table).items():
                seen = "yes" if sees(name, kept) else "no"
                if seen != expected[role]:
                    found.append((role, name, expected[role], seen))
        return found

    # === BUTTONS === #

    def _our_buttons(self):
        """``{"view method": view}`` of the views that the addon adds or changes."""
        actions = {str(record.id): name for name, record in self._ours(*KINDS).items()}
        found = {}
        for name, view in self._ours("ir.ui.view").items():
            for button in etree.fromstring(view.arch_db).iter("button"):
                # With a position it is Odoo's button, which we only find to change it.
                if button.get("type") in ("object", "action") and not button.get("position"):
                    found[f"{name} {actions.get(button.get('name'), button.get('name'))}"] = view
        return found

    def _sees_button(self, name, kept):
        xmlid, button = name.split(" ")
        view = self.env.ref(f"{ADDON}.{xmlid}")
        action = self.env.ref(f"{ADDON}.{button}", raise_if_not_found=False)
        while view.inherit_id and view.mode == "extension":
            view = view.inherit_id
        if view not in kept:
            outcome, answer = self._rpc(view.model, "get_views", [[view.id, view.type]])
            kept[view] = etree.fromstring(answer["views"][view.type]["arch"]) if outcome == "ok" else None
        arch = kept[view]
        return arch is not None and bool(arch.xpath(f"//button[@name='{action.id if action else button}']"))

    def test_every_button_is_in_the_table(self):
        self.assertEqual(set(self._our_buttons()), set(rows(BUTTONS)))

    def test_buttons(self):
        self.assertEqual(self._mismatches(BUTTONS, self._sees_button), [])

    # === MENUS === #

    def _sees_menu(self, name, kept):
        if not kept:
            outcome, menus = self._rpc("ir.ui.menu", "load_menus", False)
            kept["menus"] = menus if outcome == "ok" else {}
        return str(self.env.ref(f"{ADDON}.{name}").id) in kept["menus"]

    def test_every_menu_is_in_the_table(self):
        self.assertEqual(set(self._ours("ir.ui.menu")), set(rows(MENUS)))

    def test_menus(self):
        self.assertEqual(self._mismatches(MENUS, self._sees_menu), [])

    # === ACTIONS === #

    def _sees_action(self, name, _kept):
        """Whether the action opens, and there is anything to see then."""
        action = self.env.ref(f"{ADDON}.{name}")
        if action._name == "ir.actions.server":
            return self._loads("/web/action/run", action)
        if not self._loads("/web/action/load", action):
            return False
        if action._name != "ir.actions.act_window":
            return True
        outcome, _views = self._rpc(action.res_model, "get_views", [[False, "form"]])
        return outcome == "ok"

    def _loads(self, address, action):
        answer = self.url_open(address, json={"params": {"action_id": action.id}}).json()
        return bool(answer.get("result"))

    def test_every_action_is_in_the_table(self):
        self.assertEqual(set(self._ours(*KINDS)), set(rows(ACTIONS)))

    def test_actions(self):
        self.assertEqual(self._mismatches(ACTIONS, self._sees_action), [])

    def test_jobs_are_run_by_odoo(self):
        """Without a group, whoever is signed in could start a job by its address."""
        for name, job in self._ours("ir.cron").items():
            self.assertEqual(job.group_ids, self.env.ref("base.group_system"), name)

    # === THE TABLES NOTICE === #

    def test_a_button_without_its_group_is_noticed(self):
        view = self.env.ref(f"{ADDON}.res_partner_view_list_on_behalf")
        view.arch_db = view.arch_db.replace('groups="cafoutch_drive.group_cashier"', "")
        row = "res_partner_view_list_on_behalf action_drive_order_for"
        noticed = [role for role, name, *_seen in self._mismatches(BUTTONS, self._sees_button) if name == row]
        self.assertIn("volunteer", noticed)

    def test_a_menu_without_its_group_is_noticed(self):
        self.env.ref(f"{ADDON}.menu_drive_for").group_ids = False
        found = self._mismatches(MENUS, self._sees_menu)
        self.assertIn(("volunteer", "menu_drive_for", "no", "yes"), found)
