import * as Dialog from "@point_of_sale/../tests/generic_helpers/dialog_util";
import * as NumberPopup from "@point_of_sale/../tests/generic_helpers/number_popup_util";
import * as PaymentScreen from "@point_of_sale/../tests/pos/tours/utils/payment_screen_util";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import * as ReceiptScreen from "@point_of_sale/../tests/pos/tours/utils/receipt_screen_util";
import { scan_barcode } from "@point_of_sale/../tests/generic_helpers/utils";
import { CODE, patiently, takeCrates, tillTour } from "./drive_till_util";

// Its member leaves two euros more, in coins of which five cents are the smallest.
tillTour("drive_till_coins", () => [
    scan_barcode(`DRV${CODE}`),
    takeCrates,
    ProductScreen.totalAmountIs("11.66"),
    ProductScreen.clickPayButton(),
    PaymentScreen.clickTipButton(),
    {
        content: "two euros",
        trigger: ".modal div.numpad button:contains(/^2/)",
        run: "click",
    },
    NumberPopup.isShown("2"),
    Dialog.confirm(),
    PaymentScreen.totalIs("13.66"),
    PaymentScreen.clickPaymentMethod("Till cash"),
    PaymentScreen.selectedPaymentlineHas("Till cash", "13.65"),
    PaymentScreen.clickValidate(),
    patiently(ReceiptScreen.isShown()),
]);
