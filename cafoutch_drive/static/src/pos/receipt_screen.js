import { patch } from "@web/core/utils/patch";
import { ReceiptScreen } from "@point_of_sale/app/screens/receipt_screen/receipt_screen";

patch(ReceiptScreen.prototype, {
    /** Whether a basket was paid: the next thing is the next basket. */
    get hasDriveBasket() {
        return this.currentOrder.lines.some((line) => line.isDriveLine);
    },
    nextDriveBasket() {
        this.pos.orderDone(this.currentOrder);
        this.pos.navigate("DriveScreen");
    },
});
