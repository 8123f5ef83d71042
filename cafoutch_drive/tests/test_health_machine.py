from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import patch

from odoo import SUPERUSER_ID, fields
from odoo.tests import freeze_time, tagged

from ..models import drive_health_monitor
from .common import PatientHttpCase
from .health_common import HealthCommon, make_well


@tagged("post_install", "-at_install")
class TestHealthMachine(HealthCommon):
    """The server: each fault is planted, and seen."""

    def _parameter(self, name, value):
        self.env["ir.config_parameter"].set_param(f"cafoutch_drive.{name}", value)

    # === JOBS === #

    def test_all_our_jobs_are_looked_at(self):
        ours = self.env["ir.cron"].with_context(active_test=False).search([("cron_name", "like", "Drive: ")])
        self.assertGreater(len(ours), 10)
        self.assertEqual(self.health._health_jobs() - ours, self.env.ref("mail.ir_cron_mail_scheduler_action"))
        self.assertFalse(ours - self.health._health_jobs())

    def test_a_job_is_late(self):
        job = self.env.ref("cafoutch_drive.cron_form_batches")
        job.nextcall = self._hours_ago(0.4)
        self.assertWell("jobs")
        job.nextcall = self._hours_ago(0.6)
        self.assertIn(job.name, self.assertFound("jobs", "problem"))

    def test_a_job_is_switched_off(self):
        self.env.ref("cafoutch_drive.cron_generate_slots").active = False
        self.env.ref("mail.ir_cron_mail_scheduler_action").active = False
        self.assertIn("Switched off", self.assertFound("jobs", "problem", 2))

    def test_a_job_fails(self):
        job = self.env.ref("cafoutch_drive.cron_remind")
        job.write({"failure_count": 1, "first_failure_date": self._hours_ago(2)})
        self.assertFound("jobs", "warning")
        job.write({"failure_count": 3, "first_failure_date": self._hours_ago(25)})
        self.assertIn("Failing", self.assertFound("jobs", "problem"))

    def test_where_a_job_is_mended(self):
        """Who may not open Odoo's list of jobs is not led there."""
        self.env.ref("cafoutch_drive.cron_remind").active = False
        self.assertFalse(self.health.with_user(self.manager)._look("jobs")["action"])
        self.manager.group_ids |= self.env.ref("base.group_system")
        action = self.health.with_user(self.manager)._look("jobs")["action"]
        self.assertEqual(action["domain"], [("id", "in", self.env.ref("cafoutch_drive.cron_remind").ids)])

    # === DISK === #

    def test_the_disk_is_nearly_full(self):
        free = self._free_megabytes()
        self._parameter("disk_free_mb", str(free // 2))
        self.assertWell("disk")
        self._parameter("disk_free_mb", str(free * 3 // 2))
        self.assertFound("disk", "warning")
        self._parameter("disk_free_mb", str(free * 3))
        self.assertFound("disk", "problem")

    def _free_megabytes(self):
        self._parameter("disk_free_mb", "9" * 15)
        return int(self._look("disk")["text"].split()[0])

    def test_a_limit_that_is_no_number_does_not_count(self):
        for odd in ("", "much", "-1", "1e3", "²", "1.5"):
            self._parameter("disk_free_mb", odd)
            self.assertEqual(self.health._disk_free_wanted(), 2000, odd)

    # === BACKUP === #

    def test_the_last_backup(self):
        for days, level in ((7.9, "ok"), (8.1, "warning")):
            moment = fields.Datetime.now() - timedelta(days=days)
            for text in (moment.isoformat(), f"{moment.isoformat()}Z", f"{moment.isoformat()}+00:00"):
                self._parameter("last_backup", text)
                self.assertEqual(self._look("backup")["level"], level, text)
        self.assertFound("backup", "warning")
        # Three hours east of Greenwich: it was made three hours before.
        for hours, level in ((189, "ok"), (192 - 2, "warning")):
            self._parameter("last_backup", f"{self._hours_ago(hours).isoformat()}+03:00")
            self.assertEqual(self._look("backup")["level"], level, hours)

    def test_no_backup(self):
        self._parameter("last_backup", False)
        self.assertIn("script/backup", self.assertFound("backup", "warning"))
        for odd in ("yesterday", "2026-13-45", "0", "\N{PILE OF POO}"):
            self._parameter("last_backup", odd)
            self.assertIn("cannot be read", self.assertFound("backup", "warning"))

    # === CLOCK === #

    def test_the_clocks_differ(self):
        for seconds, level in ((10, "ok"), (60, "warning"), (-60, "warning"), (3600, "problem")):
            with freeze_time(self.env["drive.booking"]._clock() + timedelta(seconds=seconds)):
                self.assertEqual(self._look("clock")["level"], level, seconds)


@tagged("post_install", "-at_install")
class TestHealthMonitor(PatientHttpCase):
    def setUp(self):
        super().setUp()
        make_well(self.env)
        self.addCleanup(self.env["drive.health"]._monitor_again)

    def _ask(self):
        self.env.flush_all()
        answer = self.url_open("/drive/health")
        self.assertEqual(answer.headers["Content-Type"], "text/plain; charset=utf-8")
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertNotIn("Set-Cookie", answer.headers)
        return answer.status_code, answer.text

    def test_all_is_well(self):
        self.assertEqual(self._ask(), (200, "ok\n"))
        self.assertEqual(self.opener.head(f"{self.base_url()}/drive/health", timeout=60).status_code, 200)

    def test_trouble_without_names_and_numbers(self):
        self.env.ref("cafoutch_drive.cron_remind").active = False
        self.env["ir.config_parameter"].set_param("cafoutch_drive.disk_free_mb", "9" * 15)
        self.assertEqual(self._ask(), (503, "trouble: Scheduled jobs, Disk\n"))

    def test_it_is_in_english_for_everybody(self):
        self.env.ref("cafoutch_drive.cron_remind").active = False
        answer = self.url_open("/drive/health?lang=fr_FR", headers={"Accept-Language": "fr-FR"})
        self.assertEqual(answer.text, "trouble: Scheduled jobs\n")

    def test_a_worker_looks_once_in_a_while(self):
        self.assertEqual(self._ask()[0], 200)
        job = self.env.ref("cafoutch_drive.cron_remind")
        job.active = False
        self.assertEqual(self._ask()[0], 200)
        health = self.env["drive.health"].with_user(SUPERUSER_ID)
        later = drive_health_monitor.time.monotonic() + drive_health_monitor.KEPT_SECONDS
        with patch.object(drive_health_monitor, "time", SimpleNamespace(monotonic=lambda: later)):
            self.assertEqual(health._monitor(), ["Scheduled jobs"])

    def test_it_costs_little(self):
        health = self.env["drive.health"].with_user(SUPERUSER_ID)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(20):
            health._monitor()
        with self.assertQueryCount(0):
            health._monitor()
