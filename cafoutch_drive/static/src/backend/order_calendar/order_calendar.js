import { OpeningHoursCommonRenderer, OpeningHoursRenderer } from "./opening_hours_renderer";
import { CalendarModel } from "@web/views/calendar/calendar_model";
import { calendarView } from "@web/views/calendar/calendar_view";
import { registry } from "@web/core/registry";
import { deserializeDateTime, serializeDateTime } from "@web/core/l10n/dates";
import { user } from "@web/core/user";

const FIELDS = ["start", "stop", "booked_orders", "capacity", "closed"];

/**
 * Orders that are moved by drag, with the slots behind them: one that may not move goes
 * back to its place.
 */
export class DriveOrderCalendarModel extends CalendarModel {
    async updateData(data) {
        await super.updateData(data);
        data.slots = [];
        if (!(await user.checkAccessRight("drive.slot", "read"))) {
            return;
        }
        const { start, end } = data.range;
        const domain = [
            ["start", "<=", serializeDateTime(end)],
            ["stop", ">=", serializeDateTime(start)],
            ["state", "not in", ["past"]],
        ];
        data.slots = await this.orm.searchRead("drive.slot", domain, FIELDS);
    }

    async updateRecord() {
        try {
            await super.updateRecord(...arguments);
        } catch (error) {
            await this.load();
            throw error;
        }
    }
}

export class DriveOrderCommonRenderer extends OpeningHoursCommonRenderer {
    get slots() {
        return this.props.model.data.slots.map((slot) => ({
            ...slot,
            start: deserializeDateTime(slot.start),
            end: deserializeDateTime(slot.stop),
        }));
    }

    get shown() {
        return [...super.shown, ...this.slots];
    }

    mapRecordsToEvents() {
        const background = this.slots.map((slot) => ({
            id: `slot_${slot.id}`,
            title: `${slot.booked_orders}/${slot.capacity}`,
            start: slot.start.toISO(),
            end: slot.end.toISO(),
            display: "background",
            classNames: slot.closed ? ["o_drive_slot_closed"] : [],
        }));
        return [...background, ...super.mapRecordsToEvents()];
    }
}

export class DriveOrderRenderer extends OpeningHoursRenderer {
    static components = {
        ...OpeningHoursRenderer.components,
        day: DriveOrderCommonRenderer,
        week: DriveOrderCommonRenderer,
    };
}

registry.category("views").add("drive_order_calendar", {
    ...calendarView,
    Model: DriveOrderCalendarModel,
    Renderer: DriveOrderRenderer,
});
