import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { patch } from "@web/core/utils/patch";
import { useBarcodeReader } from "@point_of_sale/app/hooks/barcode_reader_hook";
import { ProductScreen } from "@point_of_sale/app/screens/product_screen/product_screen";
import { ReceiptScreen } from "@point_of_sale/app/screens/receipt_screen/receipt_screen";

const openOrder = {
    drive_order(barcode) {
        return this.pos.openDriveOrder({ code: barcode.code });
    },
};

/** The code of an order opens it at once. */
export function useDriveBarcode() {
    useBarcodeReader({ ...openOrder });
}

/** So does a member card, on screens where Odoo does nothing with one. */
export function useDriveCardBarcode() {
    useBarcodeReader({
        ...openOrder,
        async client(barcode) {
            const answer = await this.pos.openDriveCard(barcode.code);
            if (answer && !answer.partner_id) {
                this.pos.refuseDriveCard();
            } else if (answer && !answer.orders.length) {
                await this.pos.setDriveCustomer(answer.partner_id);
            }
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
    async _barcodePartnerAction(code) {
        const answer =
            this.pos.config.raw.drive_point_id && (await this.pos.openDriveCard(code.code));
        if (answer?.orders?.length) {
            return;
        }
        if (answer && !answer.partner_id) {
            return this.pos.refuseDriveCard();
        }
        try {
            return await super._barcodePartnerAction({
                ...code,
                drivePartnerId: answer?.partner_id,
            });
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
