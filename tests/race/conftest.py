"""Shops of their own for the races: no other test may change what they count."""

from pathlib import Path

import pytest

import database
import postgres
from extent import CROWDS, FULL, SERVERS
from results import Log, Race, table
from shop import Shop
from support import run_check

_races = []
_told = []
_counts = []


@pytest.fixture(scope="session")
def race_shop(session_database):
    """The one shop of the races and its members, whichever server opens it."""
    return Shop(session_database("empty"), crowd=max(CROWDS))


@pytest.fixture(scope="session", params=SERVERS, ids=lambda workers: f"{workers} workers" if workers else "threads")
def shop(request, race_shop, session_server):
    """The shop, open: behind a proxy that queues, as in production, or with threads."""
    server = session_server(name=race_shop.database, workers=request.param)
    yield race_shop.open(server)
    server.stop()


@pytest.fixture
def clean_shop(shop):
    shop.empty_baskets()
    return shop


@pytest.fixture
def race(clean_shop):
    """`race(name, clients)`: a race on the shop, which is in the table at the end of the run."""

    def begin(name, clients, **options):
        _races.append(Race(clean_shop, name, clients, **options))
        return _races[-1]

    return begin


@pytest.fixture
def told():
    """`told(line)`: it is under the table at the end of the run."""
    return _told.append


@pytest.fixture
def server_log(shop):
    """What the server has logged since the test began."""
    return Log(Path(shop.log)).read


@pytest.fixture
def psql(shop):
    return lambda statement: postgres.psql(statement, shop.database)


@pytest.fixture
def check():
    """Run `script/check` on a shop: how it ends, and what it prints."""
    return run_check


MUTANTS = sorted(path.name for path in (Path(__file__).parents[1] / "mutants").glob("drive_mutant_*"))
# In the short form one server lacks these guards together; in full each is alone.
TOGETHER = (
    "drive_mutant_hold",
    "drive_mutant_confirm",
    "drive_mutant_key",
    "drive_mutant_change",
    "drive_mutant_offer",
)


@pytest.fixture(scope="session")
def mutants(session_mutant_database, session_server):
    """A function that opens a shop which lacks some guards; with threads and no queue, for the sharpest race."""
    shop = Shop(session_mutant_database(MUTANTS, "empty"))
    running = {}

    def start(*names):
        if names not in running:
            for server in running.values():
                server.stop()
            running.clear()
            postgres.psql(
                "UPDATE ir_module_module SET state = CASE WHEN name IN "
                f"({', '.join(map(database.literal, names))}) THEN 'installed' ELSE 'uninstalled' END"
                " WHERE name LIKE 'drive_mutant_%'",
                shop.database,
            )
            running[names] = session_server(name=shop.database)
            shop.open(running[names], queue=False)
        return shop

    return start


@pytest.fixture
def mutant_shop(mutants):
    return lambda mutant: mutants(*([mutant] if FULL else TOGETHER))


@pytest.fixture
def record_counts():
    """A function that keeps a line for the end of the run."""
    return _counts.append


def pytest_terminal_summary(terminalreporter):
    if _counts:
        terminalreporter.section("requests that make no sense")
        for line in _counts:
            terminalreporter.write_line(line)
    if _races:
        terminalreporter.section("races")
        for line in table(_races):
            terminalreporter.write_line(line)
    if _told:
        terminalreporter.section("several servers")
        for line in _told:
            terminalreporter.write_line(line)
