import { markRaw, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError, RPCError } from "@web/core/network/rpc";
import { useService } from "@web/core/utils/hooks";

/**
 * Calls the server for the board, one call at a time: a second tap while the first is
 * under way does nothing. What goes wrong becomes a sentence in `notice`, never a dialog
 * with a traceback.
 */
export class PreparationClient {
    constructor(orm) {
        this.orm = markRaw(orm);
        this.busy = false;
        this.calls = 0;
        this.idle = Promise.resolve();
        this.notice = "";
    }

    /**
     * @param {string} method of `drive.preparation`
     * @param {Array} args
     * @returns {Promise<Object|null>} null when it did not reach the server or
     *  another call is under way
     */
    async call(method, args = []) {
        if (this.busy) {
            return null;
        }
        this.busy = true;
        this.calls++;
        let done;
        this.idle = new Promise((resolve) => (done = resolve));
        try {
            const answer = await this.read(method, args);
            this.notice = answer.refused || "";
            return answer;
        } catch (error) {
            this.notice = this.explain(error);
            return null;
        } finally {
            this.busy = false;
            done();
        }
    }

    /** The same, in the background: neither busy nor able to complain. */
    async read(method, args = []) {
        const answer = await this.orm.silent.call("drive.preparation", method, args);
        // The clock of a phone may be wrong by hours.
        return { ...answer, skew: Date.now() - (answer.now || Date.now()) };
    }

    explain(error) {
        if (error instanceof ConnectionLostError) {
            return _t("There is no network: try again in a moment.");
        }
        if (!(error instanceof RPCError)) {
            throw error;
        }
        if (error.exceptionName === "odoo.exceptions.AccessError") {
            return error.data.message;
        }
        if (error.exceptionName?.endsWith("SessionExpiredException")) {
            return _t("You have been signed out. Reload the page and sign in again.");
        }
        return _t("That did not work, and nothing was changed. Please try again.");
    }
}

export function usePreparationClient() {
    return useState(new PreparationClient(useService("orm")));
}
