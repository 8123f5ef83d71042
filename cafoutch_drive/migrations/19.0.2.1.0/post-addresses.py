def migrate(cr, version):
    """What members made on the portal, and nobody gave an account, is an address; and
    addresses have no membership."""
    cr.execute(
        """UPDATE res_partner p SET type = 'delivery'
             FROM res_users maker
            WHERE maker.id = p.create_uid AND maker.share AND p.parent_id IS NOT NULL
              AND p.type NOT IN ('invoice', 'delivery') AND p.coop_number IS NULL
              AND NOT EXISTS (SELECT FROM res_users u WHERE u.partner_id = p.id)"""
    )
    cr.execute(
        """UPDATE res_partner SET coop_state = NULL, coop_state_until = NULL, drive_exception_until = NULL
            WHERE parent_id IS NOT NULL AND type IN ('invoice', 'delivery') AND coop_state IS NOT NULL"""
    )
