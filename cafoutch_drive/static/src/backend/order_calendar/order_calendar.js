import { CalendarModel } from "@web/views/calendar/calendar_model";
import { calendarView } from "@web/views/calendar/calendar_view";
import { registry } from "@web/core/registry";

/** Orders that are moved by drag: one that may not move goes back to its place. */
export class DriveOrderCalendarModel extends CalendarModel {
    async updateRecord() {
        try {
            await super.updateRecord(...arguments);
        } catch (error) {
            await this.load();
            throw error;
        }
    }
}

registry.category("views").add("drive_order_calendar", {
    ...calendarView,
    Model: DriveOrderCalendarModel,
});
