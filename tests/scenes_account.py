"""The pages of orders, habits and the account, in every state; and those for who orders for a member."""

from scenes import NEWCOMER, SCENES, WEEK, Scene, plain, scene

# Orders


plain("orders-none", "/drive/orders", NEWCOMER)
plain("order-not-found", "/drive/orders/999999", rule="/drive/orders/<int:order_id>")


@scene("/drive/orders")
def orders(visit):
    visit.order()
    return "/drive/orders"


@scene("/drive/orders/<int:order_id>")
def order(visit):
    return f"/drive/orders/{visit.order()}"


def order_in(state, login):
    """A scene of an order of the demonstration's day."""
    name = f"order-{state.replace('_', '-')}"
    rule = "/drive/orders/<int:order_id>"
    SCENES[name] = Scene(name, rule, login, lambda visit: f"/drive/orders/{visit.shop.order(login, state)}")


order_in("preparing", "benevole")
order_in("ready", "responsable")
order_in("done", "membre")
order_in("no_show", "membre4")
order_in("cancelled", "caissier2")


@scene("/drive/orders/<int:order_id>/receipt")
def order_receipt(visit):
    return f"/drive/orders/{visit.shop.order('membre', 'done')}/receipt"


@scene("/drive/orders/<int:order_id>/slots")
def order_slots(visit):
    return f"/drive/orders/{visit.order()}/slots"


@scene("/drive/orders/<int:order_id>/change")
def order_change(visit):
    return f"/drive/orders/{visit.order()}/change"


@scene("/drive/orders/<int:order_id>/change")
def order_change_more(visit):
    """Something is added, and more is looked for."""
    visit.page.goto(f"/drive/orders/{visit.order()}/change")
    with visit.page.expect_response("**/change"):
        visit.page.locator("#more").fill("lait")
        visit.page.locator("button[value=find]").click()
    visit.page.locator("#found .stepper__add").first.click()
    visit.page.get_by_text("Ajouté", exact=True).first.wait_for()


@scene("/drive/orders/<int:order_id>/change")
def order_change_refused(visit):
    """More than there is."""
    visit.page.goto(f"/drive/orders/{visit.order()}/change")
    field = visit.page.locator(".stepper__qty input").first
    field.fill("9999")
    field.press("Tab")
    visit.page.locator("[role=alert]:visible").first.wait_for()


# Taking again


plain("usual", "/drive/usual")
plain("usual-empty", "/drive/usual", NEWCOMER)
plain("lists-empty", "/drive/lists", NEWCOMER)
plain("favourites-empty", "/drive/favourites", NEWCOMER)


@scene("/drive/favourites")
def favourites(visit):
    for name in WEEK:
        visit.post("/drive/favourites/set", product_id=visit.shop.product(name), on="1")
    return "/drive/favourites"


@scene("/drive/lists")
def lists(visit):
    visit.list()
    return "/drive/lists"


@scene("/drive/lists/<int:list_id>")
def list_of_mine(visit):
    return f"/drive/lists/{visit.list()}"


# The account


plain("account", "/drive/me")
plain("account-refused", "/drive/me", "membre3")
plain("shop-refused", "/drive", "membre3")
plain("card", "/drive/card")
plain("data", "/drive/me/data")
plain("allergens", "/drive/me/allergens")
plain("portal", "/my")


# For somebody else


plain("for", "/drive/for", "responsable")
plain("for-found", "/drive/for?q=durand", "responsable")
plain("for-nobody", "/drive/for?q=zzzz", "responsable")


@scene("/drive/for/<int:member_id>", "responsable")
def for_member(visit):
    [member] = visit.shop.run("result = env['res.users'].search([('login', '=', 'membre4')]).partner_id.ids")
    return f"/drive/for/{member}"


@scene("/drive/search", "responsable")
def search_for_member(visit):
    visit.post(f"{for_member(visit)}/begin")
    return "/drive/search?q=pomme"
