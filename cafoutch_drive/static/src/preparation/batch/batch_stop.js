import { Component, onWillUpdateProps, useEffect, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";
import { amountText, takenText } from "./amount";
import { emptyField, parseQuantity } from "../quantity";
import { replacementTexts } from "../replacement";
import { STORAGE_ICONS } from "../storage_icons";
import { UseBy, useByDates } from "../use_by";
import { BatchShort } from "./batch_short";
import { Mark } from "./mark";
import { REST } from "./rest";
import { ScanTools, wasScanned } from "./scan_tools";

// Where a field that is entered brings no keyboard over the screen.
const WITHOUT_FINGERS = "(hover: hover) and (pointer: fine)";

/** One article for all baskets of a batch: how much of it goes into which. */
export class BatchStop extends Component {
    static template = "cafoutch_drive.BatchStop";
    static components = { BatchShort, Mark, ScanTools, UseBy };
    static props = {
        view: Object,
        stop: Object,
        next: { type: [Object, { value: null }], optional: true },
        // A weight that a label of the scales says: `{line: quantity}`.
        scanned: { type: [Object, { value: null }], optional: true },
        take: Function,
        short: Function,
        replace: Function,
        undo: Function,
        undoLast: Function,
        // What "undo" says, such as "Undo A: Apples"; empty when there is nothing to undo.
        lastText: String,
        goOn: Function,
        onScan: Function,
    };

    setup() {
        // `line`: of the basket that was chosen; `rested`: the one that taps are for.
        this.state = useState({ ...this.fresh(), line: null, rested: null });
        this.root = useRef("root");
        this.weight = useRef("weight");
        useEffect(
            (line) => {
                this.find(".o_drive_at_hand")?.scrollIntoView({ block: "center" });
                const timer = setTimeout(() => (this.state.rested = line), REST);
                return () => clearTimeout(timer);
            },
            () => [this.cell?.line]
        );
        useEffect(
            () => this.keepFocus(),
            () => [this.cell?.line, this.state.short, this.state.question]
        );
        onWillUpdateProps((next) => {
            if (next.stop.id !== this.props.stop.id) {
                Object.assign(this.state, this.fresh(), { line: null });
            }
            if (next.scanned && next.scanned !== this.props.scanned) {
                this.useScanned(next);
            }
        });
    }

    /** `suggested`: the quantity in kilos or litres of what was typed in grams. */
    fresh() {
        return { typed: "", error: "", question: "", suggested: 0, short: false };
    }

    find(selector) {
        return this.root.el.querySelector(selector);
    }

    /**
     * Who works with the keyboard goes on from what comes in the place of what they used: at
     * a computer the field of the weight, so that what was done on paper is typed in quickly.
     */
    keepFocus() {
        const { activeElement } = document;
        const isFree = !activeElement || activeElement === document.body;
        const weight = this.weight.el;
        if (
            weight &&
            !this.state.question &&
            (isFree || activeElement.matches(".o_drive_taken")) &&
            browser.matchMedia(WITHOUT_FINGERS).matches
        ) {
            weight.focus({ preventScroll: true });
        } else if (isFree) {
            const place = this.state.question ? ".o_drive_question" : "form";
            const target = this.find(".o_drive_taken") || this.find(`${place} button`);
            target?.focus({ preventScroll: true });
        }
    }

    useScanned({ scanned, stop }) {
        const cell = this.cellIn(stop);
        if (cell && scanned[cell.line] !== undefined) {
            Object.assign(this.state, this.fresh(), {
                line: cell.line,
                typed: formatFloat(scanned[cell.line], { digits: [16, 3] }),
            });
        }
    }

    // ------------------------------------------------------------------ shown

    /** The basket at hand: the chosen one, or the first that is left. */
    get cell() {
        return this.cellIn(this.props.stop);
    }

    cellIn(stop) {
        const left = stop.cells.filter((cell) => !cell.treated);
        return left.find((cell) => cell.line === this.state.line) || left[0];
    }

    isResting(cell) {
        return cell.line !== this.state.rested;
    }

    basket(cell) {
        return this.props.view.basket(cell);
    }

    letter(cell) {
        return this.basket(cell).letter;
    }

    /** What a basket wants, beside its quantity. */
    hint(cell) {
        const texts = replacementTexts(cell, this.props.view.questionOf.get(cell.line));
        if (this.props.stop.measured) {
            if (cell.pieces) {
                texts.push(_t("about %s pieces", cell.pieces));
            }
            texts.push(
                _t("between %(least)s and %(most)s", {
                    least: cell.least_text,
                    most: cell.most_text,
                })
            );
        }
        return texts.join(" · ");
    }

    get dates() {
        const { stop, view } = this.props;
        return useByDates(stop.cells, (cell) => (view.isAlone ? "" : this.letter(cell)));
    }

    isReplaceable(cell) {
        return this.props.view.isReplaceable(cell);
    }

    doneText(cell) {
        return takenText(cell, this.props.stop);
    }

    amount(number) {
        return amountText(number, this.props.stop);
    }

    get takenText() {
        const { stop, view } = this.props;
        const values = { letter: this.letter(this.cell), quantity: this.cell.wanted_text };
        if (view.isAlone && stop.measured) {
            return stop.weighed ? _t("Weight taken") : _t("Quantity taken");
        }
        if (view.isAlone) {
            return _t("%(quantity)s taken", values);
        }
        if (stop.weighed) {
            return _t("Basket %(letter)s: weight taken", values);
        }
        return stop.measured
            ? _t("Basket %(letter)s: quantity taken", values)
            : _t("Basket %(letter)s: %(quantity)s taken", values);
    }

    /** What has to stay cold goes into a crate of its own. */
    get coldText() {
        const { stop, view } = this.props;
        if (stop.storage_class === "frozen") {
            return _t("Frozen: last of all");
        }
        const storage = view.classes.find((row) => row.code === stop.storage_class);
        return storage?.cold ? storage.name : "";
    }

    get coldIcon() {
        return STORAGE_ICONS[this.props.stop.storage_class];
    }

    undoText(cell) {
        return _t("Basket %(letter)s: %(quantity)s. Undo", {
            letter: this.letter(cell),
            quantity: this.doneText(cell),
        });
    }

    replaceText(cell) {
        return _t("Basket %s: replace it", this.letter(cell));
    }

    firstText(cell) {
        return _t("for basket %s first", this.letter(cell));
    }

    /** Over the field; what is sold by the litre has no weight. */
    get weightText() {
        const letter = this.letter(this.cell);
        const { isAlone } = this.props.view;
        const { unit, weighed } = this.props.stop;
        if (weighed) {
            return isAlone ? _t("Weight") : _t("Weight for basket %s", letter);
        }
        return isAlone
            ? _t("Quantity in %s", unit)
            : _t("Quantity in %(unit)s for basket %(letter)s", { unit, letter });
    }

    get suggestedText() {
        return _t("Take %s", this.amount(this.state.suggested));
    }

    get barcodeText() {
        return _t("Barcode: …%s", this.props.stop.barcode.slice(-4));
    }

    get nextText() {
        const { next, view } = this.props;
        const wanted = next.cells
            .filter((cell) => !cell.treated)
            .map((cell) => view.amountFor(cell, cell.wanted_text));
        const where = next.location || next.shelf;
        return _t("Then: %(article)s (%(wanted)s)", {
            article: [next.name, where].filter(Boolean).join(", "),
            wanted: wanted.join(", "),
        });
    }

    // ------------------------------------------------------------------- done

    choose(cell) {
        Object.assign(this.state, this.fresh(), { line: cell.line });
    }

    /** What was said of another weight is over. */
    retype() {
        Object.assign(this.state, { error: "", question: "", suggested: 0 });
    }

    /**
     * What the preparer took: what was ordered, or the weight that was typed.
     *
     * @param {Object|undefined} cell the one that the button was drawn for
     */
    take(cell) {
        if (wasScanned(this.props.view, cell, this.state.typed)) {
            return this.scan(this.state.typed);
        }
        if (!cell || this.isResting(cell)) {
            return;
        }
        if (!this.props.stop.measured) {
            return this.takeQuantity(cell, cell.wanted);
        }
        const quantity = parseQuantity(this.state.typed);
        const error = this.errorOf(cell, quantity);
        const suggested = error ? this.suggestionOf(cell, quantity) : 0;
        Object.assign(this.state, { error, suggested, question: "" });
        if (error) {
            this.weight.el?.select();
            return;
        }
        this.state.question = this.questionOf(cell, quantity);
        return this.state.question || this.takeQuantity(cell, quantity);
    }

    scan(text) {
        Object.assign(this.state, this.fresh());
        emptyField(this.weight);
        return this.props.onScan(text.trim());
    }

    /** What a quantity is that was typed in grams or millilitres; 0 when it was not. */
    suggestionOf(cell, quantity) {
        const suggested = quantity / 1000;
        const possible = quantity > cell.highest;
        return possible && suggested >= cell.least && suggested <= cell.most ? suggested : 0;
    }

    takeSuggested(cell) {
        this.state.typed = formatFloat(this.state.suggested, { digits: [16, 3] });
        return this.take(cell);
    }

    /** Why a weight cannot be; empty if it can. */
    errorOf(cell, quantity) {
        const { unit, weighed } = this.props.stop;
        if (!this.state.typed) {
            return weighed
                ? _t("First type the weight that the scale says.")
                : _t("First type how much it is, in %s.", unit);
        }
        if (!quantity) {
            return weighed
                ? _t("This is not a weight. Type what the scale says, such as 0.35.")
                : _t("This is not a quantity. Type it in %s, such as 0.35.", unit);
        }
        const texts = { quantity: this.amount(quantity), wanted: cell.wanted_text };
        if (quantity > cell.highest) {
            const suggested = this.suggestionOf(cell, quantity);
            return suggested
                ? _t("%(quantity)s is too much for %(wanted)s. Did you mean %(kilos)s?", {
                      ...texts,
                      kilos: this.amount(suggested),
                  })
                : _t("%(quantity)s is too much for %(wanted)s ordered.", texts);
        }
        if (quantity < cell.lowest) {
            return _t(
                "%(quantity)s is far too little for %(wanted)s. If the rest is missing, use “Missing”.",
                texts
            );
        }
        return "";
    }

    /** What to ask about a weight that can be and is not expected; empty if it is. */
    questionOf(cell, quantity) {
        const texts = { quantity: this.amount(quantity), wanted: cell.wanted_text };
        if (cell.ceiling && quantity > cell.ceiling) {
            return _t(
                "%(quantity)s is more than this member wants to pay for. Take it all the same?",
                texts
            );
        }
        return quantity < cell.least || quantity > cell.most
            ? _t("%(wanted)s were ordered. Is it really %(quantity)s?", texts)
            : "";
    }

    sure(cell) {
        return this.takeQuantity(cell, parseQuantity(this.state.typed), true);
    }

    takeQuantity(cell, quantity, sure = false) {
        Object.assign(this.state, this.fresh(), { line: null });
        return this.props.take(cell, quantity, sure);
    }

    openShort() {
        Object.assign(this.state, { ...this.fresh(), line: this.cell.line, short: true });
    }

    close() {
        Object.assign(this.state, this.fresh());
    }

    short(cell, found, reason) {
        Object.assign(this.state, this.fresh(), { line: null });
        return this.props.short(cell, found, reason);
    }
}
