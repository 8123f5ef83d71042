"""A calendar file (RFC 5545) with one event, as phones and mail programs open it.

Times are written in UTC, without a time zone of the file: a pickup happens once, so its
moment says all, each device shows it on its own clock, and there is no VTIMEZONE that a
program could read in its own way or not know.
"""

import re

import vobject

# What no calendar program shows, and some refuse.
_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\u2028\u2029]")
PRODUCT = "-//Cafoutch Drive//Pickup//EN"
CONFIRMED, CANCELLED = "CONFIRMED", "CANCELLED"


def calendar_file(event):
    """Return the file, in UTF-8, folded and escaped.

    :param dict event: ``uid``, ``sequence``, ``start`` and ``stop`` (naive UTC),
        ``changed_at`` and ``made_at`` (naive UTC), ``cancelled``, ``summary``,
        ``location``, ``description``, ``url``, ``organizer`` (name and e-mail), and
        ``alarm`` (a ``timedelta`` before the start)
    :rtype: bytes
    """
    calendar = vobject.iCalendar()
    calendar.add("prodid").value = PRODUCT
    calendar.add("method").value = "CANCEL" if event["cancelled"] else "PUBLISH"
    entry = calendar.add("vevent")
    for name, value in (
        ("uid", event["uid"]),
        ("sequence", str(event["sequence"])),
        ("status", CANCELLED if event["cancelled"] else CONFIRMED),
        ("summary", _text(event["summary"])),
        ("location", _text(event["location"])),
        ("description", _text(event["description"])),
        ("url", event["url"]),
        ("dtstart", _utc(event["start"])),
        ("dtend", _utc(event["stop"])),
        ("dtstamp", _utc(event["made_at"])),
        ("last-modified", _utc(event["changed_at"])),
    ):
        entry.add(name).value = value
    name, email = event["organizer"]
    if email:
        organizer = entry.add("organizer")
        organizer.value = f"mailto:{email}"
        # A double quote cannot be written there.
        organizer.cn_param = _text(name).replace('"', "'").replace("\n", " ")
    if not event["cancelled"]:
        alarm = entry.add("valarm")
        alarm.add("action").value = "DISPLAY"
        alarm.add("description").value = _text(event["summary"])
        alarm.add("trigger").value = -event["alarm"]
    return calendar.serialize().encode()


def _utc(moment):
    return moment.replace(microsecond=0, tzinfo=vobject.icalendar.utc)


def _text(text):
    return _CONTROLS.sub(" ", (text or "").replace("\r\n", "\n").replace("\r", "\n")).strip()
