import logging

from odoo import api, models

_logger = logging.getLogger(__name__)

# From the best to the worst. A warning waits for somebody's next visit, a problem does not.
LEVELS = ("ok", "warning", "problem")


class DriveHealth(models.AbstractModel):
    """Whether all is well, for the page of managers, ``script/health``, the weekly mail and
    monitors: all of them say what the same checks found.

    Another addon adds a check by its code in :meth:`_health_checks` and a method
    ``_check_<code>``. Checks only read.
    """

    _name = "drive.health"
    _description = "Health of the drive"

    @api.model
    def _health_checks(self):
        """Codes of what is looked at, in the order of the page; a hook."""
        return []

    @api.model
    def _rows(self):
        """Look at everything in the companies of the environment, whoever asks.

        :return: the rows of :meth:`_look`, the worst first
        """
        rows = [self._look(code) for code in self._health_checks()]
        return sorted(rows, key=lambda row: LEVELS.index(row["level"]), reverse=True)

    @api.model
    def _look(self, code):
        """Look at one thing.

        What cannot be looked at is a problem of its own, and keeps nothing else from being
        looked at.

        :return: a dict: ``code``; ``title``, what was looked at; ``level``, one of ``LEVELS``;
            ``text``, sentences; ``count``, of how much they are; ``action``, where it is
            mended, or False
        """
        health = self.sudo()
        try:
            with self.env.cr.savepoint():
                row = getattr(health, f"_check_{code}")()
        except Exception:
            _logger.exception("The health check %s has failed", code)
            sentence = self.env._("This could not be looked at; the server’s log says why.")
            row = health._row(code, [("problem", sentence)])
        return {"code": code, **row}

    @api.model
    def _row(self, title, findings, well="", count=0, action=None):
        """A row of what a check found.

        :param str title: what was looked at
        :param list findings: pairs of a level and a sentence, of what is not well
        :param str well: the sentence when nothing was found
        :param int count: how many things were found
        :param action: a function that returns where it is mended, if anywhere
        """
        return {
            "title": title,
            "level": max((level for level, _sentence in findings), key=LEVELS.index, default="ok"),
            "text": " ".join(sentence for _level, sentence in findings) or well,
            "count": count,
            "action": bool(findings and action) and action(),
        }

    @api.model
    def _summary(self, rows):
        """One sentence about all rows."""
        bad = [row["title"] for row in rows if row["level"] != "ok"]
        if bad:
            return self.env._("Somebody should look at: %s.", ", ".join(bad))
        return self.env._("All is well.")

    @api.model
    def _open(self, xmlid, records, **values):
        """The action that lists records."""
        action = self.env["ir.actions.actions"]._for_xml_id(xmlid)
        return {**action, "domain": [("id", "in", records.ids)], "context": {}, **values}

    @api.model
    def _only_administrator(self, xmlid, records):
        """As :meth:`_open`, for who administers Odoo; nobody else can open it."""
        return self.env.user.has_group("base.group_system") and self._open(xmlid, records)

    @api.model
    def _names(self, records, field="name", most=5):
        """The first names of records: "A, B…"."""
        names = ", ".join(records[:most].mapped(field))
        return f"{names}…" if len(records) > most else names
