import { ConnectionLostError } from "@web/core/network/rpc";
import { patch } from "@web/core/utils/patch";
import { PosStore } from "@point_of_sale/app/services/pos_store";
import { OperatorDialog } from "../operator/operator_dialog";
import { useDialogScanner } from "./barcode";

/**
 * Who is at work at a till whose account several people share. Cashiers that Odoo
 * itself knows (`pos_hr`) are left to it: this is about the account that is signed in.
 */
patch(PosStore.prototype, {
    /** @override */
    async setup() {
        this.driveOperator = { shared: false, person: "" };
        return super.setup(...arguments);
    },
    callDriveOperator(method, args, kwargs = {}) {
        return this.data.call("res.users", method, args, kwargs);
    },
    /** Reads who is at work; the server forgets a person who does nothing. */
    async readDriveOperator() {
        const { shared, person } = await this.callDriveOperator("drive_operator_state", ["till"]);
        this.driveOperator = { shared, person };
        return this.driveOperator;
    },
    /** Asks who it is; resolves to whether that is known now. */
    askDriveOperator() {
        this.driveOperator = { shared: true, person: "" };
        return new Promise((resolve) => {
            this.dialog.add(
                OperatorDialog,
                {
                    screen: "till",
                    call: (...args) => this.callDriveOperator(...args),
                    // A card says who the cashier is, and opens no basket.
                    useScanner: useDialogScanner,
                    done: (person) => (this.driveOperator = { shared: true, person }),
                },
                { onClose: () => resolve(Boolean(this.driveOperator.person)) }
            );
        });
    },
    async changeDriveOperator() {
        try {
            await this.callDriveOperator("drive_operator_leave", []);
        } catch (error) {
            // Without network the dialog says so.
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
        }
        return this.askDriveOperator();
    },
});
