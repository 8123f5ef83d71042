"""Lock first, snapshot after.

Odoo's transactions are REPEATABLE READ: what a transaction reads is decided
when it begins, so a lock taken inside it shows numbers from before the wait,
and two people get the same last place. Here the lock is taken between two
transactions, and the work begins afterwards, in a fresh snapshot. That is why this
file, and no other, ends transactions by itself.
"""

import random
import time

from psycopg2.errors import LockNotAvailable

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from .refusal import DriveRefused

# One class of advisory locks for each kind of thing; the values also give the
# order in which kinds are taken, the same for everyone, so nobody deadlocks.
LOCK_CLASSES = {
    "household": 0x0D1,
    "slot": 0x0D2,
    "product": 0x0D3,
    "batches": 0x0D4,
}
LOCK_TIMEOUT_MS = 3000
TRIES = 5


def lock_first(env, keys, work, lock_timeout_ms=LOCK_TIMEOUT_MS):
    """Run ``work`` alone on the named things, in a transaction of its own.

    The current transaction is rolled back first: call this before changing
    anything. What ``work`` changed is committed when it returns, and all of it
    is undone when it raises.

    :param env: environment whose cursor is used
    :param keys: pairs ``(kind, id)``, a kind being one of ``LOCK_CLASSES``
    :param work: function without arguments
    :param lock_timeout_ms: longest wait for all the locks, in milliseconds
    :return: what ``work`` returned
    :raise DriveRefused: code ``busy``, when the locks were not free in time
    """
    cr = env.cr
    pairs = sorted({(LOCK_CLASSES[kind], record_id) for kind, record_id in keys})
    classes = [lock_class for lock_class, _id in pairs]
    ids = [record_id for _class, record_id in pairs]
    cr.rollback()
    try:
        _take(env, classes, ids, lock_timeout_ms)
        return _run(cr, work)
    finally:
        # Session locks outlive the transaction: give back ours, whatever happened.
        cr.rollback()
        cr.execute(
            "SELECT pg_advisory_unlock(class, id)  FROM unnest(%s::int[], %s::int[]) AS t(class, id)",
            (classes, ids),
        )
        cr.commit()  # pylint: disable=invalid-commit


def _take(env, classes, ids, lock_timeout_ms):
    cr = env.cr
    try:
        # Two statements, sent together.
        cr.execute(
            "SELECT set_config('lock_timeout', %s, true);"
            " SELECT pg_advisory_lock(class, id) FROM unnest(%s::int[], %s::int[]) AS t(class, id)",
            (f"{lock_timeout_ms}ms", classes, ids),
            log_exceptions=False,
        )
    except LockNotAvailable as error:
        cr.rollback()
        message = env._("Many people are ordering right now. Nothing was changed: please try again in a moment.")
        raise DriveRefused("busy", message) from error
    # The end of this transaction is what makes the next snapshot a fresh one.
    cr.commit()  # pylint: disable=invalid-commit


def _run(cr, work):
    """Run and commit ``work``; try again, shortly, where others wrote meanwhile.

    The locks keep our own people apart. Only someone who does not take them
    (the till, the back office) can cause a conflict, and it is short.
    """
    for remaining in reversed(range(TRIES)):
        try:
            result = work()
            cr.commit()  # pylint: disable=invalid-commit
            return result
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            cr.rollback()
            if not remaining:
                raise
            # Apart from each other; nothing secret hangs on it.
            time.sleep(random.uniform(0.002, 0.040))  # noqa: S311
    raise AssertionError("unreachable")
