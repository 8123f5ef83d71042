from odoo.tests import new_test_user

from .common import DriveCommon

WORDS = ("done", "refused", "ask", "conflict", "waiting")


class PreparationCommon(DriveCommon):
    """An order of 2 loaves and 1 kg of apples, and a volunteer with no other
    right than that."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.volunteer = new_test_user(cls.env, login="prep_volunteer", groups="cafoutch_drive.group_volunteer")
        cls.shelf, cls.fridge = cls.env["drive.place"].create(
            [
                {"name": "A3", "point_id": cls.point.id, "storage_class": "ambient"},
                {"name": "Fridge 2", "point_id": cls.point.id, "storage_class": "chilled"},
            ]
        )
        cls.order = cls._create_confirmed({cls.bread: 2, cls.apples: 1})
        cls.bread_line, cls.apples_line = cls.order.order_line
        cls.phone = cls.env["drive.preparation"].with_user(cls.volunteer)
        cls.numbers = {}

    def setUp(self):
        super().setUp()
        # Each test begins with screens that have sent nothing.
        self.numbers.clear()
        self._batch_id = None

    def board(self):
        """Return the windows of the board, as the volunteer's screen reads them."""
        return self.phone.board()["windows"]

    # === WHAT A SCREEN DOES === #

    @property
    def batch(self):
        """The batch in which the order is prepared by itself."""
        if not self._batch_id:
            self._batch_id = self.phone.basket(self.order.id)["batch"]
        return self.env["stock.picking.batch"].browse(self._batch_id)

    def op(self, kind, device="phone", no=None, uuid=None, **args):
        """The next thing that a screen did."""
        if no is None:
            no = self.numbers[device] = self.numbers.get(device, 0) + 1
        return {"uuid": uuid or f"{device}-{no}", "no": no, "kind": kind, "args": args}

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

    def refuses(self, kind, device="phone", **args):
        """Do one thing, which must be refused, as it is or for what has changed; return the
        sentence."""
        op = self.op(kind, device, **args)
        answer = self.apply(op, device=device)
        [row] = answer["refused"] + answer["conflict"]
        self.assertEqual(row["uuid"], op["uuid"])
        return self.plain(row["message"])

    def outcomes(self, answer):
        """``{uuid: what it came to}``"""
        return {(row if isinstance(row, str) else row["uuid"]): word for word in WORDS for row in answer[word]}

    def cell(self, rows, line):
        """The cell of a line, in the answer's rows or its stops."""
        cells = rows.get("rows") or [cell for stop in rows["stops"] for cell in stop["cells"]]
        [found] = [cell for cell in cells if cell["line"] == line.id]
        return found

    def plain(self, text):
        """Numbers in it as Python writes them, whatever the reader's language."""
        return text.replace(",", ".")

    def start(self):
        return self.does("begin", order=self.order.id, sure=True)

    def place_one_crate(self):
        self.does("crate", order=self.order.id, storage_class="ambient", number=1)
        return self.does("place", order=self.order.id, number=1, place=self.shelf.id)

    def prepare(self, bread=2, apples=1.0):
        """The whole way to "ready", with these quantities; less is missing."""
        self.start()
        for line, qty in ((self.bread_line, bread), (self.apples_line, apples)):
            if qty <= line.drive_ordered_qty * 0.5:
                self.does("short", line=line.id, qty=qty, reason="missing")
            else:
                self.does("take", line=line.id, qty=qty, sure=True)
        if bread or apples:
            self.place_one_crate()
        return self.does("finish", order=self.order.id)

    def moves(self, line):
        return line.move_ids.filtered(lambda move: move.state != "cancel")
