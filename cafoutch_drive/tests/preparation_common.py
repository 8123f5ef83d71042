from odoo.tests import new_test_user

from .common import DriveCommon


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
        cls.screen = cls.env["sale.order"].with_user(cls.volunteer)

    def board(self):
        """Return the windows of the board, as the volunteer's screen reads them."""
        return self.env["drive.preparation"].with_env(self.screen.env).board()["windows"]

    def call(self, method, *args):
        """Call as the volunteer's screen does: a refusal fails the test."""
        answer = getattr(self.screen, f"drive_preparation_{method}")(*args)
        self.assertNotIn("refused", answer)
        return answer

    def refused(self, method, *args):
        """Call as the volunteer's screen does: it must be refused, and the answer
        has the sentence."""
        answer = getattr(self.screen, f"drive_preparation_{method}")(*args)
        self.assertTrue(answer.get("refused"), f"{method}{args} was not refused")
        return self.plain(answer["refused"])

    def plain(self, text):
        """Numbers in it as Python writes them, whatever the reader's language."""
        return text.replace(",", ".")

    def start(self):
        return self.call("start", self.order.id, True)

    def place_one_crate(self):
        answer = self.call("add_crate", self.order.id, "ambient", 1)
        crate = next(row for row in answer["classes"] if row["code"] == "ambient")["crates"]
        return self.call("place_crate", crate[0]["id"], self.shelf.id)

    def prepare(self, bread=2, apples=1.0):
        """The whole way to "ready", with these quantities; less is missing."""
        self.start()
        for line, qty in ((self.bread_line, bread), (self.apples_line, apples)):
            if qty <= line.drive_ordered_qty * 0.5:
                self.call("short", line.id, qty, "missing")
            else:
                self.call("pick", line.id, qty, True)
        if bread or apples:
            self.place_one_crate()
        return self.call("finish", self.order.id)

    def moves(self, line):
        return line.move_ids.filtered(lambda move: move.state != "cancel")
