import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { OrderSummary } from "@point_of_sale/app/screens/product_screen/order_summary/order_summary";
import { ProductScreen } from "@point_of_sale/app/screens/product_screen/product_screen";
import { PosStore } from "@point_of_sale/app/services/pos_store";

const PRICE_KEYS = ["price", "discount"];

/**
 * What an article of a basket costs was agreed: the till offers to change it only where the drive
 * point allows it, whatever the till's own settings say. The server compares all the same.
 */
patch(PosStore.prototype, {
    mayPriceDriveLine(line) {
        return !line?.isDriveLine || this.config.drive_cashiers_set_prices;
    },
});

patch(ProductScreen.prototype, {
    /** @override */
    getNumpadButtons() {
        const line = this.currentOrder?.getSelectedOrderline();
        const fixed = !this.pos.mayPriceDriveLine(line);
        return super.getNumpadButtons(...arguments).map((button) => ({
            ...button,
            disabled: button.disabled || (fixed && PRICE_KEYS.includes(button.value)),
        }));
    },
});

patch(OrderSummary.prototype, {
    /**
     * The numpad may still be set to prices by a line that was selected before.
     *
     * @override
     */
    async updateSelectedOrderline() {
        const line = this.currentOrder?.getSelectedOrderline();
        if (PRICE_KEYS.includes(this.pos.numpadMode) && !this.pos.mayPriceDriveLine(line)) {
            this.numberBuffer.reset();
            this.pos.numpadMode = "quantity";
            this.pos.notification.add(_t("The price of an article of a basket was agreed."), {
                type: "warning",
            });
            return;
        }
        return super.updateSelectedOrderline(...arguments);
    },
});
