import { Component, onMounted, useRef, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { useBarcodeReader } from "@point_of_sale/app/hooks/barcode_reader_hook";
import { usePos } from "@point_of_sale/app/hooks/pos_hook";
import { crateIcon, changeIcon } from "./drive_icons";

/**
 * The crates of a basket, each scanned or ticked as it is brought to the counter; of one
 * that is not there, somebody says why. The server keeps it; without network the till does,
 * until it is back.
 */
export class DriveCratesPopup extends Component {
    static template = "cafoutch_drive.CratesPopup";
    static components = { Dialog };
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
        });
        this.doneRef = useRef("done");
        const read = (barcode) => this.scan(barcode.code);
        useBarcodeReader({ product: read, client: read, cashier: read, drive_order: read }, true);
        onMounted(() => this.doneRef.el.focus());
    }

    get title() {
        return `${this.props.order.member} · ${this.props.order.code}`;
    }

    get left() {
        return this.state.crates.filter((crate) => crate.state === "open").length;
    }

    get leftText() {
        if (this.state.crates.some((crate) => crate.state === "missing") && !this.left) {
            return _t("A crate is missing: take off the ticket what was in it.");
        }
        if (!this.left) {
            return _t("Everything is here");
        }
        return this.left === 1 ? _t("1 crate to bring") : _t("%s crates to bring", this.left);
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
            await this.set(crate, "here");
            return this.left || this.props.close();
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

    onKeydown(ev, crate) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            this.miss(crate, this.state.reason);
        }
    }

    async set(crate, state, reason = null) {
        this.state.again = "";
        const answer = await this.pos.setDriveCrate(this.props.order.id, crate.id, state, reason);
        if (answer) {
            this.state.crates = answer.crates;
            this.state.again = answer.again || "";
            this.state.offline = Boolean(answer.offline);
        }
    }
}
