import json

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

# Accounting, which names people as long as the law asks.
ACCOUNTING = (
    "account.move",
    "account.move.line",
    "account.payment",
    "account.bank.statement.line",
    "payment.transaction",
)
# Shorter texts would be found in others' names.
SHORTEST_NEEDLE = 5


class ResPartner(models.Model):
    """Where else a person who is forgotten is named: conversations, copies."""

    _inherit = "res.partner"

    def _drive_erase_conversations(self, keep_invoices):
        """Messages, mails and activities about these people and their orders, and what
        they wrote themselves."""
        documents = self._drive_documents(keep_invoices)
        about = Domain.OR(
            Domain("model", "=", model) & Domain("res_id", "in", ids) for model, ids in documents.items()
        )
        messages = self.env["mail.message"].sudo()
        found = messages.search(about | Domain("author_id", "in", self.ids))
        told = messages.search(Domain("partner_ids", "in", self.ids) | Domain("notified_partner_ids", "in", self.ids))
        found |= told.filtered(lambda message: not message.partner_ids - self and message.model not in ACCOUNTING)
        mails = self.env["mail.mail"].search(
            Domain("recipient_ids", "in", self.ids)
            | Domain.OR(Domain("email_to", "ilike", email) for email in self.mapped("email_normalized") if email)
        )
        if keep_invoices:
            mails = mails.filtered(lambda mail: mail.model not in ACCOUNTING)
            found = found.filtered(lambda message: message.model not in ACCOUNTING)
        mails.unlink()
        found.exists().unlink()
        self.env["mail.activity"].search(
            Domain.OR(
                Domain("res_model", "=", model) & Domain("res_id", "in", ids) for model, ids in documents.items()
            )
        ).unlink()
        self.env["mail.followers"].search([("partner_id", "in", self.ids)]).unlink()
        self.env["discuss.channel.member"].search([("partner_id", "in", self.ids)]).unlink()

    def _drive_documents(self, keep_invoices):
        """The records whose conversations are about these people.

        :return: ``{model: ids}``: the contacts, and what names one as its partner, in
            whichever addon
        """
        found = {"res.partner": self.ids, "res.users": self.with_context(active_test=False).user_ids.ids}
        for name, model in self.env.registry.items():
            field = model._fields.get("partner_id")
            if (
                model._abstract
                or model._transient
                or not model._auto
                or name in found
                or (keep_invoices and name in ACCOUNTING)
                or "message_ids" not in model._fields
                or field is None
                or not field.store
                or field.comodel_name != "res.partner"
            ):
                continue
            records = self.env[name].with_context(active_test=False).search([("partner_id", "in", self.ids)])
            found[name] = records.ids
        return found

    def _drive_needles(self):
        """The texts by which these people are found elsewhere, and what replaces them:
        ``{text: replacement}``, the longest first."""
        found = {}
        for partner in self:
            for text in (
                partner.name,
                partner.email,
                partner.email_normalized,
                partner.email_formatted,
                partner.phone,
                partner.phone_sanitized,
                *partner.with_context(active_test=False).user_ids.mapped("login"),
            ):
                if text and len(text) >= SHORTEST_NEEDLE:
                    found[text] = partner._drive_nobody() if text == partner.name else "-"
        return dict(sorted(found.items(), key=lambda pair: -len(pair[0])))

    def _drive_erase_traces(self, needles, keep_invoices):
        """Replace the person's name in the rows that point to them: copies that Odoo
        and other addons keep beside the link, such as the name on a payment.

        Only there: somebody else may have the same name.
        """
        kept = {self.env[name]._table for name in ACCOUNTING if name in self.env} if keep_invoices else set()
        for table, links in self._drive_pointing_tables().items():
            if table in kept or (table == "res_partner" and keep_invoices):
                continue
            condition = SQL(" OR ").join(SQL("%s IN %s", SQL.identifier(link), tuple(self.ids)) for link in links)
            self._drive_replace_in(table, condition, needles)
        self._drive_replace_in(
            "mail_tracking_value",
            SQL("old_value_integer IN %(ids)s OR new_value_integer IN %(ids)s", ids=tuple(self.ids)),
            needles,
        )
        for text in needles:
            # Live updates wait here for a day; they are of no use to anybody later.
            self.env.cr.execute(SQL("DELETE FROM bus_bus WHERE strpos(message, %s) > 0", text))

    def _drive_pointing_tables(self):
        """``{table: columns}`` of what points to contacts, and the contacts themselves."""
        found = {"res_partner": ["id"]}
        for name, model in self.env.registry.items():
            if model._abstract or not model._auto:
                continue
            for field in model._fields.values():
                if field.type == "many2one" and field.store and field.comodel_name == "res.partner":
                    found.setdefault(self.env[name]._table, []).append(field.name)
        return found

    def _drive_replace_in(self, table, condition, needles):
        columns = self.env.execute_query(
            SQL(
                "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = current_schema()"
                " AND table_name = %s AND data_type IN ('character varying', 'text', 'jsonb')",
                table,
            )
        )
        for column, kind in columns:
            for pair in needles.items():
                if kind == "jsonb":
                    pair = [json.dumps(value, ensure_ascii=False)[1:-1] for value in pair]  # noqa: PLW2901
                text, replacement = pair
                self.env.cr.execute(
                    SQL(
                        "UPDATE %(table)s SET %(column)s = replace(%(column)s::text, %(text)s, %(other)s)%(cast)s"
                        " WHERE (%(condition)s) AND strpos(%(column)s::text, %(text)s) > 0",
                        table=SQL.identifier(table),
                        column=SQL.identifier(column),
                        text=text,
                        other=replacement,
                        cast=SQL("::jsonb") if kind == "jsonb" else SQL(""),
                        condition=condition,
                    )
                )
