import { Mutex } from "@web/core/utils/concurrency";
import { uuid } from "@web/core/utils/strings";

const NAME = "cafoutch_drive_preparation";
const OPS = "ops";
const BATCHES = "batches";
const FACTS = "facts";
// The key of a row, or none where it is named beside it.
const STORES = { [OPS]: "no", [BATCHES]: "id", [FACTS]: null };
// How long to wait for the disk, in ms: an old tab that holds it makes others wait for ever.
const PATIENCE = 3000;

/** The result of a request to the disk; what the memory says is there at once. */
const done = (request) =>
    request instanceof IDBRequest
        ? new Promise((resolve, reject) => {
              request.onsuccess = () => resolve(request.result);
              request.onerror = () => reject(request.error);
          })
        : request;

/** What `Book` needs of an `IDBObjectStore`, in the memory of the page. */
class MemoryStore {
    constructor(key) {
        this.key = key;
        this.rows = new Map();
    }
    get(key) {
        return this.rows.get(key);
    }
    getAll() {
        return [...this.rows.values()];
    }
    put(row, key = row[this.key]) {
        this.rows.set(key, row);
    }
    delete(key) {
        this.rows.delete(key);
    }
    clear() {
        this.rows.clear();
    }
}

/**
 * What a preparer did on this device, until the server has it: each thing is on the disk
 * before the screen shows it, numbered one after the other for all windows of the
 * browser. Beside it stands the last state of each batch that was read, so that a screen
 * starts offline.
 *
 * Where the browser refuses the disk (a private window, no room left, an old tab that holds
 * it) the memory of this page takes over, with what waited: `isKept` is false then, and the
 * browser asks before the page is closed while something is left to send.
 *
 * Odoo's own `IndexedDB` is a cache: it may throw everything away when it is opened, and
 * writes in its own time. Here a quantity must outlive an empty battery.
 */
export class Book {
    constructor() {
        this.isKept = true;
        this.mutex = new Mutex();
        this.memory = Object.fromEntries(
            Object.entries(STORES).map(([name, key]) => [name, new MemoryStore(key)])
        );
    }

    /** The disk, opened once; rejects when it is not there in time. */
    disk() {
        this.opened ??= new Promise((resolve, reject) => {
            setTimeout(() => reject(new Error("The disk does not answer")), PATIENCE);
            const request = indexedDB.open(NAME, 1);
            request.onupgradeneeded = () => {
                for (const [name, keyPath] of Object.entries(STORES)) {
                    request.result.createObjectStore(name, keyPath ? { keyPath } : {});
                }
            };
            request.onerror = () => reject(request.error);
            request.onsuccess = () => {
                const disk = request.result;
                // A newer page, which changes the stores, does not wait for this one.
                disk.onversionchange = () => this.leaveDisk().then(() => disk.close());
                resolve(disk);
            };
            // What was not sent is not the browser's to throw away; it may say no.
            navigator.storage?.persist?.().catch(() => {});
        });
        return this.opened;
    }

    /**
     * Do one thing with some stores: all of it is on the disk afterwards, or nothing, or it
     * is in the memory of this page.
     *
     * @template T
     * @param {string[]} names
     * @param {"readonly"|"readwrite"} mode
     * @param {(...stores: IDBObjectStore[]) => Promise<T>} work which awaits requests of
     *  these stores alone
     * @returns {Promise<T>}
     */
    async with(names, mode, work) {
        if (this.isKept) {
            try {
                return await this.onDisk(names, mode, work);
            } catch {
                await this.leaveDisk();
            }
        }
        return this.mutex.exec(() => work(...names.map((name) => this.memory[name])));
    }

    async onDisk(names, mode, work) {
        const transaction = (await this.disk()).transaction(names, mode, { durability: "strict" });
        const ended = new Promise((resolve, reject) => {
            transaction.oncomplete = resolve;
            transaction.onabort = () => reject(transaction.error);
        });
        // One that is refused refuses the transaction too, which is said once.
        ended.catch(() => {});
        const result = await work(...names.map((name) => transaction.objectStore(name)));
        await ended;
        return result;
    }

    /** Go on in memory with what waits, under another name: other windows number on. */
    leaveDisk() {
        this.left ??= this.takeOver();
        return this.left;
    }

    async takeOver() {
        const read = (ops, batches) => Promise.all([ops, batches].map((one) => done(one.getAll())));
        const rows = await this.onDisk([OPS, BATCHES], "readonly", read).catch(() => [[], []]);
        const { [OPS]: ops, [BATCHES]: batches, [FACTS]: facts } = this.memory;
        rows[0].forEach((op, index) => ops.put({ ...op, no: index + 1 }));
        rows[1].forEach((snapshot) => batches.put(snapshot));
        await this.newDevice(facts);
        facts.put(rows[0].length, "last");
        this.isKept = false;
        window.addEventListener("beforeunload", (ev) => ops.rows.size && ev.preventDefault());
    }

    /** What this device calls itself; its numbers begin again when it is renewed. */
    device() {
        return this.with([FACTS], "readwrite", async (facts) => {
            const known = await done(facts.get("device"));
            return known || this.newDevice(facts);
        });
    }

    async newDevice(facts) {
        const device = uuid();
        await done(facts.put(device, "device"));
        await done(facts.put(0, "last"));
        return device;
    }

    /**
     * Note something that was done.
     *
     * @param {number} batch its id
     * @param {string} kind see `drive.preparation.apply`
     * @param {Object} args
     * @returns {Promise<Object>} `{no, uuid, batch, kind, args, at}`; `at` is when, on the clock
     *  of this device
     */
    add(batch, kind, args) {
        return this.with([OPS, FACTS], "readwrite", async (ops, facts) => {
            const no = ((await done(facts.get("last"))) || 0) + 1;
            const op = { no, uuid: uuid(), batch, kind, args, at: Date.now() };
            await done(ops.put(op));
            await done(facts.put(no, "last"));
            return op;
        });
    }

    /** All that was not answered yet, in its order. */
    pending() {
        return this.with([OPS], "readonly", (ops) => done(ops.getAll()));
    }

    /** The server has answered these. */
    async forget(uuids) {
        const work = async (ops) => {
            for (const op of await done(ops.getAll())) {
                if (uuids.includes(op.uuid)) {
                    await done(ops.delete(op.no));
                }
            }
        };
        await this.with([OPS], "readwrite", work);
        if (!this.isKept) {
            // What was taken over; if it stays, it is sent again, and the server knows it.
            await this.onDisk([OPS], "readwrite", work).catch(() => {});
        }
    }

    /**
     * Take another name, and number what waits from one on: for a server that counts
     * further than this book, which was then lost for a while.
     */
    renew() {
        return this.with([OPS, FACTS], "readwrite", async (ops, facts) => {
            const waiting = await done(ops.getAll());
            await done(ops.clear());
            const device = await this.newDevice(facts);
            for (const [index, op] of waiting.entries()) {
                await done(ops.put({ ...op, no: index + 1 }));
            }
            await done(facts.put(waiting.length, "last"));
            return device;
        });
    }

    /** Keep what the server said of a batch, in the place of any other one. */
    keep(snapshot) {
        return this.with([BATCHES], "readwrite", async (batches) => {
            await done(batches.clear());
            await done(batches.put(snapshot));
        });
    }

    /** What the server said last of a batch; undefined when that was another one. */
    kept(batch) {
        return this.with([BATCHES], "readonly", (batches) => done(batches.get(batch)));
    }
}

/** One for all screens of this page. */
export const book = new Book();
