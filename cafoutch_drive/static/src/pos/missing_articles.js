import { Component, onMounted, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { usePos } from "@point_of_sale/app/hooks/pos_hook";

/** What may have been in a crate that is not there: it comes off the ticket by one touch. */
export class DriveMissingArticles extends Component {
    static template = "cafoutch_drive.MissingArticles";
    static props = {
        orderId: Number,
        // As `drive_till_open` gives it.
        crate: Object,
        // Whether another crate of its class may have some of them.
        others: Boolean,
        // Called when they are off the ticket.
        done: Function,
    };

    setup() {
        this.pos = usePos();
        const said = this.articles.map((article) => [article.id, !this.props.others]);
        this.rootRef = useRef("root");
        // On a phone it is under what is in sight.
        onMounted(() => this.rootRef.el.scrollIntoView({ block: "nearest" }));
        this.state = useState({ gone: Object.fromEntries(said) });
    }

    get articles() {
        return this.pos.driveArticles(this.props.orderId, this.props.crate.storage_class);
    }

    get gone() {
        return this.articles.filter((article) => this.state.gone[article.id]);
    }

    get question() {
        if (this.props.others) {
            return _t("Which articles were in it? They come off the ticket.");
        }
        return this.articles.length === 1
            ? _t("The crate was not found: take this article off the ticket?")
            : _t("The crate was not found: take these %s articles off?", this.articles.length);
    }

    get goText() {
        const { length } = this.gone;
        return length === 1
            ? _t("Take 1 article off the ticket")
            : _t("Take %s articles off the ticket", length);
    }

    toggle(article) {
        this.state.gone[article.id] = !this.state.gone[article.id];
    }

    async takeOff() {
        const ids = this.gone.map((article) => article.id);
        await this.pos.takeOffDriveArticles(this.props.orderId, ids);
        this.props.done();
    }
}
