import { patch } from "@web/core/utils/patch";
import { Orderline } from "@point_of_sale/app/components/orderline/orderline";

patch(Orderline.prototype, {
    /**
     * The receipt says the price of an article of a basket, and its price per kilo,
     * litre or piece, in the words that its member has read.
     *
     * @override
     */
    get lineScreenValues() {
        const values = super.lineScreenValues;
        const prices = this.line.sale_order_line_id?.drive_price_text;
        if (!prices || !values.isReceipt || this.props.basic_receipt) {
            return values;
        }
        return { ...values, displayPriceUnit: prices };
    },
});
