import { BatchSync } from "@cafoutch_drive/preparation/batch/batch_sync";
import { patch } from "@web/core/utils/patch";

patch(BatchSync.prototype, {
    /** What was sent without an answer is sent again as if it were something else. */
    async sendRun(batchId, ops) {
        const went = await super.sendRun(batchId, ops);
        if (this.offline) {
            await this.book.with(["ops"], "readwrite", async (store) => {
                ops.forEach((op) => store.put({ ...op, uuid: crypto.randomUUID() }));
            });
            await this.book.renew();
        }
        return went;
    },
});
