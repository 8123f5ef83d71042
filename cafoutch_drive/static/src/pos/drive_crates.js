import { ConnectionLostError, RPCError } from "@web/core/network/rpc";
import { patch } from "@web/core/utils/patch";
import { makeAwaitable } from "@point_of_sale/app/utils/make_awaitable_dialog";
import { PosStore } from "@point_of_sale/app/services/pos_store";
import { DriveCratesPopup } from "./crates_popup";

/**
 * The crates of the baskets that are open at this till. What is ticked is kept by the
 * server; what could not be sent is kept here, and sent before the ticket.
 */
patch(PosStore.prototype, {
    /** @override */
    async setup() {
        // The rows of the baskets that were opened, and what is still to be sent of their crates.
        this.driveOrders = {};
        this.driveCratesUnsent = [];
        return super.setup(...arguments);
    },
    /** Shows the crates of a basket while some are to be brought; it does not wait for them. */
    showDriveCrates(order) {
        this.driveOrders[order.id] = order;
        if (hasOpenCrates(order)) {
            this.dialog.add(DriveCratesPopup, { order });
        }
    },
    /**
     * Notes what a cashier says of a crate.
     *
     * @returns {Promise<Object|null>} `crates`: rows of all; `again`: why nothing was noted;
     *  null when nobody said who they are
     */
    async setDriveCrate(orderId, crateId, state, reason) {
        for (;;) {
            let answer;
            try {
                await this.sendDriveCrates();
                answer = await this.callDriveCrate([orderId, crateId, state, reason]);
            } catch (error) {
                if (error instanceof ConnectionLostError) {
                    return this.keepDriveCrate(orderId, crateId, state, reason);
                }
                throw error;
            }
            if (answer.who) {
                if (!(await this.askDriveOperator())) {
                    return null;
                }
                continue;
            }
            if (answer.refusal) {
                return { crates: this.driveOrders[orderId].crates, again: answer.refusal };
            }
            this.driveOrders[orderId].crates = answer.crates;
            return answer;
        }
    },
    callDriveCrate(args) {
        return this.data.call("sale.order", "drive_till_crate", [this.config.id, ...args]);
    },
    /** Without network: the till keeps it, and says so. */
    keepDriveCrate(orderId, crateId, state, reason) {
        this.driveCratesUnsent.push([orderId, crateId, state, reason]);
        const order = this.driveOrders[orderId];
        order.crates = order.crates.map((crate) =>
            crate.id === crateId ? { ...crate, state, missing: reason || "" } : crate
        );
        return { crates: order.crates, offline: true };
    },
    /** Sends what was ticked without network; asked twice, the server notes it once. */
    async sendDriveCrates() {
        while (this.driveCratesUnsent.length) {
            const [first] = this.driveCratesUnsent;
            await this.callDriveCrate(first);
            // Not the first one: somebody else may have sent it at the same time.
            this.driveCratesUnsent = this.driveCratesUnsent.filter((args) => args !== first);
        }
    },
    /**
     * What was said of the crates goes before the ticket, which closes the basket; it never
     * holds the money back.
     *
     * @override
     */
    async preSyncAllOrders() {
        try {
            await this.sendDriveCrates();
        } catch (error) {
            if (!(error instanceof ConnectionLostError || error instanceof RPCError)) {
                throw error;
            }
        }
        return super.preSyncAllOrders(...arguments);
    },
    /**
     * Shows the crates that hold a payment back; resolves to whether none does any more, and
     * there is still something to pay.
     */
    async askDriveCrates(order) {
        this.driveOrders[order.id] = order;
        await makeAwaitable(this.dialog, DriveCratesPopup, { order });
        return !hasOpenCrates(order) && Boolean(this.findDriveTicket(order.id));
    },
});

/** Whether a crate of this basket was neither brought nor said to be missing. */
export function hasOpenCrates(order) {
    return order.crates.some((crate) => crate.state === "open");
}
