import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { useAutofocus, useService } from "@web/core/utils/hooks";
import { normalize } from "@web/core/l10n/utils/normalize";
import { useBarcodeReader } from "@point_of_sale/app/hooks/barcode_reader_hook";
import { usePos } from "@point_of_sale/app/hooks/pos_hook";
import { OperatorBar } from "../operator/operator_bar";
import { useDriveCardBarcode } from "./barcode";
import { changeIcon, crateIcon } from "./drive_icons";
import { tryServer } from "./drive_server";

const REFRESH_MS = 60000;
// The server knows why a code that somebody typed is not listed.
const ORDER_CODE = /^[2-9A-HJ-NP-Z]{6}$/i;
const CRATE_LABEL = /^([2-9A-HJ-NP-Z]{6})-\d+$/i;
// What a scanner types into the search field, behind what stands there: an order's code, a
// crate's label, a card.
const SCANNED = /(DRV[2-9A-HJ-NP-Z]{6}|[2-9A-HJ-NP-Z]{6}-\d+|\d{13})$/i;

/** The day's baskets at the till: find one, see its crates, open it. */
export class DriveScreen extends Component {
    static template = "cafoutch_drive.DriveScreen";
    static components = { OperatorBar };
    static props = {};
    static storeOnOrder = false;

    setup() {
        this.pos = usePos();
        this.ui = useService("ui");
        this.reader = useService("barcode_reader");
        this.state = useState({
            found: null,
            text: "",
            loading: true,
            offline: false,
            opening: null,
        });
        this.searchRef = useAutofocus({ refName: "search", mobile: false });
        useDriveCardBarcode();
        useBarcodeReader({ product: this.readLabel });
        onMounted(() => {
            this.load();
            tryServer(() => this.readOperator());
            // The bus tells at once, where it is not cut; the clock also moves orders to "late".
            this.timer = setInterval(() => this.load(), REFRESH_MS);
        });
        onWillUnmount(() => {
            clearInterval(this.timer);
            this.showAll();
        });
    }

    async load() {
        try {
            await this.ask(() => this.pos.readDriveList());
        } finally {
            this.state.loading = false;
        }
    }

    /** At a shared till nobody opens a basket before saying who they are. */
    async readOperator() {
        const { shared, person } = await this.pos.readDriveOperator();
        if (shared && !person) {
            await this.pos.askDriveOperator();
        }
    }

    /** The answer; nothing without network, which is shown. */
    async ask(call) {
        try {
            const answer = await call();
            this.state.offline = false;
            return answer;
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
            this.state.offline = true;
        }
    }

    search(text) {
        return this.ask(() => this.pos.callDriveOrders(text));
    }

    /** No longer only the baskets of a card. */
    showAll() {
        this.pos.driveCard = null;
    }

    onInput(ev) {
        this.type(ev.target.value);
    }

    type(text) {
        this.showAll();
        this.state.text = text;
        this.state.found = null;
    }

    /** A crate's label opens its basket. */
    readLabel(barcode) {
        const label = CRATE_LABEL.exec(barcode.code);
        if (!label) {
            return this.reader.showNotFoundNotification(barcode);
        }
        this.pos.openDriveOrder({ code: label[1] });
    }

    /**
     * Enter opens the one that is left, or looks in the orders of other days. What a scanner
     * typed is read as if the field had not been there; the next scan replaces what stays.
     */
    async onSubmit() {
        const text = this.state.text.trim();
        if (!text) {
            return this.load();
        }
        const scanned = SCANNED.exec(text);
        if (scanned) {
            this.type("");
            return this.reader.scan(scanned[0].toUpperCase());
        }
        this.searchRef.el.select();
        return this.find(text);
    }

    async find(text) {
        if (!this.orders.length) {
            this.state.found = (await this.search(text)) || null;
        }
        if (this.orders.length === 1) {
            return this.open(this.orders[0]);
        }
        if (!this.orders.length && ORDER_CODE.test(text)) {
            await this.pos.openDriveOrder({ code: text });
        }
    }

    /** What cannot be handed over yet is asked for all the same: the server says why. */
    async open(order) {
        this.state.opening = order.id;
        try {
            await this.pos.openDriveOrder({ orderId: order.id });
        } finally {
            this.state.opening = null;
        }
    }

    canOpen(order) {
        return order.state === "ready" && !order.paid;
    }

    get orders() {
        if (this.pos.driveCard) {
            return this.pos.driveCard.orders;
        }
        const wanted = normalize(this.state.text.trim());
        if (this.state.found || !wanted) {
            return this.state.found || this.pos.driveList;
        }
        const code = wanted.replace(/^drv(?=\w{6}$)/, "");
        return this.pos.driveList.filter(
            (order) =>
                normalize(`${order.member} ${order.name}`).includes(wanted) ||
                normalize(order.code).includes(code)
        );
    }

    /** Who is here comes first, then who is late, then each day; the server sorts by time. */
    groupOf(order) {
        if (!this.canOpen(order)) {
            return order.paid ? _t("To repair") : _t("Not ready yet");
        }
        if (order.arrived) {
            return _t("Here now");
        }
        return order.late ? _t("Late") : order.day;
    }

    /** The same orders, in the order of the server, under headings. */
    get groups() {
        const groups = [];
        for (const order of this.orders) {
            const title = this.groupOf(order);
            if (groups.at(-1)?.title !== title) {
                groups.push({ key: `${title} ${order.id}`, title, orders: [] });
            }
            groups.at(-1).orders.push(order);
        }
        return groups;
    }

    /** What the heading above a row does not say: which day it is of, unless it is today. */
    dayOf(order) {
        return order.today || this.groupOf(order) === order.day ? "" : order.day;
    }

    get cardText() {
        return _t("Baskets of %s", this.pos.driveCard.member);
    }

    get emptyText() {
        if (this.state.loading) {
            return _t("Loading…");
        }
        if (this.state.found) {
            return _t("No basket with this name, number or code waits here.");
        }
        if (this.state.offline && !this.pos.driveList.length) {
            return _t("Without network this till does not know today's baskets.");
        }
        return this.state.text
            ? _t("Nobody of that name today. Press Enter to look at other days.")
            : _t("No basket to hand over for now.");
    }

    statusOf(order) {
        if (order.paid) {
            return { label: _t("Paid, to repair"), icon: "fa-wrench", css: "danger" };
        }
        if (order.arrived) {
            return { label: _t("Is here"), icon: "fa-map-marker", css: "here" };
        }
        if (order.state !== "ready") {
            // How far it is says more than that its time has come.
            const css = order.late ? "late" : "waiting";
            return { label: order.state_label, icon: "fa-hourglass-half", css };
        }
        if (order.late) {
            return { label: _t("Late"), icon: "fa-clock-o", css: "late" };
        }
        return { label: order.state_label, icon: "fa-check", css: "ready" };
    }

    changeIcon = changeIcon;
    crateIcon = crateIcon;

    articlesText(order) {
        return order.articles === 1 ? _t("1 article") : _t("%s articles", order.articles);
    }

    total(order) {
        return this.env.utils.formatCurrency(order.total);
    }
}

registry.category("pos_pages").add("DriveScreen", {
    name: "DriveScreen",
    component: DriveScreen,
    route: `/pos/ui/${odoo.pos_config_id}/drive`,
    params: {},
});
