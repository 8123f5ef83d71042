import * as Chrome from "@point_of_sale/../tests/pos/tours/utils/chrome_util";
import * as Dialog from "@point_of_sale/../tests/generic_helpers/dialog_util";
import * as Order from "@point_of_sale/../tests/generic_helpers/order_widget_util";
import * as PaymentScreen from "@point_of_sale/../tests/pos/tours/utils/payment_screen_util";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import * as ReceiptScreen from "@point_of_sale/../tests/pos/tours/utils/receipt_screen_util";
import { inLeftSide } from "@point_of_sale/../tests/pos/tours/utils/common";
import { scan_barcode } from "@point_of_sale/../tests/generic_helpers/utils";
import { registry } from "@web/core/registry";

const CODE = "TLL234";

// A scan before the till listens is lost, at a real till too.
const startTill = [Chrome.startPoS(), { content: "the till is open", trigger: ".product-screen" }];

const openDriveScreen = {
    content: "open the drive screen",
    trigger: ".drive-button",
    run: "click",
};

const basket = `.drive-order[data-code="${CODE}"]`;

// The basket is scanned, an article is added, the code is scanned again by
// mistake, and all is paid.
registry.category("web_tour.tours").add("drive_till_scan", {
    steps: () =>
        [
            startTill,
            scan_barcode(`DRV${CODE}`),
            ProductScreen.customerIsSelected("Camille Durand"),
            inLeftSide(Order.hasLine({ productName: "Tomme", quantity: "1.13", price: "3.76" })),
            inLeftSide(Order.hasLine({ productName: "Carottes", quantity: "0.87", price: "2.90" })),
            ProductScreen.totalAmountIs("11.66"),
            scan_barcode("3990000000017"),
            ProductScreen.totalAmountIs("14.16"),
            scan_barcode(`DRV${CODE}`),
            ProductScreen.totalAmountIs("14.16"),
            ProductScreen.clickPayButton(),
            PaymentScreen.clickPaymentMethod("Till cheques"),
            PaymentScreen.clickValidate(),
            ReceiptScreen.isShown(),
            // Too late: the code is refused with a reason, also from here.
            scan_barcode(`DRV${CODE}`),
            Dialog.bodyIs("handed over already"),
            Dialog.confirm(),
            Chrome.endTour(),
        ].flat(Infinity),
});

// The basket is found by the member's name; an article is refused at the counter.
registry.category("web_tour.tours").add("drive_till_screen", {
    steps: () =>
        [
            startTill,
            openDriveScreen,
            { content: "its crate", trigger: `${basket} .drive-crate:contains("Frigo 2")` },
            { content: "find it", trigger: ".drive-search input", run: "edit camIlle dur" },
            { content: "open it", trigger: basket, run: "click" },
            ProductScreen.totalAmountIs("11.66"),
            ProductScreen.clickLine("Chips", "2"),
            ProductScreen.clickNumpad("1"),
            ProductScreen.totalAmountIs("9.16"),
            openDriveScreen,
            { content: "open it again", trigger: basket, run: "click" },
            ProductScreen.totalAmountIs("9.16"),
            ProductScreen.clickPayButton(),
            PaymentScreen.clickPaymentMethod("Till cheques"),
            PaymentScreen.clickValidate(),
            ReceiptScreen.isShown(),
            openDriveScreen,
            { content: "nothing is left", trigger: ".drive-empty" },
            Chrome.endTour(),
        ].flat(Infinity),
});
