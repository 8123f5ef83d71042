import { CalendarCommonRenderer } from "@web/views/calendar/calendar_common/calendar_common_renderer";
import { CalendarRenderer } from "@web/views/calendar/calendar_renderer";

const QUARTER = 15;

/** Opening hours only, and a quarter of an hour tall enough to be read and to be hit. */
export class OpeningHoursCommonRenderer extends CalendarCommonRenderer {
    static template = "cafoutch_drive.OpeningHours";

    get options() {
        return {
            ...super.options,
            ...this.hours,
            allDaySlot: false,
            eventResizableFromStart: false,
            eventDurationEditable: false,
            expandRows: true,
            slotDuration: { minutes: QUARTER },
            slotEventOverlap: false,
            slotLabelInterval: { hours: 1 },
        };
    }

    /** What the hours shown are taken from. */
    get shown() {
        return Object.values(this.props.model.records);
    }

    /** From an hour before the first of what is shown to an hour after the last. */
    get hours() {
        const { shown } = this;
        if (!shown.length) {
            return { scrollTime: "08:00:00" };
        }
        const first = Math.min(...shown.map(({ start }) => start.hour));
        // An end at midnight is of the day after.
        const last = Math.max(
            ...shown.map(({ start, end }) => (end.day === start.day ? end.hour : 23))
        );
        return {
            scrollTime: { hours: first },
            slotMinTime: { hours: Math.max(first - 1, 0) },
            slotMaxTime: { hours: Math.min(last + 2, 24) },
        };
    }
}

export class OpeningHoursRenderer extends CalendarRenderer {
    static components = {
        ...CalendarRenderer.components,
        day: OpeningHoursCommonRenderer,
        week: OpeningHoursCommonRenderer,
    };
}
