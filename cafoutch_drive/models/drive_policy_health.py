import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)


class DrivePolicy(models.Model):
    """Once a week the managers read by mail whether all is well."""

    _inherit = "drive.policy"

    health_without_ids = fields.Many2many(
        "res.users",
        "drive_policy_without_health_rel",
        string="Without the Weekly Mail",
        help="Managers who do not want to read each week whether all is well.",
    )
    health_week = fields.Date(
        readonly=True, copy=False, help="Monday of the week for which managers were last written to."
    )

    def _health_readers(self):
        """The managers of the company who want the mail, and can get it."""
        managers = self.env.ref("cafoutch_drive.group_manager").sudo().all_user_ids
        return (
            managers.filtered(lambda user: user.active and user.email and self.company_id in user.company_ids)
            - self.sudo().with_context(active_test=False).health_without_ids
        )

    @api.model
    def _cron_mail_health(self):
        """Write to the managers of each company, once in a week of the coop's calendar.

        The job runs each day: a Monday on which the server was off is made up for.
        """
        for company in self.env["res.company"].search([("active", "=", True)]):
            try:
                with self.env.cr.savepoint():
                    self._for(company)._mail_health()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                _logger.info("The rules of company %s have just changed: its managers are told tomorrow", company.id)
            except Exception:  # one mail that cannot be made keeps no other back
                _logger.exception("No mail about the drive's health for company %s", company.id)
            self.env["ir.cron"]._commit_progress(processed=1)

    def _mail_health(self):
        """Queue this week's mails, unless they were, or somebody else is at it.

        They wait in Odoo's queue from the same transaction on in which they are noted as
        written: never twice, and never lost.
        """
        policy = self.try_lock_for_update()
        policy.invalidate_recordset(["health_week"])
        today = self.company_id._drive_today()
        week = today - timedelta(days=today.weekday())
        template = self.env.ref("cafoutch_drive.mail_template_health", raise_if_not_found=False)
        if not policy or not template or policy.health_week == week:
            return
        policy.health_week = week
        for manager in policy._health_readers():
            template.with_context(allowed_company_ids=policy.company_id.ids).send_mail(manager.id)


class ResUsers(models.Model):
    _inherit = "res.users"

    def _drive_health_mail(self):
        """What the weekly mail says, in its reader's language and of the companies of the
        environment: ``summary``, and ``rows`` of what is not well, the worst first."""
        self.ensure_one()
        health = self.env["drive.health"].with_user(self)
        rows = health._rows()
        return {"summary": health._summary(rows), "rows": [row for row in rows if row["level"] != "ok"]}
