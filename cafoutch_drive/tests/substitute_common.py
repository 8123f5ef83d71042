from odoo import Command

from .batch_common import BatchCommon


class SubstituteCommon(BatchCommon):
    """Loaves and apples of two shelves, with others beside them; the member takes what is similar."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bakery, cls.fruit = cls.env["pos.category"].create([{"name": "Pain"}, {"name": "Fruits"}])
        cls.bread.pos_categ_ids = cls.bakery
        cls.apples.pos_categ_ids = cls.fruit
        cls.dark = cls.beside(cls.bakery, "Miche noire", 4.5)
        cls.gala = cls.beside(cls.fruit, "Pommes Gala", 3.5, uom_id=cls.kilo.id)
        cls.order.drive_substitution = "similar"
        cls.other.drive_substitution = "similar"

    @classmethod
    def beside(cls, shelf, name, price, stock=20, **values):
        """Another article of a shelf."""
        return cls._create_product(name, price, stock=stock, pos_categ_ids=[Command.set(shelf.ids)], **values)

    def missing(self, line, found=0):
        self.does("short", line=line.id, qty=found, reason="missing")

    def names(self, line):
        return [one.product.name for one in line._drive_substitutes()]
