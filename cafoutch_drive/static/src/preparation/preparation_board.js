import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { ColdBadge } from "./cold_alarm";

/** What is to prepare: opening windows, and in each the batches, and the orders that are
 *  in none yet, late first. */
export class PreparationBoard extends Component {
    static template = "cafoutch_drive.PreparationBoard";
    static components = { ColdBadge };
    static props = {
        board: Object,
        busy: Boolean,
        open: Function,
        openBatch: Function,
        refresh: Function,
        // Ids of the orders of a card that was scanned: no other is shown.
        only: { type: [Array, { value: null }], optional: true },
        showAll: Function,
    };

    /** The batch that a preparer without a plan should take: one that nobody is at, and whose
     * orders their members no longer change. */
    get nextBatch() {
        const batches = this.windows(false).flatMap((opening) =>
            opening.batches.filter((batch) => !opening.cutoff || batch.state === "in_work")
        );
        return batches.find((batch) => batch.state !== "ready" && !batch.people.length) || null;
    }

    /** The batch was begun, and those who were at it have left: where one goes on from. */
    begunText(batch) {
        return batch.begun
            ? _t("Go on with the batch begun at %s", batch.begun)
            : _t("Go on with the batch");
    }

    nextText(batch) {
        const texts = [this.timesText(batch), this.basketsText(batch)];
        if (batch.state === "in_work") {
            texts.push(_t("goes on where it was left"));
        }
        return texts.join(" · ");
    }

    /** Where the crates are of a batch that was begun. */
    cratesText(batch) {
        return batch.crates_at.length
            ? _t("Crates at: %s", batch.crates_at.join(", "))
            : _t("Crates: not put away yet, look for their letters");
    }

    workText(batch) {
        const begun = batch.begun && _t("Begun at %s", batch.begun);
        return [begun, this.cratesText(batch)].filter(Boolean).join(" · ");
    }

    /** When its baskets are collected. */
    timesText({ first, last }) {
        return first === last ? first : `${first}\u2013${last}`;
    }

    basketsText(batch) {
        return batch.baskets === 1 ? _t("1 basket") : _t("%s baskets", batch.baskets);
    }

    /** The order that a preparer without a plan should take. */
    get next() {
        for (const opening of this.windows(false)) {
            // An order that its member may still change is not proposed.
            const order = opening.orders.find((o) => !opening.cutoff && o.state === "confirmed");
            if (order) {
                return order;
            }
        }
        return null;
    }

    /** Today's opening windows, or those of later days. */
    windows(later) {
        const windows = this.props.board.windows.filter((opening) => opening.later === later);
        const { only } = this.props;
        return only
            ? windows
                  .map((opening) => ({
                      ...opening,
                      orders: opening.orders.filter((order) => only.includes(order.id)),
                  }))
                  .filter((opening) => opening.orders.length)
            : windows;
    }

    progress(opening) {
        return _t("%(done)s of %(total)s ready", { done: opening.done, total: opening.total });
    }

    cutoffText(opening) {
        return _t("Members may still change these orders until %s.", opening.cutoff);
    }

    stateName(order) {
        if (order.state === "ready") {
            return _t("Ready");
        }
        if (["preparing", "in_work"].includes(order.state)) {
            return _t("In progress, %(treated)s of %(total)s", {
                treated: order.treated,
                total: order.total,
            });
        }
        return _t("To prepare");
    }

    stateIcon(order) {
        const icons = { ready: "fa-check", preparing: "fa-shopping-basket" };
        return { ...icons, in_work: icons.preparing }[order.state] || "fa-circle-o";
    }

    summary(order) {
        const texts = [order.total === 1 ? _t("1 article") : _t("%s articles", order.total)];
        if (order.to_weigh) {
            texts.push(_t("%s to weigh", order.to_weigh));
        }
        return texts.join(" · ");
    }
}
