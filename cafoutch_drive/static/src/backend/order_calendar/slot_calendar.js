import { OpeningHoursRenderer } from "./opening_hours_renderer";
import { calendarView } from "@web/views/calendar/calendar_view";
import { registry } from "@web/core/registry";

// The week at a glance: how full each slot is.
registry.category("views").add("drive_slot_calendar", {
    ...calendarView,
    Renderer: OpeningHoursRenderer,
});
