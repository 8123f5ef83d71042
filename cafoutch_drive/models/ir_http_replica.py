from odoo import models

from ..tools import replica


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def _register_hook(self):
        """Override of `base`: not every process may read from a replica."""
        super()._register_hook()
        replica.leave_if_shared(self.pool)

    @classmethod
    def _authenticate(cls, endpoint):
        """Override of `base`: who asks is already read, from the replica or not."""
        with replica.or_primary():
            replica.begin(endpoint)
            return super()._authenticate(endpoint)

    @classmethod
    def _dispatch(cls, endpoint):
        """Override of `base`: a replica that dies costs no page."""
        with replica.or_primary():
            return super()._dispatch(endpoint)
