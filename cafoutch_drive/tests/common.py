"""A small shop for tests: one point, a few products, members, and helpers that
make what a test needs in one line."""

from datetime import timedelta

from odoo import Command, fields
from odoo.tests import HttpCase, TransactionCase, new_test_user

from ..tools.refusal import DriveRefused


class PatientHttpCase(HttpCase):
    def url_open(self, url, data=None, files=None, timeout=120, **kwargs):
        """As Odoo's, but patient: on a busy machine the first page of 20,000 products takes long.

        No test is about time; ``script/bench`` measures it.
        """
        return super().url_open(url, data=data, files=files, timeout=timeout, **kwargs)


class DriveCommon(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.company = cls.env.company
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.company.id)], limit=1)
        cls.stock = cls.warehouse.lot_stock_id
        cls.kilo = cls.env.ref("uom.product_uom_kgm")
        cls.env.ref("uom.decimal_product_uom").digits = 3
        # The tests own the points of the company: baskets begin at theirs.
        cls.env["drive.point"].search([]).active = False
        cls.calendar = cls._create_calendar()
        cls.point = cls.env["drive.point"].create(
            {
                "name": "Test point",
                "calendar_id": cls.calendar.id,
                "warehouse_id": cls.warehouse.id,
                "slot_capacity": 2,
                "max_open_orders": 5,
            }
        )
        cls.bread = cls._create_product("Miche", 4.8, stock=10)
        cls.apples = cls._create_product("Pommes", 3.0, stock=20, uom_id=cls.kilo.id)
        cls.member = cls._create_member("Camille Durand")
        cls.slot = cls._create_slot()

    # === FACTORIES === #

    @classmethod
    def _create_calendar(cls, hours=((15.75, 18.25), (18.5, 21.0)), days="34"):
        """Opening hours like the shop's: Thursday and Friday, by default."""
        return cls.env["resource.calendar"].create(
            {
                "name": "Opening hours",
                "tz": "Europe/Paris",
                "attendance_ids": [Command.clear()]
                + [
                    Command.create(
                        {
                            "name": "Opening",
                            "dayofweek": day,
                            "hour_from": begin,
                            "hour_to": end,
                            "day_period": "afternoon",
                        }
                    )
                    for day in days
                    for begin, end in hours
                ],
            }
        )

    @classmethod
    def _create_product(cls, name, price, stock=0.0, **values):
        product = cls.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "is_storable": True,
                "list_price": price,
                "taxes_id": [Command.clear()],
                "drive_ok": True,
                "available_in_pos": True,
                **values,
            }
        )
        if stock:
            cls._set_stock(product, stock)
        return product

    @classmethod
    def _set_stock(cls, product, quantity, location=None):
        cls.env["stock.quant"]._update_available_quantity(product, location or cls.stock, quantity)

    @classmethod
    def _create_member(cls, name, login=None, state="up_to_date", **values):
        """A member; with a login, one who can sign in on the portal."""
        if login:
            user = new_test_user(cls.env, login=login, groups="base.group_portal", name=name)
            partner = user.partner_id
        else:
            partner = cls.env["res.partner"].create({"name": name})
        partner.write({"coop_state": state, **values})
        return partner

    @classmethod
    def _create_slot(cls, hours=26, capacity=2, point=None, **values):
        """A slot that starts in so many hours, alone in its opening window."""
        point = point or cls.point
        start = fields.Datetime.now().replace(second=0) + timedelta(hours=hours)
        beside = cls.env["drive.slot"].search([("point_id", "=", point.id), ("start", ">=", start)])
        taken = set(beside.mapped("start"))
        # At a minute that 5 divides, opening hours that are made later may have one.
        while start.minute % 5 == 0 or start in taken:
            start += timedelta(minutes=1)
        return cls.env["drive.slot"].create(
            {
                "point_id": point.id,
                "start": start,
                "stop": start + timedelta(minutes=point.slot_minutes),
                "window_start": start,
                "capacity": capacity,
                **values,
            }
        )

    # === STEPS OF AN ORDER === #

    @classmethod
    def _create_basket(cls, quantities, member=None):
        """A basket of ``{product: quantity}``."""
        basket = cls.env["sale.order"]._drive_basket(member or cls.member, create=True)
        for product, quantity in quantities.items():
            basket._drive_set_quantity(product.id, quantity)
        return basket

    @classmethod
    def _create_held(cls, quantities, slot=None, member=None):
        basket = cls._create_basket(quantities, member)
        basket._drive_hold(slot or cls.slot)
        return basket

    @classmethod
    def _create_confirmed(cls, quantities, slot=None, member=None):
        basket = cls._create_held(quantities, slot, member)
        basket._drive_confirm(f"test-key-{basket.id}", basket.amount_total)
        return basket

    # === ASSERTIONS === #

    def assertRefused(self, code, function, *args, **kwargs):
        """The call is refused for this reason, with a sentence."""
        with self.assertRaises(DriveRefused) as caught:
            function(*args, **kwargs)
        self.assertEqual(caught.exception.refusal.code, code)
        self.assertTrue(caught.exception.refusal.message)

    def assertStock(self, product, quantity, reserved):
        """On hand and reserved in the warehouse's stock, all quants together."""
        quants = self.env["stock.quant"].search(
            [
                ("product_id", "=", product.id),
                ("location_id", "child_of", self.stock.id),
            ]
        )
        self.assertAlmostEqual(sum(quants.mapped("quantity")), quantity, 3)
        self.assertAlmostEqual(sum(quants.mapped("reserved_quantity")), reserved, 3)
