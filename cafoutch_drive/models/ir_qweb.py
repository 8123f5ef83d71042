from odoo import models

# The bundles of the members' pages.
OURS = "cafoutch_drive.shop_"


class IrQweb(models.AbstractModel):
    _inherit = "ir.qweb"

    def _get_asset_nodes(self, bundle, *args, **kwargs):
        """Override of `base`: without the handler by which Odoo's pages notice a file that did not come. It is
        written into the page, which ours refuse (see ``ir_http_headers.py``), and none of ours asks for it."""
        nodes = super()._get_asset_nodes(bundle, *args, **kwargs)
        if bundle.startswith(OURS):
            for _tag, attributes in nodes:
                attributes.pop("onerror", None)
        return nodes
