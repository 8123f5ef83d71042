import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { patch } from "@web/core/utils/patch";
import { makeAwaitable } from "@point_of_sale/app/utils/make_awaitable_dialog";
import OrderPaymentValidation from "@point_of_sale/app/utils/order_payment_validation";
import { PosStore } from "@point_of_sale/app/services/pos_store";
import { hasOpenCrates } from "./drive_crates";
import { DriveReasonPopup } from "./reason_popup";

/**
 * What the server asks before a basket is opened or paid: who hands it over, at a
 * shared till, and a reason, when its member may not order now. The server decides; without network a basket that is
 * on the ticket already can be paid, as Odoo's till does with all else.
 */
patch(PosStore.prototype, {
    /** @override */
    async setup() {
        // Whose card was scanned, while the drive screen shows their baskets only.
        this.driveCard = null;
        return super.setup(...arguments);
    },
    /**
     * Asks the server, and the cashier as often as the server wants to know more.
     *
     * @param {string} method of `sale.order`
     * @param {Array} args without the reason, which comes last
     * @param {boolean} reasoned whether the method takes a reason
     * @returns {Promise<Object|null>} the answer; null when the cashier gave up
     */
    async askDriveServer(method, args, reasoned = true) {
        let reason = null;
        for (;;) {
            const sent = reasoned ? [...args, reason] : args;
            const answer = await this.data.call("sale.order", method, sent);
            if (answer.who) {
                if (!(await this.askDriveOperator())) {
                    return null;
                }
                continue;
            }
            if (!answer.ask) {
                return answer;
            }
            const typed = await makeAwaitable(this.dialog, DriveReasonPopup, {
                question: answer,
                reason: reason || "",
            });
            if (typed === undefined) {
                return null;
            }
            reason = typed;
        }
    },
    /**
     * Whether the baskets on a ticket may still be paid: a membership can end
     * while the ticket waits.
     */
    async mayPayDriveOrders(ticket) {
        const orders = new Set(
            ticket.lines
                .filter((line) => line.isDriveLine)
                .map((line) => line.sale_order_origin_id.id)
        );
        for (const orderId of orders) {
            if (!(await this.mayPayDriveOrder(orderId))) {
                return false;
            }
        }
        // Read last: what is typed counts a moment later.
        const below = ticket.lines.find((line) => line.isDriveLine && line.qty < 0);
        if (below) {
            this.refuseDriveOrder(
                _t(
                    "%s: a quantity below zero is a refund. Pay the basket first, then refund the article.",
                    below.getFullProductName()
                )
            );
            return false;
        }
        this.keepDriveTaxes(ticket);
        ticket.uiState.driveMayPay = true;
        return true;
    },
    /** Asks until nothing holds the payment of a basket back, or the cashier gives up. */
    async mayPayDriveOrder(orderId) {
        for (;;) {
            let answer;
            try {
                await this.sendDriveCrates();
                answer = await this.askDriveServer("drive_till_may_pay", [this.config.id, orderId]);
            } catch (error) {
                if (!(error instanceof ConnectionLostError)) {
                    throw error;
                }
                const order = this.driveOrders[orderId];
                return !order || !hasOpenCrates(order) || this.askDriveCrates(order);
            }
            if (answer?.refusal) {
                this.refuseDriveOrder(answer.refusal);
            }
            if (!answer || answer.refusal) {
                return false;
            }
            if (!answer.order) {
                return true;
            }
            if (!(await this.askDriveCrates(answer.order))) {
                return false;
            }
        }
    },
    /** @override */
    async pay() {
        const ticket = this.getOrder();
        ticket.uiState.driveMayPay = false;
        if ((await this.mayPayDriveOrders(ticket)) && (await this.askDriveRefused(ticket))) {
            return super.pay(...arguments);
        }
        ticket.uiState.driveMayPay = false;
    },
    /**
     * Opens the basket of the household whose card was scanned.
     *
     * @param {string} code
     * @returns {Promise<Object|null>} the server's answer; null without network, and for
     *  who is no cashier of the drive
     */
    async openDriveCard(code) {
        let answer;
        try {
            answer = await this.data.call("sale.order", "drive_till_card", [this.config.id, code]);
        } catch (error) {
            const refused = error.exceptionName === "odoo.exceptions.AccessError";
            if (refused || error instanceof ConnectionLostError) {
                return null;
            }
            throw error;
        }
        if (!answer.partner_id) {
            return answer;
        }
        if (answer.orders.length === 1) {
            await this.openDriveOrder({ orderId: answer.orders[0].id });
        } else if (answer.orders.length) {
            this.driveCard = answer;
            this.navigate("DriveScreen");
        } else {
            this.notification.add(answer.notice, { title: answer.member, type: "info" });
        }
        return answer;
    },
    /** The contact with this id, or undefined for one whom the cashier does not read. */
    async findDrivePartner(partnerId) {
        let partner = this.models["res.partner"].get(partnerId);
        if (!partner) {
            [partner] = await this.data.searchRead("res.partner", [["id", "=", partnerId]]);
        }
        return partner;
    },
    /** Sets the customer of the ticket, as Odoo does when it reads their card. */
    async setDriveCustomer(partnerId) {
        const ticket = this.getOrder();
        const partner = await this.findDrivePartner(partnerId);
        if (partner && ticket?.state === "draft" && ticket.getPartner() !== partner) {
            this.setPartnerToCurrentOrder(partner);
        }
    },
    /** Opens the basket of a card; without one, its member becomes the ticket's customer. */
    async readDriveCard(code) {
        const answer = await this.openDriveCard(code);
        if (answer && !answer.partner_id) {
            this.refuseDriveCard();
        } else if (answer && !answer.orders.length) {
            await this.setDriveCustomer(answer.partner_id);
        }
    },
    /** Says that a card is nobody's, such as one that was replaced. */
    refuseDriveCard() {
        this.notification.add(_t("This card is nobody’s, or was replaced by another one."), {
            title: _t("Unknown card"),
            type: "warning",
        });
    },
});

patch(OrderPaymentValidation.prototype, {
    /**
     * Asks again whether its baskets may be paid: a membership can end while the money is
     * counted. What is not taken is asked about here only for payments that do not come by the
     * payment screen.
     *
     * @override
     */
    async askBeforeValidation() {
        const { pos, order } = this;
        const asked = order.uiState.driveMayPay;
        const before = order.priceIncl;
        if (!(await pos.mayPayDriveOrders(order))) {
            return false;
        }
        if (!asked && !(await pos.askDriveRefused(order))) {
            order.uiState.driveMayPay = false;
            return false;
        }
        order.uiState.driveMayPay = false;
        if (!order.currency.isZero(order.priceIncl - before)) {
            // What was missing came off the ticket: what was to be paid is too much.
            [...order.payment_ids].forEach((payment) => order.removePaymentline(payment));
            return false;
        }
        return super.askBeforeValidation(...arguments);
    },
});
