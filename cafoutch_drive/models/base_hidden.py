from odoo import models


class Base(models.AbstractModel):
    """Who may not read a field learns nothing by grouping or sorting by it either.

    Odoo looks at the rights on a field where it asks for its column. Two kinds have none:
    a many2many, whose values are in a table of their own, and a related field that is not
    stored, in whose place Odoo asks for the field that it leads to. A field that is found by
    a method of its own is that method's to guard.
    """

    _inherit = "base"

    def _read_group_groupby(self, alias, groupby_spec, query):
        self._drive_check_named(groupby_spec)
        return super()._read_group_groupby(alias, groupby_spec, query)

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        self._drive_check_named(field_name)
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    def _read_group_select(self, aggregate_spec, query):
        self._drive_check_named(aggregate_spec)
        return super()._read_group_select(aggregate_spec, query)

    def _drive_check_named(self, spec):
        """Refuse who may not read the field that a group, an order or a total begins with."""
        field = self._fields.get(spec.partition(":")[0].partition(".")[0])
        if field is not None and field.groups:
            self._check_field_access(field, "read")
