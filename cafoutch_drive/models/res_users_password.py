from odoo import api, models
from odoo.exceptions import UserError

from ..tools.passwords import is_guessed_first

# What people choose has at least so many characters (OWASP ASVS 5.0, 6.2.1).
SHORTEST_PASSWORD = 8


class ResUsers(models.Model):
    """Choosing a password: not one that is guessed at once; what people choose else is free.

    What an administrator sets for somebody is theirs to judge.
    """

    _inherit = "res.users"

    @api.model
    def change_password(self, old_passwd, new_passwd):
        """Override of `base`: a password that is not guessed at once."""
        self.env.user._drive_check_password(new_passwd)
        return super().change_password(old_passwd, new_passwd)

    @api.model
    def signup(self, values, token=None):
        """Override of `auth_signup`: the same with a link, for a new account or an old one."""
        if values.get("password") is not None:
            self._drive_check_password(values["password"], values.get("login"), values.get("name"))
        return super().signup(values, token)

    def _drive_check_password(self, password, *known):
        """Refuse a password that is too short or no text, or that is guessed first.

        :param known: more texts that others know of who chooses it
        """
        if not isinstance(password, str) or len(password) < SHORTEST_PASSWORD:
            raise UserError(
                self.env._("Please choose a password of at least %s characters: a short sentence.", SHORTEST_PASSWORD)
            )
        known = (*known, self.login, self.name, self.sudo().company_id.name, self.env.company.name)
        if is_guessed_first(password, [text for text in known if text]):
            raise UserError(
                self.env._(
                    "This password is one of those that are tried first. Please choose another one: a short "
                    "sentence, of words that nobody would guess."
                )
            )
