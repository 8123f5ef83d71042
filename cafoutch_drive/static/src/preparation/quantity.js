import { _t } from "@web/core/l10n/translation";

/**
 * Read a quantity as people type it: "0,312", "0.312", " 2 ".
 *
 * @param {string} text
 * @returns {number|null} null when it is not a plain, positive number
 */
export function parseQuantity(text) {
    const trimmed = (text || "").replace(/\s/g, "");
    if (!/^\d{0,6}([.,]\d{0,6})?$/.test(trimmed) || !/\d/.test(trimmed)) {
        return null;
    }
    return Number(trimmed.replace(",", "."));
}

/**
 * What a preparer noted on a line.
 *
 * @param {Object} line as the server sends it
 * @returns {string}
 */
export function notedText(line) {
    return line.reason
        ? _t("Missing (%(reason)s), found: %(found)s", {
              reason: line.reason,
              found: line.prepared_text,
          })
        : _t("Taken: %s", line.prepared_text);
}
