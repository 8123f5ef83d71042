import { reactive } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { url } from "@web/core/utils/urls";

const SILENT = "cafoutch_drive.silent";
const REFUSED = "drive-refused";
const ALARM = "drive-alarm";

/** The sounds of the preparers' screens; each device can be made silent, and stays so. */
export const sounds = {
    dependencies: ["mail.sound_effects"],
    start(env, { "mail.sound_effects": effects }) {
        // The till's own.
        effects.soundEffects[REFUSED] = { path: "/point_of_sale/static/src/sounds/error" };
        effects.soundEffects[ALARM] = { path: "/point_of_sale/static/src/sounds/bell" };
        return reactive({
            silent: browser.localStorage.getItem(SILENT) === "1",
            /** What was scanned does not belong here. */
            refuse() {
                if (!this.silent) {
                    effects.play(REFUSED);
                }
            },
            /** The alarm has to be heard without a line too. */
            prepareAlarm() {
                const effect = effects.soundEffects[ALARM];
                if (!effect.audio) {
                    const audio = new browser.Audio();
                    const isOgg = audio.canPlayType("audio/ogg; codecs=vorbis");
                    audio.preload = "auto";
                    audio.src = url(effect.path + (isOgg ? ".ogg" : ".mp3"));
                    effect.audio = audio;
                }
            },
            /** Something has to be done now. */
            alarm() {
                if (!this.silent) {
                    effects.play(ALARM);
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
