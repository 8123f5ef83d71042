import * as Chrome from "@point_of_sale/../tests/pos/tours/utils/chrome_util";
import * as Order from "@point_of_sale/../tests/generic_helpers/order_widget_util";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import { inLeftSide } from "@point_of_sale/../tests/pos/tours/utils/common";
import { scan_barcode } from "@point_of_sale/../tests/generic_helpers/utils";
import { CODE, pay, takeCrates, tillTour } from "./drive_till_util";

// Two chips of the basket, and one that is bought on the spot.
const load = [
    scan_barcode(`DRV${CODE}`),
    takeCrates,
    scan_barcode("3990000000017"),
    ProductScreen.totalAmountIs("14.16"),
];

const basketCosts = [
    inLeftSide(Order.hasLine({ productName: "Tomme", quantity: "1.13", price: "3.76" })),
    inLeftSide(Order.hasLine({ productName: "Chips", quantity: "2", price: "5.00" })),
];

const taxesAreBack = {
    content: "the taxes of the basket are back, and it says so",
    trigger: ".o_notification:contains('not on the ticket any more')",
};

// A preset brings a pricelist and taxes: they are for what is bought on the spot.
tillTour("drive_till_preset", () => [
    load,
    ProductScreen.selectPreset("Counter", "Party"),
    pay.slice(0, 1),
    taxesAreBack,
    pay.slice(1),
]);

// Chosen by hand, both.
tillTour("drive_till_pricelist", () => [
    load,
    ProductScreen.clickPriceList("Half"),
    ProductScreen.totalAmountIs("12.91"),
    basketCosts,
    ProductScreen.clickFiscalPosition("Elsewhere"),
    pay.slice(0, 1),
    taxesAreBack,
    pay.slice(1),
]);

const numpad = (key, state) => ({
    content: `the key “${key}” is ${state}`,
    trigger: `.numpad .numpad-${key}:${state}`,
});

// Whatever the till's own settings say: what a basket costs was agreed.
tillTour("drive_till_prices", () => [
    scan_barcode(`DRV${CODE}`),
    takeCrates,
    ProductScreen.clickLine("Tomme", "1.13"),
    numpad("price", "disabled"),
    numpad("discount", "disabled"),
    Chrome.createFloatingOrder(),
    scan_barcode("3990000000017"),
    numpad("price", "enabled"),
    numpad("discount", "enabled"),
    ProductScreen.clickNumpad("Price"),
    // The numpad stays set to prices when the ticket of the basket is shown again.
    {
        content: "the ticket of the basket",
        trigger: ".floating-order-container button:not(.active)",
        run: "click",
    },
    numpad("price", "disabled"),
    ProductScreen.clickNumpad("1"),
    {
        content: "it says so",
        trigger: ".o_notification:contains('was agreed')",
    },
    basketCosts,
    pay,
]);
