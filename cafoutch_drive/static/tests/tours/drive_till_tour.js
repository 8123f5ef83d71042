import * as Chrome from "@point_of_sale/../tests/pos/tours/utils/chrome_util";
import * as Dialog from "@point_of_sale/../tests/generic_helpers/dialog_util";
import * as Order from "@point_of_sale/../tests/generic_helpers/order_widget_util";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import * as TicketScreen from "@point_of_sale/../tests/pos/tours/utils/ticket_screen_util";
import { inLeftSide } from "@point_of_sale/../tests/pos/tours/utils/common";
import { scan_barcode } from "@point_of_sale/../tests/generic_helpers/utils";
import {
    CODE,
    basket,
    crate,
    openDriveScreen,
    pay,
    takeCrates,
    takeMoney,
    tillTour,
} from "./drive_till_util";

const receiptSays = (name, ...texts) => ({
    content: `the receipt says of ${name}: ${texts}`,
    trigger: [
        `.pos-receipt .orderline:contains("${name}") .price-per-unit`,
        ...texts.map((text) => `:contains("${text}")`),
    ].join(""),
});

// The basket is scanned, an article is added, the code is scanned again by
// mistake, and all is paid.
tillTour("drive_till_scan", () => [
    scan_barcode(`DRV${CODE}`),
    { content: "its place", trigger: `${crate(2)}:contains("Frigo 2")` },
    {
        content: "what changed",
        trigger: ".drive-crates-changes:contains('Miche: missing')",
    },
    scan_barcode("3990000000017"),
    {
        content: "no crate",
        trigger: ".drive-crates-again:contains('no crate of this basket')",
    },
    scan_barcode(`${CODE}-1`),
    { content: "it is here", trigger: `.is-here ${crate(1)}` },
    scan_barcode(`${CODE}-2`),
    { content: "all are here", trigger: "body:not(:has(.drive-crates-popup))" },
    ProductScreen.customerIsSelected("Camille Durand"),
    inLeftSide(Order.hasLine({ productName: "Tomme", quantity: "1.13", price: "3.76" })),
    inLeftSide(Order.hasLine({ productName: "Carottes", quantity: "0.87", price: "2.90" })),
    ProductScreen.totalAmountIs("11.66"),
    scan_barcode("3990000000017"),
    ProductScreen.totalAmountIs("14.16"),
    scan_barcode(`DRV${CODE}`),
    ProductScreen.totalAmountIs("14.16"),
    pay,
    // The price of a kilo as the shop's pages have it; also where one piece was bought.
    receiptSays("Tomme", "3.33", "/kg"),
    receiptSays("Carottes", "3.33", "/kg"),
    receiptSays("Chips", "2.50", "20.00", "/kg"),
    {
        content: "the code, and what changed",
        trigger: `.pos-receipt .drive-receipt:contains("${CODE}"):contains("Miche: missing")`,
    },
    // Too late: the code is refused with a reason, also from here.
    scan_barcode(`DRV${CODE}`),
    Dialog.bodyIs("handed over already"),
    Dialog.confirm(),
]);

// A part was paid before the member came: the rest is to pay.
tillTour("drive_till_prepaid", () => [
    scan_barcode(`DRV${CODE}`),
    takeCrates,
    inLeftSide(Order.hasLine({ productName: "Acompte", price: "-5.00" })),
    ProductScreen.totalAmountIs("6.66"),
    pay,
]);

// A till that gives ten percent (`pos_loyalty`), on a basket and what is bought on the spot.
tillTour("drive_till_loyalty", () => [
    scan_barcode(`DRV${CODE}`),
    takeCrates,
    scan_barcode("3990000000017"),
    { content: "the reward", trigger: ".order-container .orderline:contains('10%')" },
    ProductScreen.totalAmountIs("12.74"),
    inLeftSide(Order.hasLine({ productName: "Tomme", quantity: "1.13", price: "3.76" })),
    pay,
]);

// The basket is found by the member's name; an article is refused at the counter.
tillTour("drive_till_screen", () => [
    openDriveScreen,
    { content: "its crate", trigger: `${basket} .drive-crate:contains("Frigo 2")` },
    { content: "find it", trigger: ".drive-search input", run: "edit camIlle dur" },
    { content: "open it", trigger: basket, run: "click" },
    takeCrates,
    ProductScreen.totalAmountIs("11.66"),
    ProductScreen.clickLine("Chips", "2"),
    ProductScreen.clickNumpad("1"),
    ProductScreen.totalAmountIs("9.16"),
    openDriveScreen,
    { content: "open it again", trigger: basket, run: "click" },
    ProductScreen.totalAmountIs("9.16"),
    ProductScreen.clickPayButton(false),
    { content: "what is left", trigger: ".drive-refused:contains('Chips')" },
    { content: "on its shelf", trigger: ".drive-refused-go:enabled", run: "click" },
    takeMoney,
    { content: "the next basket", trigger: ".drive-next", run: "click" },
    { content: "nothing is left", trigger: ".drive-empty" },
]);

// Another day, or another till: the receipt of a ticket from the list is the same.
tillTour("drive_till_reprint", () => [
    Chrome.clickOrders(),
    TicketScreen.selectFilter("Paid"),
    TicketScreen.selectOrderByPrice("11.66"),
    { content: "print", trigger: ".ticket-screen button:has(.fa-print)", run: "click" },
    {
        content: "the code, and what changed",
        trigger: `.render-container .drive-receipt:contains("${CODE}"):contains("Miche: missing")`,
    },
]);
