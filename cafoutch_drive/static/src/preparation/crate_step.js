import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { PaperLink } from "./paper_link";
import { waitingText } from "./replacement";
import { STORAGE_ICONS } from "./storage_icons";

/** The crates of the order and where they stand; then the basket is ready. */
export class CrateStep extends Component {
    static template = "cafoutch_drive.CrateStep";
    static components = { PaperLink };
    static props = {
        order: Object,
        busy: Boolean,
        change: Function,
        showList: Function,
        undoLast: Function,
    };

    setup() {
        this.state = useState({ movingId: null });
    }

    /** Storage classes that this order needs, or already has crates of. */
    get classes() {
        return this.props.order.classes.filter((c) => c.needed || c.crates.length);
    }

    get others() {
        return this.props.order.classes.filter((c) => !this.classes.includes(c));
    }

    get empty() {
        return this.props.order.lines.every((line) => !line.prepared);
    }

    get missing() {
        return this.classes.filter((c) => c.needed && !c.crates.length);
    }

    get unplaced() {
        return this.classes.flatMap((c) => c.crates).filter((crate) => !crate.place_id);
    }

    /** Whether the basket can be ready; a crate that is missing is only asked
     *  for, cheese may well travel beside the salad. */
    get possible() {
        const { questions } = this.props.order;
        return (
            !questions.length &&
            !this.unplaced.length &&
            (this.empty || this.classes.some((c) => c.crates.length))
        );
    }

    get finishText() {
        return this.missing.length ? _t("Ready all the same") : _t("The basket is ready");
    }

    icon(storage) {
        return STORAGE_ICONS[storage.code];
    }

    /** What is still to do, in one sentence. */
    get todo() {
        const [question] = this.props.order.questions;
        if (question) {
            return waitingText(question);
        }
        if (this.missing.length) {
            return _t(
                "A crate is still needed for: %s",
                this.missing.map((c) => c.name).join(", ")
            );
        }
        if (this.unplaced.length) {
            return _t("Choose a place for: %s", this.unplaced.map((c) => c.name).join(", "));
        }
        return "";
    }

    removeText(crate) {
        return _t("Remove crate %s", crate.name);
    }

    add(storage) {
        const { id, next_crate } = this.props.order;
        return this.props.change("add_crate", [id, storage.code, next_crate]);
    }

    isPlaced(crate) {
        return crate.place_id && this.state.movingId !== crate.id;
    }

    move(crate) {
        this.state.movingId = crate.id;
    }

    async place(crate, place) {
        if (await this.props.change("place_crate", [crate.id, place.id])) {
            this.state.movingId = null;
        }
    }

    remove(crate) {
        return this.props.change("remove_crate", [crate.id]);
    }

    finish() {
        return this.props.change("finish", [this.props.order.id]);
    }
}
