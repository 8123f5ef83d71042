/**
 * What a preparer did on this device, until the server has it: each thing is on the disk
 * before the screen shows it, numbered one after the other for all windows of the
 * browser. Beside it stands the last state of each batch that was read, so that a screen
 * starts without a line.
 *
 * Odoo's own `IndexedDB` is a cache: it may throw everything away when it is opened, and
 * writes in its own time. Here a tap must outlive an empty battery.
 */
const NAME = "cafoutch_drive_preparation";
const OPS = "ops";
const BATCHES = "batches";
const FACTS = "facts";

const done = (request) =>
    new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });

export class Book {
    async open() {
        const request = indexedDB.open(NAME, 1);
        request.onupgradeneeded = () => {
            const db = request.result;
            db.createObjectStore(OPS, { keyPath: "no" });
            db.createObjectStore(BATCHES, { keyPath: "id" });
            db.createObjectStore(FACTS);
        };
        this.db = await done(request);
        // What was not sent is not the browser's to throw away; it may say no.
        await navigator.storage?.persist?.();
        return this;
    }

    /**
     * Do one thing with some stores: all of it is on the disk afterwards, or nothing.
     *
     * @template T
     * @param {string[]} names
     * @param {"readonly"|"readwrite"} mode
     * @param {(...stores: IDBObjectStore[]) => Promise<T>} work which awaits requests of
     *  these stores alone
     * @returns {Promise<T>}
     */
    async with(names, mode, work) {
        const transaction = this.db.transaction(names, mode, { durability: "strict" });
        const ended = new Promise((resolve, reject) => {
            transaction.oncomplete = resolve;
            transaction.onabort = () => reject(transaction.error);
        });
        const result = await work(...names.map((name) => transaction.objectStore(name)));
        await ended;
        return result;
    }

    /** What this device calls itself; its numbers begin again when it is renewed. */
    device() {
        return this.with([FACTS], "readwrite", async (facts) => {
            const known = await done(facts.get("device"));
            return known || this.newDevice(facts);
        });
    }

    async newDevice(facts) {
        const device = crypto.randomUUID();
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
            const op = { no, uuid: crypto.randomUUID(), batch, kind, args, at: Date.now() };
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
    forget(uuids) {
        return this.with([OPS], "readwrite", async (ops) => {
            for (const op of await done(ops.getAll())) {
                if (uuids.includes(op.uuid)) {
                    await done(ops.delete(op.no));
                }
            }
        });
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
