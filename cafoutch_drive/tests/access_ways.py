"""The ways to learn what is in a field. The plainest are tried by real requests; all of
them, thousands, by what such a request calls."""

import json
import warnings

import psycopg2

from odoo import http
from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tools import mute_logger

from .access_common import ADDON, AccessCommon

# How a record is reached from others: (model, field).
LINKS = {
    "res.partner": [
        ("res.users", "partner_id"),
        ("sale.order", "partner_id"),
        ("res.partner", "child_ids"),
        ("res.partner", "commercial_partner_id"),
        ("mail.message", "author_id"),
    ],
    "res.users": [("res.partner", "user_ids"), ("sale.order", "user_id"), ("sale.order", "create_uid")],
    "sale.order": [("sale.order.line", "order_id"), ("res.partner", "sale_order_ids")],
    "sale.order.line": [("sale.order", "order_line")],
    "pos.order.line": [("pos.order", "lines")],
}

# Those that are tried by real requests too.
REQUESTS = ("read", "filter")


class AccessWays(AccessCommon):
    def _hidden_fields(self):
        """``{"model.field": its row in the table}`` of the addon's fields that are for
        some only; what an account has from its contact is in the contact's row."""
        return {
            f"{name}.{field.name}": f"{field.base_field.model_name}.{field.name}"
            for name, model in self.registry.items()
            for field in model._fields.values()
            if field.groups and field.base_field._module == ADDON and not model._abstract
        }

    def _asks(self, role, model, method, *args, **kwargs):
        """What a call answers to a person; ``None`` when it is refused."""
        user = self.people.get(role)
        if not user:
            return None
        try:
            # Others' scripts go on calling `read_group`, so it is tried too.
            with (
                self.env.cr.savepoint(flush=False),
                mute_logger("odoo.sql_db"),
                warnings.catch_warnings(action="ignore", category=DeprecationWarning),
            ):
                return call_kw(self.env[model].with_user(user), method, args, kwargs)
        except (UserError, ValueError, KeyError, TypeError, AssertionError, AttributeError, psycopg2.Error):
            # Of what cannot be asked so of any field nobody learns anything.
            return None

    def _ways(self, records, name):
        """``{way: arguments of _asks}`` to what is in a field of some records."""
        model, ids = records._name, records.ids
        field = records._fields[name]
        group = f"{name}:month" if field.type in ("date", "datetime") else name
        filled = [(name, "!=", False)]
        ways = {
            "read": (model, "read", ids, [name]),
            "web_read": (model, "web_read", ids, {name: {}}),
            "search_read": (model, "search_read", [], [name]),
            "web_search_read": (model, "web_search_read", [], {name: {}}),
            "export": (model, "export_data", ids, [name]),
            "copy": (model, "copy_data", ids),
            "onchange": (model, "onchange", ids, {}, [], {name: {}}),
            "filter": (model, "search_count", filled),
            "filter by a name": (model, "name_search", "", filled),
            "filter by nothing": (model, "search_count", [(name, "=", False)]),
            "filter groups": (model, "formatted_read_group", filled, [], ["__count"]),
            "sort": (model, "search", [], 0, 1, name),
            "group": (model, "formatted_read_group", [], [group], ["__count"]),
            "group pages": (model, "web_read_group", [], [group], ["__count"]),
            "group as before": (model, "read_group", [], ["id"], [group]),
            "group twice": (model, "formatted_read_grouping_sets", [], [["id"], ["id", group]], ["__count"]),
            "total": (model, "formatted_read_group", [], ["id"], [f"{name}:array_agg"]),
            "count": (model, "formatted_read_group", [], ["id"], [f"{name}:count"]),
            "having": (model, "formatted_read_group", [], ["id"], ["__count"], [(f"{name}:count", ">", 0)]),
            "progress": (model, "read_progress_bar", [], "id", {"field": name, "colors": {"x": "success"}}),
            "progress group": (model, "read_progress_bar", [], name, {"field": "id", "colors": {}}),
            "panel": (model, "search_panel_select_range", name),
            "panel of many": (model, "search_panel_select_multi_range", name),
        }
        for other, link in LINKS[model]:
            way = f"{other}.{link}"
            ways |= {
                f"{way} filter": (other, "search_count", [(f"{link}.{name}", "!=", False)]),
                f"{way} filter inside": (other, "search_count", [(link, "any", filled)]),
                f"{way} read": (other, "web_search_read", [], {link: {"fields": {name: {}}}}),
                f"{way} export": (other, "export_data", self.env[other].search([]).ids, [f"{link}/{name}"]),
            }
            if self.env[other]._fields[link].type == "many2one":
                ways[f"{way} group"] = (other, "formatted_read_group", [], [f"{link}.{group}"], ["__count"])
                ways[f"{way} sort"] = (other, "search", [], 0, 1, f"{link}.{name}")
        return ways

    def _tells(self, way, name, answer):
        """Whether an answer has the field at all: these ways leave out what they may not say."""
        if way.endswith(" group") and not answer:
            # Of messages, where Odoo does not even ask the database for who reads none.
            return False
        if way == "onchange":
            return name in answer["value"]
        if way == "copy":
            return any(name in values for values in answer)
        if way.endswith(" read"):
            return f'"{name}"' in json.dumps(answer)
        return True

    def _ways_that_tell(self, role, records, name):
        """Names of the ways by which a person, who is signed in, learns of a field."""
        told = []
        ways = self._ways(records, name)
        for way, arguments in ways.items():
            answer = self._asks(role, *arguments)
            if answer is not None and self._tells(way, name, answer):
                told.append(way)
        for way in REQUESTS:
            if self._rpc(*ways[way])[0] == "ok":
                told.append(f"{way} by a request")
        return told + (["file"] if self._file_tells(records, name) else [])

    def _file_tells(self, records, name):
        """Whether the back office writes a field into a file."""
        wanted = {
            "model": records._name,
            "fields": [{"name": name, "label": name}],
            "ids": records.ids,
            "domain": [],
            "import_compat": False,
            "context": {},
        }
        form = {"data": json.dumps(wanted), "csrf_token": http.Request.csrf_token(self)}
        with mute_logger("odoo.addons.web.controllers.export", "odoo.http"):
            return self.url_open("/web/export/csv", data=form, allow_redirects=False).status_code == 200
