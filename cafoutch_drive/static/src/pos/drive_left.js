import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";

// Less is a rounding.
const LEAST = 0.0005;

/**
 * What of a basket is not on its ticket, as the receipt says it: the till knows it before the
 * server has the ticket, which then says the same.
 *
 * @param {Object} ticket
 * @param {number} orderId
 * @returns {Array<string>}
 */
export function leftTexts(ticket, orderId) {
    const fates = JSON.parse(ticket.drive_refused || "{}");
    return [...leftLines(ticket, orderId)]
        .filter(([, { qty }]) => qty > LEAST)
        .map(([id, { qty, said }]) => {
            const values = { product: said.product, quantity: quantityText(qty, said) };
            return fates[id] === "missing"
                ? _t("%(product)s: %(quantity)s not found, not charged", values)
                : _t("%(product)s: %(quantity)s not taken", values);
        });
}

/** How much the ticket has less than there was of each order line, in products' own units. */
function leftLines(ticket, orderId) {
    const left = new Map();
    for (const row of ticket.uiState.driveRows?.[orderId] || []) {
        // What was paid before is no article.
        if (row.sale_line_id) {
            const { qty = 0 } = left.get(row.sale_line_id) || {};
            left.set(row.sale_line_id, { qty: qty + row.qty, said: row.said });
        }
    }
    for (const line of ticket.lines) {
        const one = left.get(line.sale_order_line_id?.id);
        if (one) {
            one.qty -= line.qty;
        }
    }
    return left;
}

/** As the server writes it: "0.35 kg", "2". */
function quantityText(qty, { unit, measured, ratio }) {
    const shown = qty * ratio;
    if (!measured) {
        return formatFloat(shown, { digits: [0, Number.isInteger(shown) ? 0 : 2] }) + unit;
    }
    // Two decimals at least: a weight, not a count.
    return formatFloat(shown, { digits: [0, 3] }).replace(/0$/, "") + unit;
}
