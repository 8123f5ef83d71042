import { Component } from "@odoo/owl";

/** Leads to what can be printed of some baskets, in a page of its own. */
export class PaperLink extends Component {
    static template = "cafoutch_drive.PaperLink";
    // Ids of the orders.
    static props = { orders: { type: Array, element: Number } };

    get address() {
        return `/report/html/cafoutch_drive.report_crate_labels/${this.props.orders.join(",")}`;
    }
}
