/**
 * A batch with what was done on this device and is still on its way, on top of what the
 * server said last. Nothing here talks to anybody.
 *
 * The rows are those of `drive.preparation.open`; those that wait are `pending`.
 */
export class BatchDone {
    /**
     * @param {Object} snapshot what `drive.preparation.open` answered, with later changes
     * @param {Object[]} ops what is on its way, in its order
     * @param {number|null} [order] the only basket to show; without, all of the batch
     */
    constructor(snapshot, ops, order = null) {
        this.id = snapshot.id;
        this.name = snapshot.name;
        this.reasons = snapshot.reasons;
        this.classes = snapshot.classes;
        const isShown = (id) => !order || id === order;
        const baskets = snapshot.baskets.filter((basket) => isShown(basket.id));
        // `others`: how many crates stand there besides those of these baskets.
        this.places = snapshot.places.map((place) => ({
            ...place,
            others: place.crates - cratesAt(place, baskets),
        }));
        this.claims = snapshot.claims;
        // How far the clock of this device is ahead of the shop's, in milliseconds.
        this.skew = snapshot.skew || 0;
        // After how many minutes out of the cold a screen warns: `{warn, limit}`, or false.
        this.coldRule = snapshot.cold || false;
        // Missing lines of which the member can still say what replaces them.
        this.questionOf = new Map((snapshot.questions || []).map((row) => [row.line, row]));
        this.toPutBack = snapshot.back.filter((basket) => isShown(basket.id));
        this.baskets = baskets.map((basket) => ({
            ...basket,
            crates: basket.crates.map((crate) => ({ ...crate })),
        }));
        this.stops = snapshot.stops
            .map((stop) => ({
                ...stop,
                cells: stop.cells
                    .filter((cell) => isShown(cell.basket))
                    .map((cell) => ({ ...cell })),
            }))
            .filter((stop) => stop.cells.length);
        this.basketOf = new Map(this.baskets.map((basket) => [basket.id, basket]));
        this.cellOf = new Map(this.cells.map((cell) => [cell.line, cell]));
        for (const op of ops) {
            this[op.kind]?.(op.args, op.at - this.skew);
        }
        this.waiting = ops.length;
    }

    get cells() {
        return this.stops.flatMap((stop) => stop.cells);
    }

    // What was done, by kind, as in `drive.preparation.apply`; at which moment, on the shop's clock.

    begin({ order }) {
        for (const basket of this.baskets) {
            if (basket.state === "confirmed" && (!order || order === basket.id)) {
                basket.state = "preparing";
            }
        }
    }

    take({ line, qty }, at) {
        this.note(line, { treated: true, prepared: qty, reason: "", picked_at: at });
    }

    short({ line, qty, reason }, at) {
        if (!qty && this.cellOf.get(line)?.replaces) {
            this.takeOut(line);
        }
        this.note(line, { treated: true, prepared: qty || 0, reason, picked_at: qty ? at : false });
    }

    /** Its own line comes with the server's answer. */
    substitute({ line, name }) {
        const cell = this.cellOf.get(line);
        if (cell) {
            Object.assign(cell, { replaced_text: name, pending: true });
        }
    }

    ask_member({ line }) {
        const cell = this.cellOf.get(line);
        if (cell) {
            cell.asked = true;
            this.questionOf.set(line, { line });
        }
    }

    undo({ line }) {
        this.questionOf.delete(line);
        for (const cell of this.cells.filter((row) => row.replaces === line)) {
            this.takeOut(cell.line);
        }
        if (this.cellOf.get(line)?.replaces) {
            this.takeOut(line);
        }
        this.note(line, {
            treated: false,
            prepared: 0,
            reason: "",
            asked: false,
            picked_at: false,
        });
    }

    /** A line that replaces another one goes. */
    takeOut(line) {
        const { replaces } = this.cellOf.get(line);
        const missing = this.cellOf.get(replaces);
        if (missing) {
            missing.replaced_text = "";
        }
        this.cellOf.delete(line);
        for (const stop of this.stops) {
            stop.cells = stop.cells.filter((cell) => cell.line !== line);
        }
        this.stops = this.stops.filter((stop) => stop.cells.length);
    }

    note(line, values) {
        const cell = this.cellOf.get(line);
        if (cell) {
            Object.assign(cell, values, { pending: true, prepared_text: "" });
        }
    }

    crate({ order, storage_class, number }) {
        const basket = this.basketOf.get(order);
        if (basket && !this.findCrate(order, number)) {
            // As the server names it.
            const name = `${basket.code}-${number}`;
            basket.crates.push({ number, storage_class, place: false, name, pending: true });
        }
    }

    place({ order, number, place }) {
        const crate = this.findCrate(order, number);
        if (crate) {
            Object.assign(crate, { place, pending: true });
        }
    }

    remove({ order, number }) {
        const basket = this.basketOf.get(order);
        if (basket) {
            basket.crates = basket.crates.filter((crate) => crate.number !== number);
        }
    }

    finish({ order }) {
        this.setState(order, "ready");
    }

    reopen({ order }) {
        this.setState(order, "preparing");
    }

    back({ order }) {
        this.toPutBack = this.toPutBack.filter((basket) => basket.id !== order);
    }

    setState(order, state) {
        const basket = this.basketOf.get(order);
        if (basket) {
            Object.assign(basket, { state, pending: true });
        }
    }

    findCrate(order, number) {
        return this.basketOf.get(order)?.crates.find((crate) => crate.number === number);
    }
}

/** How many crates of these baskets stand at a place. */
export function cratesAt({ id }, baskets) {
    return baskets.flatMap(({ crates }) => crates).filter(({ place }) => place === id).length;
}
