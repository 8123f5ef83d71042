import {
    Component,
    onWillStart,
    onWillUnmount,
    useExternalListener,
    useRef,
    useState,
} from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { useBus, useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { BatchScreen } from "./batch/batch_screen";
import { OperatorBar } from "../operator/operator_bar";
import { useKeyboardRoom } from "./keyboard_room";
import { useOperator } from "./operator";
import { PreparationBoard } from "./preparation_board";
import { usePreparationClient } from "./preparation_client";
import { PreparationOrder } from "./preparation_order";

// Which batch this window is at.
const BATCH = "cafoutch_drive.batch";

/**
 * The preparers' screen: the board of the day, a batch, or one order. What is shown is
 * always what the server answered last; the address names the order, so that a
 * reload comes back to it.
 */
export class Preparation extends Component {
    static template = "cafoutch_drive.Preparation";
    static components = { BatchScreen, OperatorBar, PreparationBoard, PreparationOrder };
    static props = { ...standardActionServiceProps };

    setup() {
        useKeyboardRoom(useRef("root"));
        this.client = usePreparationClient();
        // "only": the orders of a household whose card was scanned; "batch": an id.
        this.state = useState({ board: null, order: null, only: null, batch: null });
        this.operator = useOperator();
        this.sounds = useService("cafoutch_drive.sounds");
        this.client.askWho = this.operator.ask;
        this.refreshing = this.again = false;
        this.listenToOthers();
        useBus(useService("barcode").bus, "barcode_scanned", (ev) =>
            this.onScan(ev.detail.barcode)
        );
        onWillStart(() => {
            const batch = Number(browser.sessionStorage.getItem(BATCH));
            if (this.props.resId) {
                return this.openOrder(this.props.resId);
            }
            // A reload, with or without a line, comes back to where one was.
            return batch ? this.openBatch(batch) : this.showBoard();
        });
    }

    listenToOthers() {
        const bus = useService("bus_service");
        const onChange = (change) => this.onOthersChange(change);
        bus.subscribe("cafoutch_drive.preparation", onChange);
        bus.start();
        onWillUnmount(() => bus.unsubscribe("cafoutch_drive.preparation", onChange));
        // A phone that was in a pocket may have missed messages.
        useExternalListener(document, "visibilitychange", () => {
            if (document.visibilityState === "visible") {
                this.refresh();
            }
        });
    }

    async showBoard() {
        const board = await this.client.call("board");
        if (board) {
            this.openBatch(null);
            this.state.board = board;
            this.state.order = null;
            this.state.only = null;
            this.setAddress(false);
        }
    }

    openBatch(batch) {
        this.state.batch = batch;
        if (batch) {
            browser.sessionStorage.setItem(BATCH, batch);
        } else {
            browser.sessionStorage.removeItem(BATCH);
        }
    }

    isAsking() {
        return this.operator.state.asking;
    }

    /** The code of an order, or a member card: that order opens. */
    async onScan(code) {
        // A batch reads its own.
        if (this.isAsking() || this.state.batch) {
            return;
        }
        const answer = await this.client.call("scan", [code]);
        if (answer?.lines) {
            this.state.order = answer;
            this.setAddress(answer.id);
        } else if (answer?.only) {
            await this.showBoard();
            this.state.only = answer.only;
        } else {
            this.sounds.refuse();
        }
    }

    showAll() {
        this.state.only = null;
    }

    async openOrder(orderId) {
        const order = await this.client.call("order", [orderId]);
        if (order?.lines) {
            this.state.order = order;
            this.setAddress(order.id);
        } else if (!this.state.board) {
            const notice = this.client.notice;
            await this.showBoard();
            this.client.notice = notice;
        }
    }

    /**
     * Change the order that is shown.
     *
     * @param {string} method of the client
     * @param {Array} args
     * @returns {Promise<Object|null>} the answer, null when nothing was changed
     */
    async change(method, args) {
        const answer = await this.client.call(method, args);
        if (answer?.lines) {
            this.state.order = answer;
        }
        return answer && !answer.refused ? answer : null;
    }

    onOthersChange({ order, screen }) {
        const { batch, order: shown } = this.state;
        // A batch listens for itself.
        const concerned = shown ? shown.id === order : !batch;
        if (concerned && screen !== this.client.screen) {
            this.refresh();
        }
    }

    /**
     * Read again what is shown, without disturbing the person: one read at a time, and
     * once more when something was told meanwhile.
     */
    async refresh() {
        this.again = true;
        if (this.refreshing) {
            return;
        }
        this.refreshing = true;
        while (this.again) {
            this.again = false;
            await this.readAgain();
        }
        this.refreshing = false;
    }

    /**
     * A read that was under way together with a tap could be older than the tap's answer:
     * it waits for the tap, and is dropped when another tap came in between.
     */
    async readAgain() {
        while (this.client.busy) {
            await this.client.idle;
        }
        const shown = this.state.order?.id;
        const calls = this.client.calls;
        try {
            const answer = await (shown
                ? this.client.read("order", [shown])
                : this.client.read("board"));
            if (this.client.calls !== calls || this.state.batch) {
                return;
            }
            if (!shown) {
                this.state.board = answer;
            } else if (answer.lines) {
                this.state.order = answer;
            }
        } catch {
            // Without network the screen stays as it is; the next tap says so.
        }
    }

    setAddress(orderId) {
        this.props.updateActionState?.({ resId: orderId });
    }
}

registry.category("actions").add("cafoutch_drive.preparation", Preparation);
