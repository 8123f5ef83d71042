import re
from datetime import date

from odoo import api, models
from odoo.tools import email_normalize

from ..tools.csv_table import plain

MAX_NUMBER, MAX_SENTENCE = 32, 1000
# What coops call the states, besides their names here and in the languages installed.
STATE_NAMES = {
    "candidate": "candidat, candidate, candidature",
    "up_to_date": "a jour, actif, active",
    "alert": "alerte, en alerte",
    "exempted": "exempte, exemptee, exemption, dispense, dispensee",
    "on_leave": "conge, conges, en conge, en conges",
    "suspended": "suspendu, suspendue, suspension",
    "left": "parti, partie, depart, demission, demissionnaire, ancien membre, ancienne membre",
}
_SHORTENED = re.compile(r"[\d.,]+[eE]\+?\d+")
_EMAIL = re.compile(r"[^\s@<>()\[\],;:\"\\]+@[^\s@<>()\[\],;:\"\\_]+\.[^\s@.\d]{2,}")


class DriveMemberImport(models.TransientModel):
    """From the cells of a row to the values of a member."""

    _inherit = "drive.member.import"

    @api.model
    def _columns(self):
        return {
            "number": (
                *("numero", "num", "no", "n°", "matricule", "coop number", "member number"),
                *("numero de membre", "numero membre", "n° de membre", "n° membre"),
                *("numero d adherent", "numero adherent", "n° d adherent", "n° adherent"),
            ),
            "name": ("nom complet", "full name", "nom et prenom", "prenom et nom", "nom prenom", "prenom nom"),
            "first_name": ("prenom", "first name", "given name"),
            "last_name": ("nom", "nom de famille", "last name", "surname", "family name"),
            "email": ("e mail", "mail", "courriel", "adresse e mail", "adresse email", "adresse mail"),
            "phone": ("telephone", "tel", "tel.", "mobile", "portable", "numero de telephone", "phone number"),
            "household": ("foyer", "menage", "membre principal", "main member", "rattache a", "attached to"),
            "state": ("etat", "statut", "status", "membership", "adhesion", "coop state"),
            "until": ("jusqu au", "date de fin", "fin", "membership until", "coop state until"),
            "next": ("ensuite", "puis", "then", "etat suivant", "coop state next"),
            "reason": ("motif", "raison", "coop state reason"),
            "message": ("phrase", "sentence", "ce que lit le membre", "what the member reads"),
            "exception": (
                *("exception until", "exception jusqu au", "may order until", "peut commander jusqu au"),
                "drive exception until",
            ),
            "exception_reason": (
                *("exception reason", "motif de l exception", "motif exception", "raison de l exception"),
                *("exception sentence", "reason of the exception", "drive exception reason"),
            ),
        }

    @api.model
    def _required_columns(self):
        return ("number",)

    def _row_values(self, cells):
        values = super()._row_values(cells)
        if "coop_number" not in values:
            self._refuse(self.env._("the member number is missing."))
        first, last = values.pop("first_name", ""), values.pop("last_name", "")
        name = values.get("name") or last
        if not set(plain(first).split()) <= set(plain(name).split()):
            name = f"{first} {name}".strip()
        if name:
            values["name"] = self._text(name)
        return values

    # === CELLS === #

    def _read_number(self, text, values):
        if _SHORTENED.fullmatch(text.replace(" ", "")):
            self._refuse(
                self.env._("a spreadsheet has shortened the number “%s”: format that column as text.", text[:40])
            )
        # "2023.10" would soon be 2023.1.
        if not re.fullmatch(r"[^\W_][\w /.-]*", text) or re.fullmatch(r"\d+\.\d+", text):
            self._refuse(self.env._("“%s” is not a member number: letters and digits.", text[:40]))
        values["coop_number"] = self._text(text, MAX_NUMBER)

    def _read_name(self, text, values):
        values["name"] = self._text(text)

    def _read_first_name(self, text, values):
        values["first_name"] = self._text(text)

    def _read_last_name(self, text, values):
        values["last_name"] = self._text(text)

    def _read_email(self, text, values):
        email = email_normalize(text)
        if not email or not _EMAIL.fullmatch(email) or ".." in email or text.count("@") > 1 or len(email) > 254:
            self._refuse(self.env._("“%s” is not an e-mail address.", text[:60]))
        values["email"] = email

    def _read_phone(self, text, values):
        digits = re.sub(r"\D", "", text)
        if _SHORTENED.fullmatch(text.replace(" ", "")) or (text.isdigit() and not text.startswith("0")):
            self._refuse(
                self.env._(
                    "a spreadsheet has made a number of the phone number “%s”: format that column as text. "
                    "A phone number begins with 0, or with + and the country.",
                    text[:40],
                )
            )
        if not re.fullmatch(r"(\+|0|\(0)[\d\s().\-/]*", text) or not 6 <= len(digits) <= 15:
            self._refuse(
                self.env._(
                    "“%s” is not a phone number. It begins with 0, or with + and the country.",
                    text[:40],
                )
            )
        values["phone"] = text

    def _read_household(self, text, values):
        values["household"] = self._text(text)

    def _read_state(self, text, values):
        values["coop_state"] = self._state(text)

    def _read_next(self, text, values):
        values["coop_state_next"] = self._state(text)

    def _read_until(self, text, values):
        values["coop_state_until"] = self._date(text)

    def _read_exception(self, text, values):
        values["drive_exception_until"] = self._date(text)

    def _read_exception_reason(self, text, values):
        values["drive_exception_reason"] = self._text(text)

    def _read_reason(self, text, values):
        values["coop_state_reason"] = self._text(text, MAX_SENTENCE)

    def _read_message(self, text, values):
        values["coop_state_message"] = self._text(text, MAX_SENTENCE)

    def _date(self, text):
        """A day written as 2026-12-31 or 31/12/2026; a spreadsheet adds midnight."""
        written = re.sub(r"[T ]00:00(:00(\.0+)?)?$", "", text)
        if match := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", written):
            year, month, day = map(int, match.groups())
        elif match := re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", written):
            day, month, year = map(int, match.groups())
        else:
            self._refuse(self.env._("“%s” is not a date: day/month/year, or year-month-day.", text[:40]))
        try:
            found = date(year, month, day)
        except ValueError:
            found = None
        if not found or not 1900 <= year <= 2200:
            self._refuse(self.env._("there is no such day as “%s” (day/month/year).", text[:40]))
        return found

    def _state(self, text):
        states = self._found("states", None, self._states)
        state = states.get(text) or states.get(_ungendered(text))
        if not state:
            known = ", ".join(label for _code, label in self._state_labels())
            self._refuse(
                self.env._(
                    "“%(state)s” is not a state of a membership: %(known)s.",
                    state=text[:40],
                    known=known,
                )
            )
        return state

    def _states(self):
        """``{name in small letters without accents: code}``."""
        names = {_ungendered(name): code for code, text in STATE_NAMES.items() for name in text.split(", ")}
        for lang, _name in self.env["res.lang"].get_installed():
            names |= {_ungendered(label): code for code, label in self.with_context(lang=lang)._state_labels()}
        return names | {plain(code): code for code, _label in self._state_labels()}

    def _state_labels(self):
        return self.env["res.partner"]._fields["coop_state"]._description_selection(self.env)


def _ungendered(text):
    """Suspendu·e, suspendu(e), suspendu-e: as "suspendu"."""
    return re.sub(r"[\s·•.(]+e\)?$", "", plain(text))
