import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytz

from odoo import api, fields, models
from odoo.tools import config
from odoo.tools.misc import format_datetime

# A job that should have run so long ago does not run; the longest of ours take minutes.
JOB_LATE = timedelta(minutes=30)
# A job fails once when a server is stopped. So long after the first failure it was not that.
JOB_FAILING = timedelta(days=1)
BACKUP_OLD = timedelta(days=8)
# Between the clocks of the server and of its database, in seconds.
CLOCK_WARNING, CLOCK_PROBLEM = 30, 300

BACKUP_PARAMETER = "cafoutch_drive.last_backup"
DISK_PARAMETER = "cafoutch_drive.disk_free_mb"
DISK_FREE_MB = 2000


class DriveHealth(models.AbstractModel):
    """The server: jobs, disk, backups, clocks."""

    _inherit = "drive.health"

    @api.model
    def _health_checks(self):
        return [*super()._health_checks(), "jobs", "disk", "backup", "clock"]

    # === JOBS === #

    @api.model
    def _health_jobs(self):
        """The jobs without which the drive does not work, switched off ones too; a hook."""
        ours = self.env["ir.model.data"].search([("module", "=", "cafoutch_drive"), ("model", "=", "ir.cron")])
        jobs = self.env["ir.cron"].with_context(active_test=False)
        queue = self.env.ref("mail.ir_cron_mail_scheduler_action", raise_if_not_found=False)
        return jobs.browse([*ours.mapped("res_id"), *(queue.ids if queue else [])]).exists()

    @api.model
    def _check_jobs(self):
        now = fields.Datetime.now()
        jobs = self._health_jobs()
        off = jobs.filtered(lambda job: not job.active)
        # The job that asks, for the weekly mail, is at work.
        asking = jobs.browse(self.env.context.get("cron_id"))
        late = (jobs - off - asking).filtered(lambda job: job.nextcall < now - JOB_LATE)
        failing = jobs.filtered("failure_count")
        lasting = failing.filtered(lambda job: job.first_failure_date and job.first_failure_date < now - JOB_FAILING)
        findings = []
        if off:
            findings.append(("problem", self.env._("Switched off: %s.", self._names(off))))
        if late:
            findings.append(("problem", self.env._("Late: %s.", self._names(late))))
        if failing:
            level = "problem" if lasting else "warning"
            findings.append((level, self.env._("Failing: %s.", self._names(failing))))
        found = off | late | failing
        return self._row(
            self.env._("Scheduled jobs"),
            findings,
            self.env._("All of them run on time."),
            len(found),
            lambda: self._only_administrator("base.ir_cron_act", found),
        )

    # === DISK === #

    @api.model
    def _check_disk(self):
        folder = Path(config.filestore(self.env.cr.dbname))
        # Before the first file is kept there is no folder.
        while not folder.exists():
            folder = folder.parent
        free = shutil.disk_usage(folder).free // 10**6
        wanted = self._disk_free_wanted()
        findings = []
        if free < wanted:
            sentence = self.env._("%(free)s MB are free for files, less than %(wanted)s.", free=free, wanted=wanted)
            findings.append(("problem" if free < wanted / 2 else "warning", sentence))
        well = self.env._("%s GB are free for files.", free // 1000)
        return self._row(self.env._("Disk"), findings, well, len(findings))

    @api.model
    def _disk_free_wanted(self):
        """Megabytes below which somebody is warned; what is no number does not count."""
        text = self.env["ir.config_parameter"].get_param(DISK_PARAMETER) or ""
        return int(text) if text.isascii() and text.isdigit() else DISK_FREE_MB

    # === BACKUP === #

    @api.model
    def _check_backup(self):
        known = self.env["ir.config_parameter"].get_param(BACKUP_PARAMETER)
        moment = _utc(known)
        findings = []
        if not known:
            sentence = self.env._("None was noted yet: “script/backup”, on the server, makes one.")
            findings.append(("warning", sentence))
        elif not moment:
            findings.append(("warning", self.env._("When the last one was made cannot be read.")))
        elif moment < fields.Datetime.now() - BACKUP_OLD:
            sentence = self.env._("The last one was made on %s.", format_datetime(self.env, moment))
            findings.append(("warning", sentence))
        well = moment and self.env._("The last one was made on %s.", format_datetime(self.env, moment))
        return self._row(self.env._("Backup"), findings, well, len(findings))

    # === CLOCK === #

    @api.model
    def _check_clock(self):
        apart = abs((fields.Datetime.now() - self.env["drive.booking"]._clock()).total_seconds())
        findings = []
        if apart > CLOCK_WARNING:
            sentence = self.env._(
                "The clocks of the server and of its database are %s seconds apart: places and mails "
                "would go out at the wrong time.",
                round(apart),
            )
            findings.append(("problem" if apart > CLOCK_PROBLEM else "warning", sentence))
        well = self.env._("The server and its database have the same time.")
        return self._row(self.env._("Clock"), findings, well, len(findings))


def _utc(text):
    """The moment of an ISO 8601 text as naive UTC, ``None`` for any other text."""
    try:
        # Before Python 3.11 a Z is not read.
        moment = datetime.fromisoformat((text or "").strip().replace("Z", "+00:00"))
        return moment.astimezone(pytz.utc).replace(tzinfo=None) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        return None
