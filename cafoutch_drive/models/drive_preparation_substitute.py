from odoo import api, models

from ..tools.refusal import DriveRefused


class DrivePreparation(models.AbstractModel):
    """What preparers read of substitutes, and how they put one into a basket."""

    _inherit = "drive.preparation"

    @api.model
    def substitutes(self, batch_id, line_id):
        """Return what may go into a basket in place of what is missing of a line.

        Also where the member wants to be asked: about what, then.

        :return: ``{line, proposals}``: the most alike first, each ``{id, name, detail,
            shelf, storage_class, image, measured, weighed, text}``, the text being how much of it;
            with ``refused`` when the member does not want it
        """
        self.env["sale.order"]._drive_check_preparer()
        try:
            line = self._find_line(self._find_batch(batch_id), line_id)
            return {"line": line.id, "proposals": line._drive_proposal_rows()}
        except DriveRefused as refused:
            return {"refused": str(refused)}

    def _find_line(self, batch, line_id):
        """Return the line of a basket of this batch that a client names; nothing is locked.

        :raise DriveRefused: when it is not there
        """
        lines = self.env["sale.order.line"].sudo()
        line = self.env["sale.order"]._drive_find_id(lines, line_id)
        line = line.with_company(line.company_id)
        if line.order_id.drive_batch_id != batch:
            raise DriveRefused(
                "other_batch",
                self.env._("This is not there any more. Please go back to the list."),
            )
        return line

    def _op_substitute(self, batch, args):
        line = self._batch_line(batch, args)
        products = self.env["product.product"].sudo().with_company(line.company_id)
        line._drive_replace_with(self.env["sale.order"]._drive_find_id(products, args.get("product")))
        return line.order_id, None


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _drive_proposal_rows(self):
        """What may replace this line, or be asked about, as preparers read it.

        :raise DriveRefused: when it is not missing, or its member wants nothing else
        """
        self._drive_check_may_replace("ask" if self._drive_wish() == "ask" else "similar")
        return [self._drive_proposal_row(one) for one in self._drive_substitutes()]

    def _drive_proposal_row(self, substitute):
        """What a preparer reads of what may replace this line.

        :param substitute: see :meth:`_drive_substitutes`
        """
        product = substitute.product
        return {
            **product._drive_article_row(),
            "measured": bool(product.product_tmpl_id._drive_measure()),
            "weighed": product.product_tmpl_id._drive_measure() == "kg",
            "text": product._drive_format_quantity(substitute.qty),
        }

    def _drive_cell_row(self, wishes):
        """Override: ``replaces``, the line that this one stands for, or False, with its name in
        ``replaces_text``, and in ``replaced_text`` what stands for this one."""
        replaced = self.drive_substitute_of_id
        return {
            **super()._drive_cell_row(wishes),
            "replaces": replaced.id,
            "replaces_text": replaced.product_id.name or "",
            "replaced_text": ", ".join(self.drive_substitute_ids.product_id.mapped("name")),
        }
