import logging
from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools.misc import hash_sign, verify_hash_signed

from ..tools.locking import lock_first
from ..tools.refusal import DriveRefused

# How long the link of a recall is good for: longer than most baskets are kept.
LINK_DAYS = 60
_logger = logging.getLogger(__name__)


class SaleOrder(models.Model):
    """Baskets that were left: recalled once by mail, and gone after a while."""

    _inherit = "sale.order"

    drive_touched_at = fields.Datetime(
        string="Last Change by the Member",
        copy=False,
        readonly=True,
        help="A basket is left when nothing was put in, taken out or chosen since.",
    )
    drive_recalled_at = fields.Datetime(
        string="Recalled",
        copy=False,
        readonly=True,
        help="When the member was written that this basket is waiting: once.",
    )

    # === WHAT IS A TOUCH === #

    @api.model
    def _drive_prepare_basket(self, partner):
        """Override of `cafoutch_drive`: a new basket has just been begun."""
        return {**super()._drive_prepare_basket(partner), "drive_touched_at": fields.Datetime.now()}

    def _drive_prepare_notes(self, product, seq, page):
        return {**super()._drive_prepare_notes(product, seq, page), "drive_touched_at": fields.Datetime.now()}

    def _drive_hold(self, slot):
        booking = super()._drive_hold(slot)
        self._drive_touch()
        return booking

    def _drive_touch(self):
        """The member is at it. What Odoo writes by itself is no touch: a price that
        changes would keep a basket for ever."""
        self.drive_touched_at = fields.Datetime.now()

    def _drive_is_left(self, days):
        """Whether this is a basket that nobody touched for so many days."""
        self.ensure_one()
        since = fields.Datetime.now() - timedelta(days=days)
        touched = self.drive_touched_at or self.create_date
        return self.drive_state == "basket" and touched <= since and not self._drive_live_hold()

    @api.model
    def _drive_left(self, company, days, domain=()):
        """The baskets of a company that nobody touched for so many days, in the order in
        which they were left; none for 0 days, which means never."""
        if days <= 0:
            return self.browse()
        since = fields.Datetime.now() - timedelta(days=days)
        return self.search(
            [
                ("drive_state", "=", "basket"),
                ("company_id", "=", company.id),
                "|",
                ("drive_touched_at", "<=", since),
                "&",
                ("drive_touched_at", "=", False),
                ("create_date", "<=", since),
                *domain,
            ],
            order="drive_touched_at, id",
        )

    @api.model
    def _drive_each_alone(self, baskets, work):
        """Do something to each basket, in a transaction of its own and under its
        household's lock, so that no member is filling or confirming it meanwhile.

        A job that dies has done some of them wholly and the others not at all; the next
        one does the rest.
        """
        people = {basket.id: basket.partner_id for basket in baskets}
        self.env["ir.cron"]._commit_progress(remaining=len(people))
        for basket_id, person in people.items():
            basket = self.browse(basket_id)
            try:
                # Asked of the person: the basket may have gone meanwhile.
                household = person._drive_household()
                lock_first(self.env, [("household", household.id)], lambda b=basket: b.exists() and work(b))
            except (DriveRefused, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
                _logger.info("Somebody is at drive basket %s: left to the next run", basket_id)
            except Exception:  # one basket that cannot be treated keeps no other back
                self.env.cr.rollback()
                _logger.exception("Drive basket %s could not be treated", basket_id)
            if not self.env["ir.cron"]._commit_progress(processed=1):
                break

    # === RECALLED === #

    @api.model
    def _cron_recall_baskets(self):
        """Write once to the members whose basket waits since the days of the rules."""
        for company in self.env["res.company"].search([("active", "in", (True, False))]):
            days = self.env["drive.policy"]._for(company).recall_days
            waiting = self._drive_left(company, days, [("drive_recalled_at", "=", False), ("order_line", "!=", False)])
            self._drive_each_alone(waiting, lambda basket, days=days: basket._drive_recall(days))

    def _drive_recall(self, days):
        """Queue the mail about this basket, unless there is no reason for it any more.

        It waits in Odoo's queue from the same transaction on in which it is noted as
        sent: never twice, and never lost.
        """
        template = self._drive_template("cafoutch_drive.mail_template_recall").sudo()
        if not template or self.drive_recalled_at or not self._drive_is_left(days) or not self._drive_may_recall():
            return
        self.drive_recalled_at = fields.Datetime.now()
        template.send_mail(self.id)

    def _drive_may_recall(self):
        """Whether the mail would be of use: there is something to order, the member may
        order it, and has not asked to be left alone."""
        member = self.partner_id
        return bool(
            self._drive_product_lines()
            and member.email
            and not member.drive_no_recall
            and not member._drive_page_refusal()
        )

    # === GONE === #

    @api.model
    def _cron_remove_baskets(self):
        """Delete the baskets that nobody touched for the days of the rules. Nobody is
        told: there is nothing that anybody still wants."""
        for company in self.env["res.company"].search([("active", "in", (True, False))]):
            days = self.env["drive.policy"]._for(company).basket_days
            self._drive_each_alone(
                self._drive_left(company, days), lambda basket, days=days: basket._drive_remove_left(days)
            )

    def _drive_remove_left(self, days):
        if self._drive_is_left(days):
            self.unlink()


class DrivePolicy(models.Model):
    _inherit = "drive.policy"

    recall_days = fields.Integer(
        string="Days Before a Recall",
        default=2,
        tracking=True,
        help="A basket left for so long is recalled to its member by mail, once. 0: never.",
    )
    basket_days = fields.Integer(
        string="Days Baskets Are Kept",
        default=30,
        tracking=True,
        help="A basket that nobody touched for so long is deleted. 0: never.",
    )

    _baskets_not_negative = models.Constraint(
        "CHECK (recall_days >= 0 AND basket_days >= 0)",
        "Days cannot be negative.",
    )


class ResPartner(models.Model):
    _inherit = "res.partner"

    drive_no_recall = fields.Boolean(
        string="No Mail About Baskets",
        copy=False,
        help="This person asked not to be written to about a basket that waits.",
    )

    def _drive_recall_token(self):
        """What the link of a recall carries: no account is needed, it cannot be guessed, and it
        ends ``LINK_DAYS`` later."""
        self.ensure_one()
        today = datetime.combine(fields.Date.today(), time.min)
        end = today + timedelta(days=LINK_DAYS)
        return hash_sign(self.env(su=True), "cafoutch_drive.recall", self.id, expiration=end)

    def _drive_recall_url(self):
        """Where this person says that they want no more recalls; only in a mail that the
        server sends, see ``mail.template``."""
        if not self.env.su:
            return f"{self.get_base_url()}/drive/me"
        return f"{self.get_base_url()}/drive/recall/{self._drive_recall_token()}"

    @api.model
    def _drive_find_recalled(self, token):
        """Return the person of a link, empty when the link is not one of ours, or has ended.

        :param token: anything that an address has
        """
        try:
            number = verify_hash_signed(self.env(su=True), "cafoutch_drive.recall", token)
        except ValueError:
            # Odoo reads what it signed itself.
            number = None
        return self.browse(number).exists()
