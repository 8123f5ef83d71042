import { Component, onWillUnmount, useEffect, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { Mark } from "./batch/mark";
import { STORAGE_ICONS } from "./storage_icons";

const MINUTE = 60_000;
// Minutes are told: nobody sees a few seconds.
const LOOK = 5_000;

/** The shop's clock, on a device whose own is `skew` milliseconds ahead; it goes on without
 *  a line. Returns a function of the moment in milliseconds. */
export function useShopClock(skewOf) {
    const state = useState({ now: Date.now() });
    const timer = browser.setInterval(() => (state.now = Date.now()), LOOK);
    onWillUnmount(() => browser.clearInterval(timer));
    // What was just taken may be later than the last look.
    return () => Math.max(state.now, Date.now()) - skewOf();
}

/** Chilled and frozen goods that are, or soon will be, out of the cold for too long. */
export class ColdAlarm extends Component {
    static template = "cafoutch_drive.ColdAlarm";
    static components = { Mark };
    static props = {
        // `{warn, limit}` in minutes, or false.
        rule: [Object, Boolean],
        // `{storage_class, name, since, crates, basket}`, the basket only where there are several.
        rows: Array,
        skew: Number,
        putAway: { type: Function, optional: true },
    };

    setup() {
        this.sounds = useService("cafoutch_drive.sounds");
        this.now = useShopClock(() => this.props.skew);
        this.sounds.prepareAlarm();
        // What was sounded for: each once.
        this.heard = new Set();
        useEffect(
            (late) => {
                const fresh = late.split(" ").filter((key) => key && !this.heard.has(key));
                if (fresh.length) {
                    fresh.forEach((key) => this.heard.add(key));
                    this.sounds.alarm();
                }
            },
            () => [this.lateKeys]
        );
    }

    get shown() {
        const { rule, rows } = this.props;
        const now = this.now();
        return rule
            ? rows
                  .map((row) => ({ ...row, minutes: Math.floor((now - row.since) / MINUTE) }))
                  .filter((row) => row.minutes >= rule.warn)
            : [];
    }

    get lateKeys() {
        return this.shown
            .filter((row) => this.isLate(row))
            .map((row) => `${row.basket?.id || ""}${row.storage_class}${row.since}`)
            .join(" ");
    }

    /** One for each class, its baskets together; the one that is out longest first. */
    get groups() {
        const rows = this.shown;
        const classes = [...new Set(rows.map((row) => row.storage_class))];
        return classes
            .map((code) => {
                const mine = rows.filter((row) => row.storage_class === code);
                mine.sort((a, b) => b.minutes - a.minutes);
                return { ...mine[0], rows: mine };
            })
            .sort((a, b) => b.minutes - a.minutes);
    }

    isLate({ minutes }) {
        return minutes >= this.props.rule.limit;
    }

    icon({ storage_class }) {
        return STORAGE_ICONS[storage_class];
    }

    title({ name, minutes }) {
        return _t("%(storage)s: %(minutes)s min out of the cold", { storage: name, minutes });
    }

    whatToDo(group) {
        if (this.isLate(group)) {
            return _t(
                "%s min are over: put it in its cold place now, and tell the manager.",
                this.props.rule.limit
            );
        }
        return _t("Put it in its cold place: %s min at most.", this.props.rule.limit);
    }
}

/** How long goods of a batch or a basket have been out of the cold, when that is long. */
export class ColdBadge extends Component {
    static template = "cafoutch_drive.ColdBadge";
    static props = { cold: [Object, Boolean], skew: Number };

    setup() {
        this.now = useShopClock(() => this.props.skew);
    }

    get minutes() {
        const { cold } = this.props;
        const minutes = cold ? Math.floor((this.now() - cold.since) / MINUTE) : 0;
        return cold && minutes >= cold.warn ? minutes : 0;
    }

    get text() {
        return _t("%s min out of the cold", this.minutes);
    }
}
