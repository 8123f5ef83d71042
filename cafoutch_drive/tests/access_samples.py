"""Records of Odoo's own models, to which the addon adds something, for the access tables."""

from .access_common import AccessCommon


class AccessSamples(AccessCommon):
    def _stock_sample(self, model):
        """A record to read or write, values to write, values to create another."""
        calendar = {"name": "Other hours"}
        attendance = {
            "name": "Evening",
            "calendar_id": self.calendar.id,
            "dayofweek": "5",
            "hour_from": 18,
            "hour_to": 20,
            "day_period": "afternoon",
        }
        closure = {
            "name": "Closed",
            "calendar_id": self.calendar.id,
            "date_from": "2020-01-01 08:00:00",
            "date_to": "2020-01-01 20:00:00",
        }
        leaves = self.env["resource.calendar.leaves"]
        batch = {"picking_type_id": self.warehouse.out_type_id.id}
        return {
            "pos.config": (self.config, {"name": "Renamed"}, {"name": "Another till"}),
            "product.product": (self.bread, {"drive_producer": "A farm"}, {"name": "Pain"}),
            "product.template": (self.bread.product_tmpl_id, {"drive_producer": "A farm"}, {"name": "Pain"}),
            "res.partner": (self.member, {"coop_number": "4711"}, {"name": "Somebody"}),
            "resource.calendar": (self.calendar, {"name": "Renamed"}, calendar),
            "resource.calendar.attendance": (self.calendar.attendance_ids[0], {"name": "Renamed"}, attendance),
            "resource.calendar.leaves": (leaves.create(closure), {"name": "Renamed"}, closure),
            "stock.picking.batch": (self.env["stock.picking.batch"].create(batch), {"drive_point_id": False}, batch),
        }[model]
