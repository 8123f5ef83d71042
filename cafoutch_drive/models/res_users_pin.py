import math
import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

PIN = re.compile(r"[0-9]{4,8}")
# What managers of the drive write on accounts, without rights on all the rest.
MANAGED_FIELDS = {"drive_pin", "drive_is_shared"}


class ResUsers(models.Model):
    """The PIN by which a person says who they are on a shared tablet.

    It is kept as Odoo keeps passwords, and nobody reads it. Tries are counted before
    they are compared, whatever becomes of the request: see ``drive.sign.in``.
    """

    _inherit = "res.users"

    drive_pin = fields.Char(
        string="PIN",
        compute="_compute_drive_pin",
        inverse="_inverse_drive_pin",
        copy=False,
        help="4 to 8 digits, to say who you are on a shared tablet. Nobody can read it.",
    )
    drive_pin_hash = fields.Char(string="PIN, Hashed", copy=False, groups=fields.NO_ACCESS)
    drive_has_pin = fields.Boolean(
        string="Has a PIN",
        compute="_compute_drive_has_pin",
        compute_sudo=True,
        groups="cafoutch_drive.group_manager",
    )

    def _compute_drive_pin(self):
        self.drive_pin = ""

    def _inverse_drive_pin(self):
        context = self._crypt_context()
        for user in self:
            pin = user.drive_pin
            if pin and not PIN.fullmatch(pin):
                raise ValidationError(self.env._("A PIN has 4 to 8 digits, and nothing else."))
            user.sudo().drive_pin_hash = context.hash(pin) if pin else False
            # No count goes on for a PIN that is not there any more.
            self.env["drive.sign.in"].sudo()._end_pin(user)
        self.invalidate_recordset(["drive_pin"])

    @api.depends("drive_pin_hash")
    def _compute_drive_has_pin(self):
        for user in self:
            user.drive_has_pin = bool(user.drive_pin_hash)

    # === RIGHTS === #

    @property
    def SELF_READABLE_FIELDS(self):  # noqa: N802 (Odoo's name)
        """Override of `base`: people write their own PIN in their preferences."""
        return [*super().SELF_READABLE_FIELDS, "drive_pin"]

    @property
    def SELF_WRITEABLE_FIELDS(self):  # noqa: N802 (Odoo's name)
        """Override of `base`: people write their own PIN in their preferences."""
        return [*super().SELF_WRITEABLE_FIELDS, "drive_pin"]

    def write(self, vals):
        """Override of `base`: the drive's managers give PINs and share accounts, and
        need no right on accounts for that."""
        if vals and vals.keys() <= MANAGED_FIELDS and self.env.user.has_group("cafoutch_drive.group_manager"):
            self.check_access("read")
            return super(ResUsers, self.sudo()).write(vals)
        return super().write(vals)

    # === TRYING === #

    def _drive_try_pin(self, pin):
        """Check a PIN that somebody typed.

        :param pin: anything that a client may send
        :return: ``None`` when it is this person's, else a sentence
        """
        self.ensure_one()
        kept = self.sudo().drive_pin_hash
        if not kept:
            return self.env._(
                "%s has no PIN yet: scan the member card, or set a PIN in your preferences.",
                self.partner_id._drive_short_name(),
            )
        counts = self.env["drive.sign.in"].sudo()
        wait = counts._begin_pin(self)
        if wait:
            return self._drive_wait_text(wait)
        typed = pin if isinstance(pin, str) and PIN.fullmatch(pin) else ""
        if typed and self._crypt_context().verify(typed, kept):
            counts._end_pin(self)
            return None
        return self.env._("This PIN is not right. Please try again.")

    def _drive_wait_text(self, seconds):
        minutes = math.ceil(seconds / 60)
        return self.env._("Too many wrong tries. Please wait %s min, or ask a manager.", minutes)
