from odoo import fields, models

from ..tools.refusal import DriveRefused
from .drive_question import MOST_CHOICES


class SaleOrderLine(models.Model):
    """A missing article of which the member wants to be asked."""

    _inherit = "sale.order.line"

    drive_question_ids = fields.One2many("drive.question", "line_id", string="Questions")
    drive_asked = fields.Boolean(
        string="Member Asked",
        copy=False,
        readonly=True,
        help="Since it was said to be missing; screens then read the line again.",
    )

    def _drive_ask(self, products):
        """Ask the member which of these may replace what is missing of this line.

        :param products: three at most; those that cannot (any more) are left out
        :raise DriveRefused: when it is not short, was asked before, or nothing is left to ask
        """
        self.ensure_one()
        self._drive_check_in_preparation()
        if self.drive_question_ids.filtered(lambda question: question.state == "waiting"):
            return
        if self.drive_asked:
            raise DriveRefused(
                "noted", self.env._("The member has been asked about %s already.", self.product_id.name)
            )
        self._drive_check_may_replace("ask")
        found = self._drive_proposed(products[:MOST_CHOICES])
        if not found:
            raise DriveRefused("changed", self.env._("Nothing similar is left to ask about."))
        self.env["drive.question"].sudo()._ask(self, found)
        self.drive_asked = True

    def _drive_named_products(self, ids):
        """The products with these ids, which may be anything a client sends; as many as are asked."""
        products = self.env["product.product"].sudo().with_company(self.company_id)
        for one in ids[:MOST_CHOICES] if isinstance(ids, list) else ():
            products |= self.env["sale.order"]._drive_find_id(products, one)
        return products

    def _drive_replace_as_chosen(self, choice):
        """Put in what the member chose, at the price that was said; it is then to be prepared.

        :param choice: ``drive.question.choice``
        :raise DriveRefused: when there is not enough of it any more
        """
        product = choice.product_id
        self._drive_check_may_replace("ask")
        product._drive_lock_quants()
        [found] = self._drive_substitutes(product) or [None]
        if not found:
            self._drive_refuse_choice(product)
        line = self._drive_create_substitute(found._replace(price=choice.price))
        if not line._drive_reserve_substitute():
            self._drive_refuse_choice(product)

    def _drive_refuse_choice(self, product):
        raise DriveRefused(
            "short", self.env._("%s has gone meanwhile. We are sorry: please choose another answer.", product.name)
        )

    def _drive_answer_text(self):
        """What the member answered when this was missing; empty where nobody asked."""
        answered = self.sudo().drive_question_ids.filtered(lambda question: question.answer != "withdrawn")[:1]
        states = dict(answered._fields["state"]._description_selection(self.env))
        return answered.chosen_id.product_id.name or states.get(answered.state, "")

    def _drive_unpick(self):
        """Override: what is found after all is not asked about any more."""
        result = super()._drive_unpick()
        if self.exists():
            self.drive_question_ids._withdraw()
            self.drive_asked = False
        return result

    def _drive_cell_row(self, wishes):
        """Override: ``asked``, whether the member has been asked what may replace it."""
        return {**super()._drive_cell_row(wishes), "asked": self.drive_asked}


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _drive_check_prepared(self):
        """Override: refuse while the member can still answer a question."""
        waiting = self.env["drive.question"]._open_of(self)
        if waiting:
            raise DriveRefused(
                "questions_left",
                self.env._(
                    "The member has until %(until)s to say what replaces: %(products)s.",
                    until=max(waiting, key=lambda question: question.expires_at)._until_label(),
                    products=", ".join(waiting.line_id.product_id.mapped("name")),
                ),
            )
        return super()._drive_check_prepared()

    def _drive_page_questions(self):
        """The questions that its member can answer now, see ``drive.question._page``."""
        questions = self.env["drive.question"]._open_of(self) if self.drive_state == "preparing" else ()
        return [question._page() for question in questions]


class DrivePreparation(models.AbstractModel):
    """What preparers see of the questions, and how they ask one."""

    _inherit = "drive.preparation"

    def _op_ask_member(self, batch, args):
        line = self._batch_line(batch, args)
        line._drive_ask(line._drive_named_products(args.get("products")))
        return line.order_id, None

    def _question_rows(self, orders):
        """The questions that wait for an answer: ``[{line, seconds, until}]``, ``until`` being
        a time of the point's clock."""
        return [
            {
                "line": question.line_id.id,
                "seconds": question._seconds_left(),
                "until": question._until_label(),
            }
            for question in self.env["drive.question"]._open_of(orders)
        ]
