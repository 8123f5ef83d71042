"""Which pages are read from a streaming replica of the database, where Odoo has one.

Odoo reads a ``readonly`` route from the server named by ``db_replica_host``, however far it
is behind. Here is when a page may be:

- whoever wrote something reads from the primary for ``SECONDS`` more: each answer to a
  request that may write carries a cookie that ends by itself;
- a replica is read from as long as this process knows that it holds all that was committed
  ``SECONDS`` ago. So what a person wrote is on the page, whichever server it comes from;
- one that is further behind is left for twenty minutes, as Odoo does with one that does not
  answer, by all that this process does;
- a process that answers several requests at once has no replica. Its caches are shared: a
  request that reads an old row from the replica could put it there after another has seen
  on the primary that it changed, and nothing would empty that cache again;
- what is done on the primary, a request or a job, is preceded by its signals about caches:
  Odoo has read those of the replica.

Without a replica nothing of this costs a query, and no cookie is set.
"""

import logging
import time
from contextlib import closing, contextmanager
from math import inf

from psycopg2.errors import ReadOnlySqlTransaction

import odoo
from odoo.http import request
from odoo.tools import config

_logger = logging.getLogger(__name__)

COOKIE = "drive_wrote"
SECONDS = 5
# How often a process asks both servers how far they are; less than SECONDS.
JUDGED_EVERY = 1
ONLY_READS = "cafoutch_drive.only_reads"


class Freshness:
    """How far the replica of a database is, as this process has seen it.

    No clock of another machine takes part, nor the time of the last commit, which is old
    where nobody writes: a position in the primary's log, and the moment when it was asked.
    """

    def __init__(self):
        self.judged = -inf
        # All that was committed before this moment is on the replica.
        self.moment = -inf
        # The oldest position that the replica was not seen to have reached: (moment, position).
        self.awaited = None

    def learn(self, moment, primary, reached):
        """Take note of how far both are.

        :param moment: when the primary was asked, in seconds of a clock that never jumps
        :param primary: bytes of the log that it has written
        :param reached: bytes that the replica, asked afterwards, has replayed; ``None``
            where it is no replica
        :return: whether the replica is less than ``SECONDS`` behind
        """
        self.judged = moment
        reached = -1 if reached is None else reached
        if reached >= primary:
            self.moment, self.awaited = moment, None
            return True
        if self.awaited and reached >= self.awaited[1]:
            self.moment, self.awaited = self.awaited[0], None
        self.awaited = self.awaited or (moment, primary)
        return moment - self.awaited[0] <= SECONDS


_known = {}


def is_configured():
    """Whether this Odoo was told of a replica."""
    return bool(config["db_replica_host"])


def from_replica(_controller, _rule, _arguments):
    """``readonly`` of a route: it reads, and where there is a replica that may be read by who asks,
    from there.

    :rtype: bool
    """
    if not is_configured():
        return True
    request.httprequest.environ[ONLY_READS] = True
    return COOKIE not in request.httprequest.cookies and _is_fresh()


def from_primary(_controller, _rule, _arguments):
    """``readonly`` of a route that reads, but never from a replica: a page that is opened from a
    mail, which may be there sooner than what it tells of.

    :rtype: bool
    """
    if not is_configured():
        return True
    request.httprequest.environ[ONLY_READS] = True
    return False


def _is_fresh():
    """Whether this request's transaction, on the replica, sees all that was committed ``SECONDS`` ago.

    What this request learns is for the next: its own snapshot is older.
    """
    replica = request.env.cr
    if not replica.readonly:
        # There was none: Odoo goes on with the primary.
        return True
    registry = request.registry
    known = _known.setdefault(registry.db_name, Freshness())
    moment = time.monotonic()
    fresh = moment - known.moment <= SECONDS
    if moment - known.judged >= JUDGED_EVERY:
        with closing(registry.cursor()) as primary:
            primary.execute("SELECT (pg_current_wal_lsn() - '0/0')::bigint")
            [written] = primary.fetchone()
        replica.execute("SELECT (pg_last_wal_replay_lsn() - '0/0')::bigint")
        [reached] = replica.fetchone()
        if not known.learn(moment, written, reached):
            _logger.warning("The replica is more than %s s behind: pages are read from the primary.", SECONDS)
            registry._db_readonly_failed_time = moment
    return fresh


def leave_if_shared(registry):
    """Give up the replica in a process that answers several requests at once."""
    if is_configured() and (not config["workers"] or odoo.evented):
        registry._db_readonly = None


def begin(endpoint):
    """Before a request is answered: on the primary, see what has changed there, and have who may
    write something read from there afterwards."""
    if not is_configured() or request.env.cr.readonly:
        return
    _see_changes(request.env)
    request.registry = request.env.registry
    if endpoint.routing["readonly"] is not True and not request.httprequest.environ.get(ONLY_READS):
        request.future_response.set_cookie(COOKIE, "1", max_age=SECONDS, expires=None, httponly=True, samesite="Lax")


def begin_job(env):
    """Before a job, which works on the primary, and whose process never learns how far the replica
    is: it reads no page."""
    if is_configured():
        _see_changes(env)


def _see_changes(env):
    """Empty the caches of what has changed as the environment's own cursor sees it."""
    registry = env.registry.check_signaling(env.cr)
    if registry is not env.registry:
        env.transaction.reset()


@contextmanager
def or_primary():
    """Where the replica goes away inside the block, Odoo asks the primary in its place."""
    try:
        yield
    except Exception as error:
        cursor = request.env.cr
        if is_configured() and cursor.readonly and cursor.closed:
            # As if the page had written: that is what Odoo begins anew for.
            raise ReadOnlySqlTransaction("The replica is gone") from error
        raise
