import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { PosStore } from "@point_of_sale/app/services/pos_store";

/**
 * The articles of a basket have the taxes that were agreed. A fiscal position of the ticket,
 * chosen by hand or with a preset or a customer, would map them once more.
 */
patch(PosStore.prototype, {
    /** Gives the ticket the fiscal position of its basket again where another one changes its taxes. */
    keepDriveTaxes(ticket) {
        const position = ticket.fiscal_position_id;
        const lines = ticket.lines.filter((line) => line.isDriveLine);
        if (!changesTaxes(position, lines)) {
            return;
        }
        const agreed = lines[0].sale_order_origin_id.fiscal_position_id;
        ticket.fiscal_position_id = changesTaxes(agreed, lines) ? false : agreed;
        this.notification.add(
            _t(
                "“%s” is not on the ticket any more: it changed the taxes of the basket, which were agreed.",
                position.name
            ),
            { type: "warning" }
        );
    },
});

function changesTaxes(position, lines) {
    return (
        Boolean(position) &&
        lines.some((line) => {
            const taxes = position.getTaxesAfterFiscalPosition(line.tax_ids);
            return (
                taxes.length !== line.tax_ids.length ||
                taxes.some((tax) => !line.tax_ids.includes(tax))
            );
        })
    );
}
