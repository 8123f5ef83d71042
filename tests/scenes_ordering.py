"""The pages on which a member finds, chooses and orders, in every state."""

import re

from scenes import WEEK, plain, scene

# What is no longer sold, while its scene is shown.
GONE = "Baguette de tradition"

# Finding

plain("shop", "/drive")
plain("search", "/drive/search?q=pomme")
plain("search-nothing", "/drive/search?q=zzzz")
plain("search-endless", "/drive/search?q=" + "<b>abcdefghij</b>" * 6)
plain("filtered", "/drive/search?q=lait&left=1&sort=compared")


@scene("/drive/shelf/<int:shelf_id>")
def shelf(visit):
    [first] = re.findall(r"/drive/shelf/(\d+)", visit.get("/drive"))[:1]
    return f"/drive/shelf/{first}"


@scene("/drive/search")
def filters(visit):
    visit.page.goto("/drive/search?q=lait")
    visit.page.locator(".filters summary").click()


@scene("/drive/product/<int:product_id>")
def product_weighed(visit):
    return f"/drive/product/{visit.shop.product('Tomme de brebis fermière')}"


@scene("/drive/product/<int:product_id>")
def product_counted(visit):
    return f"/drive/product/{visit.shop.product('Spaghetti')}"


@scene("/drive/product/<int:product_id>")
def product_gone(visit):
    return "/drive/product/999999"


# The basket


@scene("/drive/basket")
def basket_empty(visit):
    visit.basket({})
    return "/drive/basket"


@scene("/drive/search")
def search_with_basket(visit):
    visit.basket(WEEK, hold=True)
    return "/drive/search?q=pomme"


@scene("/drive/basket")
def basket(visit):
    visit.basket(WEEK, hold=True)
    return "/drive/basket"


def with_gone(visit):
    """An article of the basket is no longer sold until the scene is over."""
    product = visit.shop.product(GONE)
    change = "env['product.product'].browse(product).write({'drive_ok': sold})"
    visit.shop.run(change, product=product, sold=False)
    visit.shop.later(change, product=product, sold=True)


@scene("/drive/basket")
def basket_gone(visit):
    visit.basket({**WEEK, GONE: 1})
    with_gone(visit)
    return "/drive/basket"


@scene("/drive/basket")
def basket_refused(visit):
    """Nobody can have that much; the page comes from the form, as without JavaScript."""
    visit.basket(WEEK)
    visit.page.goto("/drive/basket")
    visit.page.locator("form.stepper input[name=qty]").first.fill("99999")
    visit.page.evaluate("document.querySelector('form.stepper').submit()")
    visit.page.locator("[role=alert]").first.wait_for()


# Slots


@scene("/drive/slots")
def slots(visit):
    visit.basket(WEEK)
    return "/drive/slots"


@scene("/drive/slots")
def slots_held(visit):
    visit.basket(WEEK, hold=True)
    return "/drive/slots"


@scene("/drive/slots")
def slots_full(visit):
    """Everything is taken, and this person is in line for a day."""
    visit.basket(WEEK)
    before = visit.shop.run(
        "slots = env['drive.slot'].search([('start', '>', datetime.datetime.now())])\n"
        "result = [(slot.id, slot.capacity) for slot in slots]\n"
        "slots.write({'capacity': 0})"
    )
    visit.shop.later(
        "for slot, capacity in before: env['drive.slot'].browse(slot).write({'capacity': capacity})", before=before
    )
    return "/drive/slots"


# All slots after some time are put off.
MOVE_SLOTS = """
env.cr.execute(
    "UPDATE drive_slot SET start = start + %s::interval, stop = stop + %s::interval,"
    " window_start = window_start + %s::interval WHERE start > now() + %s::interval", [by, by, by, after]
)
"""


@scene("/drive/slots")
def slots_none(visit):
    visit.basket(WEEK)
    visit.shop.run(MOVE_SLOTS, by="10 years", after="0")
    visit.shop.later(MOVE_SLOTS, by="-10 years", after="9 years")
    return "/drive/slots"


# Checking out


plain("terms", "/drive/terms")
plain("offline", "/drive/offline")


@scene("/drive/checkout")
def checkout_empty(visit):
    visit.basket({})
    return "/drive/checkout"


@scene("/drive/checkout")
def checkout_without_slot(visit):
    visit.basket(WEEK)
    return "/drive/checkout"


@scene("/drive/checkout")
def checkout(visit):
    visit.basket(WEEK, hold=True)
    return "/drive/checkout"


@scene("/drive/checkout")
def checkout_gone(visit):
    visit.basket({**WEEK, GONE: 1}, hold=True)
    with_gone(visit)
    return "/drive/checkout"


def with_dearer(visit, name):
    """The price of a product rises until the scene is over."""
    product = visit.shop.product(name)
    price = visit.shop.run("result = env['product.product'].browse(product).list_price", product=product)
    change = "env['product.product'].browse(product).write({'list_price': price})"
    visit.shop.run(change, product=product, price=price + 1)
    visit.shop.later(change, product=product, price=price)


@scene("/drive/checkout")
def checkout_other_prices(visit):
    """A price rose since the basket was filled."""
    visit.basket(WEEK, hold=True)
    with_dearer(visit, "Spaghetti")
    return "/drive/checkout"


@scene("/drive/checkout")
def checkout_refused(visit):
    """A price rose while the page was open: the total is not the one that was shown."""
    visit.basket(WEEK, hold=True)
    visit.page.goto("/drive/checkout")
    with_dearer(visit, "Spaghetti")
    visit.page.locator("[data-confirm] button[type=submit]").click()
    visit.page.locator("[role=alert]:visible").first.wait_for()
