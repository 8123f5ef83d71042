import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError, RPCError } from "@web/core/network/rpc";
import { patch } from "@web/core/utils/patch";
import { PosStore } from "@point_of_sale/app/services/pos_store";

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
            const refresh = () => this.tryReadDriveList();
            this.data.connectWebSocket("DRIVE_ORDERS", refresh);
            refresh();
        }
        return super.afterProcessServerData(...arguments);
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
            const orders = await this.data.call("sale.order", "drive_till_orders", [
                this.config.id,
                null,
            ]);
            this.driveList = orders;
            this.announceDriveArrivals(orders.filter((order) => order.arrived && !order.paid));
        }
    },
    /** Neither without network nor for somebody who is no cashier of the drive. */
    async tryReadDriveList() {
        try {
            await this.readDriveList();
        } catch (error) {
            if (!(error instanceof ConnectionLostError || error instanceof RPCError)) {
                throw error;
            }
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
