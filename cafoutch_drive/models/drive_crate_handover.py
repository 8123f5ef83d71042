from markupsafe import Markup

from odoo import fields, models

# What a till says of a crate: it has been brought, it cannot be found, or neither yet.
CRATE_STATES = ("here", "missing", "open")


class DriveCrate(models.Model):
    """A crate is brought to the counter, or somebody says why it is not there."""

    _inherit = "drive.crate"

    handed_at = fields.Datetime(readonly=True, help="When it was brought to the counter.")
    handed_by_id = fields.Many2one("res.partner", readonly=True, help="Who ticked it, or said that it is missing.")
    missing_reason = fields.Char(readonly=True, help="Why the basket is handed over without it.")

    def _drive_till_state(self):
        self.ensure_one()
        if self.missing_reason:
            return "missing"
        return "here" if self.handed_at else "open"

    def _drive_untreated(self):
        """Those of which nobody at the till has said anything yet."""
        return self.filtered(lambda crate: crate._drive_till_state() == "open")

    def _drive_set_till_state(self, state, reason=None):
        """Note what a cashier says of this crate; the same again changes nothing.

        :param state: one of ``CRATE_STATES``
        :param str reason: why it is missing
        """
        self.ensure_one()
        missing = reason if state == "missing" else False
        if (self._drive_till_state(), self.missing_reason or False) == (state, missing):
            return
        was_missing = self.missing_reason
        treated = state != "open"
        self.write(
            {
                "handed_at": fields.Datetime.now() if state == "here" else False,
                "handed_by_id": self.env.user._drive_operator("till").id if treated else False,
                "missing_reason": missing,
            }
        )
        if was_missing:
            self._drive_forget_missing()
        if missing:
            self._drive_report_missing()

    def _drive_report_missing(self):
        """Ask a manager to look for the crate."""
        order = self.order_id._drive_in_words_of_manager()
        order._drive_ask_manager(
            self._drive_missing_summary(order),
            order.env._(
                "At the till: %(reason)s. The basket may be handed over without it; if its goods were on the "
                "ticket, they were taken off there.",
                reason=self.missing_reason,
            ),
        )

    def _drive_forget_missing(self):
        """The crate was found after all: nobody has to look for it any more."""
        self._drive_missing_activities().unlink()

    def _drive_missing_activities(self):
        """By which managers were asked to look for this crate, each in their language."""
        return self.order_id.activity_ids.filtered(
            lambda activity: (
                activity.automated
                and activity.summary
                == self._drive_missing_summary(self.order_id.with_context(lang=activity.user_id.lang))
            )
        )

    def _drive_name_missing_goods(self):
        """Say to who looks for these crates what was taken off the ticket, and is still in the books."""
        for crate in self:
            lines = crate.order_id.order_line.filtered(
                lambda line, crate=crate: (
                    line.drive_refused_fate == "missing" and line.product_id.drive_storage_class == crate.storage_class
                )
            )
            for activity in crate._drive_missing_activities() if lines else ():
                told = lines.with_context(lang=activity.user_id.lang)
                text = told.env._(
                    "Taken off the ticket, and still counted in stock: %s. If you find them, put them back on their "
                    "shelves; if not, write them off.",
                    ", ".join(f"{line._drive_text(line.drive_refused_qty)} {line.product_id.name}" for line in told),
                )
                activity.note = (activity.note or Markup()) + Markup("<p>%s</p>") % text

    def _drive_missing_summary(self, order):
        return order.env._(
            "Missing at the till: crate %(crate)s of %(order)s", crate=self.name, order=order._drive_till_name()
        )
