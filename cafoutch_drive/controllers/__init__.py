from . import api, basket, card, checkout, me, on_behalf, orders, portal, shop, sign_in, slots
