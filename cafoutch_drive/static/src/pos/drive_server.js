import { ConnectionLostError, RPCError } from "@web/core/network/rpc";

/** Does what can wait: not without network, nor for somebody who is no cashier of the drive. */
export async function tryServer(call) {
    try {
        await call();
    } catch (error) {
        if (!(error instanceof ConnectionLostError || error instanceof RPCError)) {
            throw error;
        }
    }
}
