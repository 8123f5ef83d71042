"""Nobody stays signed in for ever, however often they come."""

from odoo.http import Request
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from .common import PatientHttpCase

PASSWORD = "a right password"


@tagged("post_install", "-at_install")
class TestSessions(PatientHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param("cafoutch_drive.session_days", False)

    def setUp(self):
        super().setUp()
        self.user = new_test_user(
            self.env, login="session_member", password=PASSWORD, groups="base.group_portal", name="Camille"
        )

    def _sign_in(self, days_ago=0):
        """Sign in by the page, so many days ago, and come each day since then."""
        # Odoo's tests leave no trace of a device otherwise.
        self.authenticate(None, None, session_extra={"_trace_disable": False})
        values = {"login": self.user.login, "password": PASSWORD, "csrf_token": Request.csrf_token(self)}
        self.url_open("/web/login", data=values)
        self.assertTrue(self._is_in())
        self.env.cr.execute(
            SQL(
                "UPDATE res_device_log SET first_activity = first_activity - %s * interval '1 day'"
                " WHERE user_id = %s AND first_activity > now() AT TIME ZONE 'UTC' - interval '1 day'",
                days_ago,
                self.user.id,
            )
        )
        self.assertTrue(self.env.cr.rowcount)
        self.env.invalidate_all()
        return self.opener.cookies["session_id"]

    def _is_in(self):
        return "/web/login" not in self.url_open("/my/security").url

    def _is_still_in(self, session):
        self.opener.cookies.clear()
        self.opener.cookies["session_id"] = session
        return self._is_in()

    def test_a_session_ends(self):
        old, young = self._sign_in(91), self._sign_in(89)
        self.env["res.users"]._cron_end_sessions()
        self.assertFalse(self._is_still_in(old))
        self.assertTrue(self._is_still_in(young))
        self.assertEqual(len(self.user.device_ids), 1, "it left the list of devices")

    def test_a_coop_says_how_long(self):
        session = self._sign_in(91)
        for days in ("0", "100"):
            self.env["ir.config_parameter"].set_param("cafoutch_drive.session_days", days)
            self.env["res.users"]._cron_end_sessions()
            self.assertTrue(self._is_still_in(session), days)

    def test_what_is_no_number_of_days_does_not_count(self):
        for text in ("a month", "-1", "٣", "9" * 30):
            session = self._sign_in(91)
            self.env["ir.config_parameter"].set_param("cafoutch_drive.session_days", text)
            self.env["res.users"]._cron_end_sessions()
            self.assertFalse(self._is_still_in(session), text)
