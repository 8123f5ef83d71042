import { _t } from "@web/core/l10n/translation";
import { BatchDone, cratesAt } from "./batch_done";

/** A batch as the preparer sees it: what is left, what goes where, and what may be done. */
export class BatchView extends BatchDone {
    /** The orders to print. */
    get orderIds() {
        return this.baskets.map((basket) => basket.id);
    }

    /** Whether there is one basket alone, whose letter tells it from no other. */
    get isAlone() {
        return this.baskets.length === 1;
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
}
