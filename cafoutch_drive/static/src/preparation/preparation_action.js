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
import { book } from "./batch/book";
import { OperatorBar } from "../operator/operator_bar";
import { useKeyboardRoom } from "./keyboard_room";
import { useOperator } from "./operator";
import { PreparationBoard } from "./preparation_board";
import { usePreparationClient } from "./preparation_client";

// What this window is at: `{batch, order}`.
const AT = "cafoutch_drive.batch";

/**
 * The preparers' screen: the board of the day, a batch, or one basket of a batch. The
 * address names the order that is prepared by itself, so that a link leads to it.
 */
export class Preparation extends Component {
    static template = "cafoutch_drive.Preparation";
    static components = { BatchScreen, OperatorBar, PreparationBoard };
    static props = { ...standardActionServiceProps };

    setup() {
        useKeyboardRoom(useRef("root"));
        this.client = usePreparationClient();
        // `only`: the orders of a household whose card was scanned; `batch`: an id; `order`:
        // that of the basket which is prepared by itself, else null.
        this.state = useState({ board: null, only: null, batch: null, order: null });
        this.operator = useOperator();
        this.sounds = useService("cafoutch_drive.sounds");
        this.refreshing = this.again = false;
        this.listenToOthers();
        useBus(useService("barcode").bus, "barcode_scanned", (ev) =>
            this.onScan(ev.detail.barcode)
        );
        onWillStart(async () => {
            this.device = await book.device();
            if (this.props.resId) {
                return this.openOrder(this.props.resId);
            }
            // A reload, with or without a line, comes back to where one was.
            const { batch } = this.kept;
            return batch ? this.openBatch(batch) : this.showBoard();
        });
    }

    listenToOthers() {
        const bus = useService("bus_service");
        const onChange = () => this.onOthersChange();
        bus.subscribe("cafoutch_drive.preparation", onChange);
        bus.start();
        onWillUnmount(() => bus.unsubscribe("cafoutch_drive.preparation", onChange));
        // A phone that was in a pocket may have missed messages.
        useExternalListener(document, "visibilitychange", () => {
            if (document.visibilityState === "visible") {
                this.onOthersChange();
            }
        });
    }

    /** What this window was at before it was loaded again. */
    get kept() {
        return JSON.parse(browser.sessionStorage.getItem(AT)) || {};
    }

    async showBoard() {
        const board = await this.client.call("board", [this.device]);
        if (board) {
            this.openBatch(null);
            this.state.board = board;
            this.state.only = null;
        }
    }

    /**
     * Prepare a batch, or one basket of it.
     *
     * @param {number|null} batch
     * @param {number|null} [order]
     */
    openBatch(batch, order = null) {
        Object.assign(this.state, { batch, order });
        if (batch) {
            browser.sessionStorage.setItem(AT, JSON.stringify({ batch, order }));
        } else {
            browser.sessionStorage.removeItem(AT);
        }
        this.props.updateActionState?.({ resId: order || false });
    }

    /** Prepare one basket by itself, in whichever batch it is. */
    async openOrder(orderId) {
        const place = await this.client.call("basket", [orderId]);
        const { batch, order } = this.kept;
        if (place?.batch) {
            this.openBatch(place.batch, place.order);
        } else if (!place && batch && order === orderId) {
            // Without a line it is where this window was, which says so itself.
            this.client.notice = "";
            this.openBatch(batch, order);
        } else if (!this.state.board) {
            const { notice } = this.client;
            await this.showBoard();
            this.client.notice = notice;
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
        const answer = await this.client.call("find", [code]);
        if (answer?.batch) {
            this.openBatch(answer.batch, answer.order);
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

    onOthersChange() {
        // A batch listens for itself.
        if (!this.state.batch) {
            this.refresh();
        }
    }

    /**
     * Read the board again, without disturbing the person: one read at a time, and once
     * more when something was told meanwhile.
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
        const { calls } = this.client;
        try {
            const board = await this.client.read("board", [this.device]);
            if (this.client.calls === calls && !this.state.batch) {
                this.state.board = board;
            }
        } catch {
            // Without network the screen stays as it is; the next tap says so.
        }
    }
}

registry.category("actions").add("cafoutch_drive.preparation", Preparation);
