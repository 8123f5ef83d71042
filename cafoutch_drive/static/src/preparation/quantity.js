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

// A number with its unit, as some people type it.
const WITH_UNIT = /^[\d.,]+(k?g|[cm]?l)$/i;
// More digits than any weight has, a zero that nobody types before one, or a word.
const CODE = /^(\d{6,}|0\d+|(?=.*[a-z])[\w./:-]{5,})$/i;

/**
 * Whether this is a code rather than a quantity: a scanner types into the field that is
 * entered, as a person does.
 *
 * @param {string} text
 */
export function isCode(text) {
    const trimmed = text.trim();
    return CODE.test(trimmed) && !WITH_UNIT.test(trimmed);
}

/**
 * Empties a field whose text turned out to be a code: typed and entered at once, it was never
 * drawn with it, so that emptying the state alone would leave it there.
 *
 * @param {{ el: HTMLInputElement|null }} ref
 */
export function emptyField({ el }) {
    if (el) {
        el.value = "";
    }
}
