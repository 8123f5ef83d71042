from . import api, basket, card, checkout, me, on_behalf, orders, portal, privacy, shop, sign_in, slots
