# Actions of Odoo's whose lists leave baskets out; see views/sale_order_quotations.xml.
WITHOUT_BASKETS = ("sale.action_quotations_with_onboarding", "sale.action_quotations", "sale.action_orders")


def uninstall_hook(env):
    """Give Odoo's lists of quotations their own domain back, which is none: with ours
    they would ask for a field that is gone."""
    for name in WITHOUT_BASKETS:
        action = env.ref(name, raise_if_not_found=False)
        if action:
            action.domain = False
