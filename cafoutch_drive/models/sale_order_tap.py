from odoo import api, models
from odoo.tools import SQL, ormcache

from .sale_order_amounts import AMOUNTS

# Read by name: an order, a line and a product have some three hundred columns, and each
# tap would read them all.
BASKET_COLUMNS = (
    "is_drive",
    "partner_id",
    "company_id",
    "pricelist_id",
    "currency_id",
    "payment_term_id",
    "warehouse_id",
    "state",
    "amount_total",
    "drive_state",
    "drive_booking_id",
    "drive_point_id",
    "drive_sequences",
)
LINE_COLUMNS = (
    "order_id",
    "product_id",
    "product_uom_id",
    "product_uom_qty",
    "price_unit",
    "technical_price_unit",
    "price_total",
    "drive_ceiling",
    "drive_price_seen",
)
# Amounts kept; some 500 bytes each.
AMOUNTS_KEPT = 20000
# What Odoo stores and works out again when a quantity changes: written with it, or the
# same for all baskets, of which nothing is invoiced.
FOLLOWS = {
    "sale.order": {"amount_untaxed", "amount_tax", "amount_total", "amount_unpaid", "invoice_status"},
    "sale.order.line": {*AMOUNTS, "invoice_status", "qty_to_invoice", "untaxed_amount_to_invoice"},
}


class SaleOrder(models.Model):
    """Changing how much of an article a basket holds: most of what the shop is asked.

    What a line comes to is the same for everybody with one pricelist, so Odoo works it out
    once for each product and quantity, until the catalogue changes. Then it is known, and
    written with the basket's new total in one statement.
    """

    _inherit = "sale.order"

    def _drive_line_of(self, product):
        """The line of a product, empty when the basket holds none of it."""
        mine = [("order_id", "=", self.id), ("product_id", "=", product.id)]
        return self.env["sale.order.line"].search_fetch(mine, LINE_COLUMNS, order="sequence, id", limit=1)

    def _drive_write_quantity(self, line, quantity, notes, facts):
        """Set the quantity of an article that is in the basket.

        :param dict notes: what a tap writes on the basket besides
        :param dict facts: of :meth:`_drive_price_facts`
        :return: what the line and the basket come to, as ``_drive_totals``, and a message
        """
        amounts = facts["contents"].amounts
        key = (line.product_id.id, quantity, *facts["taxes"])
        shared = facts["shared"] and line.price_unit == line.technical_price_unit
        if shared and key in amounts and facts["adds_up"] and self._drive_amounts_are_all():
            return self._drive_write_known(line, {"product_uom_qty": quantity, **amounts[key]}, notes), ""
        line.product_uom_qty = quantity
        self.write(notes)
        if shared:
            if len(amounts) >= AMOUNTS_KEPT:
                amounts.clear()
            amounts[key] = {name: line[name] for name in AMOUNTS if line._fields[name].store}
        return self._drive_totals(line), ""

    def _drive_price_facts(self, line):
        """What says whether prices have changed, and the amounts of a line are
        everybody's, in one query.

        :param line: of the article, or none
        :return: dict of ``catalogue``, ``pricelist`` and ``contents``, so that nobody reads
            the basket again once it is written; ``gone``, ids of what the basket held
            and is no longer sold; ``moved``, see ``drive.catalogue._moved_prices``, of the
            others; and for a line ``shared``, whether currency and
            unit are those of everybody with this pricelist; ``adds_up``, see
            :meth:`_drive_adds_up`; ``taxes``, ids in their order
        """
        self.env.flush_all()
        [facts] = self.env.execute_query_dict(
            SQL(
                """SELECT %s AS version, %s AS seen,
                          o.currency_id = c.currency_id AS own_currency,
                          c.tax_calculation_rounding_method = 'round_per_line' AS by_line,
                          ARRAY(SELECT account_tax_id FROM account_tax_sale_order_line_rel
                                 WHERE sale_order_line_id = %s ORDER BY account_tax_id) AS taxes
                     FROM sale_order o
                     JOIN res_company c ON c.id = o.company_id
                    WHERE o.id = %s""",
                self.env["drive.catalogue.change"]._sql_version(),
                self._drive_sql_seen(),
                line.id or None,
                self.id,
            )
        )
        catalogue = self.env["drive.catalogue"].with_company(self.company_id)
        pricelist = self.pricelist_id
        contents = catalogue._contents(pricelist, facts["version"])
        seen = facts["seen"] or ()
        gone = catalogue._gone_ids(contents, [number for number, _price in seen])
        sold = [line for line in seen if line[0] not in gone]
        return {
            **facts,
            "catalogue": catalogue,
            "pricelist": pricelist,
            "contents": contents,
            "gone": gone,
            "moved": catalogue._moved_prices(contents, pricelist, sold),
            "shared": facts["own_currency"] and line.product_uom_id == line.product_id.uom_id,
            "adds_up": facts["by_line"] and self._drive_term_adds_up(),
        }

    @api.model
    @ormcache()
    def _drive_amounts_are_all(self):
        """Whether all that is stored and follows from a quantity is known here. Where another
        addon stores more, such as a margin or a weight, Odoo writes each change."""
        lines = self.env["sale.order.line"]
        return all(
            field.name in FOLLOWS.get(field.model_name, ())
            for name in ("product_uom_qty", *AMOUNTS)
            for field in self.pool.get_dependent_fields(lines._fields[name])
            if field.store
        )

    def _drive_write_known(self, line, values, notes):
        """Write a line whose amounts are known, the basket's totals and ``notes``.

        :return: as ``_drive_totals``
        """
        written = {
            **{name: self._fields[name].convert_to_column_insert(value, self) for name, value in notes.items()},
            "write_uid": self.env.uid,
        }
        [(line_total, total, count)] = self.env.execute_query(
            SQL(
                """WITH changed AS (
                       UPDATE sale_order_line
                          SET %(line)s, write_uid = %(user)s, write_date = now() AT TIME ZONE 'UTC'
                        WHERE id = %(line_id)s
                    RETURNING price_subtotal, price_total),
                   others AS (
                       SELECT COALESCE(sum(price_subtotal), 0) AS subtotal, COALESCE(sum(price_total), 0) AS total,
                              count(product_id) AS articles
                         FROM sale_order_line
                        WHERE order_id = %(order_id)s AND id <> %(line_id)s AND display_type IS NULL)
                   UPDATE sale_order
                      SET %(order)s, write_date = now() AT TIME ZONE 'UTC',
                          amount_untaxed = price_subtotal + subtotal,
                          amount_total = price_total + total,
                          amount_unpaid = price_total + total,
                          amount_tax = price_total + total - price_subtotal - subtotal
                     FROM changed, others
                    WHERE sale_order.id = %(order_id)s
                RETURNING price_total, amount_total, articles + 1""",
                line=_sql_set(values),
                order=_sql_set(written),
                user=self.env.uid,
                line_id=line.id,
                order_id=self.id,
            )
        )
        # Everything was flushed before, for the facts.
        self.env.invalidate_all(flush=False)
        return {"line_total": float(line_total), "basket_total": float(total), "basket_count": count}


def _sql_set(values):
    return SQL(", ").join(SQL("%s = %s", SQL.identifier(name), value) for name, value in values.items())
