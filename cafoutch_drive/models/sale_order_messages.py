from odoo import api, fields, models

from ..tools.refusal import DriveRefused

LONGEST_MESSAGE = 500
# All the messages about one order together: more than that is a call to the shop.
LONGEST_MESSAGES = 2000
LONGEST_COLLECTOR = 80
# What a late member chooses from, in minutes; 0 takes it back.
LATE_MINUTES = (15, 30, 60)
EMOJI_JOINER = "\N{ZERO WIDTH JOINER}"


class SaleOrder(models.Model):
    """What a member tells the shop about a confirmed order, until it is handed over.

    It prevents and promises nothing. Asked twice, each is done once.
    """

    _inherit = "sale.order"

    drive_message = fields.Text(
        string="Messages to the Shop",
        copy=False,
        help="What the member wrote since the confirmation, one line each.",
    )
    drive_late_minutes = fields.Integer(
        string="Will Be Late (minutes)",
        compute="_compute_drive_late_minutes",
        store=True,
        readonly=False,
        copy=False,
        help="So long after the slot the member means to come.",
    )
    drive_collector = fields.Char(
        string="Collected By",
        copy=False,
        help="Who comes in the member's place, with the pickup code.",
    )

    @api.depends("drive_slot_id")
    def _compute_drive_late_minutes(self):
        """Late was said of a slot: of another one it is not true."""
        for order in self:
            order.drive_late_minutes = 0

    # === SAYING IT === #

    def _drive_add_message(self, text):
        """Add a message to the shop.

        :param text: as a page sends it
        :return: the sentence for the member
        :raise DriveRefused: for an order that is over, or what makes no sense
        """
        self._drive_check_messages()
        message = self._drive_parse_message(
            text,
            LONGEST_MESSAGE,
            self.env._("Please write up to %s characters.", LONGEST_MESSAGE),
        )
        if not message:
            raise DriveRefused("bad_message", self.env._("Please write your message first."), self.access_url)
        earlier = (self.drive_message or "").splitlines()
        if message not in earlier:
            messages = "\n".join([*earlier, message])
            if len(messages) > LONGEST_MESSAGES:
                raise DriveRefused(
                    "bad_message",
                    self.env._("You have written a lot about this order already: please call the shop."),
                    self.access_url,
                )
            self.drive_message = messages
            self._drive_preparation_changed()
        return self.env._("The shop will read your message.")

    def _drive_say_late(self, minutes):
        """Say how late the member will be; 0: in time after all.

        :param minutes: as a page sends it
        :return: the sentence for the member
        :raise DriveRefused: for an order that is over, or what makes no sense
        """
        self._drive_check_messages()
        chosen = next((n for n in (0, *LATE_MINUTES) if str(n) == str(minutes)), None)
        if chosen is None:
            raise DriveRefused(
                "bad_message", self.env._("Please choose how late you think you will be."), self.access_url
            )
        if chosen != self.drive_late_minutes:
            self.drive_late_minutes = chosen
            self._drive_preparation_changed()
        if chosen:
            return self.env._("Thank you for telling us: the shop knows that you will be %s minutes late.", chosen)
        return self.env._("Thank you: the shop expects you in time.")

    def _drive_say_collector(self, name):
        """Say who collects the order in the member's place; nothing: the member.

        :param name: as a page sends it
        :return: the sentence for the member
        :raise DriveRefused: for an order that is over, or what makes no sense
        """
        self._drive_check_messages()
        collector = self._drive_parse_message(
            name,
            LONGEST_COLLECTOR,
            self.env._("Please write a name of up to %s characters.", LONGEST_COLLECTOR),
        )
        if collector != (self.drive_collector or ""):
            self.drive_collector = collector or False
        if collector:
            return self.env._(
                "The shop expects %(name)s. Please pass the pickup code on: %(code)s",
                name=collector,
                code=self.drive_pickup_code,
            )
        return self.env._("The shop expects you in person.")

    def _drive_check_messages(self):
        """Refuse to take a message about an order that has left, or been given up."""
        self.ensure_one()
        if not self._drive_may_message():
            raise DriveRefused(
                "over",
                self.env._("This order is no longer waiting for you: there is nothing to tell the shop about it."),
                self.access_url,
            )

    def _drive_may_message(self):
        """Whether the shop still has the order; a paid one is on its way out."""
        return self._drive_is_open() and not self.sudo().drive_ticket_id

    def _drive_parse_message(self, text, longest, sentence):
        """Return what was typed on one line, without what nobody sees.

        :raise DriveRefused: with the sentence, when it is no text or too long
        """
        message = None
        if isinstance(text, str):
            seen = (sign if sign.isprintable() or sign == EMOJI_JOINER else " " for sign in text)
            message = " ".join("".join(seen).split())
        if message is None or len(message) > longest:
            raise DriveRefused("bad_message", sentence, self.access_url)
        return message

    # === READING IT === #

    def _drive_late_text(self):
        """Such as "About 30 min late"; empty for who did not say so."""
        return self.env._("About %s min late", self.drive_late_minutes) if self.drive_late_minutes else ""

    def _drive_collector_text(self):
        return self.env._("Collected by %s", self.drive_collector) if self.drive_collector else ""

    def _drive_message_row(self):
        """What the member said, for preparers: who collects is not their business."""
        return {"message": self.drive_message or "", "late_text": self._drive_late_text()}

    def _drive_page_messages(self, typed=None):
        """What the member's page shows of the messages, and the forms for more.

        :param dict typed: what a refused form sent
        """
        typed = typed or {}
        late = [(0, self.env._("In time after all"))] if self.drive_late_minutes else []
        late += [(minutes, self.env._("About %s minutes late", minutes)) for minutes in LATE_MINUTES]
        return {
            "may_message": self._drive_may_message(),
            "messages": (self.drive_message or "").splitlines(),
            "late_text": self._drive_late_text(),
            "late_choices": [(minutes, text, minutes == self.drive_late_minutes) for minutes, text in late],
            "collector": typed.get("name", self.drive_collector or ""),
            "collector_text": self._drive_collector_text(),
            "typed_message": typed.get("text", ""),
            "longest_message": LONGEST_MESSAGE,
            "longest_collector": LONGEST_COLLECTOR,
        }
