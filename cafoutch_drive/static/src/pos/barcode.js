import { useEffect } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { Mutex } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";
import { useBarcodeReader } from "@point_of_sale/app/hooks/barcode_reader_hook";
import { ProductScreen } from "@point_of_sale/app/screens/product_screen/product_screen";
import { ReceiptScreen } from "@point_of_sale/app/screens/receipt_screen/receipt_screen";

// The reader waits for each answer before it reads the next code. Nothing here makes it wait:
// a basket may ask who the cashier is, and the answer is a card.
const openOrder = {
    drive_order(barcode) {
        this.pos.openDriveOrder({ code: barcode.code });
    },
};

// The dialogs that are open and take what is scanned, the topmost last.
const dialogs = [];

/**
 * Gives a dialog all that is scanned, one code after the other, while it is the topmost. Odoo
 * knows one such reader: the dialog below is told again when the one above closes.
 *
 * @param {(code: string) => Promise} onScan
 */
export function useDialogScanner(onScan) {
    const reader = useService("barcode_reader");
    const mutex = new Mutex();
    const read = ({ code }) => {
        mutex.exec(() => onScan(code));
    };
    const dialog = { product: read, client: read, cashier: read, drive_order: read };
    useEffect(
        () => {
            dialogs.push(dialog);
            const leave = reader?.register(dialog, true);
            return () => {
                dialogs.splice(dialogs.indexOf(dialog), 1);
                leave?.();
                if (dialogs.length) {
                    reader?.register(dialogs.at(-1), true);
                }
            };
        },
        () => []
    );
}

/** The code of an order opens it at once. */
export function useDriveBarcode() {
    useBarcodeReader({ ...openOrder });
}

/** So does a member card, on screens where Odoo does nothing with one. */
export function useDriveCardBarcode() {
    useBarcodeReader({
        ...openOrder,
        client(barcode) {
            this.pos.readDriveCard(barcode.code);
        },
    });
}

patch(ProductScreen.prototype, {
    /** @override */
    setup() {
        super.setup(...arguments);
        useDriveBarcode();
    },
    /**
     * A member card opens the household's basket; without one, or without network,
     * the member becomes the ticket's customer as usual.
     *
     * @override
     */
    _barcodePartnerAction(code) {
        this._driveCardAction(code, (read) => super._barcodePartnerAction(read));
    },
    async _driveCardAction(code, setCustomer) {
        const answer =
            this.pos.config.raw.drive_point_id && (await this.pos.openDriveCard(code.code));
        if (answer?.orders?.length) {
            return;
        }
        if (answer && !answer.partner_id) {
            return this.pos.refuseDriveCard();
        }
        try {
            await setCustomer({ ...code, drivePartnerId: answer?.partner_id });
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
            this.pos.notification.add(
                _t(
                    "Without network, the till does not know whose card this is. Choose the customer by name."
                ),
                { type: "warning" }
            );
        }
    },
    /**
     * Asks whose card it is, unless that was just answered: the till does not know the numbers.
     *
     * @override
     */
    async _getPartnerByBarcode(code) {
        const partnerId =
            code.drivePartnerId ||
            (await this.pos.data.call("res.partner", "drive_till_partner", [
                this.pos.config.id,
                code.code,
            ]));
        return partnerId && this.pos.findDrivePartner(partnerId);
    },
});

// The next member's code is scanned while the last receipt is on the screen.
patch(ReceiptScreen.prototype, {
    /** @override */
    setup() {
        super.setup(...arguments);
        if (this.pos.config.raw.drive_point_id) {
            useDriveCardBarcode();
        } else {
            useDriveBarcode();
        }
    },
});
