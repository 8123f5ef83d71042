"""What the law asks to be said of food, on the demo shop: by SQL over the plain columns, and
as members meet it. What each rule says is tested with the model."""

import pytest
from playwright.sync_api import expect

# Prepacked food that is sold by number: its net quantity is in pieces, and says why.
PREPACKED = "t.drive_ok AND t.sale_ok AND t.active AND t.drive_food = 'prepacked'"
FOOD = "t.drive_ok AND t.sale_ok AND t.active AND t.drive_food IN ('prepacked', 'loose')"
WEIGHED = "t.uom_id IN (SELECT res_id FROM ir_model_data WHERE name IN ('product_uom_kgm', 'product_uom_litre'))"
NO_ANSWER = (
    "NOT t.drive_no_allergen AND NOT EXISTS (SELECT 1 FROM drive_allergen_product_rel r WHERE r.product_id = t.id)"
)
PRODUCE = (
    "EXISTS (SELECT 1 FROM pos_category_product_template_rel r JOIN pos_category c ON c.id = r.pos_category_id"
    " WHERE r.product_template_id = t.id AND (c.drive_fresh OR t.drive_origin_needed))"
)


def test_the_demo_blocks_and_has_food(sql):
    assert sql("SELECT DISTINCT food_rule FROM drive_policy") == [("block",)]
    assert sql(f"SELECT count(*) >= 80 FROM product_template t WHERE {PREPACKED}") == [(True,)]
    assert not sql("SELECT name FROM product_template t WHERE t.drive_ok AND t.drive_food IS NULL")


@pytest.mark.parametrize(
    "missing",
    [
        f"{PREPACKED} AND COALESCE(t.drive_ingredients, '') = ''",
        f"{PREPACKED} AND COALESCE(t.drive_keeping, '') = ''",
        f"{PREPACKED} AND COALESCE(t.drive_operator, '') = ''",
        f"{PREPACKED} AND NOT {WEIGHED} AND (COALESCE(t.drive_net_quantity, 0) <= 0 OR t.drive_net_unit IS NULL)",
        f"{FOOD} AND {NO_ANSWER}",
        f"{FOOD} AND {PRODUCE} AND COALESCE(t.drive_origin, '') = ''",
        f"{FOOD} AND NOT t.drive_complete",
    ],
)
def test_no_particular_is_missing(sql, missing):
    assert not sql(f"SELECT t.name FROM product_template t WHERE {missing}")


def test_no_comparison_price_is_missing(sql):
    """Per kilo or litre, but for what is listed: loose food that is counted, whose price is
    that of a piece, and prepacked food that says why."""
    without = sql(
        f"SELECT t.name->>'en_US', t.drive_food, t.drive_comparison_exempt FROM product_template t WHERE {FOOD}"
        f" AND NOT {WEIGHED} AND (COALESCE(t.drive_net_quantity, 0) <= 0 OR t.drive_net_unit NOT IN ('kg', 'l'))"
    )
    assert not [name for name, kind, exempt in without if kind == "prepacked" and not exempt]
    exempt = {name for name, kind, reason in without if kind == "prepacked"}
    assert exempt == {"Œufs plein air, boîte de 6", "Œufs bio, boîte de 10"}
    assert len(without) - len(exempt) < 12


@pytest.fixture
def almonds(odoo_rpc):
    """The id of the almonds, given back as they were."""
    admin = odoo_rpc("admin")
    [product] = admin("product.product", "search_read", [("name", "=", "Amandes décortiquées")], ["product_tmpl_id"])
    template = product["product_tmpl_id"][0]
    [before] = admin("product.template", "read", [template], ["drive_allergen_ids"])
    yield product["id"], template
    admin("product.template", "write", [template], {"drive_allergen_ids": [(6, 0, before["drive_allergen_ids"])]})


def test_the_rule_refuses_one(almonds, odoo_rpc, page, sign_in):
    product, template = almonds
    sign_in(page, "membre")
    address = f"/drive/product/{product}"
    assert page.goto(address).status == 200
    odoo_rpc("admin")("product.template", "write", [template], {"drive_allergen_ids": [(5,)]})
    assert page.goto(address).status == 404
    page.goto("/drive/search?q=amandes+décortiquées")
    expect(page.locator("main .card").first).to_be_visible()
    expect(page.locator(f"#p{product}")).to_have_count(0)


@pytest.mark.parametrize(("width", "script"), [(320, False), (1280, True)])
def test_a_member_says_what_they_avoid(new_page, sign_in, axe, screenshots, almonds, width, script):
    """By keyboard, with and without JavaScript; then the shop marks it, on each page."""
    page = new_page(width, 740, java_script_enabled=script)
    sign_in(page, "membre2")

    def look(name):
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth") if script else 0
        page.screenshot(path=screenshots / f"{name}-{width}.png", full_page=True)
        assert (axe(page) if script else [], wide) == ([], 0), name

    page.goto("/drive/me")
    page.get_by_role("link", name="Les allergènes que j’évite").focus()
    page.keyboard.press("Enter")
    page.get_by_role("checkbox", name="Fruits à coque").focus()
    page.keyboard.press("Space")
    look("allergens")
    page.get_by_role("button", name="Enregistrer").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Signalés pour vous désormais : fruits à coque.")).to_be_visible()
    page.goto("/drive/search?q=amandes+décortiquées")
    expect(page.locator("main").get_by_text("Contient : fruits à coque")).to_be_visible()
    look("avoided-list")
    page.goto(f"/drive/product/{almonds[0]}")
    expect(page.get_by_text("Contient ce que vous évitez :")).to_be_visible()
    look("avoided-product")
    page.goto("/drive/me/allergens")
    page.get_by_role("checkbox", name="Fruits à coque").uncheck()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Rien n’est gardé sur ce que vous évitez.")).to_be_visible()


def test_grams_are_never_kilos(page, sign_in):
    """Typed in the list; then a limit for what is weighed, in the basket."""
    sign_in(page, "membre2")
    page.goto("/drive/search?q=mesclun")
    card = page.locator(".card").filter(has_text="Mesclun")
    card.get_by_role("button", name="Ajouter").click()
    field = card.get_by_role("textbox")
    field.fill("200 g")
    field.press("Tab")
    expect(field).to_have_value("0,2")
    expect(page.locator("#panel")).to_contain_text("0,2")
    field.fill("200")
    field.press("Enter")
    expect(page.get_by_text("Pour 200 g, écrivez 0,2.")).to_be_visible()
    expect(field).to_have_value("0,2")
    field.fill("deux")
    field.press("Tab")
    expect(page.get_by_text("n’a pas été comprise")).to_be_visible()
    expect(field).to_have_value("0,2")
    page.goto("/drive/basket")
    line = page.locator(".line").filter(has_text="Mesclun")
    line.get_by_text("Sans prix maximum").click()
    line.get_by_label("Payer au plus", exact=True).fill("3")
    line.get_by_role("button", name="Payer au plus : Mesclun").click()
    expect(page.locator(".line").filter(has_text="Mesclun")).to_contain_text("3,00 € au plus")
    line.get_by_role("textbox", name="Quantité : Mesclun").fill("0")
    line.get_by_role("textbox", name="Quantité : Mesclun").press("Tab")
    expect(page.locator("[data-basket-total]").first).to_have_text("0,00 €")
