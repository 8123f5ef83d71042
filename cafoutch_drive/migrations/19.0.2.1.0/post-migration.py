from odoo import SUPERUSER_ID, api
from odoo.tools import sql


def migrate(cr, version):
    """Move what people avoid to eat to where nobody has a right, hide contacts from who has no
    work with them, and have tills forget the numbers of cards."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    _move_avoided(env)
    _narrow_contacts(env)
    _forget_cards(env)


def _move_avoided(env):
    """Nothing of it stays where it was."""
    if not sql.table_exists(env.cr, "drive_allergen_partner_rel"):
        return
    env.cr.execute(
        """SELECT avoided.partner_id, avoided.allergen_id, partner.drive_avoid_since AS since
             FROM drive_allergen_partner_rel avoided JOIN res_partner partner ON partner.id = avoided.partner_id"""
    )
    env["drive.avoidance"].create(env.cr.dictfetchall())
    env.cr.execute("DROP TABLE drive_allergen_partner_rel")
    env.cr.execute("ALTER TABLE res_partner DROP COLUMN drive_avoid_since")


def _narrow_contacts(env):
    """It was off at first; where somebody switched it off again, that was a decision."""
    policies = env["drive.policy"].search([("narrow_contacts", "=", False)])
    decided = env["mail.tracking.value"].search(
        [
            ("field_id.model", "=", "drive.policy"),
            ("field_id.name", "=", "narrow_contacts"),
            ("new_value_integer", "=", 0),
            ("mail_message_id.res_id", "in", policies.ids),
        ]
    )
    kept = decided.mail_message_id.mapped("res_id")
    policies.filtered(lambda policy: policy.id not in kept).narrow_contacts = True


def _forget_cards(env):
    """Tills keep what they have loaded, the numbers of cards among it, until this changes."""
    env["pos.config"].with_context(active_test=False).search([]).last_data_change = env.cr.now()
