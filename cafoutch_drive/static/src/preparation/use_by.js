import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

/** The use-by dates of an article, nearest first, and what to do when one is too near. */
export class UseBy extends Component {
    static template = "cafoutch_drive.UseBy";
    // `{lot, date, day, near, letters}` of `useByDates`.
    static props = { dates: Array };

    text({ date, letters, lot }) {
        return letters
            ? _t("%(date)s, lot %(lot)s: %(letters)s", { date, lot, letters })
            : _t("%(date)s, lot %(lot)s", { date, lot });
    }

    get near() {
        return this.props.dates.some((row) => row.near);
    }
}

/**
 * The lots of an article, each once, nearest date first.
 *
 * @param {Object[]} cells with `dates`, see `sale.order.line._drive_use_by_rows`
 * @param {(cell: Object) => string} letterOf the basket's letter; empty where there is one alone
 */
export function useByDates(cells, letterOf = () => "") {
    const lots = new Map();
    for (const cell of cells) {
        for (const row of cell.dates || []) {
            const key = `${row.day} ${row.lot}`;
            const known = lots.get(key) || { ...row, near: false, letters: [] };
            known.near ||= row.near;
            known.letters.push(letterOf(cell));
            lots.set(key, known);
        }
    }
    return [...lots.values()]
        .sort((a, b) => a.day.localeCompare(b.day))
        .map((row) => ({ ...row, letters: row.letters.filter(Boolean).join(", ") }));
}
