import { ConnectionLostError } from "@web/core/network/rpc";
import { patch } from "@web/core/utils/patch";
import { makeAwaitable } from "@point_of_sale/app/utils/make_awaitable_dialog";
import { PosStore } from "@point_of_sale/app/services/pos_store";
import { DriveCratesPopup } from "./crates_popup";
import { tryServer } from "./drive_server";

/**
 * The crates of the baskets that are open at this till. What is ticked is kept by the
 * server; what could not be sent is kept with the ticket on this device, and sent before it.
 */
patch(PosStore.prototype, {
    /** @override */
    async setup() {
        // The rows of the baskets that were opened.
        this.driveOrders = {};
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
    /** Without network: the till keeps it, and says so; also when its device refuses to. */
    async keepDriveCrate(orderId, crateId, state, reason) {
        const ticket = this.findDriveTicket(orderId);
        const unsent = ticket.uiState.driveCrates || [];
        this.keepDriveCrates(ticket, [...unsent, [orderId, crateId, state, reason]]);
        const order = this.driveOrders[orderId];
        order.crates = order.crates.map((crate) =>
            crate.id === crateId ? { ...crate, state, missing: reason || "" } : crate
        );
        return {
            crates: order.crates,
            offline: true,
            unkept: !(await this.hasKeptDriveCrates(ticket)),
        };
    },
    /** Whether what is to be sent of a ticket's crates stands on this device; a full one refuses it late. */
    async hasKeptDriveCrates(ticket) {
        await this.data.synchronizeLocalDataInIndexedDB();
        const { "pos.order": tickets } = await this.data.indexedDB.readAll(["pos.order"]);
        const kept = tickets?.find((row) => row.uuid === ticket.uuid);
        const { driveCrates } = JSON.parse(kept?.JSONuiState || "{}");
        return driveCrates?.length === ticket.uiState.driveCrates.length;
    },
    /** Writes on this device what is still to be sent of a ticket's crates. */
    keepDriveCrates(ticket, unsent) {
        ticket.uiState.driveCrates = unsent;
        // Odoo writes a ticket when a field of it changes, and this is none.
        this.data.debouncedSynchronizeLocalDataInIndexedDB();
    },
    /**
     * Sends what was ticked without network, also before a crash; asked twice, the server
     * notes it once. At a shared till it waits until somebody has said who they are.
     */
    async sendDriveCrates() {
        for (const ticket of this.models["pos.order"].getAll()) {
            while (ticket.uiState.driveCrates?.length) {
                const [first] = ticket.uiState.driveCrates;
                const answer = await this.callDriveCrate(first);
                if (answer.who) {
                    return;
                }
                // Somebody else may have sent it at the same time.
                const rest = ticket.uiState.driveCrates.filter(
                    (args) => args.join() !== first.join()
                );
                this.keepDriveCrates(ticket, rest);
            }
        }
    },
    /**
     * What was said of the crates goes before the ticket, which closes the basket; it never
     * holds the money back.
     *
     * @override
     */
    async preSyncAllOrders() {
        await this.trySendDriveCrates();
        return super.preSyncAllOrders(...arguments);
    },
    trySendDriveCrates() {
        return tryServer(() => this.sendDriveCrates());
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
