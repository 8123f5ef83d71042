import { Component, onWillStart, useEffect, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Dialog } from "@web/core/dialog/dialog";

// A longer row of digits in the PIN's field was typed by a scanner: it is a card.
const LONGEST_PIN = 8;
// The scanner may have typed it behind half a PIN.
const CARD = /\d{13}$/;

/**
 * On a shared tablet: who are you? By member card, or by name and PIN. Only the
 * server knows whether it is right.
 */
export class OperatorDialog extends Component {
    static template = "cafoutch_drive.OperatorDialog";
    static components = { Dialog };
    static props = {
        // "preparation" or "till"
        screen: String,
        // Calls a method of `res.users`: (method, args, kwargs) => Promise
        call: Function,
        // Gives this dialog what is scanned while it is open: (onScan) => nothing
        useScanner: Function,
        // Told who it is, before it closes.
        done: Function,
        close: Function,
    };

    setup() {
        this.keys = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
        this.state = useState({ people: [], chosen: null, pin: "", error: "", busy: false });
        this.pinRef = useRef("pin");
        this.props.useScanner((code) => this.enter({ card: code }));
        onWillStart(async () => {
            const answer = await this.ask("drive_operator_state", [this.props.screen]);
            this.state.people = answer?.people || [];
        });
        useEffect(
            (field) => field?.focus(),
            () => [this.pinRef.el]
        );
    }

    get title() {
        return this.state.chosen ? this.state.chosen.name : _t("Who are you?");
    }

    /** The server's answer; null, and a sentence, when it could not be asked. */
    async ask(method, args, kwargs = {}) {
        try {
            return await this.props.call(method, args, kwargs);
        } catch {
            this.state.error = _t("The shop does not answer. Please try again.");
            return null;
        }
    }

    choose(person) {
        Object.assign(this.state, { chosen: person, pin: "", error: "" });
    }

    back() {
        this.choose(null);
    }

    type(digit) {
        this.state.pin = (this.state.pin + digit).slice(0, LONGEST_PIN);
        this.pinRef.el?.focus();
    }

    erase() {
        this.state.pin = this.state.pin.slice(0, -1);
        this.pinRef.el?.focus();
    }

    submit() {
        const typed = this.state.pin.trim();
        if (typed.length > LONGEST_PIN) {
            return this.enter({ card: CARD.exec(typed)?.[0] || typed });
        }
        return this.enter({ user_id: this.state.chosen.id, pin: typed });
    }

    async enter(who) {
        if (this.state.busy) {
            return;
        }
        Object.assign(this.state, { busy: true, error: "" });
        const answer = await this.ask("drive_operator_enter", [this.props.screen], who);
        Object.assign(this.state, { busy: false, pin: "" });
        if (answer?.person) {
            this.props.done(answer.person);
            this.props.close();
        } else if (answer) {
            this.state.error = answer.refused;
            this.pinRef.el?.focus();
        }
    }
}
