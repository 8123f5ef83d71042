import random

from odoo.addons.cafoutch_drive.tools import locking

take = locking._take


def _take(env, classes, ids, lock_timeout_ms):
    """Everybody takes what they need in an order of their own."""
    pairs = list(zip(classes, ids, strict=True))
    random.shuffle(pairs)
    take(env, [pair[0] for pair in pairs], [pair[1] for pair in pairs], lock_timeout_ms)


locking._take = _take
