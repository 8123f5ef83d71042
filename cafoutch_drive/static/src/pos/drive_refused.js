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
        const sold = lines.map((line) => [line.sale_order_line_id?.id, line.qty]);
        try {
            const answer = await this.askDriveServer(
                "drive_till_refused",
                [this.config.id, orderId, sold],
                false
            );
            return answer?.lines || [];
        } catch (error) {
            if (error instanceof ConnectionLostError) {
                return [];
            }
            throw error;
        }
    },
    /** Closes a basket of which its member takes nothing, and takes it off the ticket. */
    async closeDriveUntaken(ticket) {
        const line = ticket.lines.find((one) => one.isDriveLine);
        const order = line.sale_order_origin_id;
        const lines = await this.readDriveRefused(order.id, []);
        if (!lines.length) {
            return;
        }
        const fates = await makeAwaitable(this.dialog, DriveRefusedPopup, {
            lines,
            fates: {},
            everything: true,
        });
        if (!fates) {
            return;
        }
        const answer = await this.askDriveServer(
            "drive_till_nothing",
            [this.config.id, order.id, fates],
            false
        );
        if (answer?.refusal) {
            this.refuseDriveOrder(answer.refusal);
        }
        if (!answer || answer.refusal) {
            return;
        }
        ticket.lines
            .filter((one) => one.sale_order_origin_id?.id === order.id)
            .forEach((one) => ticket.removeOrderline(one));
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
