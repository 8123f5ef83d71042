import {
    markRaw,
    onWillDestroy,
    onWillUnmount,
    useEnv,
    useExternalListener,
    useState,
} from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError, RPCError } from "@web/core/network/rpc";
import { Mutex } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { merged } from "./batch_merge";
import { BatchView } from "./batch_view";
import { book } from "./book";

// How long to wait before what could not be sent is sent again, at most.
const LONGEST_WAIT = 15_000;
// As many as the server takes at once.
const MOST_OPS = 200;
const sending = new Mutex();

/**
 * One batch on one screen: what is done here is shown at once, kept on the device, and
 * sent when there is a line, each thing once and in its order. What others do comes in
 * between. `view` is what is to be shown.
 */
export class BatchSync {
    constructor(orm, batchId, order) {
        this.orm = markRaw(orm);
        this.batchId = batchId;
        // The only basket that is shown, or null.
        this.order = order;
        this.book = markRaw(book);
        this.mutex = markRaw(new Mutex());
        // Set by the screen: asks who is at work, and resolves to whether it is known.
        this.askWho = markRaw(async () => false);
        this.view = null;
        // Whether this device keeps what is done, and whether the preparer was told that not.
        this.isKept = true;
        this.knowsUnkept = false;
        this.started = this.offline = false;
        // What could not be done as it was noted: `{uuid, text, op}`.
        this.conflicts = [];
        // A question of the server about something that was done here: the same.
        this.questions = [];
        this.notice = "";
        this.refreshing = this.again = false;
        // Of two reads of the book the later one is shown, in whichever order they end.
        this.turns = this.shown = 0;
    }

    /** Show what this device knows of the batch. */
    async open() {
        this.device = await this.book.device();
        this.snapshot = markRaw((await this.book.kept(this.batchId)) || {});
        await this.show();
    }

    /** Send what waits, and read the batch if there is a line. */
    async start() {
        await this.send();
        if (!this.offline) {
            await this.read();
        }
        this.started = true;
    }

    /** Others may go where this screen was. */
    giveBack() {
        return this.call("give_back", [this.batchId, this.device]).catch(() => {});
    }

    // ------------------------------------------------------------------ doing

    /**
     * Do something: on the screen at once, and on its way.
     *
     * @param {string} kind see `drive.preparation.apply`
     * @param {Object} args
     */
    async do(kind, args) {
        this.notice = "";
        await this.book.add(this.batchId, kind, args);
        await this.show();
        // Not waited for: the preparer goes on.
        this.send();
    }

    /** Show what the server said last, and what waits on top of it. */
    async show() {
        const turn = ++this.turns;
        const pending = await this.book.pending();
        if (turn < this.shown) {
            return;
        }
        this.shown = turn;
        this.waiting = pending.length;
        this.isKept = this.book.isKept;
        if (this.snapshot.id) {
            const mine = pending.filter((op) => op.batch === this.batchId);
            this.view = markRaw(new BatchView(this.snapshot, mine, this.order));
        }
    }

    // ---------------------------------------------------------------- sending

    /**
     * Send what waits; one at a time among all windows of this browser. Without HTTPS there
     * are no locks: then one at a time on this page, and the server does each thing once.
     */
    send() {
        const work = () => this.sendAll();
        return navigator.locks?.request("cafoutch_drive_preparation", work) ?? sending.exec(work);
    }

    async sendAll() {
        let sent = true;
        while (sent) {
            const [first, ...others] = await this.book.pending();
            if (!first) {
                break;
            }
            const until = others.findIndex((op) => op.batch !== first.batch);
            const run = [first, ...others.slice(0, until < 0 ? undefined : until)];
            sent = await this.sendRun(first.batch, run.slice(0, MOST_OPS));
        }
        await this.show();
    }

    /** @returns {Promise<boolean>} whether there is any sense in going on */
    async sendRun(batchId, ops) {
        // Another window may have renewed the book.
        this.device = await this.book.device();
        const mine = batchId === this.batchId;
        const version = mine ? this.snapshot.version || null : null;
        let answer;
        try {
            answer = await this.call("apply", [
                batchId,
                this.device,
                ops.map(({ uuid, no, kind, args, at }) => ({ uuid, no, kind, args, ago: ago(at) })),
                version,
            ]);
        } catch (error) {
            this.onLost(error);
            return false;
        }
        this.onLine();
        if (answer.who) {
            return !this.left && this.askWho();
        }
        const told = [...answer.conflict, ...answer.refused];
        const byUuid = new Map(ops.map((op) => [op.uuid, op]));
        this.conflicts.push(...told.map((row) => this.toldRow(row, byUuid)));
        this.questions.push(...answer.ask.map((row) => this.toldRow(row, byUuid)));
        const settled = [...answer.done, ...[...told, ...answer.ask].map((row) => row.uuid)];
        if (mine && answer.version) {
            // Before these are forgotten: what was ticked is never seen without its tick.
            await this.hold(merged(this.snapshot, { ...answer, cells: answer.rows }));
        }
        await this.book.forget(settled);
        if (answer.expected && answer.expected !== ops[0].no && !settled.length) {
            // This book and the server's do not count alike: it was lost for a while.
            this.device = await this.book.renew();
            return true;
        }
        if (answer.stopped) {
            this.notice = answer.stopped;
            this.sendLater();
        }
        return settled.length > 0;
    }

    toldRow({ uuid, message }, byUuid) {
        return { uuid, text: message, op: byUuid.get(uuid) };
    }

    /** The preparer is sure of what the server asked about. */
    sure(question) {
        this.questions = this.questions.filter((other) => other !== question);
        const { kind, args } = question.op;
        return this.do(kind, { ...args, sure: true });
    }

    dismiss(row) {
        this.questions = this.questions.filter((other) => other !== row);
        this.conflicts = this.conflicts.filter((other) => other !== row);
    }

    /** After a while without a line: send what waits, then read what others did. */
    async catchUp() {
        await this.send();
        if (!this.waiting && !this.left) {
            await this.refresh();
        }
    }

    // ---------------------------------------------------------------- reading

    /** Read all of the batch. */
    async read() {
        try {
            const answer = await this.call("open", [this.batchId]);
            if (answer.refused) {
                this.gone = answer.refused;
            } else {
                await this.hold(answer);
            }
            this.onLine();
        } catch (error) {
            this.onLost(error);
        }
    }

    /** Read what others did: one read at a time, and once more for what is told meanwhile. */
    async refresh() {
        this.again = true;
        if (this.refreshing) {
            return;
        }
        this.refreshing = true;
        while (this.again) {
            this.again = false;
            await this.readChanges();
        }
        this.refreshing = false;
    }

    async readChanges() {
        if (!this.snapshot?.version) {
            return;
        }
        try {
            const answer = await this.call("since", [this.batchId, this.snapshot.version]);
            if (answer.refused) {
                this.gone = answer.refused;
            } else if (answer.version >= this.snapshot.version) {
                await this.hold(merged(this.snapshot, answer));
            }
            this.onLine();
        } catch (error) {
            this.onLost(error);
        }
    }

    async hold(snapshot) {
        if (!snapshot) {
            return this.read();
        }
        // The clock of a phone may be wrong by hours: by how much, is kept with what was read.
        snapshot.skew = Date.now() - snapshot.now;
        this.snapshot = markRaw(snapshot);
        await this.book.keep(snapshot);
        await this.show();
        this.awaitAnswers();
    }

    /** Nobody tells a screen that the time to answer a question is over: it looks then. */
    awaitAnswers() {
        clearTimeout(this.answers);
        const seconds = (this.snapshot.questions || []).map((row) => row.seconds);
        if (seconds.length && !this.left) {
            const wait = (Math.min(...seconds) + 1) * 1000;
            this.answers = setTimeout(() => this.refresh(), wait);
        }
    }

    /**
     * Keep others from an article; what is on its way goes first, or the server would
     * still see this screen at the one before.
     *
     * @param {number} stop its id
     * @returns {Promise<Object>} `stop`, where to go: there, or elsewhere when somebody else
     *  is there, then with `refused`, which says so; false when nothing is left
     */
    async claim(stop) {
        await this.send();
        if (this.offline) {
            return { stop };
        }
        try {
            const answer = await this.askFor(stop);
            if (answer.who) {
                return (await this.askWho()) ? this.claim(stop) : { stop };
            }
            if (!answer.refused) {
                this.snapshot.claims = answer.claims || this.snapshot.claims;
                return { stop: answer.stop };
            }
            const other = await this.askFor(null);
            await this.refresh();
            return { stop: other.stop, refused: answer.refused };
        } catch (error) {
            this.onLost(error);
            return { stop };
        }
    }

    askFor(stop) {
        return this.call("claim", [this.batchId, this.device, stop, this.order]);
    }

    /**
     * What may go in place of a missing line; the shortage goes first.
     *
     * @param {number} line its id
     * @returns {Promise<Object[]>} see `drive.preparation.substitutes`; none without a line
     */
    async substitutes(line) {
        await this.send();
        if (this.offline) {
            return [];
        }
        try {
            const answer = await this.call("substitutes", [this.batchId, line]);
            this.onLine();
            this.notice = answer.refused || this.notice;
            return answer.proposals || [];
        } catch (error) {
            this.onLost(error);
            return [];
        }
    }

    /** Where other screens are: `Map` of stop and person. */
    get others() {
        const claims = (this.view?.claims || []).filter((row) => row.device !== this.device);
        return new Map(claims.map((row) => [row.stop, row.person]));
    }

    /**
     * What was scanned, as a thing of this batch; without a line only what is named in it.
     *
     * @returns {Promise<Object|null>} see `drive.preparation.scan`; null when it is refused
     */
    async scan(code) {
        let found;
        try {
            found = await this.call("scan", [this.batchId, code]);
            this.onLine();
        } catch (error) {
            this.onLost(error);
            found = this.view.named(code) || {
                refused: _t("Without network only what belongs to this batch is known."),
            };
        }
        if (!found.refused && !this.view.has(found)) {
            found = { refused: _t("This is for another basket than the one at hand.") };
        }
        this.notice = found.refused || "";
        return found.refused ? null : found;
    }

    // ------------------------------------------------------------------- line

    /** One call at a time: two of one screen would only wait for each other there. */
    call(method, args) {
        return this.mutex.exec(() => this.orm.silent.call("drive.preparation", method, args));
    }

    onLine() {
        this.offline = false;
        this.wait = 0;
    }

    onLost(error) {
        if (error instanceof ConnectionLostError) {
            this.offline = true;
        } else if (!(error instanceof RPCError)) {
            throw error;
        } else if (error.exceptionName?.endsWith("SessionExpiredException")) {
            this.notice = _t(
                "You have been signed out. What you did is kept here: reload the page and sign in again."
            );
        } else {
            this.notice = error.data?.message || _t("That did not work. It is tried again.");
        }
        this.sendLater();
    }

    sendLater() {
        clearTimeout(this.timer);
        if (this.left && !this.waiting) {
            return;
        }
        this.wait = Math.min((this.wait || 500) * 2, LONGEST_WAIT);
        this.timer = setTimeout(() => this.catchUp(), this.wait);
    }
}

/** How many whole seconds ago something was done; 0 for a clock that was set back. */
function ago(at) {
    return Math.max(0, Math.floor((Date.now() - at) / 1000)) || 0;
}

/** A batch, or one basket of it, for a component; which ones does not change while it is there. */
export function useBatch(batchId, order) {
    // Not `useService("orm")`, whose calls never end once the component is gone: what was
    // done here is sent to its end, and who waits for that gets their turn.
    const sync = useState(new BatchSync(useEnv().services.orm, batchId, order));
    const bus = useService("bus_service");
    const onChange = ({ screen }) => screen !== sync.device && sync.refresh();
    bus.subscribe("cafoutch_drive.preparation", onChange);
    bus.start();
    // A phone that was in a pocket may have missed messages.
    useExternalListener(document, "visibilitychange", () => {
        if (document.visibilityState === "visible") {
            sync.catchUp();
        }
    });
    useExternalListener(window, "online", () => sync.catchUp());
    onWillUnmount(() => sync.giveBack());
    // Also of one that was never shown.
    onWillDestroy(() => {
        sync.left = true;
        clearTimeout(sync.answers);
        bus.unsubscribe("cafoutch_drive.preparation", onChange);
    });
    return sync;
}
