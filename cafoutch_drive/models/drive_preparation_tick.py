from odoo import api, fields, models
from odoo.tools import SQL

# Codes of refusals that say: what the screen showed is not so any more.
CONFLICTS = frozenset({"noted", "changed", "no_move", "not_found", "not_preparing", "not_confirmed", "other_batch"})
# More are none that a screen sends at once; what is left is sent next.
MOST_OPS = 200
LONGEST_ID = 64
# Ticks are kept so long; the last one of each screen for good: it says which comes next.
KEPT_DAYS = 30


class DrivePreparationTick(models.Model):
    """One thing that a preparer did, as it was sent: done once, whatever is sent again.

    A screen numbers what it does, without a gap. Each is written here with its answer in
    the transaction that does it, so that one that is sent again is answered as the first
    time and changes nothing, and one that comes too early waits for those before it.
    """

    _name = "drive.preparation.tick"
    _description = "What a preparer did, once"

    uuid = fields.Char(required=True, readonly=True)
    device = fields.Char(required=True, readonly=True)
    no = fields.Integer(string="Number", required=True, readonly=True)
    batch_id = fields.Many2one("stock.picking.batch", readonly=True, ondelete="set null", index="btree_not_null")
    kind = fields.Char(readonly=True)
    outcome = fields.Char(readonly=True)
    message = fields.Char(readonly=True)

    _uuid_uniq = models.UniqueIndex("(uuid)", "This was noted already.")
    _device_uniq = models.UniqueIndex("(device, no)", "This was noted already.")

    @api.model
    def _claim(self, batch, device, op):
        """Write that this is done, before it is.

        A screen that sends the same twice at once waits here for itself: PostgreSQL then
        refuses what was written meanwhile, and Odoo runs it again on what was done.

        :return: the new tick
        """
        self.env.cr.execute(
            SQL(
                """INSERT INTO drive_preparation_tick
                          (uuid, device, no, batch_id, kind, create_uid, create_date, write_uid, write_date)
                   VALUES (%s, %s, %s, %s, %s, %s, now() AT TIME ZONE 'UTC', %s, now() AT TIME ZONE 'UTC')
                       ON CONFLICT DO NOTHING
                RETURNING id""",
                op["uuid"],
                device,
                op["no"],
                batch.id,
                op["kind"],
                self.env.uid,
                self.env.uid,
            ),
            log_exceptions=False,
        )
        [(tick_id,)] = self.env.cr.fetchall()
        return self.browse(tick_id)

    @api.model
    def _read(self, device, ops):
        """Return the ticks of these that were done, and the number of the screen's next one."""
        uuids, numbers = [op["uuid"] for op in ops], [op["no"] for op in ops]
        known = self.search(["|", ("uuid", "in", uuids), "&", ("device", "=", device), ("no", "in", numbers)])
        [[last]] = self.env.execute_query(
            SQL("SELECT COALESCE(max(no), 0) FROM drive_preparation_tick WHERE device = %s", device)
        )
        return known, last + 1

    @api.autovacuum
    def _gc_ticks(self):
        self.env.cr.execute(
            SQL(
                """DELETE FROM drive_preparation_tick t
                    WHERE create_date < (now() AT TIME ZONE 'UTC') - %s * interval '1 day'
                      AND EXISTS (SELECT FROM drive_preparation_tick l WHERE l.device = t.device AND l.no > t.no)""",
                KEPT_DAYS,
            )
        )
