import { patch } from "@web/core/utils/patch";
import { PosStore } from "@point_of_sale/app/services/pos_store";

/** The server says that the day's baskets have changed: whoever shows them asks again. */
patch(PosStore.prototype, {
    /** @override */
    async setup() {
        this.driveListeners = new Set();
        // What was read last, shown as long as there is no network.
        this.driveList = [];
        return super.setup(...arguments);
    },
    /** @override */
    async afterProcessServerData() {
        if (this.config.raw.drive_point_id) {
            this.data.connectWebSocket("DRIVE_ORDERS", () =>
                this.driveListeners.forEach((listener) => listener())
            );
        }
        return super.afterProcessServerData(...arguments);
    },
});
