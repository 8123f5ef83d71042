"""People in line before full slots: a day at 10:00, 10:15 and 10:30, three days ahead."""

from datetime import time, timedelta

from odoo.tools import SQL

from .common import DriveCommon


class WaitingCommon(DriveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        # Whatever the hour at which the tests run; quiet hours have tests of their own.
        cls.point.write({"offer_from_hour": 0, "offer_to_hour": 24})
        cls.point.slot_ids.unlink()
        cls.day = cls.point._drive_today() + timedelta(days=3)
        cls.slot, cls.second, cls.third = (cls._slot_at(time(10, minute)) for minute in (0, 15, 30))
        cls.taker = cls._create_member("Taker")
        cls.order = cls._create_confirmed({cls.bread: 1}, cls.slot, cls.taker)
        cls.people = [cls._waiter(f"Waiter {number}") for number in range(4)]

    @classmethod
    def _slot_at(cls, clock, capacity=1, day=None):
        start = cls.point._drive_utc(day or cls.day, clock)
        stop = start + timedelta(minutes=15)
        values = {"point_id": cls.point.id, "start": start, "stop": stop, "window_start": start}
        return cls.env["drive.slot"].create({**values, "capacity": capacity})

    @classmethod
    def _waiter(cls, name, **values):
        email = f"{name.lower().replace(' ', '.')}@example.org"
        return cls._create_member(name, lang="en_US", email=email, **values)

    def _fill(self, *slots):
        """Somebody has the place of each of these slots."""
        return [self._create_confirmed({self.bread: 1}, slot, self._create_member("Filler")) for slot in slots]

    def _join(self, person, slot=None):
        waiting = self.env["drive.waiting"]
        if slot:
            return waiting._join_slot(person, slot)
        return waiting._join_day(person, self.point, self.day.isoformat())

    def _free(self, slot=None):
        """The place of a slot comes free, and the job looks at it."""
        slot = slot or self.slot
        slot.booking_ids.filtered(lambda b: b.state == "booked").order_id._action_cancel()
        slot._drive_serve_line()

    def _run(self):
        """The job runs as Odoo runs it."""
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("cafoutch_drive.cron_offer_places").method_direct_trigger()
        self.env.invalidate_all()

    def _end(self, *waiting):
        """The time of these offers is over."""
        self.env.flush_all()
        for one in waiting:
            self.env.cr.execute(
                SQL(
                    "UPDATE drive_booking SET expires_at ="
                    " clock_timestamp() AT TIME ZONE 'UTC' - interval '1 second' WHERE id = %s",
                    one.booking_id.id,
                )
            )
        self.env.invalidate_all()

    def _mails(self, waiting, text=""):
        return self.env["mail.mail"].search(
            [("model", "=", "drive.waiting"), ("res_id", "in", waiting.ids), ("subject", "ilike", text)]
        )

    def assertStates(self, expected, *lines):
        self.env.invalidate_all()
        self.assertEqual(" ".join(line.state for line in lines), expected)
