import { Component, onMounted, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";
import { Layout } from "@web/search/layout";
import { registry } from "@web/core/registry";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { useService } from "@web/core/utils/hooks";

// A day page left open on the counter follows what happens.
const REFRESH_MS = 60000;

/** The manager's day: slots, orders by state, and what needs a look. */
export class DriveToday extends Component {
    static template = "cafoutch_drive.Today";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.asked = { day: false, pointId: false };
        this.state = useState({ data: {} });
        onWillStart(() => this.load());
        onMounted(() => {
            // A shop that never had a slot begins elsewhere.
            if (!this.state.data.has_slots) {
                this.openFirstSteps();
            }
        });
        const timer = setInterval(() => this.load(), REFRESH_MS);
        onWillUnmount(() => clearInterval(timer));
    }

    /**
     * @param {Object} [asked] the `day` (ISO date, or anything for today) and the
     *  `pointId` to show from now on; what is not named stays as it was asked for last,
     *  also while its answer is on its way
     */
    async load(asked = {}) {
        Object.assign(this.asked, asked);
        // The last request wins: an older, slower answer is dropped.
        const wanted = (this.wanted = Symbol("request"));
        const data = await this.orm.silent.call("drive.point", "drive_day", [
            this.asked.day,
            this.asked.pointId,
        ]);
        if (wanted === this.wanted) {
            this.state.data = data;
        }
    }

    goTo(day) {
        return this.load({ day });
    }

    choosePoint(event) {
        return this.load({ pointId: Number(event.target.value) });
    }

    stateLabel(state) {
        const found = this.state.data.states.find((item) => item.state === state);
        return found ? found.label : "";
    }

    openOrder(id) {
        return this.action.doAction("cafoutch_drive.sale_order_action_drive", {
            props: { resId: id },
            viewType: "form",
        });
    }

    openOrders(ids, title) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: title,
            res_model: "sale.order",
            domain: [["id", "in", ids]],
            views: [
                [false, "list"],
                [false, "form"],
            ],
            context: {
                list_view_ref: "cafoutch_drive.sale_order_view_list_drive",
                form_view_ref: "cafoutch_drive.sale_order_view_form_drive",
            },
        });
    }

    /** What needs a look: its orders, what becomes of those of closed slots, or how the shop is set up. */
    openAttention(item) {
        if (item.is_setup) {
            return this.action.doAction("cafoutch_drive.drive_first_steps_action");
        }
        if (!item.slot_ids) {
            return this.openOrders(item.order_ids, item.text);
        }
        return this.action.doAction("cafoutch_drive.drive_closure_action", {
            additionalContext: { active_model: "drive.slot", active_ids: item.slot_ids },
            onClose: () => this.load(),
        });
    }

    openSlot(id) {
        return this.action.doAction("cafoutch_drive.drive_slot_action", {
            props: { resId: id },
            viewType: "form",
        });
    }

    openFirstSteps() {
        return this.action.doAction("cafoutch_drive.drive_first_steps_action", {
            clearBreadcrumbs: true,
        });
    }

    /** What the member has told the shop about an order. */
    orderTexts(order) {
        return [order.late_text, order.collector_text, order.message].filter((text) => text);
    }

    nextText() {
        return _t("See %(day)s", { day: this.state.data.next_title });
    }

    fillText(opening) {
        return _t("%(orders)s of %(capacity)s baskets", {
            orders: opening.orders,
            capacity: opening.capacity,
        });
    }

    /** What the team has to prepare and to carry: lines, kilos, crates for the fridge. */
    workText(opening) {
        const lines = opening.line_capacity
            ? _t("%(lines)s of %(capacity)s lines", {
                  lines: opening.lines,
                  capacity: opening.line_capacity,
              })
            : _t("%(lines)s lines", { lines: opening.lines });
        return [
            lines,
            _t("%(kilos)s kg", { kilos: formatFloat(opening.kilos, { digits: [16, 1] }) }),
            _t("%(crates)s cold crates", { crates: opening.cold_crates }),
        ].join(" · ");
    }

    cutoffText(opening) {
        return opening.cutoff_passed
            ? _t("Cut-off passed: %(time)s", { time: opening.cutoff })
            : _t("Cut-off: %(time)s", { time: opening.cutoff });
    }

    placesTitle(slot) {
        if (slot.closed) {
            return _t("Closed");
        }
        return slot.held
            ? _t("%(left)s of %(capacity)s free, %(held)s kept", {
                  left: slot.places_left,
                  capacity: slot.capacity,
                  held: slot.held,
              })
            : _t("%(left)s of %(capacity)s free", {
                  left: slot.places_left,
                  capacity: slot.capacity,
              });
    }
}

registry.category("actions").add("cafoutch_drive.today", DriveToday);
