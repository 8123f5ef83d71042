import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { PosStore } from "@point_of_sale/app/services/pos_store";

/**
 * What was in a crate that nobody found comes off the ticket, and is noted there as missing.
 * Which article is in which crate is not noted: a crate has the articles of its storage class.
 */
patch(PosStore.prototype, {
    /**
     * The articles of a storage class that are on a basket's ticket.
     *
     * @returns {Array<{id: number, name: string, text: string}>} by order line
     */
    driveArticles(orderId, storageClass) {
        const articles = new Map();
        for (const line of this.driveTicketLines(orderId)) {
            const saleLine = line.sale_order_line_id;
            if (saleLine?.drive_storage_class === storageClass) {
                const { id } = saleLine;
                const known = articles.get(id) || {
                    id,
                    name: line.getFullProductName(),
                    texts: [],
                };
                known.texts.push(quantityText(line));
                articles.set(id, known);
            }
        }
        return [...articles.values()].map(({ texts, ...article }) => ({
            ...article,
            text: texts.join(" + "),
        }));
    },
    driveTicketLines(orderId) {
        const lines = this.findDriveTicket(orderId)?.lines || [];
        return lines.filter((line) => line.sale_order_origin_id?.id === orderId);
    },
    /**
     * Takes articles off the ticket that nobody found; where nothing else is left of the
     * basket, it is closed.
     *
     * @param {Array<number>} saleLineIds
     */
    async takeOffDriveArticles(orderId, saleLineIds) {
        const ticket = this.findDriveTicket(orderId);
        const articles = this.driveTicketLines(orderId).filter((line) => line.sale_order_line_id);
        const gone = articles.filter((line) => saleLineIds.includes(line.sale_order_line_id.id));
        if (gone.length === articles.length) {
            await this.closeDriveUntaken(ticket);
            return;
        }
        gone.forEach((line) => ticket.removeOrderline(line));
        const missing = Object.fromEntries(saleLineIds.map((id) => [id, "missing"]));
        this.setDriveFates(ticket, { ...this.readDriveFates(ticket), ...missing });
    },
    /** Puts back on the ticket what was taken off it as missing: a crate of its class was found. */
    async putBackDriveArticles(orderId, storageClass) {
        const ticket = this.findDriveTicket(orderId);
        const fates = ticket ? this.readDriveFates(ticket) : {};
        const saleOrder = this.models["sale.order"].get(orderId);
        const found = saleOrder.order_line
            .filter((line) => line.drive_storage_class === storageClass)
            .map((line) => line.id)
            .filter((id) => fates[id] === "missing");
        if (!found.length) {
            return;
        }
        const rows = await this.readDriveRows(ticket, orderId);
        const onTicket = ticket.lines.map((line) => line.sale_order_line_id?.id);
        rows.filter((row) => found.includes(row.sale_line_id))
            .filter((row) => !onTicket.includes(row.sale_line_id))
            .forEach((row) => this.addDriveLine(ticket, saleOrder, this.readDriveLine(row)));
        found.forEach((id) => delete fates[id]);
        this.setDriveFates(ticket, fates);
        this.notification.add(_t("Its articles are on the ticket again."), { type: "info" });
    },
    /**
     * Keeps with the ticket, on this device, what the server gave to sell of a basket:
     * `{order id: rows}`.
     *
     * @param {Object} answer of `drive_till_open`
     */
    keepDriveRows(ticket, { order, lines }) {
        ticket.uiState.driveRows = { ...ticket.uiState.driveRows, [order.id]: lines };
        // Odoo writes a ticket when a field of it changes, and this is none.
        this.data.debouncedSynchronizeLocalDataInIndexedDB();
    },
    /** What the server gave to sell of a basket; asked again by a till that has forgotten it. */
    async readDriveRows(ticket, orderId) {
        if (!ticket.uiState.driveRows?.[orderId]) {
            const answer = await this.askDriveServer("drive_till_open", [
                this.config.id,
                orderId,
                null,
            ]);
            if (!answer?.lines) {
                return [];
            }
            this.keepDriveRows(ticket, answer);
        }
        return ticket.uiState.driveRows[orderId];
    },
    /** What was said of what a ticket leaves of its baskets: `{order line id: fate}`. */
    readDriveFates(ticket) {
        return JSON.parse(ticket.drive_refused || "{}");
    },
    setDriveFates(ticket, fates) {
        ticket.drive_refused = Object.keys(fates).length ? JSON.stringify(fates) : false;
    },
});

/** Such as "1.13 kg", or "2" of what is sold by the piece. */
function quantityText(line) {
    const unit = line.getUnit();
    const { qtyStr } = line.getQuantityStr();
    return unit && !unit.is_pos_groupable ? `${qtyStr} ${unit.name}` : qtyStr;
}
