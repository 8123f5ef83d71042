"""Other addons plug their rules in: the examples of glue/ are installed, and asked."""

import subprocess
from datetime import date
from pathlib import Path

import pytest

import odoo_command
from common import OCA_ADDONS, ROOT
from support import Rpc, call

GLUE = Path(__file__).parent / "glue"


@pytest.fixture
def shop_with(new_database, new_server, monkeypatch):
    """A function that serves a shop with an addon of glue/."""

    def make(addon):
        monkeypatch.setenv("ODOO_ADDONS_PATH", f"{ROOT},{GLUE},{OCA_ADDONS}")
        name = new_database("demo")
        subprocess.run(
            odoo_command.command("-d", name, "-i", addon, "--stop-after-init", "--no-http"),
            env=odoo_command.environment(),
            check=True,
            capture_output=True,
        )
        return name, new_server(name=name)

    return make


def test_an_example_is_ten_lines():
    for example in ("drive_example_rule", "drive_example_membership"):
        lines = (GLUE / example / "models.py").read_text(encoding="utf-8").splitlines()
        code = [line for line in lines if line.strip() and not line.strip().startswith(('"""', "#"))]
        assert len(code) <= 20, example
    rule = (GLUE / "drive_example_rule" / "models.py").read_text(encoding="utf-8")
    assert len([line for line in rule.splitlines() if line.strip()]) <= 11


def test_a_rule_of_another_addon(shop_with, new_page, sign_in):
    """Its sentence reaches the member in French: on the pages, and at confirmation."""
    name, shop = shop_with("drive_example_rule")
    rpc = Rpc(shop.url, name, "admin")
    [user] = rpc("res.users", "search_read", [("login", "=", "membre")], fields=["partner_id"])
    person = user["partner_id"][0]
    page = new_page(360, 740, base_url=shop.url)
    sign_in(page, "membre")

    rpc("res.partner", "write", [person], {"phone": "+33 4 91 00 00 01"})
    page.goto("/drive")
    product = int(page.locator("input[name=product_id]").first.get_attribute("value"))
    assert call(page, "basket/set", product_id=product, qty=1)["qty"] == 1
    page.goto("/drive/slots")
    slot = page.locator("form[action='/drive/slots/hold'] input[name=slot_id]").first.get_attribute("value")
    assert call(page, "slots/hold", slot_id=int(slot))["held"]
    total = call(page, "basket/set", product_id=product, qty=1)["basket_total"]

    rpc("res.partner", "write", [person], {"phone": False})
    sentence = "Nous n’avons pas votre numéro de téléphone. Merci de l’ajouter."
    answer = call(page, "checkout/confirm", idempotency_key="glue-key-1", total_seen=total)
    assert (answer["code"], answer["message"], answer["url"]) == ("phone", sentence, "/my/account")
    assert page.goto("/drive").status == 403
    assert sentence in page.locator("main").inner_text()
    assert page.locator("main a[href='/my/account']").is_visible()
    page.goto("/drive/me")
    assert sentence in page.locator("main").inner_text()
    assert not rpc("res.partner", "read", [person], ["drive_can_order"])[0]["drive_can_order"]

    # A manager's exception covers every rule, and nothing was lost meanwhile.
    rpc("res.partner", "write", [person], {"drive_exception_until": f"{date.today().year + 1}-01-01"})
    answer = call(page, "checkout/confirm", idempotency_key="glue-key-1", total_seen=total)
    assert answer["order"]
    assert "code" not in answer


def test_the_fee_of_oca_membership(shop_with):
    """Only `paid` and `free` may order: an invoice that is sent is not paid."""
    name, shop = shop_with("drive_example_membership")
    rpc = Rpc(shop.url, name, "admin")
    year = date.today().year
    product = rpc(
        "product.product",
        "create",
        {
            "name": "Cotisation",
            "type": "service",
            "membership": True,
            "membership_date_from": f"{year}-01-01",
            "membership_date_to": f"{year}-12-31",
            "list_price": 20,
        },
    )
    person = rpc("res.partner", "create", {"name": "Camille", "coop_state": "up_to_date"})

    def now():
        [row] = rpc("res.partner", "read", [person], ["membership_state", "drive_can_order", "drive_refusal_message"])
        return row["membership_state"], row["drive_can_order"]

    assert now() == ("none", False)
    rpc("res.partner", "write", [person], {"free_member": True})
    assert now() == ("free", True)
    rpc("res.partner", "write", [person], {"free_member": False})
    assert now() == ("none", False)

    invoice = rpc(
        "account.move",
        "create",
        {
            "move_type": "out_invoice",
            "partner_id": person,
            "invoice_date": str(date.today()),
            "invoice_line_ids": [(0, 0, {"product_id": product, "price_unit": 20, "tax_ids": [(6, 0, [])]})],
        },
    )
    assert now() == ("waiting", False)
    rpc("account.move", "action_post", [invoice])
    assert now() == ("invoiced", False)
    context = {"active_model": "account.move", "active_ids": [invoice]}
    payment = rpc("account.payment.register", "create", {}, context=context)
    rpc("account.payment.register", "action_create_payments", [payment], context=context)
    assert now() == ("paid", True)

    # Somebody whom people have suspended stays so, fee or no fee.
    rpc("res.partner", "write", [person], {"coop_state": "suspended"})
    assert now() == ("paid", False)
    # Who pays is a member, also where nobody has written a state.
    rpc("res.partner", "write", [person], {"coop_state": False})
    assert now() == ("paid", True)
    # A member of the household is covered by the main member's fee.
    child = rpc("res.partner", "create", {"name": "Noé", "parent_id": person, "type": "contact"})
    assert rpc("res.partner", "read", [child], ["drive_can_order"])[0]["drive_can_order"]
