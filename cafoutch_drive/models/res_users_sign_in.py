import contextlib
import logging
from contextvars import ContextVar

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessDenied, UserError
from odoo.tools import mute_logger

from ..tools.memo import INSIDE
from ..tools.sent_text import is_readable
from .ir_http import caller

_logger = logging.getLogger(__name__)

# The longest that Odoo's pages let people type, and that its hasher takes.
LONGEST_PASSWORD = 4096
LONGEST_LOGIN = 1024
# Mails for a new password that one run of the job sends.
MAILS_AT_ONCE = 100
# Whether this try is counted already.
_counted = ContextVar("cafoutch_drive.counted", default=False)


class ResUsers(models.Model):
    """Signing in: guessing is slowed down, and nothing tells whether an account exists."""

    _inherit = "res.users"

    # === GUESSING === #

    @contextlib.contextmanager
    def _assert_can_auth(self, user=None):
        """Override of `base`: failures are counted for all processes together, see
        ``drive.sign.in``; whoever calls Odoo by RPC is counted too."""
        if not caller():
            with super()._assert_can_auth(user=user):
                yield
            return
        counts = self.env["drive.sign.in"].sudo()
        login = self._drive_login_of(user)
        attempt = counts._begin(login)
        token = _counted.set(True)
        try:
            with super()._assert_can_auth(user=user):
                yield
        except AccessDenied:
            raise
        except BaseException:
            counts._undo(attempt)
            raise
        finally:
            _counted.reset(token)
        counts._succeed(login, attempt)

    def _check_credentials(self, credential, env):
        """Override of `base`: the password is asked for in a session too, on the pages of
        the account and by programs. Each of these tries counts as one to sign in."""
        if not caller() or _counted.get() or credential.get("type") != "password":
            return super()._check_credentials(credential, env)
        with self._assert_can_auth(user=self.env.uid):
            if not self._drive_is_readable({**credential, "login": self.env.user.login}):
                raise AccessDenied()
            return super()._check_credentials(credential, env)

    def _drive_login_of(self, user):
        """The login behind what Odoo names a user by: the same count for both."""
        if isinstance(user, int) and not isinstance(user, bool):
            return self.sudo().browse(user).exists().login or f"#{user}"
        return user or ""

    def _on_login_cooldown(self, failures, previous):
        """Override of `base`: its count, in the memory of one process and by address
        alone, would lock out everybody behind a proxy that does not say who calls."""
        return False

    def _login(self, credential, user_agent_env):
        """Override of `base`: a wrong login takes as long as a wrong password, and what
        is no login at all is a wrong one."""
        by_password = credential.get("type") == "password"
        if by_password and not self._drive_is_readable(credential):
            raise AccessDenied()
        try:
            return super()._login(credential, user_agent_env)
        except AccessDenied as error:
            # With a sentence of its own it was refused before any password was compared.
            wrong = error.args == AccessDenied().args
            if wrong and by_password and not self._drive_has_password(credential["login"]):
                self._crypt_context().hash(credential["password"])
            raise

    def _drive_is_readable(self, credential):
        login, password = credential.get("login"), credential.get("password")
        return (
            isinstance(login, str)
            and isinstance(password, str)
            and 0 < len(login) <= LONGEST_LOGIN
            and 0 < len(password) <= LONGEST_PASSWORD
            and is_readable(login)
            and is_readable(password)
        )

    def _drive_has_password(self, login):
        """Whether Odoo had a password to compare with: it takes most of the time."""
        user = self.sudo().search(self._get_login_domain(login), order=self._get_login_order(), limit=1)
        if not user:
            return False
        self.env.cr.execute("SELECT password IS NOT NULL AND password != '' FROM res_users WHERE id = %s", [user.id])
        [has_password] = self.env.cr.fetchone()
        return has_password

    @api.model
    def signup(self, values, token=None):
        """Override of `auth_signup`: who sets a password with a link from their mailbox
        is no guesser, wherever they are."""
        login, password = super().signup(values, token)
        if token and caller():
            self.env["drive.sign.in"].sudo()._remember(login)
        return login, password

    # === A NEW PASSWORD === #

    def reset_password(self, login):
        """Override of `auth_signup`: the same answer whether or not there is such an
        account, and as soon: the mail is sent by a job."""
        if not caller():
            return super().reset_password(login)
        whose = login
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                users = super(ResUsers, self.with_context(drive_reset_later=INSIDE)).reset_password(login)
            whose = f"#{users.id}"
        except Exception as error:
            _logger.info("No mail for a new password: %s", type(error).__name__)
            users = self.browse()
        if self.env["drive.sign.in"].sudo()._may_reset(whose) and users:
            self.env["drive.password.reset"].sudo()._ask(users)
        return True

    def action_reset_password(self):
        """Override of `auth_signup`: only finds the account, for the page that asks."""
        if self.env.context.get("drive_reset_later") is INSIDE:
            return self
        return super().action_reset_password()

    def _action_reset_password(self, signup_type="reset"):
        """Override of `auth_signup`: the mail is nobody's, whoever asks for it: its link is
        for whom it is sent to."""
        self.partner_id.check_access("write")
        return super(ResUsers, self.with_user(SUPERUSER_ID))._action_reset_password(signup_type)


class DrivePasswordReset(models.Model):
    """People who asked for a new password, until the mail is sent: a minute at most."""

    _name = "drive.password.reset"
    _description = "New password asked for"

    user_id = fields.Many2one("res.users", required=True, ondelete="cascade")

    @api.model
    def _ask(self, user):
        if not self.search_count([("user_id", "=", user.id)], limit=1):
            self.create({"user_id": user.id})
        self.env.ref("cafoutch_drive.cron_password_reset")._trigger()

    @api.model
    def _cron_send(self):
        """Send the mails that were asked for; one that fails does not hold up others."""
        waiting = self.search([], limit=MAILS_AT_ONCE)
        if len(waiting) == MAILS_AT_ONCE:
            self.env.ref("cafoutch_drive.cron_password_reset")._trigger()
        for asked in waiting:
            user = asked.user_id
            asked.unlink()
            try:
                with self.env.cr.savepoint():
                    user.action_reset_password()
            except UserError as error:
                _logger.warning("No mail for a new password to user %s: %s", user.id, type(error).__name__)
