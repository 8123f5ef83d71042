"""A shop with which all is well, so that a test plants one fault."""

from datetime import timedelta

from odoo import fields
from odoo.tests import new_test_user

from .common import DriveCommon


def make_well(env):
    """Nothing that a check of the server looks at is wrong, whatever the machine is."""
    jobs = env["drive.health"]._health_jobs()
    jobs.write({"active": True, "nextcall": fields.Datetime.now() + timedelta(hours=1)})
    jobs.write({"failure_count": 0, "first_failure_date": False})
    env["mail.mail"].search([("state", "in", ("outgoing", "exception"))]).unlink()
    parameters = env["ir.config_parameter"]
    parameters.set_param("cafoutch_drive.disk_free_mb", "0")
    parameters.set_param("cafoutch_drive.last_backup", fields.Datetime.now().isoformat())
    env["drive.health"]._monitor_again()


class HealthCommon(DriveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        make_well(cls.env)
        cls.point.action_generate_slots()
        cls.health = cls.env["drive.health"]
        cls.manager = new_test_user(cls.env, login="health_manager", groups="cafoutch_drive.group_manager")

    def _look(self, code):
        self.env.invalidate_all()
        return self.health._look(code)

    def assertWell(self, code):
        row = self._look(code)
        self.assertEqual((row["level"], row["count"], row["action"]), ("ok", 0, False), row["text"])
        self.assertTrue(row["title"] and row["text"])

    def assertFound(self, code, level, count=1):
        """What was planted is seen.

        :return: the sentences
        """
        row = self._look(code)
        self.assertEqual((row["level"], row["count"]), (level, count), row["text"])
        return row["text"]

    def _leads_to(self, code):
        """The records to which the row leads a manager."""
        action = self.health.with_user(self.manager)._look(code)["action"]
        return self.env[action["res_model"]].search(action["domain"])

    def _hours_ago(self, hours):
        return fields.Datetime.now() - timedelta(hours=hours)
