import * as Dialog from "@point_of_sale/../tests/generic_helpers/dialog_util";
import * as Order from "@point_of_sale/../tests/generic_helpers/order_widget_util";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import { inLeftSide } from "@point_of_sale/../tests/pos/tours/utils/common";
import { scan_barcode } from "@point_of_sale/../tests/generic_helpers/utils";
import { CODE, crate, takeCrates, takeMoney, tillTour } from "./drive_till_util";

const missing = (number) => ({
    content: "missing",
    trigger: `.drive-crates-row:has(${crate(number)}) .drive-crates-miss`,
    run: "click",
});

// What was in the fridge's crate comes off the ticket, all of it and nothing else.
const takeOffCheese = [
    { content: "its article", trigger: ".drive-missing:contains('Tomme'):contains('1.130 kg')" },
    { content: "no other", trigger: ".drive-missing:not(:contains('Chips'))" },
    { content: "off the ticket", trigger: ".drive-missing-go:enabled", run: "click" },
    { content: "it is off", trigger: ".drive-crates-popup:not(:has(.drive-missing))" },
    inLeftSide(Order.doesNotHaveLine({ productName: "Tomme" })),
];

// A crate cannot be found: the payment is held back until somebody says why; its articles come
// off the ticket, and are there again when it is found.
tillTour("drive_till_crate_missing", () => [
    scan_barcode(`DRV${CODE}`),
    { content: "later", trigger: ".drive-crates-done.btn-secondary", run: "click" },
    ProductScreen.totalAmountIs("11.66"),
    ProductScreen.clickPayButton(false),
    { content: "held back", trigger: ".drive-crates-left:contains('2 crates to bring')" },
    { content: "give up", trigger: ".drive-crates-done", run: "click" },
    ProductScreen.isShown(),
    ProductScreen.clickPayButton(false),
    missing(2),
    { content: "too short", trigger: "#drive-crates-other", run: "edit x" },
    { content: "OK", trigger: ".drive-crates-other button", run: "click" },
    { content: "asked again", trigger: ".drive-crates-again:contains('3 to 200')" },
    { content: "a reason", trigger: ".drive-crates-reasons button:first", run: "click" },
    { content: "kept", trigger: ".drive-crates-reason:contains('Not found')" },
    takeOffCheese,
    { content: "found", trigger: crate(2), run: "click" },
    { content: "to be brought", trigger: `.is-open ${crate(2)}:contains("Tomme")` },
    inLeftSide(Order.hasLine({ productName: "Tomme", quantity: "1.13", price: "3.76" })),
    missing(2),
    { content: "a reason", trigger: ".drive-crates-reasons button:first", run: "click" },
    takeOffCheese,
    scan_barcode(`${CODE}-1`),
    // Nobody is asked where it goes: nobody has it.
    takeMoney,
    {
        content: "what was not there",
        trigger: ".pos-receipt .drive-receipt:contains('Tomme'):contains('not found, not charged')",
    },
]);

// No crate of the basket can be found: there is nothing to pay, and the order is closed.
tillTour("drive_till_all_missing", () => [
    scan_barcode(`DRV${CODE}`),
    missing(1),
    { content: "a reason", trigger: ".drive-crates-reasons button:first", run: "click" },
    { content: "off", trigger: ".drive-missing-go:contains('2 articles')", run: "click" },
    { content: "it is off", trigger: ".drive-crates-popup:not(:has(.drive-missing))" },
    missing(2),
    { content: "a reason", trigger: ".drive-crates-reasons button:first", run: "click" },
    { content: "off", trigger: ".drive-missing-go:contains('1 article')", run: "click" },
    {
        content: "all of it is missing",
        trigger: ".drive-refused li:contains('Chips') .btn-primary[data-fate='missing']",
    },
    { content: "close it", trigger: ".drive-refused-go:enabled", run: "click" },
    { content: "closed", trigger: "body:not(:has(.drive-crates-popup))" },
    ProductScreen.orderIsEmpty(),
]);

// An article from the fridge is refused, which is no weight below zero: somebody has to say what
// becomes of it.
tillTour("drive_till_refused", () => [
    scan_barcode(`DRV${CODE}`),
    takeCrates,
    ProductScreen.clickLine("Tomme", "1.13"),
    ProductScreen.clickNumpad("+/-"),
    ProductScreen.totalAmountIs("4.14"),
    ProductScreen.clickPayButton(false),
    Dialog.bodyIs("Tomme: a quantity below zero"),
    Dialog.confirm(),
    ProductScreen.isShown(),
    ProductScreen.clickLine("Chips", "2"),
    ProductScreen.clickLine("Tomme", "-1.13"),
    ProductScreen.clickNumpad("⌫", "⌫"),
    ProductScreen.totalAmountIs("7.90"),
    ProductScreen.clickPayButton(false),
    { content: "no answer of its own", trigger: ".drive-refused-go:disabled" },
    { content: "back", trigger: ".modal-footer .btn-secondary", run: "click" },
    ProductScreen.isShown(),
    ProductScreen.clickPayButton(false),
    { content: "lost", trigger: ".drive-refused [data-fate='loss']", run: "click" },
    { content: "go on", trigger: ".drive-refused-go:enabled", run: "click" },
    takeMoney,
]);

// Nothing is taken: the order is closed, and its lines are off the ticket.
tillTour("drive_till_nothing", () => [
    scan_barcode(`DRV${CODE}`),
    takeCrates,
    ProductScreen.clickControlButton("Nothing is taken"),
    {
        content: "all of it",
        trigger: ".drive-refused:contains('Chips'):contains('Carottes')",
    },
    {
        content: "lost",
        trigger: ".drive-refused li:contains('Tomme') [data-fate='loss']",
        run: "click",
    },
    { content: "close it", trigger: ".drive-refused-go:enabled", run: "click" },
    ProductScreen.orderIsEmpty(),
    { content: "nobody's ticket", trigger: ".product-screen .set-partner:contains('Customer')" },
    scan_barcode(`DRV${CODE}`),
    Dialog.bodyIs("took nothing"),
    Dialog.confirm(),
]);
