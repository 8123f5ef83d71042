import { _t } from "@web/core/l10n/translation";

/**
 * A batch as the preparer sees it: what the server said last, and on top of it what was
 * done on this device and is still on its way. Nothing here talks to anybody.
 *
 * The rows are those of `drive.preparation.open`; those that wait are `pending`.
 */
export class BatchView {
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

    /** The orders to print. */
    get orderIds() {
        return this.baskets.map((basket) => basket.id);
    }

    /** Whether there is one basket alone, whose letter tells it from no other. */
    get isAlone() {
        return this.baskets.length === 1;
    }

    get cells() {
        return this.stops.flatMap((stop) => stop.cells);
    }

    /** What there is to do: what replaces something is a part of what it replaces. */
    get tasks() {
        return this.cells.filter((cell) => !cell.replaces);
    }

    /** Of these those that are done: a missing one once its member has been heard, and what
     * replaces it is in the crate. */
    get treated() {
        const left = new Set(
            this.cells.filter((cell) => cell.replaces && !cell.treated).map((cell) => cell.replaces)
        );
        return this.tasks.filter(
            ({ line, treated }) => treated && !left.has(line) && !this.questionOf.has(line)
        ).length;
    }

    get total() {
        return this.tasks.length;
    }

    /** Whether somebody has begun it, or nothing is left of it to begin. */
    get begun() {
        return !this.baskets.length || this.baskets.some((basket) => basket.state !== "confirmed");
    }

    /** The stops where something is left to take, in the order of the walk. */
    get left() {
        return this.stops.filter((stop) => stop.cells.some((cell) => !cell.treated));
    }

    basket(cell) {
        return this.basketOf.get(cell.basket);
    }

    /** How much goes into a basket, with its letter where there are several. */
    amountFor(cell, text) {
        return this.isAlone ? text : `${this.basket(cell).letter} ${text}`;
    }

    cellsOf(basket) {
        return this.cells.filter((cell) => cell.basket === basket.id);
    }

    /** Storage classes of what was put into a basket, in the order of the walk. */
    classesOf(basket) {
        const found = new Set(
            this.stops.flatMap((stop) =>
                stop.cells
                    .filter((cell) => cell.basket === basket.id && cell.prepared)
                    .map(() => stop.storage_class)
            )
        );
        return this.classes.filter((storage) => found.has(storage.code));
    }

    /** What crates a basket will need, such as "Ambient, chilled". */
    wantedClassesText(basket) {
        const found = new Set(
            this.stops
                .filter((stop) => stop.cells.some((cell) => cell.basket === basket.id))
                .map((stop) => stop.storage_class)
        );
        const names = this.classes
            .filter((storage) => found.has(storage.code))
            .map((storage) => storage.name);
        return _t("Crates: %s", names.join(", "));
    }

    /** Those for which a basket still needs a crate. */
    classesWithoutCrate(basket) {
        const have = basket.crates.map((crate) => crate.storage_class);
        return this.classesOf(basket).filter((storage) => !have.includes(storage.code));
    }

    /** Whether all that belongs into a basket is in it, or said to be missing, and its member
     * is not being asked. */
    isFilled(basket) {
        return this.cellsOf(basket).every(
            (cell) => cell.treated && !this.questionOf.has(cell.line)
        );
    }

    /** Whether its member takes something else for it, or wants to be asked. */
    mayReplace(cell) {
        return ["similar", "ask"].includes(cell.wish) && !cell.replaces;
    }

    /** Whether something can go in place of a missing line now. */
    isReplaceable(cell) {
        return this.mayReplace(cell) && Boolean(cell.reason) && !cell.replaced_text && !cell.asked;
    }

    /**
     * What a code is in this batch, as far as this device knows.
     *
     * @param {string} code
     * @returns {Object|null} see `drive.preparation.scan`
     */
    named(code) {
        const text = code.trim().toUpperCase();
        const isIt = (name) => Boolean(text) && name?.toUpperCase() === text;
        const stop = this.stops.find((row) => isIt(row.barcode));
        if (stop) {
            return { kind: "product", stop: stop.id };
        }
        const place = this.places.find((row) => isIt(row.barcode));
        if (place) {
            return { kind: "place", place: place.id };
        }
        for (const basket of this.baskets) {
            if (isIt(basket.code)) {
                return { kind: "basket", basket: basket.id };
            }
            const crate = basket.crates.find((row) => isIt(row.name));
            if (crate) {
                return { kind: "crate", basket: basket.id, number: crate.number };
            }
        }
        return null;
    }

    /** How many crates stand at a place now. */
    standing(place) {
        return Math.max(place.others, 0) + cratesAt(place, this.baskets);
    }

    /** Whether what was scanned is of these baskets, see `drive.preparation.scan`. */
    has({ stop, basket, baskets = [basket] }) {
        return stop
            ? this.stops.some((row) => row.id === stop)
            : baskets.every((id) => !id || this.basketOf.has(id));
    }

    /** Why a crate cannot stand at a place, for the preparer; empty if it can. */
    whyNotAt(crate, place) {
        if (place.storage_class === crate.storage_class) {
            return "";
        }
        const nameOf = new Map(this.classes.map((storage) => [storage.code, storage.name]));
        return _t("%(crate)s is for “%(wanted)s”, and %(place)s is for “%(found)s”.", {
            crate: crate.name,
            wanted: nameOf.get(crate.storage_class),
            place: place.name,
            found: nameOf.get(place.storage_class),
        });
    }

    /**
     * The chilled and the frozen goods of each basket that are out of the cold, as
     * `sale.order._drive_out_of_cold` says, and since when on the shop's clock.
     *
     * @returns {Object[]} `{basket, storage_class, name, since, crates}`; the names of crates
     */
    get outOfCold() {
        return this.classes
            .filter((storage) => storage.cold)
            .flatMap((storage) => {
                const stops = this.stops.filter((stop) => stop.storage_class === storage.code);
                const cells = stops.flatMap((stop) => stop.cells).filter((cell) => cell.picked_at);
                return this.baskets.map((basket) => this.coldRow(basket, storage, cells));
            })
            .filter(Boolean);
    }

    coldRow(basket, { code, name }, cells) {
        const since = cells
            .filter((cell) => cell.basket === basket.id && cell.picked_at > basket.ready_at)
            .map((cell) => cell.picked_at);
        const crates = basket.crates.filter((crate) => crate.storage_class === code);
        const isAway = crates.length && crates.every((crate) => crate.place);
        if (basket.state !== "preparing" || !since.length || isAway) {
            return null;
        }
        return {
            basket,
            storage_class: code,
            name,
            since: Math.min(...since),
            crates: crates.map((crate) => crate.name || `${basket.code}-${crate.number}`),
        };
    }

    // ------------------------------------- what was done here, by kind, as in `apply`

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

function cratesAt({ id }, baskets) {
    return baskets.flatMap(({ crates }) => crates).filter(({ place }) => place === id).length;
}

/**
 * What a screen holds after the server told what changed.
 *
 * @param {Object} snapshot what it held
 * @param {Object} changes answer of `drive.preparation.since`
 * @returns {Object|null} null when it has to be read anew: something was taken away
 */
export function merged(snapshot, changes) {
    const sizes = new Map(changes.sizes.map(([id, lines, crates]) => [id, [lines, crates]]));
    const fewer = snapshot.sizes.some(([id, lines, crates]) => {
        const now = sizes.get(id);
        return !now || now[0] < lines || now[1] < crates;
    });
    if (fewer) {
        return null;
    }
    const changed = new Map(changes.baskets.map((basket) => [basket.id, basket]));
    const kept = snapshot.baskets.filter((basket) => !changed.has(basket.id));
    const cells = new Map(
        snapshot.stops.flatMap((stop) =>
            stop.cells.map((cell) => [cell.line, { ...cell, stop: stop.id }])
        )
    );
    for (const cell of changes.cells) {
        cells.set(cell.line, cell);
    }
    const stops = changes.stops.length ? changes.stops : snapshot.stops;
    const order = changes.sizes.map(([id]) => id);
    const baskets = [...kept, ...changed.values()];
    return {
        ...snapshot,
        now: changes.now,
        version: changes.version,
        sizes: changes.sizes,
        places: changes.places.length ? changes.places : snapshot.places,
        claims: changes.claims,
        questions: changes.questions,
        back: changes.back,
        baskets: baskets.sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id)),
        stops: stops.map((stop) => ({
            ...stop,
            cells: [...cells.values()]
                .filter((cell) => cell.stop === stop.id)
                .sort((a, b) => order.indexOf(a.basket) - order.indexOf(b.basket)),
        })),
    };
}
