import { Component, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";

/**
 * What a member does not take: each article goes back on its shelf, or is lost, or was in a
 * crate that nobody found. The server says which of these is proposed, if any.
 */
export class DriveRefusedPopup extends Component {
    static template = "cafoutch_drive.RefusedPopup";
    static components = { Dialog };
    static props = {
        // As `drive_till_refused` gives them.
        lines: Array,
        // What was said before: `{line id: fate}`.
        fates: Object,
        // Whether nothing at all is taken.
        everything: { type: Boolean, optional: true },
        getPayload: Function,
        close: Function,
    };

    setup() {
        const said = this.props.lines.map((line) => [
            line.id,
            line.fates.includes(this.props.fates[line.id]) ? this.props.fates[line.id] : line.fate,
        ]);
        this.state = useState({ fates: Object.fromEntries(said) });
    }

    get title() {
        return this.props.everything ? _t("Nothing is taken") : _t("Not taken");
    }

    choices(line) {
        return [
            { fate: "missing", icon: "fa-question-circle-o", label: _t("Missing") },
            { fate: "shelf", icon: "fa-reply", label: _t("Back on the shelf") },
            { fate: "loss", icon: "fa-trash-o", label: _t("Lost") },
        ].filter(({ fate }) => line.fates.includes(fate));
    }

    get complete() {
        return this.props.lines.every((line) => this.state.fates[line.id]);
    }

    goOn() {
        this.props.getPayload({ ...this.state.fates });
        this.props.close();
    }
}
