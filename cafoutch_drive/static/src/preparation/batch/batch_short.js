import { Component, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { emptyField, parseQuantity } from "../quantity";
import { wasScanned } from "./scan_tools";

// Up to so many, "how many did you find?" is answered by one tap.
const MOST_BUTTONS = 6;
// The reason that says that some of it was found.
const PART = "partial";

/** Why an article is missing for a basket. That is all where there is none of it; only who found
 * some is asked how much. */
export class BatchShort extends Component {
    static template = "cafoutch_drive.BatchShort";
    static props = {
        view: Object,
        stop: Object,
        cell: Object,
        // Called with the cell, how much was found, and why the rest was not.
        short: Function,
        close: Function,
        onScan: Function,
    };

    setup() {
        // `part`: some was found, and `reason` is why the rest was not.
        this.state = useState({ part: false, reason: "", typed: "", error: "" });
        this.field = useRef("field");
    }

    get letter() {
        return this.props.view.basket(this.props.cell).letter;
    }

    get title() {
        const values = { article: this.props.stop.name, letter: this.letter };
        return this.props.view.isAlone
            ? _t("%(article)s: missing", values)
            : _t("%(article)s for basket %(letter)s: missing", values);
    }

    get wishText() {
        return _t("The member’s wish: %s", this.props.cell.wish_text);
    }

    /** How many one can have found, where that is answered by a tap. */
    get counts() {
        const { cell, stop } = this.props;
        return !stop.measured && cell.wanted > 1 && cell.wanted <= MOST_BUTTONS
            ? [...Array(Math.round(cell.wanted)).keys()].slice(1)
            : [];
    }

    /** Of one piece there is all or nothing. */
    get mayBePart() {
        return this.props.stop.measured || this.props.cell.wanted > 1;
    }

    get reasons() {
        return this.props.view.reasons.filter(({ code }) => this.mayBePart || code !== PART);
    }

    get reasonText() {
        const part = this.props.view.reasons.find(({ code }) => code === PART);
        return this.mayBePart
            ? _t("There is none of it: touch why. You found some of it: “%s”.", part.name)
            : _t("Touch why.");
    }

    get partText() {
        return this.props.view.isAlone
            ? _t("That is what I found")
            : _t("Basket %s: that is what I found", this.letter);
    }

    choose(reason) {
        if (this.state.part || reason === PART) {
            return Object.assign(this.state, { part: true, reason, error: "" });
        }
        return this.props.short(this.props.cell, 0, reason);
    }

    /** A scanner ends with Enter too. */
    enter() {
        const { cell, onScan, view } = this.props;
        const { part, typed } = this.state;
        if (wasScanned(view, cell, typed)) {
            this.state.typed = "";
            emptyField(this.field);
            return onScan(typed);
        }
        return part && this.note(parseQuantity(typed));
    }

    note(found) {
        this.state.error = this.errorOf(found);
        if (this.state.error) {
            return this.field.el?.select();
        }
        return this.props.short(this.props.cell, found, this.state.reason);
    }

    /** Why what was found cannot be; empty if it can. */
    errorOf(found) {
        if (!found) {
            return _t("First say how much you found.");
        }
        return found >= this.props.cell.wanted
            ? _t("That is all that was ordered: nothing is missing.")
            : "";
    }
}
