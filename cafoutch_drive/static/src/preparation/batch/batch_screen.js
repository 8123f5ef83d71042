import { Component, onMounted, onWillStart, useEffect, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useBus, useService } from "@web/core/utils/hooks";
import { ColdAlarm } from "../cold_alarm";
import { PaperLink } from "../paper_link";
import { takenText } from "./amount";
import { BatchCrates } from "./batch_crates";
import { BatchReplace } from "./batch_replace";
import { BatchStop } from "./batch_stop";
import { useBatch } from "./batch_sync";
import { Mark } from "./mark";

/**
 * The baskets of a batch, prepared together, or one of them by itself: one article after
 * the other for all of them, then the crates. What is done and what is left decide the step; a person can go
 * to any article from the list.
 */
export class BatchScreen extends Component {
    static template = "cafoutch_drive.BatchScreen";
    static components = { BatchCrates, BatchReplace, BatchStop, ColdAlarm, Mark, PaperLink };
    static props = {
        batchId: Number,
        // The only basket to prepare.
        order: { type: [Number, { value: null }] },
        leave: Function,
        askWho: Function,
        isAsking: Function,
    };

    setup() {
        this.sync = useBatch(this.props.batchId, this.props.order);
        this.sounds = useService("cafoutch_drive.sounds");
        this.sync.askWho = this.props.askWho;
        // `stop`: the article that this screen went to; `looking`: it was chosen from the
        // list, done or not; `step`: "list" or "crates" when a person went there;
        // `replacing`: the missing line that something is looked for, `{line, proposals}`;
        // `atHand`: the basket that was scanned or is to be put away, or one of its crates,
        // `{basket, number}`.
        this.state = useState({
            stop: null,
            looking: false,
            step: null,
            scanned: null,
            replacing: null,
            atHand: null,
        });
        // Lines noted on this screen, in that order, for "undo the last one".
        this.done = [];
        // Lines that are on their way to the disk.
        this.noting = new Set();
        useBus(useService("barcode").bus, "barcode_scanned", (ev) =>
            this.onScan(ev.detail.barcode)
        );
        useEffect(
            () => {
                this.settle();
            },
            () => [this.step === "stop" && this.stop.id]
        );
        onWillStart(() => this.sync.open());
        // On the screen at once: what the server knows comes when it comes.
        onMounted(async () => {
            await this.sync.start();
            if (!this.sync.left) {
                await this.settle();
            }
        });
    }

    get view() {
        return this.sync.view;
    }

    /**
     * The article at hand. It follows from what is done, here or by somebody else: there is
     * no moment at which one that is finished still stands on the screen.
     */
    get stop() {
        const at = this.view.stops.find((stop) => stop.id === this.state.stop);
        return at && (this.state.looking || !this.isTreated(at)) ? at : this.after(at);
    }

    get step() {
        if (this.sync.gone || !this.view) {
            return this.sync.gone || this.sync.started ? "gone" : "loading";
        }
        if (this.props.order && !this.view.baskets.length) {
            return "gone";
        }
        if (!this.view.begun) {
            return "begin";
        }
        return this.state.step || (this.missing ? "replace" : this.stop ? "stop" : "crates");
    }

    /** The missing line for which the preparer sees what could replace it, as long as it is
     * missing and nobody has replaced it. */
    get missing() {
        const cell = this.view.cellOf.get(this.state.replacing?.line);
        return cell && this.view.isReplaceable(cell) ? cell : null;
    }

    get next() {
        return this.after(this.stop);
    }

    /** Where to go after an article: where something is left, and nobody else is. */
    after(at) {
        const { others, view } = this.sync;
        const free = view.left.filter((stop) => stop !== at && !others.has(stop.id));
        const place = view.stops.indexOf(at);
        return free.find((stop) => view.stops.indexOf(stop) > place) || free[0] || null;
    }

    /** What "undo" would undo: what this screen did last, or else what was noted last in the
     * walk. */
    get last() {
        const treated = this.view.cells.filter((cell) => cell.treated);
        return treated.find((row) => row.line === this.done.at(-1)) || treated.at(-1) || null;
    }

    get lastText() {
        return this.last
            ? _t("Undo %(letter)s: %(article)s", {
                  letter: this.view.basket(this.last).letter,
                  article: this.stopOf(this.last).name,
              })
            : "";
    }

    get lettersText() {
        const letters = this.view.baskets.map((basket) => basket.letter);
        return letters.length ? _t("Baskets %s", letters.join(", ")) : "";
    }

    get percent() {
        return Math.round((100 * this.view.treated) / (this.view.total || 1));
    }

    get waitingText() {
        return _t("%s to send", this.sync.waiting);
    }

    get countText() {
        return _t("%(treated)s/%(total)s articles done: show the list", {
            treated: this.view.treated,
            total: this.view.total,
        });
    }

    get goneText() {
        return (
            this.sync.gone ||
            (this.view && _t("This basket is not prepared here any more.")) ||
            this.sync.notice ||
            _t("There is no network, and this batch is not on this device yet.")
        );
    }

    get beginText() {
        const weights = this.view.stops
            .filter((stop) => stop.weighed)
            .flatMap((stop) => stop.cells);
        return _t(
            "%(articles)s articles to fetch, %(weights)s weights: the screen shows one after the other.",
            { articles: this.view.stops.length, weights: weights.length }
        );
    }

    /** What the member of the only basket wrote; of several each stands at their beginning. */
    get message() {
        const isOne = this.props.order && !["begin", "gone", "loading"].includes(this.step);
        return isOne ? this.view.baskets[0].message : "";
    }

    backText(basket) {
        return _t("Basket %(letter)s, %(name)s, was cancelled. Put back on the shelves:", basket);
    }

    /** Who else is at an article. */
    personText(stop) {
        const person = this.sync.others.get(stop.id);
        return person ? _t("%s is there", person) : "";
    }

    isTreated(stop) {
        return stop.cells.every((cell) => cell.treated);
    }

    hasShort(stop) {
        return stop.cells.some((cell) => cell.reason);
    }

    /** How much of an article goes into which basket: what was taken, or what is wanted. */
    quantitiesText(stop) {
        return stop.cells
            .map((cell) => this.view.amountFor(cell, this.quantityText(cell, stop)))
            .join(", ");
    }

    quantityText(cell, stop) {
        return cell.treated ? takenText(cell, stop) : cell.wanted_text;
    }

    // ---------------------------------------------------------------- actions

    begin() {
        const { order } = this.props;
        return this.sync.do("begin", order ? { order } : {});
    }

    /**
     * Go to an article, or to the next one.
     *
     * @param {number} [chosen] the article that the preparer wants to see
     */
    goOn(chosen) {
        Object.assign(this.state, {
            stop: chosen || this.next?.id || null,
            looking: Boolean(chosen),
            step: null,
            scanned: null,
            replacing: null,
            atHand: null,
        });
    }

    /**
     * Stay at the article at hand and keep others from it; go elsewhere when it turns out
     * that somebody else is there.
     */
    async settle() {
        // Who only looks at what is done keeps nobody away.
        if (this.step !== "stop" || this.isTreated(this.stop)) {
            return;
        }
        const { id } = this.stop;
        this.state.stop = id;
        const { stop, refused } = await this.sync.claim(id);
        if (stop === id || this.state.stop !== id) {
            return;
        }
        if (this.state.looking) {
            this.sync.notice = refused;
        }
        Object.assign(this.state, { stop: stop || null, looking: false });
    }

    async take(cell, qty, sure) {
        await this.note("take", cell, { qty, ...(sure ? { sure } : {}) });
    }

    /** Where the member takes something similar, or wants to be asked, what that could be
     * comes next. */
    async short(cell, qty, reason) {
        const replaces = this.view.mayReplace(cell) && !this.sync.offline;
        this.state.replacing = replaces ? { line: cell.line, proposals: null } : null;
        await this.note("short", cell, { qty, reason });
        if (replaces) {
            await this.findSubstitutes(cell);
        }
    }

    replace(cell) {
        this.state.replacing = { line: cell.line, proposals: null };
        return this.findSubstitutes(cell);
    }

    async findSubstitutes({ line }) {
        const proposals = await this.sync.substitutes(line);
        if (this.state.replacing?.line !== line) {
            return;
        }
        this.state.replacing = proposals.length ? { line, proposals } : null;
        if (!proposals.length && !this.sync.offline) {
            this.sync.notice ||= _t(
                "%s: nothing similar is left, nothing goes in its place.",
                this.stopOf({ line }).name
            );
        }
    }

    /** One that is weighed comes next. */
    async replaceBy(proposal) {
        const { line } = this.state.replacing;
        this.state.replacing = null;
        const { id, name } = proposal;
        await this.sync.do("substitute", { line, product: id, name });
        if (proposal.measured) {
            await this.sync.send();
            const cell = this.view.cells.find((row) => row.replaces === line && !row.treated);
            if (cell) {
                this.goOn(this.stopOf(cell).id);
            }
        }
    }

    /** Ask the member; the answer comes as one more stop. */
    async askMember(proposals) {
        const { line } = this.state.replacing;
        this.state.replacing = null;
        await this.sync.do("ask_member", { line, products: proposals.map(({ id }) => id) });
    }

    replaceByNothing() {
        this.state.replacing = null;
    }

    /** Note what was done with the line that a tap was drawn for, whatever is shown now. */
    async note(kind, cell, args) {
        const { line, wanted } = cell;
        const now = this.view.cellOf.get(line);
        if (!now || now.treated || this.noting.has(line)) {
            return;
        }
        this.noting.add(line);
        try {
            await this.sync.do(kind, { line, wanted, ...args });
        } finally {
            this.noting.delete(line);
        }
        this.done.push(line);
        Object.assign(this.state, { looking: false, scanned: null });
    }

    async undo(cell) {
        this.done = this.done.filter((line) => line !== cell.line);
        await this.sync.do("undo", { line: cell.line });
    }

    async undoLast() {
        const cell = this.last;
        if (cell) {
            await this.undo(cell);
            // What replaced something is gone then.
            this.goOn(this.stopOf(cell)?.id);
        }
    }

    /** What was said to be missing is there all the same: back to it. */
    async findAgain(cell) {
        this.state.replacing = null;
        await this.undo(cell);
        this.goOn(this.stopOf(cell).id);
    }

    stopOf(cell) {
        return this.view.stops.find((stop) => stop.cells.some((row) => row.line === cell.line));
    }

    /** Goods that are out of the cold for long: their crates, whatever else is left to fetch. */
    putAway(basket) {
        Object.assign(this.state, { step: "crates", atHand: { basket: basket.id } });
    }

    do(kind, args) {
        this.state.atHand = null;
        return this.sync.do(kind, args);
    }

    show(step) {
        this.state.atHand = null;
        this.state.step = this.state.step === step ? null : step;
    }

    // ------------------------------------------------------------------- scan

    /** An article opens; a weight fills the field; a basket and its crate lead to the crates, and
     * the place that is scanned next is where that crate goes. */
    async onScan(code) {
        if (this.props.isAsking() || !this.view) {
            return;
        }
        const found = await this.sync.scan(code);
        if (!found) {
            return this.sounds.refuse();
        }
        if (found.kind === "crate" || found.kind === "basket") {
            const { basket, number } = found;
            Object.assign(this.state, { step: "crates", atHand: { basket, number } });
        } else if (found.kind === "place") {
            return this.scanPlace(found.place);
        } else if (found.stop) {
            if (found.stop !== this.state.stop) {
                this.goOn(found.stop);
            }
            const weights = (found.quantities || []).map(({ line, qty }) => [line, qty]);
            this.state.scanned = found.kind === "weight" ? Object.fromEntries(weights) : null;
        }
    }

    scanPlace(placeId) {
        const { basket, number } = this.state.atHand || {};
        const crate = this.view.findCrate(basket, number);
        const place = this.view.places.find((row) => row.id === placeId);
        this.sync.notice = crate
            ? this.view.whyNotAt(crate, place)
            : _t("Scan a crate first: %s is where you put it then.", place.name);
        if (this.sync.notice) {
            return this.sounds.refuse();
        }
        return this.do("place", { order: basket, number, place: placeId });
    }
}
