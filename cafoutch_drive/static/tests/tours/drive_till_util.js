/** What the tours of the till share. */

import * as Chrome from "@point_of_sale/../tests/pos/tours/utils/chrome_util";
import * as PaymentScreen from "@point_of_sale/../tests/pos/tours/utils/payment_screen_util";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import * as ReceiptScreen from "@point_of_sale/../tests/pos/tours/utils/receipt_screen_util";
import { registry } from "@web/core/registry";

// Where a step takes long on a busy machine: the till's start, what a payment writes.
export const patiently = (steps) => steps.map((step) => ({ ...step, timeout: 60000 }));

// A scan before the till listens is lost, at a real till too.
const startTill = patiently(
    [Chrome.startPoS(), { content: "the till is open", trigger: ".product-screen" }].flat()
);

export const CODE = "TLL234";

export const basket = `.drive-order[data-code="${CODE}"]`;

export const crate = (number) => `.drive-crates-tick[data-crate="${CODE}-${number}"]`;

export const openDriveScreen = {
    content: "open the drive screen",
    trigger: ".drive-button",
    run: "click",
};

// What is in the fridge, and what is not, each touched as it is brought.
export const takeCrates = [
    { content: "the first crate", trigger: crate(1), run: "click" },
    { content: "the second crate", trigger: crate(2), run: "click" },
    { content: "all are here", trigger: ".drive-crates-done.btn-primary", run: "click" },
    { content: "the ticket", trigger: "body:not(:has(.drive-crates-popup))" },
];

// On the payment screen: the member pays all of it, and has the receipt.
export const takeMoney = [
    PaymentScreen.clickPaymentMethod("Till cheques"),
    PaymentScreen.clickValidate(),
    patiently(ReceiptScreen.isShown()),
];

export const pay = [ProductScreen.clickPayButton(), takeMoney];

/**
 * A tour of the till.
 *
 * @param {string} name
 * @param {() => Array} steps from the open till on, in lists of any depth
 */
export function tillTour(name, steps) {
    registry.category("web_tour.tours").add(name, {
        steps: () => [startTill, steps(), Chrome.endTour()].flat(Infinity),
    });
}
