import ipaddress
import re
import secrets
from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessDenied
from odoo.http import request
from odoo.tools import SQL
from odoo.tools.misc import hmac

from .ir_http import caller

# Counts are forgotten after a day without a failure.
FORGET_HOURS = 24
# An address from which somebody signed in stays known to their account so long.
KNOWN_DAYS = 90
# What a browser keeps of it: a number that only this one has.
DEVICE_COOKIE = "drive_device"
DEVICE = re.compile(r"[0-9a-f]{32}")
# Tries before a wait, where Odoo's `base.login_cooldown_after` and `_duration` (seconds)
# are not set; they count the failures of one account from one address.
TRIES = 10
WAIT = 60
# One account from anywhere, and one address on any accounts, as multiples of it.
ACCOUNT_TRIES = 3
ADDRESS_TRIES = 5
# A wait doubles with each failure, up to this (seconds).
LONGEST_WAIT = 15 * 60
# Mails with a link to a new password, in an hour.
RESETS = 3
ADDRESS_RESETS = 20
RESET_WAIT = 3600
# Wrong tries at a shared tablet: of a person's PIN, until it is right; of cards that are
# nobody's, of an account in a day, as a right card of one's own must not hide guesses.
PIN_TRIES = 5
CARD_TRIES = 20
LONGEST_TABLET_WAIT = 60 * 60


class Limit(NamedTuple):
    """How often something may fail; see ``_wait``."""

    tries: int
    """Failures that cost nothing."""
    wait: int
    """Seconds to wait after the next one; doubled by each one after that."""
    longest: int

    def _seconds(self, failures, age):
        """How long to wait still, when the last of so many failures is ``age`` seconds old."""
        if failures < self.tries:
            return 0
        doublings = min(failures - self.tries, 20)
        return max(0, min(self.wait * 2**doublings, self.longest) - age)


class DriveSignIn(models.Model):
    """Failures to sign in, counted for all the server's processes together.

    Odoo counts in the memory of each process and by address only: with n processes
    somebody who guesses has n times the tries, and behind a proxy that does not say
    who calls, ten failures of one person lock everybody out.

    A try is counted before the password is looked at and taken back when it was right:
    however many tries are made at once, no more than the limit are let through. Three
    counts are kept:

    - an account from one address: a wait, doubled by each further failure;
    - an account from anywhere, against many addresses that guess one password;
    - an address on any accounts, against one that tries a password on everybody.

    The last two do not hold where this account was signed in to before from this
    address. A browser in which it was signed in to before has a count of its own for it,
    and no other holds: somebody who guesses keeps a member out neither at home nor on
    their phone, nor the coop's own tablets. With a new browser from a new address the
    member may have to wait (15 minutes at most) or asks for a new password: who sets one
    becomes known where they are.

    Without the client's address (a proxy that Odoo was not told about) there is one
    count for each account and the wait does not grow.

    No name and no address is kept: keys are hashes that only this database can make.
    """

    _name = "drive.sign.in"
    _description = "Failures to sign in"

    key = fields.Char(required=True)
    kind = fields.Selection(
        [
            ("pair", "Account from an address"),
            ("account", "Account"),
            ("address", "Address"),
            ("known", "Signed in before from this address, or in this browser"),
            ("device", "Account in a browser that signed in before"),
            ("reset_account", "New passwords asked for an account"),
            ("reset_address", "New passwords asked from an address"),
            ("pin", "PIN of a person"),
            ("card", "Cards shown to an account on a day"),
        ],
        required=True,
    )
    failures = fields.Integer(required=True, default=0)
    last_at = fields.Datetime(required=True, index=True)

    _key_uniq = models.UniqueIndex("(key)", "A count has one row.")

    # === SIGNING IN === #

    @api.model
    def _begin(self, login):
        """Count a try as failed, before it is made.

        :param str login: as it was typed, whether or not there is such an account
        :return: ``{kind: key}`` for :meth:`_succeed` and :meth:`_undo`; empty where
            limits are off
        :raise AccessDenied: when there were too many, with a sentence; the password is
            not looked at
        """
        limits = self._limits()
        if not limits:
            return {}
        keys = self._keys(login)
        if self._is_known(self._device_key("known", login)):
            keys, limits = {"device": self._device_key("device", login)}, {"device": limits["pair"]}
        limits = {kind: limit for kind, limit in limits.items() if kind in keys}
        if "address" not in keys and "device" not in keys:
            tries, wait = self._settings()
            limits["account"] = Limit(tries, wait, wait)
        wait = self._count(keys, limits)
        if wait:
            raise AccessDenied(self._wait_message(wait))
        return keys

    def _wait_message(self, seconds):
        return self.env._(
            "Too many tries for now. Please wait %(minutes)s min, then try again; or ask for a new password.",
            minutes=max(1, -(-int(seconds) // 60)),
        )

    @api.model
    def _succeed(self, login, keys):
        """The password was right: the account's counts are over, the try is taken back
        from the address; address and browser are known to the account from now on.

        :param keys: of :meth:`_begin`
        """
        if not keys:
            return
        counted, keys = keys, self._keys(login)
        device = self._give_device()
        known = [key for key in (keys.get("known"), self._device_key("known", login, device)) if key]
        over = [keys.get("pair"), keys["account"], self._device_key("device", login, device)]
        with self._cursor() as cr:
            cr.execute(SQL("DELETE FROM drive_sign_in WHERE key IN %s", tuple(key or "" for key in over)))
            self._take_back(cr, {"address": counted.get("address", "")})
            for key in known:
                self._add(cr, {"known": key})

    @api.model
    def _undo(self, keys):
        """Something else than the password went wrong."""
        if keys:
            with self._cursor() as cr:
                self._take_back(cr, {kind: key for kind, key in keys.items() if kind != "known"})

    @api.model
    def _remember(self, login):
        """Who set a new password by a link from their mailbox is known where they are."""
        self._succeed(login, self._keys(login))

    # === ASKING FOR A NEW PASSWORD === #

    @api.model
    def _may_reset(self, whose):
        """Count that a mail with a link is asked for.

        :param str whose: the account, or what was typed where there is none
        :return: whether it may be sent
        """
        keys = self._reset_keys(whose)
        limits = {
            "reset_account": Limit(RESETS, RESET_WAIT, RESET_WAIT),
            "reset_address": Limit(ADDRESS_RESETS, RESET_WAIT, RESET_WAIT),
        }
        return not self._count(keys, {kind: limits[kind] for kind in keys})

    # === SAYING WHO ONE IS INSIDE A SESSION === #

    @api.model
    def _begin_pin(self, user):
        """Count a try of this person's PIN as wrong, before it is compared.

        :return: seconds to wait still; 0 when it may be compared, and the end is
            :meth:`_end_pin` if it is right
        """
        return self._count({"pin": self._key("pin", user.id)}, {"pin": Limit(PIN_TRIES, WAIT, LONGEST_TABLET_WAIT)})

    @api.model
    def _end_pin(self, user):
        """The PIN was right, or is another one: its count is over."""
        with self._cursor() as cr:
            cr.execute(SQL("DELETE FROM drive_sign_in WHERE key = %s", self._key("pin", user.id)))

    @api.model
    def _begin_card(self, account):
        """Count a card as nobody's, before it is looked up: as :meth:`_begin_pin`."""
        return self._count(self._card_keys(account), {"card": Limit(CARD_TRIES, WAIT, LONGEST_TABLET_WAIT)})

    @api.model
    def _end_card(self, account):
        """The card was somebody's: this try is taken back."""
        with self._cursor() as cr:
            self._take_back(cr, self._card_keys(account))

    @api.model
    def _card_keys(self, account):
        return {"card": self._key("card", account.id, str(fields.Date.today()))}

    # === COUNTING === #

    @api.model
    def _settings(self):
        """``(tries, seconds)`` of Odoo's own parameters."""
        get_param = self.env["ir.config_parameter"].sudo().get_param
        tries = get_param("base.login_cooldown_after", "")
        wait = get_param("base.login_cooldown_duration", "")
        return int(tries) if tries.isdecimal() else TRIES, int(wait) if wait.isdecimal() else WAIT

    @api.model
    def _limits(self):
        """``{kind: Limit}``; empty where an administrator turned limits off, as in Odoo."""
        tries, wait = self._settings()
        if not tries:
            return {}
        return {
            "pair": Limit(tries, wait, LONGEST_WAIT),
            "account": Limit(tries * ACCOUNT_TRIES, wait, LONGEST_WAIT),
            "address": Limit(tries * ADDRESS_TRIES, wait, LONGEST_WAIT),
        }

    @api.model
    def _count(self, keys, limits):
        """Add one to each of the counts, unless one is over its limit.

        :param keys: ``{kind: key}``; with ``known``, it is looked up, not counted
        :param limits: ``{kind: Limit}``
        :return: seconds to wait; 0 when it was counted
        """
        with self._cursor() as cr:
            rows = self._read_counts(cr, keys)
            if "known" in rows:
                limits = {"pair": limits["pair"]}
            wait = max(limit._seconds(*rows.get(kind, (0, 0))) for kind, limit in limits.items())
            if not wait:
                self._add(cr, {kind: key for kind, key in keys.items() if kind != "known"})
            return wait

    def _read_counts(self, cr, keys):
        """Return ``{kind: (failures, age in seconds)}`` of counts not forgotten yet."""
        cr.execute(
            SQL(
                "SELECT kind, failures, EXTRACT(EPOCH FROM %(now)s - last_at) FROM drive_sign_in"
                " WHERE key IN %(keys)s"
                "   AND last_at > %(now)s - CASE kind WHEN 'known' THEN %(known)s * interval '1 day'"
                "                           ELSE %(forget)s * interval '1 hour' END",
                now=SQL("clock_timestamp() AT TIME ZONE 'UTC'"),
                keys=tuple(keys.values()),
                known=KNOWN_DAYS,
                forget=FORGET_HOURS,
            )
        )
        return {kind: (failures, max(0, float(age))) for kind, failures, age in cr.fetchall()}

    def _add(self, cr, keys):
        for kind, key in keys.items():
            cr.execute(
                SQL(
                    "INSERT INTO drive_sign_in AS s (key, kind, failures, last_at)"
                    " VALUES (%(key)s, %(kind)s, 1, %(now)s)"
                    " ON CONFLICT (key) DO UPDATE SET last_at = %(now)s, failures ="
                    " CASE WHEN s.last_at > %(now)s - %(forget)s * interval '1 hour' THEN s.failures + 1 ELSE 1 END",
                    key=key,
                    kind=kind,
                    now=SQL("clock_timestamp() AT TIME ZONE 'UTC'"),
                    forget=FORGET_HOURS,
                )
            )

    def _take_back(self, cr, keys):
        cr.execute(
            SQL(
                "UPDATE drive_sign_in SET failures = greatest(failures - 1, 0) WHERE key IN %s",
                tuple(keys.values()) or ("",),
            )
        )

    def _cursor(self):
        """A transaction of its own: what is counted stays when the request is undone.

        It waits for the others first and reads afterwards, so that of many tries at
        once each sees the ones before it.
        """
        cr = self.env.registry.cursor()
        try:
            cr.execute("LOCK TABLE drive_sign_in IN SHARE ROW EXCLUSIVE MODE")
        except Exception:
            cr.close()
            raise
        return cr

    # === KEYS === #

    @api.model
    def _keys(self, login):
        account = self._account(login)
        address = self._client_address()
        if not address:
            return {"account": self._key("account", account)}
        return {
            "pair": self._key("pair", account, address),
            "account": self._key("account", account),
            "address": self._key("address", address),
            "known": self._key("known", account, address),
        }

    @api.model
    def _reset_keys(self, whose):
        keys = {"reset_account": self._key("reset_account", self._account(whose))}
        address = self._client_address()
        if address:
            keys["reset_address"] = self._key("reset_address", address)
        return keys

    @api.model
    def _account(self, login):
        return str(login).strip().lower()

    @api.model
    def _key(self, *parts):
        return hmac(self.env(su=True), "drive_sign_in", parts)

    @api.model
    def _client_address(self):
        """The address of who asks, or ``None`` when it may be that of a proxy.

        Of an IPv6 address, the part that a line is given: it has many at will.
        """
        asked = caller()
        try:
            address = ipaddress.ip_address(asked.remote_addr)
        except ValueError:
            return None
        # Odoo has listened to the proxy: see `proxy_mode`.
        told_by_proxy = "werkzeug.proxy_fix.orig" in asked.environ
        if address.is_private and not told_by_proxy:
            return None
        if address.version == 6:
            if address.ipv4_mapped:
                return str(address.ipv4_mapped)
            return str(ipaddress.ip_network((address, 64), strict=False))
        return str(address)

    # === THE BROWSER === #

    @api.model
    def _device_key(self, kind, login, device=None):
        """The key of this browser and account; ``None`` where the browser has no number."""
        device = device or caller().cookies.get(DEVICE_COOKIE, "")
        return self._key(kind, self._account(login), device) if DEVICE.fullmatch(device) else None

    @api.model
    def _is_known(self, key):
        return bool(key) and bool(
            self.search_count(
                [("key", "=", key), ("last_at", ">", fields.Datetime.now() - timedelta(days=KNOWN_DAYS))]
            )
        )

    @api.model
    def _give_device(self):
        """Let the browser keep its number for as long as it is known; programs have none."""
        if not request:
            return None
        device = request.httprequest.cookies.get(DEVICE_COOKIE, "")
        if not DEVICE.fullmatch(device):
            device = secrets.token_hex(16)
        request.future_response.set_cookie(
            DEVICE_COOKIE,
            device,
            max_age=KNOWN_DAYS * 86400,
            secure=request.httprequest.scheme == "https",
            httponly=True,
            samesite="Lax",
        )
        return device

    # === PURGE === #

    @api.autovacuum
    def _gc_forgotten(self):
        self.env.cr.execute(
            SQL(
                "DELETE FROM drive_sign_in WHERE last_at < (now() AT TIME ZONE 'UTC')"
                " - CASE kind WHEN 'known' THEN %s * interval '1 day' ELSE %s * interval '1 hour' END",
                KNOWN_DAYS,
                FORGET_HOURS,
            )
        )
