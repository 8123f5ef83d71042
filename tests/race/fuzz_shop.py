"""The shop that is sent what makes no sense: its doors, its people, and what must stay as it is."""

import re
from html import unescape

import requests

import odoo_shell
from clients import EMPTY_ROUTE
from fuzz import CONVERTER, Route

VISITOR = "visitor"
# What preparers' screens send, and what is in it.
KINDS_OF_OPS = ("begin", "take", "short", "substitute", "ask_member", "undo", "crate", "place", "remove", "finish")
KINDS_OF_OPS += ("reopen", "back", "x")
PARTS_OF_OPS = ("order", "line", "qty", "reason", "wanted", "sure", "product", "products", "storage_class", "number")
PARTS_OF_OPS += ("crate", "place")
# Who sends, with the login as password.
PEOPLE = (VISITOR, "membre", "benevole", "caissier", "responsable")
# For whom staff may order meanwhile: what is theirs may change.
SERVED = "membre4"
COOKIE = "session_id"

# Every route of the addon as Odoo's router has it, a new one too, and every method of its models
# that can be called from outside, with what they call what they are sent.
DOORS = """
import inspect

def names(function):
    wanted = inspect.signature(inspect.unwrap(function)).parameters.values()
    return [one.name for one in wanted if one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)][1:]

routes = []
for rule in env["ir.http"].routing_map().iter_rules():
    endpoint = rule.endpoint
    function = inspect.unwrap(getattr(endpoint, "original_endpoint", endpoint))
    # Odoo's own doors, which the addon only holds open, are Odoo's.
    if rule.rule.startswith("/drive") and function.__module__.startswith("odoo.addons.cafoutch_drive."):
        kind = endpoint.routing["type"]
        routes.append((rule.rule, sorted(endpoint.routing.get("methods") or ()), kind, names(function)))
methods = []
for name, model in env.registry.items():
    classes = inspect.getmro(model)
    ours = [cls for cls in classes if cls.__module__.startswith("odoo.addons.cafoutch_drive.")]
    # What the addon only overrides is Odoo's own door.
    theirs = {attribute for cls in classes if cls not in ours for attribute in vars(cls)}
    for cls in ours:
        for attribute, value in vars(cls).items():
            if attribute.startswith("_") or attribute in theirs or not inspect.isfunction(inspect.unwrap(value)):
                continue
            if cls._name in (name, "drive.import") and not getattr(value, "_api_private", False):
                methods.append((name, attribute, getattr(value, "_api_model", False), names(value)))
answer([sorted(routes), sorted(methods)])
"""

# A shop, its people, something of each kind for the member and the same for somebody else.
THINGS = """
from datetime import datetime, timedelta

users = env["res.users"].with_context(no_reset_password=True)

def person(login, group="base.group_portal"):
    partner = env["res.partner"].create({"name": login, "lang": "fr_FR", "coop_state": "up_to_date"})
    groups = [(6, 0, env.ref(group).ids)]
    users.create({"login": login, "password": login, "partner_id": partner.id, "group_ids": groups})
    return partner

member, served, other = person("membre"), person("membre4"), person("fuzz-other")
for login, group in (("benevole", "volunteer"), ("caissier", "cashier"), ("responsable", "manager")):
    person(login, f"cafoutch_drive.group_{group}")
shelf = env["pos.category"].create({"name": "Pain"})
article = {"type": "consu", "is_storable": True, "list_price": 4.8, "drive_ok": True, "pos_categ_ids": shelf.ids}
products = env["product.product"].create([{"name": f"Miche {number}", **article} for number in range(8)])
warehouse = env["stock.warehouse"].search([], limit=1)
for product in products:
    env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, 5000)
env["drive.point"].search([]).active = False
calendar = env["resource.calendar"].create({"name": "Fuzz", "tz": "Europe/Paris"})
point = env["drive.point"].create({"name": "Fuzz", "calendar_id": calendar.id, "max_open_orders": 50})
place = env["drive.place"].create({"name": "A1", "point_id": point.id})
config = env["pos.config"].create({"name": "Fuzz", "drive_point_id": point.id})

def slot(hours, capacity=50):
    start = datetime.utcnow().replace(microsecond=0) + timedelta(hours=hours)
    values = {"point_id": point.id, "start": start, "window_start": start, "capacity": capacity}
    return env["drive.slot"].create({**values, "stop": start + timedelta(minutes=15)})

slots = env["drive.slot"].union(*[slot(hours) for hours in range(48, 120, 12)])
far, full = slot(200), slot(210, 0)

def basket(partner):
    found = env["sale.order"]._drive_basket(partner, create=True)
    for product in products[:3]:
        found._drive_set_quantity(product.id, 2)
    found._drive_hold(slots[0])
    return found

def order(partner):
    found = basket(partner)
    found._drive_confirm(f"a-key-of-{found.id}", found.amount_total)
    return found

def prepare(order):
    order._drive_start_preparation()
    for line in order._drive_product_lines():
        line._drive_pick(line.product_uom_qty)
    order._drive_add_crate("ambient")._drive_place(place)
    order._drive_finish_preparation()

found = {"mine": {}, "theirs": {}}
for whose, partner in (("mine", member), ("theirs", other)):
    orders = env["sale.order"].union(*[order(partner) for _number in range(4)])
    proposal = env["drive.proposal"]._propose(orders[0], far, far.cutoff, False)
    orders[1]._drive_start_preparation()
    prepare(orders[3])
    basket(partner)
    waiting = {"point_id": point.id, "slot_id": full.id, "day": full._drive_day(), "partner_id": partner.id}
    waiting = env["drive.waiting"].create({**waiting, "household_id": partner.id})
    kept = env["drive.list"]._drive_keep(partner, "Semaine", {products[1]: 1.0})
    found[whose] = {
        "order_id": orders.ids,
        "waiting_id": waiting.ids,
        "list_id": kept.ids,
        "token": [partner._drive_recall_token(), proposal._token()],
        "waiting_token": [waiting._token()],
    }
orders = env["sale.order"].search([("drive_point_id", "=", point.id), ("drive_state", "!=", "basket")])
found |= {
    "names": orders.mapped("name") + orders.mapped("drive_pickup_code"),
    "product_id": products.ids,
    "slot_id": (slots | full).ids,
    "shelf_id": shelf.ids,
    "member_id": served.ids,
    "config_id": config.ids,
    "batch_id": orders.drive_batch_id.ids,
    "line_id": orders.order_line.ids,
    "crate_id": orders.drive_crate_ids.ids,
    "place_id": place.ids,
    "day": [str(one.start.date()) for one in slots],
}
manager = users.search([("login", "=", "responsable")])
windows = {
    "drive.batch.move": {"order_id": orders[0].id, "batch_id": orders.drive_batch_id[:1].id},
    "drive.closure": {"point_id": point.id},
    "drive.forget": {"partner_id": person("fuzz-gone").id},
    "drive.member.import": {"file": "bm9u"},
    "drive.move": {"order_id": orders[0].id, "slot_id": slots[1].id},
    "drive.product.import": {"file": "bm9u"},
    "drive.replan": {"point_id": point.id},
    "drive.team.member": {"user_id": manager.id},
}
for name, values in windows.items():
    found[name] = env[name].with_user(manager).create(values).ids
for name in ("sale.order", "drive.point", "drive.slot", "stock.picking.batch", "res.partner", "drive.waiting"):
    found[name] = env[name].search([], limit=5, order="id desc").ids
env.cr.commit()
answer(found)
"""

ACTORS = ", ".join(f"'{login}'" for login in (*PEOPLE, SERVED))
# Contacts of no household that takes part.
OTHERS = f"""(SELECT id FROM res_partner WHERE COALESCE(commercial_partner_id, id) NOT IN (
    SELECT p.commercial_partner_id FROM res_users u JOIN res_partner p ON p.id = u.partner_id
     WHERE u.login IN ({ACTORS})))"""
THEIR_ORDERS = f"(SELECT id FROM sale_order WHERE partner_id IN {OTHERS})"
# What nobody who takes part may change by a page of ours.
KEPT = {
    "res_partner": f"id IN {OTHERS}",
    "res_users": f"login NOT IN ({ACTORS})",
    "sale_order": f"partner_id IN {OTHERS}",
    "sale_order_line": f"order_id IN {THEIR_ORDERS}",
    "drive_booking": f"partner_id IN {OTHERS}",
    "drive_crate": f"order_id IN {THEIR_ORDERS}",
    "drive_list": f"partner_id IN {OTHERS}",
    "drive_waiting": f"partner_id IN {OTHERS}",
    "stock_move": f"sale_line_id IN (SELECT id FROM sale_order_line WHERE order_id IN {THEIR_ORDERS})",
    **dict.fromkeys(
        ("drive_point", "drive_policy", "drive_place", "product_template", "product_product", "pos_category"), "true"
    ),
    **dict.fromkeys(("ir_model_access", "ir_rule", "ir_config_parameter", "res_company", "pos_config"), "true"),
}


def doors(shop):
    """``(routes, methods of models)`` of the addon."""
    routes, methods = odoo_shell.run(shop.database, DOORS)
    return [Route(rule, tuple(verbs), kind, tuple(names)) for rule, verbs, kind, names in routes], methods


def kept(query):
    """``{table: a sum of what must stay}``"""
    statement = "SELECT count(*), md5(string_agg(t::text, '|' ORDER BY id)) FROM {} t WHERE {}"
    return {table: query(statement.format(table, rows))[0] for table, rows in KEPT.items()}


def things(shop):
    """Values that make sense, by the name of what is sent; the keys to what is somebody else's are
    spoilt, as who guesses would have them."""
    found = odoo_shell.run(shop.database, THINGS)
    mine, theirs = found.pop("mine"), found.pop("theirs")
    known = {name: mine[name] + theirs[name] for name in ("order_id", "waiting_id", "list_id")}
    for name in ("token", "waiting_token"):
        known[name] = mine[name] + [spoilt for token in mine[name] + theirs[name] for spoilt in spoil(token)]
    known["question_token"] = known["token"] + known["waiting_token"]
    known |= {
        name: found[name] for name in ("product_id", "slot_id", "shelf_id", "member_id", "config_id", "batch_id")
    }
    known |= {name: ids for name, ids in found.items() if "." in name}
    known["order"] = known["order_id"] + found["names"]
    known["code"] = found["names"]
    known["line_id"] = found["line_id"]
    known["crate"] = known["crate_id"] = found["crate_id"]
    known["line"], known["product"], known["place"] = found["line_id"], found["product_id"], found["place_id"]
    known["products"] = [found["product_id"][:2], found["product_id"][:1]]
    known["storage_class"] = ["ambient", "chilled", "frozen"]
    known["screen"] = ["till", "preparation"]
    known["state"] = ["here", "missing", "open"]
    known["reason"] = ["missing", "It stood in the other room"]
    known["number"] = known["version"] = known["wanted"] = [1, 2]
    known["sure"] = [True, False]
    known["sold"] = [[[line, 1]] for line in found["line_id"][:3]]
    known["fates"] = [{str(line): "shelf"} for line in found["line_id"][:3]]
    known["device"], known["ops"] = ["screen"], [[]]
    known["waiting"] = known["waiting_id"]
    known["qty"] = [0, 1, 2, 0.35]
    known["total_seen"] = [0, 9.6, 1000]
    known["idempotency_key"] = ["0123456789abcdef", "another-key-of-the-page"]
    known["unit"] = ["uom", "piece"]
    known["seq"] = [1, 2, 3]
    known["substitution"] = ["none", "similar", "ask"]
    known["lines"] = [[], [{"product_id": found["product_id"][0], "qty": 1}]]
    known["id"] = [1, "x", *found["product_id"][:2]]
    return known


def spoil(token):
    """The key with a sign changed at its beginning, in its middle or at its end, cut, or longer."""
    middle = len(token) // 2
    for place in (0, middle, len(token) - 1):
        yield token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
    yield from (token[:-1], token[:middle], f"{token}0", token.swapcase(), f"{token}.{token}")


def sign_in(shop, who):
    """A session of somebody."""
    session = requests.Session()
    page = session.get(f"{shop.url}/web/login", timeout=120).text
    if who != VISITOR:
        fields = {"csrf_token": csrf_token(page), "login": who, "password": who, "redirect": "/web/health"}
        answer = session.post(f"{shop.url}/web/login", data=fields, timeout=120)
        assert answer.url.endswith("/web/health"), f"{who} cannot sign in"
    return session


def csrf_token(page):
    return re.search(r'name="csrf_token" value="([^"]+)"', page)[1]


def own_token(shop, who, session):
    """What the forms of somebody carry."""
    return csrf_token(session.get(f"{shop.url}{'/web/login' if who == VISITOR else '/drive/me'}", timeout=120).text)


def is_signed_in(shop, session):
    answer = session.post(f"{shop.url}{EMPTY_ROUTE}", json={"params": {}}, timeout=120)
    return "error" not in answer.json()


FORM = re.compile(r'<form[^>]*action="(/drive[^"?]*)[^"]*"(.*?)</form>', re.DOTALL)
FIELD = re.compile(r'name="([^"]+)"(?:[^>]*value="([^"]*)")?')


def learn(shop, routes, session, known):
    """The routes with the names that the pages' forms send them; what forms send is known afterwards."""
    names = {route.rule: dict.fromkeys(route.names) for route in routes}
    for route in routes:
        if "GET" not in route.methods:
            continue
        address = CONVERTER.sub(lambda match: str((known.get(match[2]) or known["id"])[0]), route.rule)
        page = session.get(f"{shop.url}{address}", timeout=120).text
        for action, fields in FORM.findall(page):
            to = next((rule for rule in names if fits(rule, action)), None)
            for name, value in FIELD.findall(fields) if to else ():
                names[to][name] = None
                if name not in known or len(known[name]) < 5:
                    known.setdefault(name, []).append(unescape(value))
    return [Route(route.rule, route.methods, route.kind, tuple(names[route.rule])) for route in routes]


def fits(rule, path):
    parts = [re.escape(part) if index % 3 == 0 else "" for index, part in enumerate(CONVERTER.split(rule))]
    return re.fullmatch("[^/]+".join(parts[::3]), path)
