from . import test_basket, test_confirm, test_slots
