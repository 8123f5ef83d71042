import logging

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..tools.chosen import check_chosen
from ..tools.memo import INSIDE
from .drive_booking import TAKEN_STATES
from .sale_order import OPEN_STATES

_logger = logging.getLogger(__name__)

# What an invoice must say of its customer: it stays as long as the invoice does.
INVOICING_IDENTITY = ("name", "street", "street2", "zip", "city", "state_id", "country_id", "vat")
# What tells nothing of a person.
ABOUT_NOBODY = ("create_date", "write_date", "drive_forgotten_at", "drive_forget_on")
ERASED_TYPES = ("char", "text", "html", "binary", "image", "date", "datetime", "json", "properties")


class ResPartner(models.Model):
    """Forgetting a person who left the coop.

    What the drive, Odoo's mails and its accounts say of the person is erased, their
    sign-in ends. Orders, tickets and entries stay with their amounts and name nobody.
    Who has posted invoices keeps the name and address of the invoices, in the archive,
    until the law lets them go: a daily job then finishes.
    """

    _inherit = "res.partner"

    drive_forgotten_at = fields.Datetime(
        string="Forgotten", readonly=True, copy=False, groups="cafoutch_drive.group_manager"
    )
    drive_forget_on = fields.Date(
        string="Name Kept Until",
        readonly=True,
        copy=False,
        groups="cafoutch_drive.group_manager",
        help="The law asks to keep the invoices so long, and with them the name and the address on them.",
    )

    # === ASKING === #

    def action_drive_forget(self):
        """Show what would be erased and what would stay, and ask.

        :raise UserError: when this person cannot be forgotten now, and what to do
        """
        self._drive_check_forget()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Forget this person"),
            "res_model": "drive.forget",
            "view_mode": "form",
            "target": "new",
            "context": {"default_partner_id": self.id},
        }

    def _drive_check_forget(self):
        """:raise UserError: when this person cannot be forgotten now"""
        if not self.env.user.has_group("cafoutch_drive.group_manager"):
            raise AccessError(self.env._("People are forgotten by the drive's managers."))
        check_chosen(self, "write", one=True)
        reason = self.sudo()._drive_forget_refusal()
        if reason:
            raise UserError(reason)

    def _drive_forget_refusal(self):
        """Say why this person cannot be forgotten now, or return ``None``."""
        self.ensure_one()
        if self.is_company or self._drive_accounts().filtered(lambda user: not user.share):
            return self.env._(
                "%s works in the shop with an account of the team. Take these rights away first.", self.name
            )
        if self._coop_state_today() != "left":
            return self.env._("%s is still a member. Only people who left can be forgotten.", self.name)
        attached = self.child_ids.filtered(lambda child: child._drive_is_person() and child.active)
        if attached:
            return self.env._(
                "Other people are attached to this household: %s. Let each of them leave or move to another "
                "household first.",
                ", ".join(attached.mapped("name")),
            )
        return self._drive_forget_unfinished()

    def _drive_forget_unfinished(self):
        """What between this person and the shop is not finished."""
        orders = self.env["sale.order"].search(
            [
                "|",
                ("partner_id", "in", self._drive_same_person().ids),
                ("drive_household_id", "=", self.id),
                ("drive_state", "in", OPEN_STATES),
            ]
        )
        if orders:
            return self.env._(
                "These orders are still open: %s. Hand them over or cancel them first.",
                ", ".join(orders.mapped("name")),
            )
        bookings = self.env["drive.booking"].search(
            [("partner_id", "in", self._drive_same_person().ids), ("state", "in", TAKEN_STATES)]
        )
        if any(booking._is_live() for booking in bookings):
            return self.env._("A pickup slot is kept for %s at the moment. Free it first.", self.name)
        if self.env["pos.order"].search_count(
            [("partner_id", "in", self._drive_same_person().ids), ("state", "=", "draft")], limit=1
        ):
            return self.env._("A ticket for %s is open at a till. Finish or delete it first.", self.name)
        invoices = self._drive_invoices().filtered(
            lambda move: (
                move.state == "draft" or (move.state == "posted" and move.payment_state in ("not_paid", "partial"))
            )
        )
        if invoices:
            return self.env._(
                "These invoices are not settled: %s. Settle or cancel them first.",
                ", ".join(invoices.mapped("display_name")),
            )
        return None

    # === WHO AND WHAT === #

    def _drive_same_person(self):
        """This person and their other addresses (of delivery, of invoicing)."""
        people = self.with_context(active_test=False)
        return self | people.search([("parent_id", "in", self.ids), ("type", "!=", "contact")])

    def _drive_accounts(self):
        return self.with_context(active_test=False).user_ids

    def _drive_invoices(self):
        return self.env["account.move"].search(
            [("partner_id", "in", self._drive_same_person().ids), ("move_type", "!=", "entry")]
        )

    def _drive_kept_until(self):
        """Until when the law asks to keep what names this person, or ``False``.

        The years count from the end of the business year of the last posted entry that
        names them (in France ten years, Code de commerce, art. L123-22).

        :rtype: datetime.date | bool
        """
        last = self.env["account.move.line"].search(
            [("partner_id", "in", self._drive_same_person().ids), ("parent_state", "=", "posted")],
            order="date desc",
            limit=1,
        )
        if not last:
            return False
        company = last.company_id
        closing = company.compute_fiscalyear_dates(last.date)["date_to"]
        until = closing + relativedelta(years=self.env["drive.policy"]._for(company).forget_years)
        return until if until >= company._drive_today() else False

    # === FORGETTING === #

    def _drive_forget(self):
        """Erase what is kept about this person; doing it again changes nothing more.

        :raise UserError: when they cannot be forgotten; then nothing is changed
        """
        self.ensure_one()
        self._drive_check_forget()
        person = self.sudo().with_context(tracking_disable=True, active_test=False)
        # An order made at this moment waits, and is refused.
        person._drive_claim_household()
        first_time = not person.drive_forgotten_at
        if first_time:
            person._drive_log_forgetting()
        person._drive_erase(person._drive_kept_until())
        if first_time:
            person.drive_forgotten_at = fields.Datetime.now()

    def _drive_log_forgetting(self):
        """Who erased whom, in Odoo's own log: first letters only."""
        self.env["privacy.log"].create(
            {
                "anonymized_name": self.name or "-",
                # The log takes no empty address.
                "anonymized_email": self.email_normalized or "none@none.invalid",
                "user_id": self.env.uid,
                "execution_details": self.env._("Forgotten with the drive's button: contact #%s", self.id),
            }
        )

    def _drive_erase(self, kept_until):
        """Erase this person.

        :param kept_until: the last day on which their invoices may name them, or
            ``False`` when nothing may any longer
        """
        people = self._drive_same_person()
        needles = people._drive_needles()
        self._drive_end_accounts()
        people._drive_erase_conversations(bool(kept_until))
        people._drive_erase_orders()
        people._drive_erase_belongings(bool(kept_until))
        for partner in people:
            partner._drive_erase_contact(bool(kept_until))
        self.drive_forget_on = kept_until
        self.env.flush_all()
        people._drive_erase_traces(needles, bool(kept_until))
        self.env.invalidate_all()

    def _drive_end_accounts(self):
        """Their sign-in ends, on each device at once."""
        for user in self._drive_accounts().with_context(drive_forgetting=INSIDE):
            own = [
                name
                for name, field in user._fields.items()
                if field.type in ERASED_TYPES and not (field.related or field.compute or field.required)
            ]
            user.write(
                {
                    **dict.fromkeys(set(own) - {"tz", "lang", *ABOUT_NOBODY}, False),
                    "login": f"forgotten-{user.id}",
                    "active": False,
                    "password": "",
                }
            )
            user.api_key_ids._remove()
            user.res_users_settings_ids.unlink()
            user.log_ids.sudo().unlink()
        users = self._drive_accounts()
        self.env["res.device.log"].search([("user_id", "in", users.ids)]).unlink()
        if "totp_trusted_device_ids" in users:
            users.totp_trusted_device_ids._remove()
        self.env["drive.password.reset"].search([("user_id", "in", users.ids)]).unlink()

    def _drive_erase_orders(self):
        """Notes and signatures of their orders; baskets that were never ordered, and what they waited for."""
        orders = self.env["sale.order"].search([("partner_id", "in", self.ids)])
        orders.filtered(lambda order: order.drive_state == "basket" or order.state == "draft").unlink()
        lines = self.env["drive.waiting"].search([("partner_id", "in", self.ids)])
        places = self.env["drive.booking"].search([("partner_id", "in", self.ids), ("order_id", "=", False)])
        (lines | lines.search([("household_id", "in", self.ids)])).unlink()
        places.unlink()
        self._drive_blank(
            orders.exists(),
            [
                *orders._drive_erased_fields(),
                "client_order_ref",
                "signed_by",
                "signed_on",
                "signature",
            ],
        )
        self._drive_blank(self.env["stock.picking"].search([("partner_id", "in", self.ids)]), ["note", "signature"])
        tickets = self.env["pos.order"].search([("partner_id", "in", self.ids)])
        self._drive_blank(
            tickets, ["email", "mobile", "floating_order_name", "general_customer_note", "internal_note"]
        )
        self._drive_blank(tickets.lines, ["customer_note", "note"])

    def _drive_blank(self, records, names):
        """Empty these fields, where they are stored, whatever guards them."""
        names = [name for name in names if name in records and records._fields[name].store]
        for record in records:
            values = dict.fromkeys((name for name in names if record[name]), False)
            if values:
                record.write(values)

    def _drive_erase_belongings(self, keep_invoices):
        """Files, lists, bank accounts, devices and what else hangs on a contact."""
        self.env["drive.list"].search([("partner_id", "in", self.ids)]).unlink()
        self.env["ir.attachment"].search([("res_model", "=", "res.partner"), ("res_id", "in", self.ids)]).unlink()
        if not keep_invoices:
            self.bank_ids.unlink()
        self.env["mail.push.device"].search([("partner_id", "in", self.ids)]).unlink()
        emails = [email for email in self.mapped("email_normalized") if email]
        self.env["mail.blacklist"].search([("email", "in", emails)]).unlink()
        users = self.mapped("user_ids")
        names = self.env["ir.model.data"].search(
            Domain("module", "in", ("__import__", "__export__"))
            & (
                (Domain("model", "=", "res.partner") & Domain("res_id", "in", self.ids))
                | (Domain("model", "=", "res.users") & Domain("res_id", "in", users.ids))
            )
        )
        names.unlink()

    def _drive_erase_contact(self, keep_invoices):
        """Empty each field that can tell something, also those of other addons."""
        kept = (*ABOUT_NOBODY, *(INVOICING_IDENTITY if keep_invoices else ()))
        values = {}
        for name, field in self._fields.items():
            if not field.store or name in kept or field.related or (field.compute and field.readonly):
                continue
            if field.type in ERASED_TYPES and not field.required and name not in ("lang", "tz"):
                values[name] = False
        values.pop("name", None)
        values.pop("complete_name", None)
        if not keep_invoices:
            values["name"] = self._drive_nobody()
            values.update(dict.fromkeys(("state_id", "country_id", "industry_id", "user_id"), False))
        values.update(
            category_id=[fields.Command.clear()], active=False, drive_invitation_pending=False, drive_no_recall=False
        )
        for name in ("partner_latitude", "partner_longitude"):
            if name in self._fields:
                values[name] = 0.0
        # Odoo looks for active accounts of whom it archives.
        self.with_context(active_test=True).write(values)
        self._drive_erase_in_each_company(values)

    def _drive_erase_in_each_company(self, values):
        """What each company has its own of, such as the number of the card."""
        own = {name: value for name, value in values.items() if self._fields[name].company_dependent}
        for company in self.env["res.company"].search([("active", "in", (True, False))]):
            self.with_company(company).write(own)

    def _drive_nobody(self):
        return self.env._("Forgotten person %s", self.id)

    # === THE INVOICES' TURN === #

    @api.model
    def _cron_forget_due(self):
        """Finish with those whose invoices the law lets go: today's date decides,
        however long the job did not run."""
        for person in self.with_context(active_test=False).search([("drive_forget_on", "!=", False)]):
            company = person._drive_company()
            if person.drive_forget_on < company._drive_today():
                person.sudo().with_context(tracking_disable=True)._drive_erase(person.sudo()._drive_kept_until())
                _logger.info("The invoices' name of contact %s is erased", person.id)


class ResUsers(models.Model):
    _inherit = "res.users"

    def _notify_security_setting_update(self, subject, content, mail_values=None, **kwargs):
        """Override of `mail`: who is forgotten is not written to about it."""
        if self.env.context.get("drive_forgetting") is INSIDE:
            return None
        return super()._notify_security_setting_update(subject, content, mail_values=mail_values, **kwargs)
