import { AlertDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { patch } from "@web/core/utils/patch";
import { PosStore } from "@point_of_sale/app/services/pos_store";

// Long enough to be read out.
const NOTICE_MS = 15000;

/**
 * How a prepared basket gets on a ticket.
 *
 * Odoo's own loader settles what was ordered, cuts kilos into single ones and
 * asks about lots; a basket has been weighed already, so its lines are taken as
 * the preparers left them.
 */
patch(PosStore.prototype, {
    /**
     * Shows a prepared order on a ticket, ready to be paid. An order that is on
     * an open ticket is shown there, never loaded twice.
     *
     * @param {Object} which
     * @param {number} [which.orderId] order chosen in a list
     * @param {string} [which.code] code scanned or typed
     * @returns {Promise<boolean>} whether the order is on the screen
     */
    async openDriveOrder({ orderId = null, code = null }) {
        if (this.isOpeningDriveOrder) {
            return false;
        }
        this.isOpeningDriveOrder = true;
        try {
            // Its crates are shown as they were ticked here.
            await this.trySendDriveCrates();
            const answer = await this.askDriveServer("drive_till_open", [
                this.config.id,
                orderId,
                code,
            ]);
            if (!answer) {
                return false;
            }
            if (answer.refusal) {
                this.refuseDriveOrder(answer.refusal);
                return false;
            }
            const ticket =
                this.findDriveTicket(answer.order.id) || (await this.loadDriveOrder(answer));
            if (!ticket) {
                return false;
            }
            this.keepDriveRows(ticket, answer);
            this.showDriveTicket(ticket);
            for (const notice of answer.notices) {
                this.notification.add(notice, { type: "warning", autocloseDelay: NOTICE_MS });
            }
            // Not waited for: a scanner reads the crates meanwhile.
            this.showDriveCrates(answer.order);
            return true;
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
            return this.showKnownDriveOrder({ orderId, code });
        } finally {
            this.isOpeningDriveOrder = false;
        }
    },
    showDriveTicket(ticket) {
        this.setOrder(ticket);
        // On a phone, where there is room for one of them: the ticket, not the articles.
        this.mobile_pane = "left";
        this.navigate("ProductScreen", { orderUuid: ticket.uuid });
    },
    /**
     * Without network: a basket that is on an open ticket is shown there.
     *
     * @returns {boolean} whether it is on the screen
     */
    showKnownDriveOrder({ orderId, code }) {
        const wanted = code?.trim().toUpperCase();
        const order = this.models["sale.order"].find(
            (one) =>
                one.is_drive &&
                (one.id === orderId || wanted?.endsWith(one.drive_pickup_code)) &&
                this.findDriveTicket(one.id)
        );
        if (!order) {
            this.sayNoNetwork(
                _t(
                    "Without the network only a basket that is on a ticket already can be opened. Try again once the network is back."
                )
            );
            return false;
        }
        this.showDriveTicket(this.findDriveTicket(order.id));
        if (this.driveOrders[order.id]) {
            this.showDriveCrates(this.driveOrders[order.id]);
        }
        return true;
    },
    refuseDriveOrder(sentence) {
        this.dialog.add(AlertDialog, { title: _t("Drive order"), body: sentence });
    },
    /** What cannot be done without network, and what to do. */
    sayNoNetwork(sentence) {
        this.dialog.add(AlertDialog, { title: _t("No connection"), body: sentence });
    },
    findDriveTicket(saleOrderId) {
        return this.models["pos.order"].find(
            (ticket) =>
                ticket.state === "draft" &&
                ticket.lines.some((line) => line.sale_order_origin_id?.id === saleOrderId)
        );
    },
    /**
     * Puts a prepared order on a ticket: all of it, or nothing.
     *
     * @param {Object} prepared answer of `drive_till_open`
     * @returns {Promise<Object|undefined>} the ticket
     */
    async loadDriveOrder(prepared) {
        const saleOrder = await this._getSaleOrder(prepared.order.id);
        const lines = prepared.lines.map((line) => this.readDriveLine(line));
        const unknown = lines.filter((line) => !line.product || line.taxes.includes(undefined));
        if (unknown.length) {
            const names = unknown.map((line) => line.name).join(", ");
            this.refuseDriveOrder(
                _t("This till cannot sell: %s. A manager can make it available there.", names)
            );
            return;
        }
        const ticket = this.chooseDriveTicket(saleOrder);
        if (saleOrder.partner_id) {
            ticket.setPartner(saleOrder.partner_id);
        }
        ticket.update({ fiscal_position_id: saleOrder.fiscal_position_id });
        if (saleOrder.pricelist_id) {
            ticket.setPricelist(saleOrder.pricelist_id);
        }
        for (const line of lines) {
            this.addDriveLine(ticket, saleOrder, line);
        }
        return ticket;
    },
    readDriveLine(line) {
        return {
            ...line,
            product: this.models["product.product"].get(line.product_id),
            saleLine: this.models["sale.order.line"].get(line.sale_line_id),
            taxes: line.tax_ids.map((id) => this.models["account.tax"].get(id)),
        };
    },
    /**
     * The ticket under way is used when it can be this member's: articles that
     * were rung up first then stay on it.
     */
    chooseDriveTicket(saleOrder) {
        const ticket = this.getOrder();
        const free =
            ticket?.state === "draft" &&
            !ticket.isRefund &&
            !ticket.payment_ids.length &&
            !ticket.lines.some((line) => line.sale_order_origin_id) &&
            (!ticket.partner_id || ticket.partner_id.id === saleOrder.partner_id?.id);
        return free ? ticket : this.addNewOrder();
    },
    addDriveLine(ticket, saleOrder, { product, saleLine, taxes, ...line }) {
        const ticketLine = this.models["pos.order.line"].create({
            order_id: ticket,
            product_id: product,
            price_unit: line.price_unit,
            price_extra: 0,
            // As agreed: a changed quantity does not price it again, and it is no
            // price that the cashier has changed.
            price_type: "automatic",
            qty: line.qty,
            tax_ids: taxes.map((tax) => ["link", tax]),
            sale_order_origin_id: saleOrder,
            sale_order_line_id: saleLine,
        });
        ticketLine.setQuantity(line.qty, true);
        ticketLine.setUnitPrice(line.price_unit);
        ticketLine.setDiscount(line.discount);
        if (line.lots.length) {
            ticketLine.setPackLotLines({
                modifiedPackLotLines: {},
                newPackLotLines: line.lots.map((name) => ({ lot_name: name })),
                setQuantity: false,
            });
        }
    },
    /** @override */
    async _processSaleOrder(saleOrder) {
        if (saleOrder.is_drive) {
            await this.openDriveOrder({ orderId: saleOrder.id });
            return;
        }
        return super._processSaleOrder(...arguments);
    },
});
