"""The pages of people who are not signed in: signing in, and the links of mails; in every state."""

from scenes import NEWCOMER, VISITOR, plain, scene

plain("password-forgotten", "/web/reset_password", VISITOR)
plain("proposal-unknown", "/drive/proposal/1-nonsense", VISITOR, "/drive/proposal/<string:token>")
plain("question-unknown", "/drive/question/1-nonsense", VISITOR, "/drive/question/<string:question_token>")
plain("offer-unknown", "/drive/offer/1-nonsense", VISITOR, "/drive/offer/<string:waiting_token>")
plain("recall-unknown", "/drive/recall/1-nonsense", VISITOR, "/drive/recall/<string:token>")


@scene("/web/login", VISITOR)
def sign_in(visit):
    visit.page.goto("/web/login")
    # Odoo shows the form by JavaScript.
    visit.page.locator("input[name=login]").wait_for()


@scene("/web/login", VISITOR)
def sign_in_refused(visit):
    visit.page.goto("/web/login")
    visit.page.fill("input[name=login]", "membre")
    visit.page.fill("input[name=password]", "wrong")
    visit.page.press("input[name=password]", "Enter")
    visit.page.locator(".alert").wait_for()


@scene("/web/reset_password", VISITOR)
def password_asked(visit):
    visit.page.goto("/web/reset_password")
    visit.page.fill("input[name=login]", "nobody@example.com")
    visit.page.press("input[name=login]", "Enter")
    visit.page.locator(".alert").wait_for()


@scene("/web/reset_password", VISITOR)
def password_new(visit):
    address = visit.shop.run(
        "member = env['res.users'].search([('login', '=', 'membre4')]).partner_id\n"
        "member.signup_prepare(signup_type='reset')\n"
        "result = member._get_signup_url_for_action()[member.id]"
    )
    return link(address)


# Another slot for an order; an answer to it.
PROPOSAL = """
order = env["sale.order"].browse(order)
slots = env["drive.slot"].search([("start", ">", datetime.datetime.now()), ("id", "!=", order.drive_slot_id.id)])
other = slots.filtered(lambda slot: slot.state == "open")[0]
until = datetime.datetime.now() + datetime.timedelta(days=1)
env["drive.proposal"]._propose(order, other, until, "Inventaire")
proposal = env["drive.proposal"].search([("order_id", "=", order.id)], limit=1)
if answered:
    proposal._answer(other)
result = proposal._url()
"""


def link(address):
    """The path of a link, as a mail has it."""
    return address[address.index("/", len("https://")) :]


@scene("/drive/proposal/<string:token>", VISITOR)
def proposal(visit):
    order = visit.shop.order("benevole", "confirmed")
    return link(visit.shop.run(PROPOSAL, order=order, answered=False))


@scene("/drive/proposal/<string:token>", VISITOR)
def proposal_answered(visit):
    order = visit.shop.order("caissier", "confirmed")
    return link(visit.shop.run(PROPOSAL, order=order, answered=True))


# Something of an order in preparation is missing, and its member is asked; or has answered,
# or did not in time.
QUESTION = """
order = env["sale.order"].browse(order)
counted = order.order_line._drive_to_prepare().filtered(lambda line: not line._drive_is_measured())
line = counted.filtered(lambda line: not line.drive_substitute_of_id and line._drive_substitutes())[:1]
line._drive_unpick()
line.write({"drive_substitution": "ask"})
line._drive_short(0, "missing")
products = env["product.product"]
for found in line._drive_substitutes():
    products |= found.product
line._drive_ask(products)
question = line.drive_question_ids.filtered(lambda one: one.state == "waiting")
if state == "answered":
    question._answer(question.choice_ids[:1])
elif state == "over":
    question.write({"expires_at": datetime.datetime.now() - datetime.timedelta(days=1)})
result = [line.id, question._url()]
"""


def asked(visit, state="waiting"):
    order = visit.shop.order("benevole", "preparing")
    line, address = visit.shop.run(QUESTION, order=order, state=state)
    visit.shop.later("env['sale.order.line'].browse(line)._drive_unpick()", line=line)
    return order, link(address)


@scene("/drive/question/<string:question_token>", VISITOR)
def question(visit):
    return asked(visit)[1]


@scene("/drive/question/<string:question_token>", VISITOR)
def question_answered(visit):
    return asked(visit, "answered")[1]


@scene("/drive/question/<string:question_token>", VISITOR)
def question_over(visit):
    return asked(visit, "over")[1]


@scene("/drive/orders/<int:order_id>", "benevole")
def order_asked(visit):
    return f"/drive/orders/{asked(visit)[0]}"


# A full slot for which somebody waits, of whom a place comes free.
OFFER = """
person = env["res.users"].search([("login", "=", login)]).partner_id
full = env["drive.slot"].search([("start", ">", datetime.datetime.now())]).filtered(lambda one: one.state == "open")[3]
capacity = full.capacity
full.write({"capacity": 0})
waiting = env["drive.waiting"]._join_slot(person, full)
full.write({"capacity": capacity})
if waiting.state == "waiting":
    waiting._offer(full)
result = [waiting.id, waiting._url()]
"""


def offered(visit, login):
    waiting, address = visit.shop.run(OFFER, login=login)
    visit.shop.later("env['drive.waiting'].browse(waiting)._leave()", waiting=waiting)
    return link(address)


@scene("/drive/offer/<string:waiting_token>", VISITOR)
def offer(visit):
    return offered(visit, NEWCOMER)


@scene("/drive/slots", NEWCOMER)
def slots_offered(visit):
    offered(visit, NEWCOMER)
    return "/drive/slots"


@scene("/drive/recall/<string:token>", VISITOR)
def recall(visit):
    code = "result = env['res.users'].search([('login', '=', 'membre4')]).partner_id._drive_recall_url()"
    return link(visit.shop.run(code))
