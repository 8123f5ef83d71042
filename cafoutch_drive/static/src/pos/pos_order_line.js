import { patch } from "@web/core/utils/patch";
import { PosOrderline } from "@point_of_sale/app/models/pos_order_line";

patch(PosOrderline.prototype, {
    /** Whether this line is an article of a prepared basket. */
    get isDriveLine() {
        return Boolean(this.sale_order_origin_id?.is_drive);
    },
    /**
     * An article rung up beside the basket stays a line of its own: it leaves the
     * shelf, the basket's leaves its crate.
     *
     * @override
     */
    canBeMergedWith(orderline) {
        return !this.isDriveLine && !orderline.isDriveLine && super.canBeMergedWith(...arguments);
    },
});
