from . import (
    test_access,
    test_back_office,
    test_basket,
    test_confirm,
    test_invariants,
    test_slots,
    test_till,
    test_till_guards,
    test_till_tour,
)
