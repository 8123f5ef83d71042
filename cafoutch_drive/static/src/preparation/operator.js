import { onMounted, onWillStart, useState } from "@odoo/owl";
import { useBus, useService } from "@web/core/utils/hooks";
import { OperatorDialog } from "../operator/operator_dialog";

/**
 * Who is at work on the preparers' screen, when several people share its account.
 *
 * @returns {{state: Object, ask: Function, change: Function}}
 */
export function useOperator() {
    const orm = useService("orm");
    const dialog = useService("dialog");
    const barcode = useService("barcode");
    const state = useState({ shared: false, person: "", asking: false });
    const call = (method, args, kwargs) => orm.silent.call("res.users", method, args, kwargs);

    /** Ask who it is; resolves to whether that is known now. */
    function ask() {
        state.asking = true;
        state.person = "";
        return new Promise((resolve) => {
            dialog.add(
                OperatorDialog,
                {
                    screen: "preparation",
                    call,
                    useScanner: (onScan) =>
                        useBus(barcode.bus, "barcode_scanned", (ev) => onScan(ev.detail.barcode)),
                    done: (person) => (state.person = person),
                },
                {
                    onClose: () => {
                        state.asking = false;
                        resolve(Boolean(state.person));
                    },
                }
            );
        });
    }

    async function change() {
        try {
            await call("drive_operator_leave", []);
        } catch {
            // Without network the dialog says so.
        }
        return ask();
    }

    onWillStart(async () => {
        try {
            const { shared, person } = await call("drive_operator_state", ["preparation"]);
            Object.assign(state, { shared, person });
        } catch {
            // Without network, or without the right: the first call says so.
        }
    });
    onMounted(() => {
        if (state.shared && !state.person) {
            ask();
        }
    });
    return { state, ask, change };
}
