from . import api, basket, card, checkout, orders, portal, shop, slots
