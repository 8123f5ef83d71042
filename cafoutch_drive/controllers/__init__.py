from . import api, basket, checkout, orders, portal, shop, slots
