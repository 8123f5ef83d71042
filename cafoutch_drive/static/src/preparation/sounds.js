import { reactive } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";

const SILENT = "cafoutch_drive.silent";
const REFUSED = "drive-refused";

/** The sounds of the preparers' screens; each device can be made silent, and stays so. */
export const sounds = {
    dependencies: ["mail.sound_effects"],
    start(env, { "mail.sound_effects": effects }) {
        // The till's own.
        effects.soundEffects[REFUSED] = { path: "/point_of_sale/static/src/sounds/error" };
        return reactive({
            silent: browser.localStorage.getItem(SILENT) === "1",
            /** What was scanned does not belong here. */
            refuse() {
                if (!this.silent) {
                    effects.play(REFUSED);
                }
            },
            toggle() {
                this.silent = !this.silent;
                browser.localStorage.setItem(SILENT, this.silent ? "1" : "0");
            },
        });
    },
};

registry.category("services").add("cafoutch_drive.sounds", sounds);
