import * as Dialog from "@point_of_sale/../tests/generic_helpers/dialog_util";
import * as PaymentScreen from "@point_of_sale/../tests/pos/tours/utils/payment_screen_util";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import * as ReceiptScreen from "@point_of_sale/../tests/pos/tours/utils/receipt_screen_util";
import { scan_barcode } from "@point_of_sale/../tests/generic_helpers/utils";
import {
    CODE,
    basket,
    crate,
    openDriveScreen,
    patiently,
    pay,
    takeCrates,
    takeMoney,
    tillTour,
} from "./drive_till_util";

const MEMBER_CARD = "0420000000003";
const CHILD_CARD = "0420000000010";
const STRANGER_CARD = "0420000000027";
const REPLACED_CARD = "0420000000034";
const STAFF_CARD = "0420000000041";

const openBasket = { content: "open it", trigger: basket, run: "click" };

const isLoaded = ProductScreen.totalAmountIs("11.66");

const loaded = [takeCrates, isLoaded];

// The till says that the member may not order, and asks why to go on; the cashier gives up.
const giveUp = [
    { content: "the sentence", trigger: ".drive-reason blockquote:contains('cannot order')" },
    Dialog.cancel(),
];

const giveReason = (reason) => [
    { content: `why: ${reason}`, trigger: ".drive-reason textarea", run: `edit ${reason}` },
    { content: "go on", trigger: ".drive-reason-go", run: "click" },
];

// Whoever of the household shows a card gets its basket; a stranger becomes the
// ticket's customer.
tillTour("drive_till_card", () => [
    scan_barcode(REPLACED_CARD),
    { content: "nobody's", trigger: ".o_notification:contains('Unknown card')" },
    scan_barcode(STRANGER_CARD),
    { content: "no basket", trigger: ".o_notification:contains('No basket waits')" },
    ProductScreen.customerIsSelected("Alix Morel"),
    scan_barcode(CHILD_CARD),
    loaded,
    ProductScreen.customerIsSelected("Camille Durand"),
    openDriveScreen,
    scan_barcode(MEMBER_CARD),
    isLoaded,
]);

// Two baskets of one household: the list is narrowed to them.
tillTour("drive_till_card_two", () => [
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
    openBasket,
    loaded,
]);

// The member may not order: the till asks, and a reason goes through.
tillTour("drive_till_reason", () => [
    scan_barcode(`DRV${CODE}`),
    giveUp,
    ProductScreen.orderIsEmpty(),
    openDriveScreen,
    openBasket,
    giveReason("x"),
    { content: "asked again", trigger: ".drive-reason-again:contains('3 to 200')" },
    giveReason("Seen with the office"),
    loaded,
    pay,
]);

// The membership ends while the money is counted: asked before the ticket is validated.
tillTour("drive_till_reason_last", () => [
    scan_barcode(`DRV${CODE}`),
    takeCrates,
    ProductScreen.clickPayButton(),
    PaymentScreen.clickPaymentMethod("Till cheques"),
    PaymentScreen.clickValidate(),
    giveUp,
    PaymentScreen.isShown(),
    PaymentScreen.clickValidate(),
    giveReason("Seen with the office"),
    patiently(ReceiptScreen.isShown()),
]);

// The membership ends between opening and payment: asked before the money.
tillTour("drive_till_reason_late", () => [
    scan_barcode(`DRV${CODE}`),
    loaded,
    ProductScreen.clickPayButton(false),
    giveUp,
    ProductScreen.isShown(),
    ProductScreen.clickPayButton(false),
    giveReason("Seen with the office"),
    takeMoney,
]);

// A shared till: a basket opens once somebody has said who they are; the next one is
// somebody else, by card.
tillTour("drive_till_operator", () => [
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
    loaded,
    openDriveScreen,
    { content: "it is me", trigger: ".o_drive_operator_bar:contains('Hugo B.')" },
    { content: "change", trigger: ".o_drive_operator_bar button", run: "click" },
    { content: "who?", trigger: ".o_drive_operator_person" },
    scan_barcode(STAFF_CARD),
    { content: "by card", trigger: ".o_drive_operator_bar:contains('Jeanne M.')" },
    openBasket,
    isLoaded,
    pay,
]);

const leaveTill = {
    content: "the server forgets who is at work",
    trigger: "body",
    run: () => window.posmodel.callDriveOperator("drive_operator_leave", []),
};

// Somebody scans, and is asked who they are: their card answers, and is read as no member's.
// The crates below take the next label.
tillTour("drive_till_operator_scan", () => [
    scan_barcode(`DRV${CODE}`),
    { content: "who?", trigger: ".o_drive_operator_person:contains('Jeanne M.')" },
    scan_barcode(STAFF_CARD),
    { content: "the crates", trigger: crate(1) },
    leaveTill,
    scan_barcode(`${CODE}-1`),
    { content: "who?", trigger: ".o_drive_operator_person:contains('Jeanne M.')" },
    scan_barcode(STAFF_CARD),
    { content: "one is here", trigger: `${crate(1)}[aria-pressed='true']` },
    scan_barcode(`${CODE}-2`),
    { content: "the ticket", trigger: "body:not(:has(.drive-crates-popup))" },
    isLoaded,
    pay,
]);

// A scanner types wherever the cursor stands: its keys come before Enter.
const scanInto = (field, code) => [
    { content: `${code} is typed`, trigger: field, run: `edit ${code}` },
    { content: "and Enter", trigger: field, run: "press Enter" },
];

const SEARCH = "#drive-search-field";

// In the search field of the list a scan is read whatever stands there before it, and leaves
// nothing to which the next one is appended.
tillTour("drive_till_scans", () => [
    openDriveScreen,
    scanInto(SEARCH, "DRVZZZ999"),
    { content: "no basket", trigger: ".modal-body:contains('no drive order with this code')" },
    Dialog.confirm(),
    { content: "nothing stays", trigger: `${SEARCH}:placeholder-shown` },
    scanInto(SEARCH, REPLACED_CARD),
    { content: "nobody's card", trigger: ".o_notification:contains('Unknown card')" },
    scanInto(SEARCH, "3270190020165"),
    { content: "no basket of an article", trigger: ".o_notification:contains('Unknown Barcode')" },
    scanInto(SEARCH, `camILDRV${CODE}`),
    { content: "the crates", trigger: crate(1) },
    { content: "is one missing?", trigger: ".drive-crates-miss", run: "click" },
    scanInto("#drive-crates-other", `not fou${CODE}-1`),
    { content: "it is here", trigger: `${crate(1)}[aria-pressed='true']` },
    scan_barcode(`${CODE}-2`),
    { content: "the ticket", trigger: "body:not(:has(.drive-crates-popup))" },
    openDriveScreen,
    scan_barcode(`${CODE}-1`),
    isLoaded,
    openDriveScreen,
    scanInto(SEARCH, `${CODE}-1`),
    isLoaded,
]);
