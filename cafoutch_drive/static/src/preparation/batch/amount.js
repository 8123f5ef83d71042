import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";

/**
 * A quantity of an article, with its unit where it has one: "0.35 kg", "2".
 *
 * @param {Number} number
 * @param {Object} stop
 */
export function amountText(number, stop) {
    const digits = stop.measured ? 3 : 0;
    const text = formatFloat(number, { digits: [16, digits], trailingZeros: false });
    return stop.measured ? `${text}\u00a0${stop.unit}` : text;
}

/** What was noted of an article for a basket. */
export function takenText(cell, stop) {
    if (cell.reason) {
        return cell.prepared ? _t("%s found", amountText(cell.prepared, stop)) : _t("missing");
    }
    return amountText(cell.prepared, stop);
}
