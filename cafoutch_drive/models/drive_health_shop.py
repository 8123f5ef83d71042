from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import format_date

from ..tools.invariants import AT_RISK, INVARIANTS, offending

# A queue that sends takes minutes.
MAIL_LATE = timedelta(hours=1)
# Mails that failed longer ago are past mending.
MAIL_FAILED = timedelta(days=30)
# So long somebody may need to see what waits on the day's page, or on the list of repairs.
ORDER_PATIENCE = timedelta(days=1)
REPAIR_PATIENCE = timedelta(days=7)


class DriveHealth(models.AbstractModel):
    """The shop: mails, slots, orders, payments, goods."""

    _inherit = "drive.health"

    @api.model
    def _health_checks(self):
        return [*super()._health_checks(), "mails", "slots", "orders", "repairs", "stock", "rules"]

    # === MAILS === #

    @api.model
    def _check_mails(self):
        failed, waiting = self._mails_failed(), self._mails_waiting()
        unwritten = self._orders_without_their_mail()
        unreached = failed.filtered(lambda mail: mail.failure_type == "mail_smtp")
        findings = []
        if waiting or unwritten:
            sentence = self.env._("Waiting for more than an hour: %s.", len(waiting) + len(unwritten))
            findings.append(("problem", sentence))
        if unreached:
            sentence = self.env._("Not sent, for the mail server could not be reached: %s.", len(unreached))
            findings.append(("problem", sentence))
        if failed - unreached:
            findings.append(("warning", self.env._("Not sent: %s.", len(failed - unreached))))
        found = failed | waiting
        return self._row(
            self.env._("E-mails"),
            findings,
            self.env._("They leave, and none has failed."),
            len(found) + len(unwritten),
            lambda: self._where_mails_are_mended(found, unwritten),
        )

    @api.model
    def _mails_failed(self):
        since = fields.Datetime.now() - MAIL_FAILED
        return self.env["mail.mail"].search([("state", "=", "exception"), ("create_date", ">", since)])

    @api.model
    def _mails_waiting(self):
        """Mails that should have left; those that are written for later are not late before."""
        before = fields.Datetime.now() - MAIL_LATE
        now = Domain("scheduled_date", "=", False) | Domain("scheduled_date", "<", before)
        return self.env["mail.mail"].search(
            Domain("state", "=", "outgoing") & Domain("create_date", "<", before) & now
        )

    @api.model
    def _orders_without_their_mail(self):
        """Orders about which a mail is still to be written."""
        return self.env["sale.order"].search(
            [
                ("is_drive", "=", True),
                ("pending_email_template_id", "!=", False),
                ("write_date", "<", fields.Datetime.now() - MAIL_LATE),
            ]
        )

    @api.model
    def _where_mails_are_mended(self, mails, orders):
        """The mails themselves; who may not read them is led to the orders they are about."""
        about = mails.filtered(lambda mail: mail.model == "sale.order")
        orders |= orders.browse(about.mapped("res_id")).exists().filtered("is_drive")
        return (mails and self._only_administrator("mail.action_view_mail_mail", mails)) or (
            orders and self._open_orders(orders)
        )

    @api.model
    def _open_orders(self, orders):
        return self._open("cafoutch_drive.sale_order_action_drive", orders)

    # === SLOTS === #

    @api.model
    def _points(self):
        return self.env["drive.point"].search([("company_id", "in", self.env.companies.ids)])

    @api.model
    def _check_slots(self):
        points = self._points()
        now = fields.Datetime.now()
        findings, found, count = [], points.browse(), 0
        for point in points:
            # The daily job makes those of one more day: they are not missing before.
            missing = point._prepare_missing_slots(now, now + timedelta(days=point.horizon_days))
            if missing:
                sentence = self.env._(
                    "%(point)s: %(count)s missing until %(day)s.",
                    point=point.name,
                    count=len(missing),
                    day=format_date(self.env, point._drive_date(missing[-1]["start"])),
                )
                findings.append(("problem", sentence))
            elif not point.attendance_ids:
                sentence = self.env._("There are no opening hours yet: members find no slot here.")
                findings.append(("warning", f"{point.name}: {sentence}"))
            else:
                continue
            found |= point
            count += len(missing)
        return self._row(
            self.env._("Slots of the coming weeks"),
            findings,
            self.env._("All of them are there."),
            count or len(found),
            lambda: self._open("cafoutch_drive.drive_point_action", found, **_one(found)),
        )

    # === ORDERS === #

    @api.model
    def _check_orders(self):
        begun = self.env["sale.order"]._drive_begun()
        closed = self._points()._drive_closed_with_orders()
        kinds = [
            (begun._drive_unready(), self.env._("Not ready although the slot has begun")),
            (begun.filtered("drive_is_overdue"), self.env._("Not collected, the waiting time is over")),
            (closed, self.env._("In closed slots: propose others, move or cancel")),
        ]
        long_ago = fields.Datetime.now() - ORDER_PATIENCE
        findings, found = [], closed
        for orders, text in kinds:
            if orders:
                forgotten = any(stop < long_ago for stop in orders.drive_slot_id.mapped("stop"))
                findings.append(("problem" if forgotten else "warning", f"{text} ({len(orders)})."))
                found |= orders
        well = self.env._("None was left behind.")
        return self._row(self.env._("Orders"), findings, well, len(found), lambda: self._open_orders(found))

    # === PAYMENTS === #

    @api.model
    def _check_repairs(self):
        repairs = self.env["drive.repair"].search(
            [("done_at", "=", False), ("company_id", "in", self.env.companies.ids)]
        )
        findings = []
        if repairs:
            forgotten = min(repairs.mapped("create_date")) < fields.Datetime.now() - REPAIR_PATIENCE
            sentence = self.env._("To be put right after the till: %s.", len(repairs))
            findings.append(("problem" if forgotten else "warning", sentence))
        well = self.env._("None is to be put right.")
        return self._row(
            self.env._("Payments"),
            findings,
            well,
            len(repairs),
            lambda: self._open("cafoutch_drive.drive_repair_action", repairs),
        )

    # === GOODS AND RULES === #

    @api.model
    def _check_stock(self):
        """Goods that are promised and have left the shelf, as ``script/check`` lists them."""
        products = self.env["product.product"].browse(
            {
                dict(zip(columns, row, strict=True))["product"]
                for _invariant, columns, rows in self._offending(AT_RISK)
                for row in rows
            }
        )
        findings = []
        if products:
            names = self._names(products, "display_name")
            findings.append(("warning", self.env._("Promised to orders, and no longer on the shelf: %s.", names)))
        well = self.env._("All that is promised is there.")
        return self._row(
            self.env._("Goods"),
            findings,
            well,
            len(products),
            lambda: self._open("cafoutch_drive.product_template_action_drive", products.product_tmpl_id),
        )

    @api.model
    def _check_rules(self):
        """What must always be true; the rows themselves are for who looks after the server."""
        broken = self._offending([invariant for invariant in INVARIANTS if not invariant.is_notice])
        count = sum(len(rows) for _invariant, _columns, rows in broken)
        findings = []
        if broken:
            sentence = self.env._(
                "Something that must always be true is not (lines: %s): “script/check”, on the server, lists it.",
                count,
            )
            findings.append(("problem", sentence))
        return self._row(self.env._("Figures"), findings, self.env._("Orders, payments and stock agree."), count)

    @api.model
    def _offending(self, invariants):
        self.env.flush_all()
        return offending(self.env.cr, invariants)


def _one(points):
    """A single point is opened itself."""
    return {"res_id": points.id, "views": [(False, "form")]} if len(points) == 1 else {}
