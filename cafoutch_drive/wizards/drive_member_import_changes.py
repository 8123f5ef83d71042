from odoo import models
from odoo.tools import format_date


class DriveMemberImport(models.TransientModel):
    """What an import changes, in words."""

    _inherit = "drive.member.import"

    def _labels(self):
        """``{field: its name for people}``."""
        return self._found("labels", None, self._read_labels)

    def _read_labels(self):
        described = self.env["res.partner"].fields_get(attributes=["string"])
        labels = {name: description["string"] for name, description in described.items()}
        return {**labels, "parent_id": self.env._("Household")}

    def _told_new(self, wanted):
        return self.env._("new: %s", self._told_values(wanted))

    def _told_values(self, wanted):
        names = [name for name in wanted if name not in ("coop_number", "name")]
        told = [f"{self._labels()[name]} {self._told_value(name, wanted[name])}" for name in names]
        return "; ".join([f"{wanted['coop_number']} {wanted['name']}", *told])

    def _told_changes(self, member, changed):
        told = [
            f"{self._labels()[name]} {self._told_value(name, member[name])} → {self._told_value(name, value)}"
            for name, value in changed.items()
        ]
        return self.env._(
            "%(number)s %(name)s: %(changes)s", number=member.coop_number, name=member.name, changes="; ".join(told)
        )

    def _told_value(self, name, value):
        if not value:
            return "—"
        field = self.env["res.partner"]._fields[name]
        if name == "parent_id":
            partner = self.env["res.partner"].browse(value) if isinstance(value, int) else value
            return partner.name
        if field.type == "selection":
            labels = self._found("selection", name, lambda: dict(field._description_selection(self.env)))
            return labels.get(value, value)
        if field.type == "date":
            return format_date(self.env, value)
        return str(value)
