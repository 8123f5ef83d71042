import { Component, useEffect, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { BatchReplace } from "./batch/batch_replace";
import { ColdAlarm } from "./cold_alarm";
import { CrateStep } from "./crate_step";
import { LineStep } from "./line_step";
import { PaperLink } from "./paper_link";
import { notedText } from "./quantity";
import { replacementTexts } from "./replacement";

/**
 * One order, step by step: begin, its lines one after the other, its crates,
 * ready. The order's state and its lines decide the step; a person can go back
 * to any line from the list.
 */
export class PreparationOrder extends Component {
    static template = "cafoutch_drive.PreparationOrder";
    static components = { BatchReplace, ColdAlarm, CrateStep, LineStep, PaperLink };
    static props = {
        order: Object,
        busy: Boolean,
        change: Function,
        open: Function,
        leave: Function,
        refresh: Function,
        onScan: Function,
    };

    setup() {
        // `replacing`: the missing line that something is looked for, `{line, proposals}`.
        this.state = useState({ lineId: null, list: false, question: null, replacing: null });
        // Lines treated on this screen, in that order, for "undo the last one".
        this.done = [];
        // Nobody tells a screen that the time to answer a question is over: it looks then.
        useEffect(
            (questions) => {
                const wait = (Math.min(...questions.map((row) => row.seconds)) + 1) * 1000;
                const timer = questions.length && setTimeout(this.props.refresh, wait);
                return () => clearTimeout(timer);
            },
            () => [this.props.order.questions]
        );
    }

    get lines() {
        return this.props.order.lines;
    }

    get left() {
        return this.lines.filter((line) => !line.treated);
    }

    get step() {
        const state = this.props.order.state;
        if (state !== "preparing") {
            return { confirmed: "begin", ready: "ready" }[state] || "over";
        }
        if (this.state.list) {
            return "list";
        }
        if (this.missing) {
            return "replace";
        }
        return this.line ? "line" : "crates";
    }

    /** The line at hand: the chosen one, or the first that is left. */
    get line() {
        return this.lines.find((line) => line.id === this.state.lineId) || this.left[0];
    }

    /** The missing line for which the preparer sees what could replace it. */
    get missing() {
        const line = this.lines.find((row) => row.id === this.state.replacing?.line);
        return line?.replaceable ? line : null;
    }

    questionOf(line) {
        return this.props.order.questions.find((row) => row.line === line.id) || null;
    }

    /** What comes after the line at hand; undefined when it is the last. */
    get next() {
        const at = this.lines.indexOf(this.line);
        const others = this.left.filter((line) => line !== this.line);
        return others.find((line) => this.lines.indexOf(line) > at) || others[0];
    }

    get title() {
        return _t("Basket of %s", this.props.order.name);
    }

    get countText() {
        const { lines, treated } = this.props.order;
        return _t("%(treated)s/%(total)s articles done: show the list", {
            treated,
            total: lines.length,
        });
    }

    detail(line) {
        const first = line.treated ? notedText(line) : line.shelf;
        const texts = [first, ...replacementTexts(line, this.questionOf(line))];
        return texts.filter(Boolean).join(" · ");
    }

    get percent() {
        return Math.round((100 * this.props.order.treated) / (this.lines.length || 1));
    }

    get toWeigh() {
        return this.lines.filter((line) => line.measured).length;
    }

    get places() {
        return this.props.order.classes.flatMap((storage) =>
            storage.crates.map((crate) => ({ ...crate, storage: storage.name }))
        );
    }

    changeText(change) {
        const text = change.missing
            ? _t("%(product)s: %(ordered)s → missing", change)
            : _t("%(product)s: %(ordered)s → %(prepared)s", change);
        const texts = [change.reason ? `${text} (${change.reason})` : text];
        if (change.replaced) {
            texts.push(_t("in its place: %s", change.replaced));
        }
        return texts.join(" · ");
    }

    get overText() {
        return this.props.order.state === "done"
            ? _t("This basket has been handed over.")
            : _t("There is nothing to prepare any more: if goods are in a crate, put them back.");
    }

    // ---------------------------------------------------------------- actions

    /**
     * Ask the server for a change; when it asks back, show the question and go
     * on once the person is sure.
     *
     * @returns {Promise<Object|null>} the answer, null when nothing was done
     */
    async ask(method, args) {
        this.state.question = null;
        const answer = await this.props.change(method, args);
        if (answer?.ask) {
            this.state.question = { text: answer.ask, method, args };
            return null;
        }
        return answer;
    }

    async sure() {
        const { method, args } = this.state.question;
        return method === "pick"
            ? this.treat(method, [...args, true])
            : this.ask(method, [...args, true]);
    }

    notSure() {
        this.state.question = null;
    }

    begin() {
        return this.ask("start", [this.props.order.id]);
    }

    pick(quantity) {
        return this.treat("pick", [this.line.id, quantity]);
    }

    /** Where the member takes something similar, or wants to be asked, what that could be
     * comes next. */
    async short(quantity, reason) {
        const { id } = this.line;
        const answer = await this.treat("short", [id, quantity, reason]);
        if (answer?.lines.find((line) => line.id === id)?.replaceable) {
            await this.findSubstitutes(id);
        }
    }

    async findSubstitutes(line) {
        this.state.replacing = { line, proposals: null };
        const answer = await this.props.change("substitutes", [line]);
        if (this.state.replacing?.line === line) {
            this.state.replacing = answer && { line, proposals: answer.proposals };
        }
    }

    /** One that is weighed comes next. */
    async replaceBy(proposal) {
        const { line } = this.state.replacing;
        const answer = await this.ask("replace", [line, proposal.id]);
        if (answer) {
            this.state.replacing = null;
            const toWeigh = answer.lines.find((row) => row.replaces === line && !row.treated);
            this.show(toWeigh?.id || this.state.lineId);
        }
    }

    /** Ask the member; the answer comes as one more line. */
    async askMember(proposals) {
        const { line } = this.state.replacing;
        if (await this.ask("ask", [line, proposals.map(({ id }) => id)])) {
            this.state.replacing = null;
        }
    }

    replaceByNothing() {
        this.state.replacing = null;
    }

    /** Note something on a line, and go on to the next one that is left. */
    async treat(method, args) {
        const answer = await this.ask(method, args);
        if (answer) {
            const [lineId] = args;
            this.done.push(lineId);
            const at = answer.lines.findIndex((line) => line.id === lineId);
            const after = answer.lines.slice(at).find((line) => !line.treated);
            this.show(after?.id || null);
        }
        return answer;
    }

    async undo(lineId) {
        if (await this.ask("undo", [lineId])) {
            this.done = this.done.filter((id) => id !== lineId);
            this.show(lineId);
        }
    }

    /** Undo what this screen did last, or else the last treated line. */
    undoLast() {
        const treated = this.lines.filter((line) => line.treated);
        const last = this.done.at(-1) || treated.at(-1)?.id;
        return last && this.undo(last);
    }

    get canUndo() {
        return this.props.order.treated > 0;
    }

    show(lineId) {
        Object.assign(this.state, { lineId, list: false, question: null, replacing: null });
    }

    toggleList() {
        this.state.list = !this.state.list;
        Object.assign(this.state, { question: null, replacing: null });
    }
}
