import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { patch } from "@web/core/utils/patch";
import { makeAwaitable } from "@point_of_sale/app/utils/make_awaitable_dialog";
import { ControlButtons } from "@point_of_sale/app/screens/product_screen/control_buttons/control_buttons";
import { PosStore } from "@point_of_sale/app/services/pos_store";
import { DriveRefusedPopup } from "./refused_popup";

/**
 * Articles of a basket that were taken off its ticket: somebody says before the payment what
 * becomes of them. The ticket carries the answer, so that it comes with the payment.
 */
patch(PosStore.prototype, {
    /**
     * Asks about what a ticket leaves of its baskets. Without network nothing is asked: it
     * counts as put back.
     *
     * @returns {Promise<boolean>} false when the cashier goes back
     */
    async askDriveRefused(ticket) {
        const known = this.readDriveFates(ticket);
        const lines = ticket.lines.filter((line) => line.isDriveLine);
        for (const orderId of new Set(lines.map((line) => line.sale_order_origin_id.id))) {
            const refused = await this.readDriveRefused(
                orderId,
                lines.filter((line) => line.sale_order_origin_id.id === orderId)
            );
            // Whoever said that a crate is missing has said what became of its articles.
            const open = refused.filter(
                (line) => known[line.id] !== "missing" || !line.fates.includes("missing")
            );
            if (open.length) {
                const fates = await makeAwaitable(this.dialog, DriveRefusedPopup, {
                    lines: open,
                    fates: known,
                });
                if (!fates) {
                    return false;
                }
                Object.assign(known, fates);
            }
        }
        this.setDriveFates(ticket, known);
        return true;
    },
    /** The lines of a basket of which these lines of a ticket leave something. */
    async readDriveRefused(orderId, lines) {
        try {
            return (await this.askDriveLeft(orderId, lines))?.lines || [];
        } catch (error) {
            if (error instanceof ConnectionLostError) {
                return [];
            }
            throw error;
        }
    },
    askDriveLeft(orderId, lines) {
        const sold = lines.map((line) => [line.sale_order_line_id?.id, line.qty]);
        return this.askDriveServer("drive_till_refused", [this.config.id, orderId, sold], false);
    },
    /**
     * Closes a basket of which its member takes nothing, and takes it off the ticket. Without
     * network it stays there: only the server can close it.
     */
    async closeDriveUntaken(ticket) {
        const line = ticket.lines.find((one) => one.isDriveLine);
        const order = line.sale_order_origin_id;
        try {
            if (await this.askDriveUntaken(order)) {
                this.takeOffDriveOrder(ticket, order);
            }
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
            this.sayNoNetwork(
                _t(
                    "The basket cannot be closed without the network. Keep it here, leave its ticket open, and try again once the network is back. Nothing is lost."
                )
            );
        }
    },
    /**
     * Asks where the articles of a basket go of which nothing is taken, and closes it.
     *
     * @returns {Promise<boolean>} whether it is closed
     */
    async askDriveUntaken(order) {
        const left = await this.askDriveLeft(order.id, []);
        if (!left?.lines) {
            return this.isDriveUntaken(left);
        }
        const fates = await makeAwaitable(this.dialog, DriveRefusedPopup, {
            lines: left.lines,
            fates: {},
            everything: true,
        });
        if (!fates) {
            return false;
        }
        const args = [this.config.id, order.id, fates];
        return this.isDriveUntaken(await this.askDriveServer("drive_till_nothing", args, false));
    },
    /** Whether a basket is closed by now, also where the answer that said so was lost. */
    isDriveUntaken(answer) {
        if (answer?.refusal && !answer.untaken) {
            this.refuseDriveOrder(answer.refusal);
        }
        return Boolean(answer && (answer.untaken || !answer.refusal));
    },
    takeOffDriveOrder(ticket, order) {
        ticket.lines
            .filter((one) => one.sale_order_origin_id?.id === order.id)
            .forEach((one) => ticket.removeOrderline(one));
        if (ticket.isEmpty()) {
            // What is rung up next is somebody else's.
            ticket.setPartner(false);
            this.mobile_pane = "right";
        }
        this.notification.add(_t("Closed: nothing was taken, nothing is to be paid."), {
            type: "success",
        });
    },
});

patch(ControlButtons.prototype, {
    get hasDriveBasket() {
        return Boolean(this.pos.getOrder()?.lines.some((line) => line.isDriveLine));
    },
    async onClickDriveNothing() {
        this.props.close?.();
        await this.pos.closeDriveUntaken(this.pos.getOrder());
    },
});
