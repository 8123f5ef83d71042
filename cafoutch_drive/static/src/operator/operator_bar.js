import { Component } from "@odoo/owl";

/** On a shared tablet: who is at work, and how to change that. */
export class OperatorBar extends Component {
    static template = "cafoutch_drive.OperatorBar";
    static props = {
        // First name and initial; empty when nobody has said so.
        person: String,
        change: Function,
    };
}
