from odoo.http import route

from odoo.addons.web.controllers.dataset import DataSet

from ..tools.replica import from_replica


def _reads(controller, rule, arguments):
    """Whether a call of a screen only reads, and where from; see ``from_replica``."""
    return controller._call_kw_readonly(rule, arguments) and from_replica(controller, rule, arguments)


class DriveReads(DataSet):
    """The back office and its screens show their people what they changed, as the shop does."""

    @route(readonly=_reads)
    def call_kw(self, model, method, args, kwargs, path=None):
        return super().call_kw(model, method, args, kwargs, path)

    @route(readonly=_reads)
    def call_button(self, model, method, args, kwargs, path=None):
        return super().call_button(model, method, args, kwargs, path)
