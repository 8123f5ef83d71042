import { Component, onMounted, useRef, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { usePos } from "@point_of_sale/app/hooks/pos_hook";
import { useDialogScanner } from "./barcode";
import { crateIcon, changeIcon } from "./drive_icons";
import { DriveMissingArticles } from "./missing_articles";

// So many articles of a crate are named; how many more there are is said.
const NAMED = 4;

/**
 * The crates of a basket, each scanned or ticked as it is brought to the counter; of one
 * that is not there, somebody says why. The server keeps it; without network the till does,
 * until it is back.
 */
export class DriveCratesPopup extends Component {
    static template = "cafoutch_drive.CratesPopup";
    static components = { Dialog, DriveMissingArticles };
    static props = {
        // As `drive_till_open` gives it.
        order: Object,
        close: Function,
        getPayload: { type: Function, optional: true },
    };

    setup() {
        this.pos = usePos();
        this.state = useState({
            crates: this.props.order.crates,
            // The crate of which somebody is saying why it is missing.
            asked: null,
            reason: "",
            again: "",
            offline: false,
            unkept: false,
        });
        this.doneRef = useRef("done");
        useDialogScanner((code) => this.scan(code));
        onMounted(() => this.doneRef.el.focus());
    }

    get title() {
        return `${this.props.order.member} · ${this.props.order.code}`;
    }

    get left() {
        return this.state.crates.filter((crate) => crate.state === "open").length;
    }

    get leftText() {
        if (this.left) {
            return this.left === 1
                ? _t("1 crate to bring. Scan its label, or touch it.")
                : _t("%s crates to bring. Scan their labels, or touch them.", this.left);
        }
        if (this.undecided) {
            return _t("A crate is missing: are its articles to be paid?");
        }
        return this.state.crates.some((crate) => crate.state === "missing")
            ? _t("All the rest is here")
            : _t("Everything is here");
    }

    /** Whether the ticket has articles of which the crate is missing. */
    get undecided() {
        return this.state.crates.some((crate) => this.mayHaveGone(crate));
    }

    mayHaveGone(crate) {
        return crate.state === "missing" && this.articles(crate).length > 0;
    }

    /** What the ticket has of the crate's storage class: more is not known of what is in it. */
    articles(crate) {
        return this.pos.driveArticles(this.props.order.id, crate.storage_class);
    }

    /** Such as "Tomme, Yaourt, and 2 more". */
    goodsText(crate) {
        const names = this.articles(crate).map((article) => article.name);
        const named = names.slice(0, names.length > NAMED ? NAMED - 1 : NAMED).join(", ");
        const more = names.length - NAMED + 1;
        return names.length > NAMED
            ? _t("%(names)s and %(count)s more", { names: named, count: more })
            : named;
    }

    /** Whether other crates of its storage class are not missing. */
    hasOthers(crate) {
        return this.state.crates.some(
            (other) => other.storage_class === crate.storage_class && other.state !== "missing"
        );
    }

    /** Its articles are off the ticket; with the last ones the basket is closed. */
    tookOff() {
        if (!this.pos.findDriveTicket(this.props.order.id)) {
            this.props.close();
        }
        this.render();
    }

    get reasons() {
        return [_t("Not found"), _t("Never packed"), _t("Damaged")];
    }

    crateIcon = crateIcon;
    changeIcon = changeIcon;

    async scan(code) {
        const name = code.trim().toUpperCase();
        const crate = this.state.crates.find((one) => one.name.toUpperCase() === name);
        if (crate) {
            if (this.state.asked === crate.id) {
                this.state.asked = null;
            }
            await this.set(crate, "here");
            return this.left || this.undecided || this.props.close();
        }
        this.state.again = _t("%s is no crate of this basket.", code);
        this.pos.sound?.play("error");
    }

    /** A tap ticks a crate, another one takes that back. */
    toggle(crate) {
        return this.set(crate, crate.state === "open" ? "here" : "open");
    }

    ask(crate) {
        Object.assign(this.state, { asked: crate.id, reason: "", again: "" });
    }

    async miss(crate, reason) {
        await this.set(crate, "missing", reason);
        if (!this.state.again) {
            this.state.asked = null;
        }
    }

    /** A label that is scanned into the reason brings its crate: it is no reason. */
    onKeydown(ev, crate) {
        if (ev.key !== "Enter") {
            return;
        }
        ev.preventDefault();
        const typed = this.state.reason.trim().toUpperCase();
        const scanned = this.state.crates.find((one) => typed.endsWith(one.name.toUpperCase()));
        if (!scanned) {
            return this.miss(crate, this.state.reason);
        }
        this.state.reason = "";
        return this.scan(scanned.name);
    }

    async set(crate, state, reason = null) {
        this.state.again = "";
        const answer = await this.pos.setDriveCrate(this.props.order.id, crate.id, state, reason);
        if (answer) {
            this.state.crates = answer.crates;
            this.state.again = answer.again || "";
            this.state.offline = Boolean(answer.offline);
            this.state.unkept = Boolean(answer.unkept);
        }
        if (crate.state === "missing" && state !== "missing" && !this.state.again) {
            await this.pos.putBackDriveArticles(this.props.order.id, crate.storage_class);
        }
    }
}
