import { patch } from "@web/core/utils/patch";
import { useBarcodeReader } from "@point_of_sale/app/hooks/barcode_reader_hook";
import { ProductScreen } from "@point_of_sale/app/screens/product_screen/product_screen";
import { ReceiptScreen } from "@point_of_sale/app/screens/receipt_screen/receipt_screen";

/** The code of an order opens it at once. */
export function useDriveBarcode() {
    useBarcodeReader({
        drive_order(barcode) {
            return this.pos.openDriveOrder({ code: barcode.code });
        },
    });
}

patch(ProductScreen.prototype, {
    /** @override */
    setup() {
        super.setup(...arguments);
        useDriveBarcode();
    },
});

// The next member's code is scanned while the last receipt is on the screen.
patch(ReceiptScreen.prototype, {
    /** @override */
    setup() {
        super.setup(...arguments);
        useDriveBarcode();
    },
});
