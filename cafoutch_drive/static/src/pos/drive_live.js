import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { PosStore } from "@point_of_sale/app/services/pos_store";
import { tryServer } from "./drive_server";

// Somebody at the counter looks up from another ticket.
const ANNOUNCED_MS = 30000;

/**
 * The baskets that this till may hand over. The server says that they have changed, and they
 * are read again; who has come meanwhile is announced on whatever screen is shown.
 */
patch(PosStore.prototype, {
    /** @override */
    async setup() {
        // What was read last, shown as long as there is no network.
        this.driveList = [];
        // Those whose members have come; null before the list was read.
        this.driveHere = null;
        return super.setup(...arguments);
    },
    /** @override */
    async afterProcessServerData() {
        if (this.config.raw.drive_point_id) {
            const refresh = () => tryServer(() => this.readDriveList());
            this.data.connectWebSocket("DRIVE_ORDERS", refresh);
            refresh();
        }
        return super.afterProcessServerData(...arguments);
    },
    /** The orders that match a text; without one, those of the list. */
    callDriveOrders(text = null) {
        return this.data.call("sale.order", "drive_till_orders", [this.config.id, text]);
    },
    /** Reads the list; asked again meanwhile, once more. All who asked wait for the last one. */
    readDriveList() {
        this.readsDriveListAgain = true;
        this.driveListReading ||= this.readDriveListNow().finally(() => {
            this.driveListReading = null;
        });
        return this.driveListReading;
    },
    async readDriveListNow() {
        while (this.readsDriveListAgain) {
            this.readsDriveListAgain = false;
            const orders = await this.callDriveOrders();
            this.driveList = orders;
            this.announceDriveArrivals(orders.filter((order) => order.arrived && !order.paid));
        }
    },
    announceDriveArrivals(here) {
        const known = this.driveHere?.map((order) => order.id);
        this.driveHere = here;
        for (const order of here) {
            if (known && !known.includes(order.id)) {
                this.notification.add(_t("%(member)s is here.", order), {
                    title: _t("Drive"),
                    type: "info",
                    autocloseDelay: ANNOUNCED_MS,
                });
                this.sound.play("bell");
            }
        }
    },
});
