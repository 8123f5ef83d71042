import { Component, onMounted, useRef, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";

/**
 * Says that the member of a basket may not order now, and asks why it is handed
 * over all the same. The server judges the reason.
 */
export class DriveReasonPopup extends Component {
    static template = "cafoutch_drive.ReasonPopup";
    static components = { Dialog };
    static props = {
        // What the server asks: see `_drive_admit`.
        question: Object,
        // What was typed before, when it is asked again.
        reason: { type: String, optional: true },
        getPayload: Function,
        close: Function,
    };

    setup() {
        this.state = useState({ reason: this.props.reason || "" });
        this.inputRef = useRef("reason");
        onMounted(() => this.inputRef.el.focus());
    }

    goOn() {
        this.props.getPayload(this.state.reason);
        this.props.close();
    }

    onKeydown(ev) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            this.goOn();
        }
    }
}
