from odoo import fields, models
from odoo.tools import html2plaintext
from odoo.tools.misc import format_date, format_datetime

from .drive_waiting import KEPT_DAYS

# Shown and exported where there is something in them.
CONTACT_FIELDS = ("name", "email", "phone", "street", "street2", "zip", "city", "country_id", "lang")


class ResPartner(models.Model):
    """What the drive keeps about a person, for that person: a page, and a file.

    Only about them: the people of their household appear by name, their orders and
    notes do not; what managers noted for themselves does not either.
    """

    _inherit = "res.partner"

    # === WHOSE === #

    def _drive_own_orders(self):
        """The orders that this person placed, their basket included."""
        return self.env["sale.order"].search([("partner_id", "=", self.id), ("is_drive", "=", True)], order="id desc")

    def _drive_own_tickets(self):
        return self.env["pos.order"].search(
            [("partner_id", "=", self.id), ("state", "not in", ("draft", "cancel"))], order="id desc"
        )

    def _drive_own_invoices(self):
        return self.env["account.move"].search(
            [("partner_id", "=", self.id), ("move_type", "!=", "entry"), ("state", "=", "posted")], order="id desc"
        )

    def _drive_own_bookings(self):
        return self.env["drive.booking"].search([("partner_id", "=", self.id)], order="id desc")

    def _drive_own_waiting(self):
        return self.env["drive.waiting"].search([("partner_id", "=", self.id)], order="id desc")

    def _drive_own_lists(self):
        return self.env["drive.list"].search([("partner_id", "=", self.id)])

    def _drive_own_messages(self):
        """What this person wrote."""
        return self.env["mail.message"].search(
            [("author_id", "=", self.id), ("message_type", "in", ("comment", "email"))], order="id desc"
        )

    def _drive_contact_values(self):
        """``{label: text}`` of the contact's filled fields, in the reader's words."""
        found = {}
        for name in CONTACT_FIELDS:
            field = self._fields[name]
            value = self[name]
            if value:
                text = field.convert_to_display_name(value, self) if field.relational else value
                if field.type == "selection":
                    text = dict(field._description_selection(self.env)).get(value, value)
                found[field._description_string(self.env)] = text
        return found

    # === THE PAGE === #

    def _drive_page_data(self):
        """What is kept about this person, why and for how long.

        :return: ``{"kept": [{"title", "what", "why", "until"}], "contact": …}``, whose
            texts are in the reader's language
        """
        self.ensure_one()
        rules = self.env["drive.policy"]._for(self._drive_company())
        while_member = self.env._("As long as you are a member. Once you have left, ask us and we erase it.")
        accounting = self.env._(
            "%(years)s years after the end of the business year: the law asks for it.", years=rules.forget_years
        )
        kept = [
            (
                self.env._("How to reach you"),
                ", ".join(self._drive_contact_values()),
                self.env._("To know who orders, and to tell you about your orders."),
                while_member,
            ),
            (
                self.env._("Your membership"),
                self.env._("Your number, your card, what your membership is and its dates"),
                self.env._("To know who may order. Only the members' office sees why it decided something."),
                while_member,
            ),
            (
                self.env._("Your household"),
                self.env._("People: %s, the same for each of you", len(self._drive_household_people())),
                self.env._("Because you share your orders to collect and may collect for each other."),
                while_member,
            ),
            (
                self.env._("Your orders"),
                self._drive_text_orders(),
                self.env._(
                    "To prepare them, to charge what is right, and so that you find your usual products again."
                ),
                self.env._("%s Your name is taken off them when you have left and ask for it.", accounting),
            ),
            (
                self.env._("Your lists and favourites"),
                self._drive_text_lists(),
                self.env._(
                    "So that you find your products again. Your household sees the lists that you share with it."
                ),
                self.env._("Until you delete them, or have left and ask us to."),
            ),
            (
                self.env._("Your notes to the preparers"),
                self._drive_text_notes(),
                self.env._("Only for the people who prepare: they may tell of your health."),
                self.env._("%s days after the order has ended; then they are erased by themselves.", rules.note_days),
            ),
            (
                self.env._("Your places in line"),
                self.env._("Full slots for which you wait, or waited: %s", len(self._drive_own_waiting())),
                self.env._("To offer you a place that comes free, in the order of arrival."),
                self.env._("%s days after that day; then they are erased by themselves.", KEPT_DAYS),
            ),
            (
                self.env._("Tickets and invoices"),
                self.env._(
                    "Tickets of the till: %(tickets)s; invoices: %(invoices)s",
                    tickets=len(self._drive_own_tickets()),
                    invoices=len(self._drive_own_invoices()),
                ),
                self.env._("It is the coop's accounting, and shows what your household usually takes."),
                accounting,
            ),
            (
                self.env._("Messages"),
                self.env._(
                    "Messages that you wrote: %s; and the mails about your orders", len(self._drive_own_messages())
                ),
                self.env._("To answer you, and to know what was agreed."),
                while_member,
            ),
            (
                self.env._("Your account"),
                self._drive_text_account(),
                self.env._(
                    "To let you in, and nobody else. Failures to sign in are counted for a day, without your name "
                    "or your address."
                ),
                while_member,
            ),
        ]
        return {
            "kept": [dict(zip(("title", "what", "why", "until"), row, strict=True)) for row in kept],
            "contact": self._drive_page_contact(),
        }

    def _drive_text_orders(self):
        orders = self._drive_own_orders().filtered(lambda order: order.drive_state != "basket")
        if not orders:
            return self.env._("No order yet")
        return self.env._(
            "Orders since %(date)s: %(orders)s, with their products, prices and pickup times",
            orders=len(orders),
            date=self._drive_day_text(min(orders.mapped("date_order"))),
        )

    def _drive_text_notes(self):
        orders = self._drive_own_orders()
        text = self.env._("Notes kept: %s", sum(bool(order._drive_notes()) for order in orders))
        handovers = sum(bool(order.drive_handover_reason) for order in orders)
        if handovers:
            text += "; " + self.env._("What the till noted at a hand-over: %s", handovers)
        return text

    def _drive_text_lists(self):
        lists = self._drive_own_lists()
        return self.env._(
            "Lists: %(lists)s; favourites: %(favourites)s",
            lists=len(lists.filtered(lambda one: not one.is_favourites)),
            favourites=len(lists.filtered("is_favourites").line_ids),
        )

    def _drive_text_account(self):
        user = self.user_ids[:1]
        if not user.login_date:
            return self.env._("Your login and your password, which nobody can read")
        return self.env._(
            "Your login, your password, which nobody can read, and when you signed in (the last time %s)",
            self._drive_day_text(user.login_date),
        )

    def _drive_day_text(self, moment):
        """The date of a moment on the coop's clock: who reads it may have none."""
        return format_date(self.with_context(tz=self._drive_company()._drive_tz()).env, moment)

    # === THE FILE === #

    def _drive_export(self):
        """All that is kept about this person, in the reader's words: it becomes JSON.

        :rtype: dict
        """
        self.ensure_one()
        return {
            self.env._("What this is"): self.env._(
                "All that the drive of %(coop)s keeps about %(person)s, on %(date)s.",
                coop=self._drive_company().name,
                person=self.name,
                date=self._drive_export_moment(fields.Datetime.now()),
            ),
            self.env._("Contact"): self._drive_contact_values(),
            self.env._("Membership"): self._drive_export_membership(),
            self.env._("Household"): self._drive_household_people().mapped("name"),
            self.env._("Account"): self._drive_export_account(),
            self.env._("Orders"): [self._drive_export_order(order) for order in self._drive_own_orders()],
            self.env._("Pickup slots"): [
                self._drive_export_booking(booking) for booking in self._drive_own_bookings()
            ],
            self.env._("Waiting list"): [self._drive_export_waiting(waiting) for waiting in self._drive_own_waiting()],
            self.env._("Tickets"): [
                {
                    self.env._("Number"): ticket.name,
                    self.env._("Date"): self._drive_export_moment(ticket.date_order),
                    self.env._("Total"): ticket.amount_total,
                    self.env._("Products"): [
                        {self.env._("Product"): line.full_product_name, self.env._("Quantity"): line.qty}
                        for line in ticket.lines
                    ],
                }
                for ticket in self._drive_own_tickets()
            ],
            self.env._("Invoices"): [
                {
                    self.env._("Number"): invoice.name,
                    self.env._("Date"): str(invoice.invoice_date),
                    self.env._("Total"): invoice.amount_total,
                }
                for invoice in self._drive_own_invoices()
            ],
            self.env._("Lists"): {
                one.name: self._drive_export_list(one)
                for one in self._drive_own_lists().filtered(lambda one: not one.is_favourites)
            },
            self.env._("Favourites"): [
                line.product_id.name for line in self._drive_own_lists().filtered("is_favourites").line_ids
            ],
            self.env._("Messages that you wrote"): [
                {
                    self.env._("Date"): self._drive_export_moment(message.date),
                    self.env._("Text"): html2plaintext(message.body).strip(),
                }
                for message in self._drive_own_messages()
            ],
        }

    def _drive_export_moment(self, moment):
        """A moment with its time zone, the coop's; ``None`` without."""
        tz = self._drive_company()._drive_tz()
        return (moment and f"{format_datetime(self.env, moment, tz=tz, dt_format='yyyy-MM-dd HH:mm')} ({tz})") or None

    def _drive_export_membership(self):
        household = self._drive_household()
        states = dict(self._fields["coop_state"]._description_selection(self.env))
        return {
            self.env._("Member number"): self.coop_number or household.coop_number or None,
            self.env._("Card"): self.barcode or None,
            self.env._("Membership"): states.get(self._coop_state_today()),
            self.env._("Since"): str(household.coop_state_since or "") or None,
            self.env._("Until"): str(household.coop_state_until or "") or None,
            self.env._("May order by exception until"): str(household.drive_exception_until or "") or None,
        }

    def _drive_export_account(self):
        users = self.user_ids
        return {
            self.env._("Login"): users[:1].login or None,
            self.env._("Made on"): self._drive_export_moment(users[:1].create_date),
            self.env._("Invited on"): self._drive_export_moment(self.drive_invited_at),
            self.env._("Mails about a basket that waits"): not self.drive_no_recall,
            self.env._("Signed in on"): [self._drive_export_moment(log.create_date) for log in users.log_ids],
        }

    def _drive_export_order(self, order):
        states = dict(order._fields["drive_state"]._description_selection(self.env))
        return {
            self.env._("Number"): order.name,
            self.env._("Date"): self._drive_export_moment(order.date_order),
            self.env._("State"): states.get(order.drive_state),
            self.env._("Pickup slot"): order.drive_slot_id._drive_label() if order.drive_slot_id else None,
            self.env._("Point"): order.drive_point_id.name,
            self.env._("Pickup code"): order.drive_pickup_code or None,
            self.env._("Recalled on"): self._drive_export_moment(order.drive_recalled_at),
            self.env._("Your note"): order.drive_note or None,
            self.env._("Your messages to the shop"): (order.drive_message or "").splitlines() or None,
            self.env._("Who collects"): order.drive_collector or None,
            self.env._("Said to be late, in minutes"): order.drive_late_minutes or None,
            self.env._("What the till noted at the hand-over"): order.drive_handover_reason or None,
            self.env._("Total"): order.amount_total,
            self.env._("Currency"): order.currency_id.name,
            self.env._("Products"): [
                {
                    self.env._("Product"): line.product_id.with_context(display_default_code=False).display_name,
                    self.env._("Ordered"): line.drive_ordered_qty or line.product_uom_qty,
                    self.env._("Quantity"): line.product_uom_qty,
                    self.env._("Unit"): line.product_uom_id.name,
                    self.env._("If it is missing"): order._drive_wish_text(line.drive_substitution) or None,
                    self.env._("Your answer when it was missing"): line._drive_answer_text() or None,
                    self.env._("Price"): line.price_total,
                }
                for line in order._drive_product_lines()
            ],
        }

    def _drive_export_list(self, one):
        return {
            self.env._("Shared with the household"): one.is_shared,
            self.env._("Products"): [
                {self.env._("Product"): line.product_id.name, self.env._("Quantity"): line.quantity}
                for line in one.line_ids
            ],
        }

    def _drive_export_booking(self, booking):
        states = dict(booking._fields["state"]._description_selection(self.env))
        return {
            self.env._("Pickup slot"): booking.slot_id._drive_label(),
            self.env._("Order"): booking.order_id.name,
            self.env._("State"): states.get(booking.state),
            self.env._("Asked on"): self._drive_export_moment(booking.create_date),
        }

    def _drive_export_waiting(self, waiting):
        states = dict(waiting._fields["state"]._description_selection(self.env))
        return {
            self.env._("Waiting for"): waiting._label(),
            self.env._("State"): states.get(waiting.state),
            self.env._("Asked on"): self._drive_export_moment(waiting.create_date),
        }
