from odoo.tests import new_test_user

from .preparation_common import PreparationCommon

WORDS = ("done", "refused", "ask", "conflict", "waiting")


class BatchCommon(PreparationCommon):
    """Two orders of one half-day in a batch: 2 loaves and 1 kg of apples, and 1 loaf; a
    volunteer at a phone, and another one at a tablet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._create_confirmed({cls.bread: 1}, cls.slot, cls._create_member("Ali Ben"))
        cls.other_line = cls.other.order_line
        cls.point.cutoff_minutes = 27 * 60
        cls.point._form_batches()
        cls.batch = cls.order.drive_batch_id
        cls.second = new_test_user(cls.env, login="prep_second", groups="cafoutch_drive.group_volunteer", name="Zoé B")
        cls.phone = cls.env["drive.preparation"].with_user(cls.volunteer)
        cls.tablet = cls.env["drive.preparation"].with_user(cls.second)
        cls.numbers = {}

    def one_more(self, quantities):
        """One more order of this half-day, in a batch."""
        self.point.cutoff_minutes = 60
        slot = self._create_slot(hours=27, window_start=self.slot.window_start)
        number = self.env["res.partner"].search_count([])
        order = self._create_confirmed(quantities, slot, self._create_member(f"Person {number}"))
        order._drive_join_batch()
        self.point.cutoff_minutes = 28 * 60
        return order

    # === WHAT A SCREEN DOES === #

    def op(self, kind, device="phone", no=None, uuid=None, **args):
        """The next thing that a screen did."""
        if no is None:
            no = self.numbers[device] = self.numbers.get(device, 0) + 1
        return {"uuid": uuid or f"{device}-{no}", "no": no, "kind": kind, "args": args}

    def setUp(self):
        super().setUp()
        # Each test begins with screens that have sent nothing.
        self.numbers.clear()

    def apply(self, *ops, device="phone", **options):
        screen = self.tablet if device == "tablet" else self.phone
        return screen.apply(self.batch.id, device, list(ops), **options)

    def does(self, kind, device="phone", **args):
        """Do one thing, which must be done; return the answer."""
        op = self.op(kind, device, **args)
        answer = self.apply(op, device=device)
        self.assertEqual(self.outcomes(answer), {op["uuid"]: "done"}, answer)
        return answer

    def told(self, outcome, kind, device="phone", **args):
        """Do one thing, which must come to that; return the sentence."""
        op = self.op(kind, device, **args)
        answer = self.apply(op, device=device)
        self.assertEqual(self.outcomes(answer), {op["uuid"]: outcome}, answer)
        return self.plain(answer[outcome][0]["message"])

    def outcomes(self, answer):
        """``{uuid: what it came to}``"""
        return {(row if isinstance(row, str) else row["uuid"]): word for word in WORDS for row in answer[word]}

    def cell(self, rows, line):
        """The cell of a line, in the answer's rows or its stops."""
        cells = rows.get("rows") or [cell for stop in rows["stops"] for cell in stop["cells"]]
        [found] = [cell for cell in cells if cell["line"] == line.id]
        return found
