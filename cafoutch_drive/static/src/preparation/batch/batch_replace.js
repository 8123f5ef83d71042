import { Component, useEffect, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Mark } from "./mark";
import { REST } from "./rest";

// As many as the server asks a member about.
const MOST_ASKED = 3;

/** What a preparer may put into a basket in place of an article that is missing, or ask its
 * member about. */
export class BatchReplace extends Component {
    static template = "cafoutch_drive.BatchReplace";
    static components = { Mark };
    static props = {
        basket: Object,
        isAlone: Boolean,
        article: String,
        // See `drive.preparation.substitutes`; null while they are on their way.
        proposals: { type: [Array, { value: null }] },
        // Whether the member wants to choose.
        asks: Boolean,
        choose: Function,
        ask: Function,
        close: Function,
        undo: Function,
    };

    setup() {
        this.state = useState({ rested: false });
        useEffect(
            (shown) => {
                const timer = shown && setTimeout(() => (this.state.rested = true), REST);
                return () => clearTimeout(timer);
            },
            () => [Boolean(this.props.proposals)]
        );
    }

    get proposals() {
        const { asks, proposals } = this.props;
        return asks ? proposals.slice(0, MOST_ASKED) : proposals;
    }

    get title() {
        if (this.props.asks) {
            return _t("Missing: %(article)s. %(name)s wants to be asked", {
                article: this.props.article,
                name: this.props.basket.name,
            });
        }
        const values = { letter: this.props.basket.letter, article: this.props.article };
        return this.props.isAlone
            ? _t("Missing: %(article)s. What did you put in its place?", values)
            : _t("Basket %(letter)s, missing: %(article)s. What did you put in its place?", values);
    }

    detail(proposal) {
        return [proposal.detail, proposal.shelf].filter(Boolean).join(" · ");
    }

    amount(proposal) {
        if (proposal.weighed) {
            return _t("weigh %s", proposal.text);
        }
        return proposal.measured ? _t("measure %s", proposal.text) : proposal.text;
    }

    get askText() {
        return _t("Ask %s, and go on meanwhile", this.props.basket.name);
    }

    ask() {
        return this.state.rested && this.props.ask(this.proposals);
    }

    choose(proposal) {
        return this.state.rested && this.props.choose(proposal);
    }
}
