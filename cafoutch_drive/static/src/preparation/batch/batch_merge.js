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
