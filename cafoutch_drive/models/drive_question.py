from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.misc import consteq, format_datetime, hmac

from ..tools.client_id import read_id
from ..tools.refusal import DriveRefused

# More are none that a person chooses from in a hurry.
MOST_CHOICES = 3


class DriveQuestion(models.Model):
    """A member is asked what may replace a missing article, and answers in one tap.

    There is a time to answer in, after which nothing replaces it: the database's clock
    decides in each query, and no job. Whoever prepares goes on meanwhile; the basket is
    not ready before. What is chosen is reserved with the answer, and is then a line to
    prepare like any other.
    """

    _name = "drive.question"
    _description = "Question to a member about a missing article"
    _order = "id desc"
    _rec_name = "line_id"

    line_id = fields.Many2one(
        "sale.order.line", string="Missing", required=True, ondelete="cascade", index=True, readonly=True
    )
    order_id = fields.Many2one(related="line_id.order_id", string="Order", store=True, index=True)
    partner_id = fields.Many2one(related="order_id.partner_id", string="Member")
    company_id = fields.Many2one(related="order_id.company_id", store=True)
    choice_ids = fields.One2many("drive.question.choice", "question_id", string="Choices", readonly=True)
    expires_at = fields.Datetime(string="Answer Until", required=True, readonly=True)
    answer = fields.Selection(
        [
            ("chosen", "Replaced"),
            ("nothing", "Nothing in its place"),
            ("withdrawn", "No longer asked"),
        ],
        readonly=True,
    )
    chosen_id = fields.Many2one("drive.question.choice", readonly=True, ondelete="set null")
    answered_at = fields.Datetime(string="Answered", readonly=True)
    state = fields.Selection(
        [
            ("waiting", "No answer yet"),
            ("chosen", "Replaced"),
            ("nothing", "Nothing in its place"),
            ("expired", "No answer in time"),
            ("withdrawn", "No longer asked"),
        ],
        compute="_compute_state",
    )

    _one_open = models.UniqueIndex("(line_id) WHERE answer IS NULL", "This is being asked already.")

    @api.depends("answer", "expires_at", "order_id.drive_state")
    def _compute_state(self):
        now = self.env["drive.booking"]._clock()
        for question in self:
            if question.answer:
                question.state = question.answer
            elif question.order_id.drive_state != "preparing":
                question.state = "expired"
            else:
                question.state = "waiting" if question.expires_at > now else "expired"

    @api.model
    def _open_of(self, orders):
        """The questions about these orders that can still be answered."""
        asked = self.sudo().search([("order_id", "in", orders.ids), ("answer", "=", False)])
        return asked.filtered(lambda question: question.state == "waiting")

    # === ASKED === #

    @api.model
    def _ask(self, line, substitutes):
        """Ask the member of a missing line, by one mail with a signed link.

        :param substitutes: see ``sale.order.line._drive_substitutes``; what they cost today
            is what the member pays who says yes
        """
        order = line.order_id
        now = self.env["drive.booking"]._clock().replace(microsecond=0)
        question = self.create(
            {
                "line_id": line.id,
                "expires_at": now + timedelta(minutes=order.drive_point_id.question_minutes),
                "choice_ids": [
                    fields.Command.create({"product_id": one.product.id, "qty": one.qty, "price": one.today})
                    for one in substitutes
                ],
            }
        )
        template = order._drive_template("cafoutch_drive.mail_template_question").sudo()
        if template:
            # Queued, not sent: what is sent cannot be taken back with the transaction.
            template.send_mail(question.id)
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        return question

    def _withdraw(self):
        """What was missing is found, or given up: there is nothing to answer any more."""
        self.filtered(lambda question: not question.answer).answer = "withdrawn"

    # === THE LINK === #

    def _token(self):
        """What the link carries: no account is needed, and it cannot be guessed."""
        self.ensure_one()
        signed = (self.id, self.line_id.id, fields.Datetime.to_string(self.expires_at))
        return f"{self.id}-{hmac(self.env(su=True), 'cafoutch_drive.question', signed)}"

    def _path(self):
        return f"/drive/question/{self._token()}"

    def _url(self):
        return f"{self.get_base_url()}{self._path()}"

    @api.model
    def _find(self, token):
        """Return the question of a link, empty when the link is not one of ours.

        :param token: anything that an address has
        """
        number, dash, _signature = token.partition("-")
        question = self.browse(read_id(number, from_text=True)).exists()
        known = bool(dash) and token.isascii() and question and consteq(token, question._token())
        return question if known else self.browse()

    # === ANSWERED === #

    def _find_choice(self, answer):
        """Return what a page has chosen, empty for nothing.

        :param answer: anything that a page sends: "nothing", or the id of a choice
        """
        choice = self.choice_ids.filtered(lambda one: str(one.id) == answer)
        if not choice and answer != "nothing":
            raise DriveRefused("bad_answer", self.env._("Please choose one of the answers."))
        return choice

    def _locks(self, choice):
        """What an answer must have for itself."""
        products = [("product", product.id) for product in choice.product_id]
        return [("household", self.partner_id._drive_household().id), *products]

    def _answer(self, choice):
        """The member answers; done twice, it is once.

        To be run under ``lock_first`` on :meth:`_locks`.

        :param choice: ``drive.question.choice``; empty for nothing
        :raise DriveRefused: after the time, when it was answered otherwise, or when what was
            chosen is gone meanwhile: another can then be chosen
        """
        self.ensure_one()
        answer = "chosen" if choice else "nothing"
        order = self.order_id.with_company(self.company_id)
        order._drive_lock_for_preparation()
        if self.answer == answer and self.chosen_id == choice:
            return
        self._check_waiting()
        if choice:
            self.line_id.with_company(self.company_id)._drive_replace_as_chosen(choice)
        self.write({"answer": answer, "chosen_id": choice.id, "answered_at": fields.Datetime.now()})
        order._drive_preparation_changed()

    def _check_waiting(self):
        if self.state == "waiting":
            return
        text = {
            "chosen": self.env._("You have answered already: %s.", self.chosen_id.product_id.name),
            "nothing": self.env._("You have answered already: nothing in its place."),
            "expired": self.env._(
                "The time to answer is over, so nothing replaces %s. Thank you all the same: you do not pay for it.",
                self.line_id.product_id.name,
            ),
            "withdrawn": self.env._("Nothing is to be answered any more: the shop has found a way."),
        }
        raise DriveRefused("question_over", text[self.state])

    # === PAGE AND MAIL === #

    def _page(self):
        """What the page behind the link shows."""
        self.ensure_one()
        return {
            "state": self.state,
            "path": self._path(),
            "order_name": self.order_id.name,
            "order_url": self.order_id.access_url,
            "missing": self.line_id.product_id.name,
            "ordered": self.line_id._drive_text(self.line_id._drive_missing_qty()),
            "until": self._until_label(),
            "chosen": self.chosen_id.product_id.name or "",
            "choices": [choice._page() for choice in self.choice_ids],
        }

    def _until_label(self):
        return format_datetime(self.env, self.expires_at, tz=self.order_id.drive_point_id.tz, dt_format="HH:mm")

    def _seconds_left(self):
        return max((self.expires_at - self.env["drive.booking"]._clock()).total_seconds(), 0.0)


class DriveQuestionChoice(models.Model):
    _name = "drive.question.choice"
    _description = "What may replace a missing article"
    _order = "id"
    _rec_name = "product_id"

    question_id = fields.Many2one("drive.question", required=True, ondelete="cascade", index=True, readonly=True)
    product_id = fields.Many2one("product.product", required=True, ondelete="cascade", index=True, readonly=True)
    qty = fields.Float("Quantity", digits="Product Unit", readonly=True, help="In the product's own unit.")
    price = fields.Float(digits=(16, 6), readonly=True, help="Of one, taxes included, as the member read it.")

    def _page(self):
        """What the member reads of one choice."""
        product = self.product_id
        catalogue = self.env["drive.catalogue"].with_company(self.question_id.company_id)
        currency = self.question_id.order_id.currency_id
        words = catalogue._unit_text(product, self.price, self.env["account.tax"], currency)
        return {
            "id": self.id,
            "name": product.name,
            "detail": " · ".join(filter(None, (product.drive_producer, product.drive_origin))),
            "quantity": product._drive_format_quantity(self.qty),
            "prices": words,
        }


class DrivePoint(models.Model):
    _inherit = "drive.point"

    question_minutes = fields.Integer(
        string="Answer (minutes)",
        default=10,
        help="So long has a member to say what may replace a missing article. After that nothing does.",
    )

    _question_minutes_range = models.Constraint(
        "CHECK (question_minutes > 0 AND question_minutes <= 1440)",
        "There is at least one minute to answer in, and at most a day.",
    )
