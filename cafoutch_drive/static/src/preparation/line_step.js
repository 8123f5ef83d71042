import { Component, onWillUpdateProps, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { emptyField, isCode, notedText, parseQuantity } from "./quantity";
import { replacementTexts } from "./replacement";
import { UseBy, useByDates } from "./use_by";

// Up to so many, "how many did you find?" is answered by one tap.
const MOST_BUTTONS = 6;

/** One line at hand: what to take, from where, how much; taken or missing. */
export class LineStep extends Component {
    static template = "cafoutch_drive.LineStep";
    static components = { UseBy };
    static props = {
        line: Object,
        // That its member can still answer, see `drive.preparation._question_rows`.
        asked: { type: [Object, { value: null }], optional: true },
        next: { type: Object, optional: true },
        reasons: Array,
        question: { type: [Object, { value: null }], optional: true },
        busy: Boolean,
        canUndo: Boolean,
        pick: Function,
        short: Function,
        replace: Function,
        undo: Function,
        undoLast: Function,
        show: Function,
        sure: Function,
        notSure: Function,
        onScan: Function,
    };

    setup() {
        this.state = useState(this.fresh());
        this.weight = useRef("weight");
        onWillUpdateProps((next) => {
            const other = next.line.id !== this.props.line.id;
            if (other || next.line.treated !== this.props.line.treated) {
                Object.assign(this.state, this.fresh());
            }
        });
    }

    fresh() {
        return { typed: "", error: "", short: false, found: 0, foundText: "" };
    }

    get counts() {
        const { measured, wanted } = this.props.line;
        return !measured && wanted > 1 && wanted <= MOST_BUTTONS
            ? [...Array(Math.round(wanted)).keys()]
            : [];
    }

    get typesFound() {
        return this.props.line.measured || this.props.line.wanted > MOST_BUTTONS;
    }

    get takenText() {
        return this.props.line.measured ? _t("Weight taken") : _t("Taken");
    }

    get nextText() {
        const { next } = this.props;
        const texts = [next.name, next.wanted_text, next.location || next.shelf];
        return _t("Then: %s", texts.filter(Boolean).join(" · "));
    }

    /** What helps to take the right quantity. */
    get hints() {
        const { least_text, measured, most_text, pieces } = this.props.line;
        const texts = this.replacement;
        if (!measured) {
            return texts.length ? texts : [_t("to take")];
        }
        return [
            ...texts,
            pieces ? _t("about %s pieces", pieces) : "",
            _t("between %(least)s and %(most)s", { least: least_text, most: most_text }),
        ].filter(Boolean);
    }

    get replacement() {
        return replacementTexts(this.props.line, this.props.asked);
    }

    get dates() {
        return useByDates([this.props.line]);
    }

    get barcodeText() {
        return _t("Barcode: …%s", this.props.line.barcode.slice(-4));
    }

    get wishText() {
        return _t("The member’s wish: %s", this.props.line.wish);
    }

    get notedText() {
        return notedText(this.props.line);
    }

    take() {
        const { line } = this.props;
        if (isCode(this.state.typed)) {
            return this.scan(this.state.typed);
        }
        if (!line.measured) {
            return this.props.pick(line.wanted);
        }
        const quantity = parseQuantity(this.state.typed);
        if (quantity === null) {
            this.state.error = this.state.typed
                ? _t("This is not a weight. Type what the scale says, such as 0.35.")
                : _t("First type the weight that the scale says.");
            this.weight.el?.select();
            return;
        }
        this.state.error = "";
        return this.props.pick(quantity);
    }

    scan(text) {
        Object.assign(this.state, this.fresh());
        emptyField(this.weight);
        return this.props.onScan(text.trim());
    }

    /** In the field of what was found a scanner ends with Enter too. */
    enterFound() {
        return isCode(this.state.foundText) && this.scan(this.state.foundText);
    }

    openShort() {
        Object.assign(this.state, { ...this.fresh(), short: true });
    }

    closeShort() {
        Object.assign(this.state, this.fresh());
    }

    chooseFound(count) {
        this.state.found = count;
    }

    chooseReason(code) {
        let found = this.state.found;
        if (isCode(this.state.foundText)) {
            return this.scan(this.state.foundText);
        }
        if (this.typesFound && this.state.foundText) {
            found = parseQuantity(this.state.foundText);
        }
        if (found === null) {
            this.state.error = _t("Type what you found, or leave it empty for nothing.");
            return;
        }
        this.state.error = "";
        return this.props.short(found, code);
    }
}
