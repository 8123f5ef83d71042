import { patch } from "@web/core/utils/patch";
import { OrderReceipt } from "@point_of_sale/app/screens/receipt_screen/receipt/order_receipt";
import { leftTexts } from "./drive_left";

patch(OrderReceipt.prototype, {
    /**
     * The baskets that were paid by this ticket, each with its code and what changed in it: as
     * the server has it, or the till where the ticket is not there yet.
     */
    get driveOrders() {
        const known = JSON.parse(this.props.order.drive_receipt || "[]");
        if (known.length) {
            return known;
        }
        const orders = this.props.order.lines
            .filter((line) => line.isDriveLine)
            .map((line) => line.sale_order_origin_id);
        return [...new Set(orders)].map((order) => ({
            id: order.id,
            code: order.drive_pickup_code,
            notes: [
                ...(order.drive_till_notes || "").split("\n").filter(Boolean),
                ...leftTexts(this.props.order, order.id),
            ],
        }));
    },
});
