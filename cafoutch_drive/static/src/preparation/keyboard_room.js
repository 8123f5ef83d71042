import { useEffect } from "@odoo/owl";

// Less is a browser's own bar.
const KEYBOARD = 120;

/**
 * Keeps what a screen shows above the keyboard of a phone or a tablet, which covers the page and
 * does not make it smaller.
 *
 * @param {{ el: HTMLElement|null }} ref of what scrolls and is as high as the page
 */
export function useKeyboardRoom(ref) {
    useEffect(
        () => {
            const { visualViewport: shown } = window;
            const { el } = ref;
            const fit = () => {
                const covered = document.documentElement.clientHeight - shown.height;
                // Who has zoomed in sees a part of the page, without any keyboard.
                const isCovered = shown.scale < 1.1 && covered > KEYBOARD;
                el.style.height = isCovered ? `calc(100% - ${Math.round(covered)}px)` : "";
                if (isCovered) {
                    el.querySelector(".o_drive_at_hand")?.scrollIntoView({ block: "center" });
                }
            };
            shown.addEventListener("resize", fit);
            return () => shown.removeEventListener("resize", fit);
        },
        () => []
    );
}
