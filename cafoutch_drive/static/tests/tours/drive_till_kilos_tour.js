import * as Order from "@point_of_sale/../tests/generic_helpers/order_widget_util";
import * as PaymentScreen from "@point_of_sale/../tests/pos/tours/utils/payment_screen_util";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import { inLeftSide } from "@point_of_sale/../tests/pos/tours/utils/common";
import { scan_barcode } from "@point_of_sale/../tests/generic_helpers/utils";
import { CODE, pay, takeCrates, tillTour } from "./drive_till_util";

// Labels of a scale, of 300 and 200 grams of the same cheese as in the basket.
const LABEL_300 = "2100042003002";
const LABEL_200 = "2100042002005";

const cheese = (quantity, price) =>
    inLeftSide(Order.hasLine({ productName: "Tomme", quantity, price }));

// A till that groups kilos: what is bought on the spot, before the basket and after it, is one
// line, and the basket's is another; also where the ticket was saved in between.
tillTour("drive_till_kilos", () => [
    scan_barcode(LABEL_300),
    cheese("0.30", "1.00"),
    scan_barcode(`DRV${CODE}`),
    takeCrates,
    cheese("0.30", "1.00"),
    cheese("1.13", "3.76"),
    ProductScreen.totalAmountIs("12.66"),
    // As before a payment terminal is asked, or when the till goes to its tickets.
    PaymentScreen.syncCurrentOrder(),
    scan_barcode(LABEL_200),
    cheese("0.50", "1.67"),
    cheese("1.13", "3.76"),
    ProductScreen.totalAmountIs("13.33"),
    pay,
]);
