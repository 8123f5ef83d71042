"""The pickup in the member's own calendar: what two independent programs read."""

import base64
from datetime import UTC, datetime, timedelta
from unittest.mock import patch
from zoneinfo import ZoneInfo

import vobject

from odoo import fields
from odoo.tests import tagged

from .common import DriveCommon
from .shop_common import ShopCommon


def next_year_s(*moment):
    """Of the next year that begins, so that it is always to come."""
    return datetime(datetime.now().year + 1, *moment)


WINTER = next_year_s(1, 15, 17, 30)
SUMMER = next_year_s(7, 16, 16, 30)


def read_with_vobject(content):
    event = vobject.readOne(content.decode()).vevent
    return {
        "uid": event.uid.value,
        "sequence": int(event.sequence.value),
        "status": event.status.value,
        "start": event.dtstart.value,
        "stop": event.dtend.value,
        "changed": event.last_modified.value,
        "summary": event.summary.value,
        "location": event.location.value,
        "description": event.description.value,
        "alarms": [alarm.trigger.value for alarm in event.contents.get("valarm", [])],
    }


def read_with_icalendar(content):
    # Only the tests need it.
    from icalendar import Calendar  # pylint: disable=import-outside-toplevel

    calendar = Calendar.from_ical(content)
    [event] = calendar.walk("VEVENT")
    return {
        "uid": str(event["UID"]),
        "sequence": int(event["SEQUENCE"]),
        "status": str(event["STATUS"]),
        "start": event.decoded("DTSTART"),
        "stop": event.decoded("DTEND"),
        "changed": event.decoded("LAST-MODIFIED"),
        "summary": str(event["SUMMARY"]),
        "location": str(event["LOCATION"]),
        "description": str(event["DESCRIPTION"]),
        "alarms": [alarm.decoded("TRIGGER") for alarm in event.walk("VALARM")],
    }


class CalendarFileCommon(DriveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.point.write({"horizon_days": 800, "max_open_orders": 50})
        cls.env["res.lang"]._activate_lang("en_US")
        cls.member.lang = "en_US"

    def _slot_at(self, start):
        stop = start + timedelta(minutes=15)
        return self._create_slot(start=start, stop=stop, window_start=start)

    def _read(self, order):
        """What the file of an order says: the same in both programs."""
        self.env.flush_all()
        content = order._drive_calendar_file()
        found = read_with_icalendar(content)
        self.assertEqual(read_with_vobject(content), found)
        return found

    def _make_way(self, order):
        """The time of an order's slot is free for another slot."""
        slot = order.drive_slot_id
        late = self.env["drive.slot"].search([("point_id", "=", slot.point_id.id)], order="start desc", limit=1)
        stop = late.stop + timedelta(minutes=30)
        slot.write({"start": stop - timedelta(minutes=15), "stop": stop})
        self.env.flush_all()

    def _send(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("cafoutch_drive.cron_send_mails").method_direct_trigger()
        self.env.invalidate_all()

    def _read_attached(self, order, subject):
        """The calendar file that went with the mail about this."""
        message = order.message_ids.filtered(lambda message: subject in (message.subject or ""))
        self.assertEqual(len(message), 1)
        [attachment] = message.attachment_ids.filtered(lambda file: not file.name.endswith(".png"))
        self.assertEqual(attachment.name, f"{order.name}.ics")
        self.assertEqual(attachment.mimetype, "text/calendar")
        content = base64.b64decode(attachment.datas)
        return content, read_with_icalendar(content)


@tagged("post_install", "-at_install")
class TestCalendarFile(CalendarFileCommon):
    def test_local_time(self):
        """In winter and in summer, at home and overseas."""
        for tz, start, wall in (
            ("Europe/Paris", WINTER, f"{WINTER:%Y-%m-%d} 18:30"),
            ("Europe/Paris", SUMMER, f"{SUMMER:%Y-%m-%d} 18:30"),
            ("America/Martinique", WINTER, f"{WINTER:%Y-%m-%d} 13:30"),
            ("America/Martinique", SUMMER, f"{SUMMER:%Y-%m-%d} 12:30"),
        ):
            self.calendar.tz = tz
            order = self._create_confirmed({self.bread: 1}, slot=self._slot_at(start))
            with self.subTest(tz=tz, start=start):
                found = self._read(order)
                # A time without a zone would be another one on each device.
                self.assertEqual(found["start"].utcoffset(), timedelta(0))
                shown = found["start"].astimezone(ZoneInfo(tz))
                self.assertEqual(f"{shown:%Y-%m-%d %H:%M}", wall)
                self.assertEqual(found["stop"] - found["start"], timedelta(minutes=15))
                self.assertIn(wall[-5:], found["description"])
                self.assertIn(tz, found["description"])
            # Another order may have that time at the point.
            self._make_way(order)

    def test_what_it_says(self):
        self.warehouse.partner_id.write({"street": "8 rue Ferrari", "zip": "13005", "city": "Marseille"})
        order = self._create_confirmed({self.bread: 1})
        found = self._read(order)
        self.assertEqual(found["status"], "CONFIRMED")
        self.assertEqual(found["sequence"], 0)
        self.assertEqual(found["alarms"], [timedelta(hours=-2)])
        self.assertIn(order.drive_pickup_code, found["description"])
        self.assertIn(f"/drive/orders/{order.id}", found["description"])
        self.assertIn("Test point, 8 rue Ferrari", found["location"])
        self.assertIn(self.company.name, found["summary"])
        self.assertIn(b"METHOD:PUBLISH\r\n", order._drive_calendar_file())

    def test_hard_to_write(self):
        """Commas, semicolons, backslashes, lines, emoji, and more than a line holds."""
        name = "L'épicerie; \\ « Mini », 🧺👩‍🍳 " + "très longue, " * 20
        self.point.name = name.strip()
        self.company.write({"name": 'Coop "Mini", 5; rue\tX', "email": "shop@example.org"})
        order = self._create_confirmed({self.bread: 1})
        content = order._drive_calendar_file()
        self.assertTrue(self._read(order)["location"].startswith(name.strip()))
        self.assertIn('Coop "Mini", 5; rue X', self._read(order)["summary"])
        lines = content.split(b"\r\n")
        self.assertLessEqual(max(map(len, lines)), 75)
        self.assertNotIn(b"\n", b"".join(lines))
        for line in lines:
            # A sign is never cut in two.
            line.decode()

    def test_changes_are_counted(self):
        """Same UID; a higher number for another slot, another time, the end."""
        order = self._create_confirmed({self.bread: 1})
        first = self._read(order)
        order.drive_state = "preparing"
        order.drive_slot_id.capacity = 5
        self.assertEqual(self._read(order)["sequence"], 0)
        later = fields.Datetime.now() + timedelta(minutes=5)
        with patch.object(fields.Datetime, "now", lambda: later):
            slot = self._slot_at(WINTER)
            order.drive_booking_id.slot_id = slot
            second = self._read(order)
        self.assertEqual(second["sequence"], 1)
        self.assertEqual(second["start"], WINTER.replace(tzinfo=UTC))
        self.assertEqual(second["changed"], later.replace(microsecond=0, tzinfo=UTC))
        slot.write({"start": SUMMER, "stop": SUMMER + timedelta(minutes=15)})
        self.assertEqual(self._read(order)["sequence"], 2)
        order.drive_state = "confirmed"
        order._drive_cancel()
        last = self._read(order)
        self.assertEqual((last["sequence"], last["status"], last["alarms"]), (3, "CANCELLED", []))
        self.assertEqual({first["uid"], second["uid"], last["uid"]}, {first["uid"]})
        self.assertIn(b"METHOD:CANCEL\r\n", order._drive_calendar_file())

    def test_a_move_is_a_change(self):
        order = self._create_confirmed({self.bread: 1})
        self.env.flush_all()
        order._drive_move(self._slot_at(WINTER))
        found = self._read(order)
        self.assertEqual((found["sequence"], found["start"]), (1, WINTER.replace(tzinfo=UTC)))

    def test_a_basket_has_none(self):
        basket = self._create_held({self.bread: 1})
        self.assertIsNone(basket._drive_calendar_file())
        basket._drive_release_hold()
        basket._drive_hold(self._slot_at(WINTER))
        basket._drive_confirm("calendar-key", basket.amount_total)
        # Slots that were only held are no change of it.
        self.assertEqual(self._read(basket)["sequence"], 0)

    def test_a_copy_starts_anew(self):
        order = self._create_confirmed({self.bread: 1})
        self.env.flush_all()
        order._drive_move(self._slot_at(WINTER))
        self.env.flush_all()
        self.assertFalse(order.copy().drive_calendar_sequence)

    def test_with_the_mails(self):
        self.member.email = "camille@example.org"
        order = self._create_confirmed({self.bread: 1})
        self._send()
        content, found = self._read_attached(order, f"Your order {order.name}: ")
        self.assertIn(b"METHOD:PUBLISH\r\n", content)
        self.assertEqual((found["status"], found["sequence"]), ("CONFIRMED", 0))
        order._drive_cancel()
        self._send()
        content, cancelled = self._read_attached(order, "cancelled")
        self.assertIn(b"METHOD:CANCEL\r\n", content)
        self.assertEqual((cancelled["status"], cancelled["sequence"]), ("CANCELLED", 1))
        self.assertEqual(cancelled["uid"], found["uid"])

    def test_in_the_member_s_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.member.write({"email": "camille@example.org", "lang": "fr_FR"})
        order = self._create_confirmed({self.bread: 1}, slot=self._slot_at(WINTER))
        self._send()
        _content, found = self._read_attached(order, "15 janvier")
        weekday = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"][WINTER.weekday()]
        self.assertIn(f"{weekday} 15 janvier, 18:30‑18:45", found["description"])

    def test_other_mails_have_none(self):
        order = self._create_confirmed({self.bread: 1})
        for name in ("mail_template_ready", "mail_template_no_show"):
            template = self.env.ref(f"cafoutch_drive.{name}")
            files = [name for name, _content in order._drive_mail_files(template)]
            self.assertFalse([name for name in files if name.endswith(".ics")])
        template = self.env.ref("cafoutch_drive.mail_template_confirmed")
        quotation = self.env["sale.order"].create({"partner_id": self.member.id})
        self.assertFalse(quotation._process_attachments_for_template_post(template))


@tagged("post_install", "-at_install")
class TestCalendarPage(CalendarFileCommon, ShopCommon):
    def test_page_and_file(self):
        order = self._create_confirmed({self.bread: 1})
        self.assertIn(f'href="/drive/orders/{order.id}/pickup.ics"', self.get(f"/drive/orders/{order.id}"))
        answer = self.url_open(f"/drive/orders/{order.id}/pickup.ics")
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.headers["Content-Type"], "text/calendar; charset=utf-8")
        self.assertIn(f'filename="{order.name}.ics"', answer.headers["Content-Disposition"])
        self.assertEqual(read_with_icalendar(answer.content)["sequence"], 0)
        order._drive_cancel()
        cancelled = self.url_open(f"/drive/orders/{order.id}/pickup.ics")
        self.assertEqual(read_with_vobject(cancelled.content)["status"], "CANCELLED")

    def test_only_one_s_own(self):
        theirs = self._create_confirmed({self.bread: 1}, member=self.other)
        basket = self._create_held({self.bread: 1})
        for number in (theirs.id, basket.id, 0, 2**31, 2**70):
            with self.subTest(number=number):
                self.get(f"/drive/orders/{number}/pickup.ics", status=404)
