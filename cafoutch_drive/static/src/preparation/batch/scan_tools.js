import { Component, useState } from "@odoo/owl";
import { scanBarcode } from "@web/core/barcode/barcode_dialog";
import { isBarcodeScannerSupported } from "@web/core/barcode/barcode_video_scanner";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { isCode, parseQuantity } from "../quantity";

/** For a device without a scanner: its camera; and whether what is refused is heard. */
export class ScanTools extends Component {
    static template = "cafoutch_drive.ScanTools";
    static props = { onScan: Function };

    setup() {
        this.sounds = useState(useService("cafoutch_drive.sounds"));
        this.hasCamera = isBarcodeScannerSupported();
    }

    get soundText() {
        return this.sounds.silent ? _t("Turn the sound on") : _t("Turn the sound off");
    }

    async scan() {
        // Without an answer when the window is closed; what goes wrong is said there.
        this.props.onScan(await scanBarcode(this.env));
    }
}

/**
 * Whether a code stands in a field: a short one of this batch too, where it is no quantity.
 *
 * @param {BatchView} view
 * @param {Object|undefined} cell that the field is for
 * @param {string} text
 */
export function wasScanned(view, cell, text) {
    if (isCode(text)) {
        return true;
    }
    const quantity = parseQuantity(text);
    const possible = cell && quantity !== null && quantity <= cell.highest;
    return !possible && Boolean(view.named(text));
}
