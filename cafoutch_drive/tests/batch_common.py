from odoo.tests import new_test_user

from .preparation_common import PreparationCommon


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
        cls.tablet = cls.env["drive.preparation"].with_user(cls.second)

    def one_more(self, quantities):
        """One more order of this half-day, in a batch."""
        self.point.cutoff_minutes = 60
        slot = self._create_slot(hours=27, window_start=self.slot.window_start)
        number = self.env["res.partner"].search_count([])
        order = self._create_confirmed(quantities, slot, self._create_member(f"Person {number}"))
        order._drive_join_batch()
        self.point.cutoff_minutes = 28 * 60
        return order
