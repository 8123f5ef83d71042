import * as Chrome from "@point_of_sale/../tests/pos/tours/utils/chrome_util";
import * as Dialog from "@point_of_sale/../tests/generic_helpers/dialog_util";
import * as Order from "@point_of_sale/../tests/generic_helpers/order_widget_util";
import * as PaymentScreen from "@point_of_sale/../tests/pos/tours/utils/payment_screen_util";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import * as ReceiptScreen from "@point_of_sale/../tests/pos/tours/utils/receipt_screen_util";
import * as TicketScreen from "@point_of_sale/../tests/pos/tours/utils/ticket_screen_util";
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

// What a payment writes takes long on a busy machine.
const patiently = (steps) => steps.map((step) => ({ ...step, timeout: 60000 }));

const receiptSays = (name, ...texts) => ({
    content: `the receipt says of ${name}: ${texts}`,
    trigger: [
        `.pos-receipt .orderline:contains("${name}") .price-per-unit`,
        ...texts.map((text) => `:contains("${text}")`),
    ].join(""),
});

const crate = (number) => `.drive-crates-tick[data-crate="${CODE}-${number}"]`;

// What is in the fridge, and what is not, each touched as it is brought.
const takeCrates = [
    { content: "the first crate", trigger: crate(1), run: "click" },
    { content: "the second crate", trigger: crate(2), run: "click" },
    { content: "all are here", trigger: ".drive-crates-done.btn-primary", run: "click" },
    { content: "the ticket", trigger: "body:not(:has(.drive-crates-popup))" },
];

const basket = `.drive-order[data-code="${CODE}"]`;

// The basket is scanned, an article is added, the code is scanned again by
// mistake, and all is paid.
registry.category("web_tour.tours").add("drive_till_scan", {
    steps: () =>
        [
            startTill,
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
            ProductScreen.clickPayButton(),
            PaymentScreen.clickPaymentMethod("Till cheques"),
            PaymentScreen.clickValidate(),
            patiently(ReceiptScreen.isShown()),
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
            Chrome.endTour(),
        ].flat(Infinity),
});

// A part was paid before the member came: the rest is to pay.
registry.category("web_tour.tours").add("drive_till_prepaid", {
    steps: () =>
        [
            startTill,
            scan_barcode(`DRV${CODE}`),
            takeCrates,
            inLeftSide(Order.hasLine({ productName: "Acompte", price: "-5.00" })),
            ProductScreen.totalAmountIs("6.66"),
            ProductScreen.clickPayButton(),
            PaymentScreen.clickPaymentMethod("Till cheques"),
            PaymentScreen.clickValidate(),
            patiently(ReceiptScreen.isShown()),
            Chrome.endTour(),
        ].flat(Infinity),
});

// A till that gives ten percent (`pos_loyalty`), on a basket and what is bought on the spot.
registry.category("web_tour.tours").add("drive_till_loyalty", {
    steps: () =>
        [
            startTill,
            scan_barcode(`DRV${CODE}`),
            takeCrates,
            scan_barcode("3990000000017"),
            { content: "the reward", trigger: ".order-container .orderline:contains('10%')" },
            ProductScreen.totalAmountIs("12.74"),
            inLeftSide(Order.hasLine({ productName: "Tomme", quantity: "1.13", price: "3.76" })),
            ProductScreen.clickPayButton(),
            PaymentScreen.clickPaymentMethod("Till cheques"),
            PaymentScreen.clickValidate(),
            patiently(ReceiptScreen.isShown()),
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
            PaymentScreen.clickPaymentMethod("Till cheques"),
            PaymentScreen.clickValidate(),
            ReceiptScreen.isShown(),
            { content: "the next basket", trigger: ".drive-next", run: "click" },
            { content: "nothing is left", trigger: ".drive-empty" },
            Chrome.endTour(),
        ].flat(Infinity),
});

const MEMBER_CARD = "0420000000003";
const CHILD_CARD = "0420000000010";
const STRANGER_CARD = "0420000000027";
const REPLACED_CARD = "0420000000034";
const STAFF_CARD = "0420000000041";

// Whoever of the household shows a card gets its basket; a stranger becomes the
// ticket's customer.
registry.category("web_tour.tours").add("drive_till_card", {
    steps: () =>
        [
            startTill,
            scan_barcode(REPLACED_CARD),
            { content: "nobody's", trigger: ".o_notification:contains('Unknown card')" },
            scan_barcode(STRANGER_CARD),
            { content: "no basket", trigger: ".o_notification:contains('No basket waits')" },
            ProductScreen.customerIsSelected("Alix Morel"),
            scan_barcode(CHILD_CARD),
            takeCrates,
            ProductScreen.totalAmountIs("11.66"),
            ProductScreen.customerIsSelected("Camille Durand"),
            openDriveScreen,
            scan_barcode(MEMBER_CARD),
            ProductScreen.totalAmountIs("11.66"),
            Chrome.endTour(),
        ].flat(Infinity),
});

// Two baskets of one household: the list is narrowed to them.
registry.category("web_tour.tours").add("drive_till_card_two", {
    steps: () =>
        [
            startTill,
            scan_barcode(MEMBER_CARD),
            { content: "whose", trigger: ".drive-narrowed:contains('Camille Durand')" },
            { content: "one", trigger: `${basket}:contains('Camille Durand')` },
            // Its slot may be of another day, so that it stands under another heading.
            {
                content: "the other",
                trigger: `.drive-order:not([data-code="${CODE}"]):contains('Camille Durand')`,
            },
            { content: "only", trigger: ".drive-list:not(:has(.drive-member:contains('Alix')))" },
            { content: "all", trigger: ".drive-narrowed button", run: "click" },
            { content: "the others too", trigger: ".drive-member:contains('Alix')" },
            scan_barcode(MEMBER_CARD),
            { content: "again", trigger: ".drive-narrowed" },
            { content: "open it", trigger: basket, run: "click" },
            takeCrates,
            ProductScreen.totalAmountIs("11.66"),
            Chrome.endTour(),
        ].flat(Infinity),
});

// The member may not order: the till asks, and a reason goes through.
registry.category("web_tour.tours").add("drive_till_reason", {
    steps: () =>
        [
            startTill,
            scan_barcode(`DRV${CODE}`),
            {
                content: "the sentence",
                trigger: ".drive-reason blockquote:contains('cannot order')",
            },
            Dialog.cancel(),
            ProductScreen.orderIsEmpty(),
            openDriveScreen,
            { content: "open it", trigger: basket, run: "click" },
            { content: "too short", trigger: ".drive-reason textarea", run: "edit x" },
            { content: "go on", trigger: ".drive-reason-go", run: "click" },
            { content: "asked again", trigger: ".drive-reason-again:contains('3 to 200')" },
            {
                content: "a reason",
                trigger: ".drive-reason textarea",
                run: "edit Seen with the office",
            },
            { content: "go on", trigger: ".drive-reason-go", run: "click" },
            takeCrates,
            ProductScreen.totalAmountIs("11.66"),
            ProductScreen.clickPayButton(),
            PaymentScreen.clickPaymentMethod("Till cheques"),
            PaymentScreen.clickValidate(),
            ReceiptScreen.isShown(),
            Chrome.endTour(),
        ].flat(Infinity),
});

// The membership ends while the money is counted: asked before the ticket is validated.
registry.category("web_tour.tours").add("drive_till_reason_last", {
    steps: () =>
        [
            startTill,
            scan_barcode(`DRV${CODE}`),
            takeCrates,
            ProductScreen.clickPayButton(),
            PaymentScreen.clickPaymentMethod("Till cheques"),
            PaymentScreen.clickValidate(),
            {
                content: "the sentence",
                trigger: ".drive-reason blockquote:contains('cannot order')",
            },
            Dialog.cancel(),
            PaymentScreen.isShown(),
            PaymentScreen.clickValidate(),
            {
                content: "a reason",
                trigger: ".drive-reason textarea",
                run: "edit Seen with the office",
            },
            { content: "go on", trigger: ".drive-reason-go", run: "click" },
            patiently(ReceiptScreen.isShown()),
            Chrome.endTour(),
        ].flat(Infinity),
});

// The membership ends between opening and payment: asked before the money.
registry.category("web_tour.tours").add("drive_till_reason_late", {
    steps: () =>
        [
            startTill,
            scan_barcode(`DRV${CODE}`),
            takeCrates,
            ProductScreen.totalAmountIs("11.66"),
            ProductScreen.clickPayButton(false),
            {
                content: "the sentence",
                trigger: ".drive-reason blockquote:contains('cannot order')",
            },
            Dialog.cancel(),
            ProductScreen.isShown(),
            ProductScreen.clickPayButton(false),
            {
                content: "a reason",
                trigger: ".drive-reason textarea",
                run: "edit Seen with the office",
            },
            { content: "go on", trigger: ".drive-reason-go", run: "click" },
            PaymentScreen.clickPaymentMethod("Till cheques"),
            PaymentScreen.clickValidate(),
            ReceiptScreen.isShown(),
            Chrome.endTour(),
        ].flat(Infinity),
});

// A shared till: a basket opens once somebody has said who they are; the next one is
// somebody else, by card.
registry.category("web_tour.tours").add("drive_till_operator", {
    steps: () =>
        [
            startTill,
            scan_barcode(`DRV${CODE}`),
            { content: "who?", trigger: ".o_drive_operator_person:contains('Hugo B.')" },
            Dialog.cancel(),
            ProductScreen.orderIsEmpty(),
            scan_barcode(`DRV${CODE}`),
            {
                content: "me",
                trigger: ".o_drive_operator_person:contains('Hugo B.')",
                run: "click",
            },
            { content: "a PIN", trigger: ".o_drive_operator input", run: "edit 0000" },
            { content: "wrong", trigger: ".o_drive_operator_ok", run: "click" },
            { content: "says so", trigger: ".o_drive_operator_error:contains('not right')" },
            ["4", "7", "1", "1"].map((key) => ({
                content: `key ${key}`,
                trigger: `.o_drive_operator_keys button:contains('${key}')`,
                run: "click",
            })),
            { content: "right", trigger: ".o_drive_operator_ok", run: "click" },
            takeCrates,
            ProductScreen.totalAmountIs("11.66"),
            openDriveScreen,
            { content: "it is me", trigger: ".o_drive_operator_bar:contains('Hugo B.')" },
            { content: "change", trigger: ".o_drive_operator_bar button", run: "click" },
            { content: "who?", trigger: ".o_drive_operator_person" },
            scan_barcode(STAFF_CARD),
            { content: "by card", trigger: ".o_drive_operator_bar:contains('Jeanne M.')" },
            { content: "open it", trigger: basket, run: "click" },
            ProductScreen.totalAmountIs("11.66"),
            ProductScreen.clickPayButton(),
            PaymentScreen.clickPaymentMethod("Till cheques"),
            PaymentScreen.clickValidate(),
            ReceiptScreen.isShown(),
            Chrome.endTour(),
        ].flat(Infinity),
});

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
registry.category("web_tour.tours").add("drive_till_crate_missing", {
    steps: () =>
        [
            startTill,
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
            PaymentScreen.clickPaymentMethod("Till cheques"),
            PaymentScreen.clickValidate(),
            patiently(ReceiptScreen.isShown()),
            {
                content: "what was not there",
                trigger:
                    ".pos-receipt .drive-receipt:contains('Tomme'):contains('not found, not charged')",
            },
            Chrome.endTour(),
        ].flat(Infinity),
});

// An article from the fridge is refused: somebody has to say what becomes of it.
registry.category("web_tour.tours").add("drive_till_refused", {
    steps: () =>
        [
            startTill,
            scan_barcode(`DRV${CODE}`),
            takeCrates,
            ProductScreen.clickLine("Tomme", "1.13"),
            ProductScreen.clickNumpad("⌫", "⌫"),
            ProductScreen.totalAmountIs("7.90"),
            ProductScreen.clickPayButton(false),
            { content: "no answer of its own", trigger: ".drive-refused-go:disabled" },
            { content: "back", trigger: ".modal-footer .btn-secondary", run: "click" },
            ProductScreen.isShown(),
            ProductScreen.clickPayButton(false),
            { content: "lost", trigger: ".drive-refused [data-fate='loss']", run: "click" },
            { content: "go on", trigger: ".drive-refused-go:enabled", run: "click" },
            PaymentScreen.clickPaymentMethod("Till cheques"),
            PaymentScreen.clickValidate(),
            patiently(ReceiptScreen.isShown()),
            Chrome.endTour(),
        ].flat(Infinity),
});

// Nothing is taken: the order is closed, and its lines are off the ticket.
registry.category("web_tour.tours").add("drive_till_nothing", {
    steps: () =>
        [
            startTill,
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
            scan_barcode(`DRV${CODE}`),
            Dialog.bodyIs("took nothing"),
            Dialog.confirm(),
            Chrome.endTour(),
        ].flat(Infinity),
});

// No crate of the basket can be found: there is nothing to pay, and the order is closed.
registry.category("web_tour.tours").add("drive_till_all_missing", {
    steps: () =>
        [
            startTill,
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
            Chrome.endTour(),
        ].flat(Infinity),
});

// Another day, or another till: the receipt of a ticket from the list is the same.
registry.category("web_tour.tours").add("drive_till_reprint", {
    steps: () =>
        [
            startTill,
            Chrome.clickOrders(),
            TicketScreen.selectFilter("Paid"),
            TicketScreen.selectOrderByPrice("11.66"),
            { content: "print", trigger: ".ticket-screen button:has(.fa-print)", run: "click" },
            {
                content: "the code, and what changed",
                trigger: `.render-container .drive-receipt:contains("${CODE}"):contains("Miche: missing")`,
            },
            Chrome.endTour(),
        ].flat(Infinity),
});
