import { _t } from "@web/core/l10n/translation";

/**
 * What became of a missing line, or what a line replaces.
 *
 * @param {Object} row of a line, as the server sends it
 * @param {Object} [question] that its member can still answer: `{until}`
 * @returns {string[]}
 */
export function replacementTexts(row, question) {
    const texts = [];
    if (row.replaces_text) {
        texts.push(_t("replaces: %s", row.replaces_text));
    }
    if (row.replaced_text) {
        texts.push(_t("in its place: %s", row.replaced_text));
    }
    if (question) {
        texts.push(
            question.until
                ? _t("asked, answer until %s", question.until)
                : _t("asked, waiting for an answer")
        );
    } else if (row.asked && !row.replaced_text) {
        texts.push(_t("asked: nothing in its place"));
    }
    return texts;
}

/** Why a basket is not ready yet. */
export function waitingText({ until }) {
    return until
        ? _t("A member has until %s to say what replaces an article.", until)
        : _t("A member is being asked what replaces an article.");
}
