"""What the end-to-end tests share: databases, servers, a browser.

Fixtures to use in a test:

- `server`: the address of a shop with demo data, shared by the whole run;
  `new_server(kind="demo", workers=0)`: a shop of the file's own, with threads or with
  that many processes behind HAProxy, `tls=True`: as in production; `new_database(kind)`: a database without a server.
- `page`, `phone`: a browser page on `server`, at 1280 and 360 px; `new_page(...)` for others.
- `sign_in(page, login)`, `axe(page)`, `odoo_rpc(login)`, `screenshots`;
- `sql(statement, *values)` on the shop of `server`, `query(statement, *values)` on `shop`, a fixture
  of the file's own;
- `preparers`, by login, and `call`, the first of them: volunteers at the baskets of that `shop`.

A traceback in a server's log, an uncaught error in a page, or what a page's Content-Security-Policy
refuses, fails the test that caused it.
A failing test leaves pictures of its pages in `screenshots`/failures.
"""

import contextlib
import itertools
import os
import re
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

import database
import odoo_command
import programs
from common import ROOT, STATE, TEST_LOGS
from extent import FULL
from preparing import Preparer
from serving import Server, TlsServer
from support import WCAG, Rpc, statements

CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
MUTANTS = Path(__file__).parent / "mutants"
TRACEBACK = "Traceback (most recent call last)"
# In what a browser says when it refuses something.
POLICY = "Content Security Policy"

# Tests of a file that is not part of the project: not collected without it.
collect_ignore = [] if os.environ.get("DRIVE_REAL_PRODUCTS") else ["test_real_products.py"]

# The longest that a page may take to show something, on a machine with other tests beside.
expect.set_options(timeout=15_000)

_numbers = itertools.count(1)
_servers = []


@pytest.fixture(scope="session")
def screenshots() -> Path:
    folder = Path(os.environ.get("DRIVE_SCREENSHOTS", STATE / "screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


# Databases and servers


@pytest.fixture(scope="session")
def postgresql():
    with database.for_tests():
        # For psycopg2 here and for every program started from here.
        os.environ.update(odoo_command.environment())
        yield


@contextlib.contextmanager
def databases():
    """A function that makes a database of a kind ("demo", "empty"); all are dropped at the end."""
    made = []

    def make(kind: str = "demo") -> str:
        name = f"e2e_{os.getpid()}_{next(_numbers)}"
        made.append(name)
        database.create(name, kind)
        return name

    try:
        yield make
    finally:
        for name in made:
            database.drop(name)


@contextlib.contextmanager
def servers(new_database):
    """A function that starts a shop; on a database of its own unless one is named."""
    started = []

    def start(kind: str = "demo", workers: int = 0, name: str | None = None, tls: bool = False) -> Server:
        shop = (TlsServer if tls else Server)(
            name or new_database(kind),
            workers=workers,
            # Nothing happens behind a test's back.
            cron_threads=0,
            log=TEST_LOGS / f"server-{os.getpid()}-{next(_numbers)}.log",
        )
        shop.start()
        started.append(shop)
        _servers.append(shop)
        return shop

    try:
        yield start
    finally:
        for shop in started:
            shop.stop()
            _servers.remove(shop)


@pytest.fixture(scope="module")
def new_database(postgresql):
    with databases() as make:
        yield make


@pytest.fixture(scope="module")
def new_server(new_database):
    with servers(new_database) as start:
        yield start


@pytest.fixture(scope="module")
def preparers(shop):
    return {login: Preparer(shop, login) for login in ("benevole", "benevole2")}


@pytest.fixture
def call(preparers):
    return preparers["benevole"]


@pytest.fixture(scope="session")
def session_database(postgresql):
    with databases() as make:
        yield make


@pytest.fixture(scope="session")
def session_server(session_database):
    with servers(session_database) as start:
        yield start


@pytest.fixture(scope="session")
def demo_db(session_database):
    return session_database("demo")


@pytest.fixture(scope="session")
def server(demo_db, session_server):
    return session_server(name=demo_db).url


@contextlib.contextmanager
def mutant_databases(new_database):
    """A function that makes shops which lack guards: addons of mutants/ took them away."""

    def make(mutants: list[str], kind: str) -> str:
        name = new_database(kind)
        subprocess.run(
            odoo_command.command("-d", name, "-i", ",".join(mutants), "--stop-after-init", "--no-http"),
            env=odoo_command.environment(),
            check=True,
            capture_output=True,
        )
        return name

    with pytest.MonkeyPatch.context() as patch:
        # For their servers too.
        patch.setenv("ODOO_ADDONS_PATH", f"{ROOT},{MUTANTS}")
        yield make


@pytest.fixture
def mutant_database(new_database):
    with mutant_databases(new_database) as make:
        yield lambda mutant, kind: make([mutant], kind)


@pytest.fixture(scope="session")
def session_mutant_database(session_database):
    with mutant_databases(session_database) as make:
        yield make


@pytest.fixture(scope="session")
def sql(demo_db):
    """`sql(statement, *values)`: on the demo database."""
    with statements(demo_db) as execute:
        yield execute


@pytest.fixture(scope="module")
def query(shop):
    """`query(statement, *values)`: on the shop that a file has for itself."""
    with statements(shop.database) as execute:
        yield execute


@pytest.fixture(scope="session")
def odoo_rpc(server, demo_db):
    """`odoo_rpc("membre")("sale.order", "search_read", domain, fields=[...])`"""
    return lambda login: Rpc(server, demo_db, login)


# Browser


@pytest.fixture(scope="session")
def launch():
    """A function that starts a browser, with more of Chromium's options where named."""
    with sync_playwright() as playwright, contextlib.ExitStack() as running:

        def start(*options, **more):
            chromium = playwright.chromium.launch(
                executable_path=str(programs.find("chromium")), args=[*CHROMIUM_OPTIONS, *options], **more
            )
            return running.enter_context(contextlib.closing(chromium))

        yield start


@pytest.fixture(scope="session")
def browser(launch):
    return launch()


@pytest.fixture
def new_page(request, browser, screenshots):
    """A function that opens a page in a browser session of its own.

    `base_url` is `server` unless named; every option of Playwright's `new_context` works
    (`java_script_enabled=False`, `has_touch=True`, `color_scheme="dark"` …).
    """
    contexts, errors = [], []

    def open_page(width: int = 1280, height: int = 800, **options):
        options.setdefault("base_url", None)
        # Where it is not the matter of a test, each request is seen as the page made it.
        options.setdefault("service_workers", "block")
        options["base_url"] = options["base_url"] or request.getfixturevalue("server")
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale="fr-FR",
            timezone_id="Europe/Paris",
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(f"{page.url}: {error}"))
        # What the page's own policy refuses is a fault of the page.
        page.on("console", lambda said: POLICY in said.text and errors.append(f"{page.url}: {said.text}"))
        return page

    yield open_page
    pages = [page for context in contexts for page in context.pages]
    if failed(request.node):
        folder = screenshots / "failures"
        folder.mkdir(exist_ok=True)
        for number, page in enumerate(pages, 1):
            picture = folder / f"{re.sub(r'[^A-Za-z0-9_-]+', '-', request.node.name)}-{number}.png"
            page.screenshot(path=picture, full_page=True)
            print(f"picture of the page: {picture}")
    for context in contexts:
        context.close()
    assert not errors, "uncaught errors in the page:\n" + "\n".join(errors)


@pytest.fixture
def page(new_page):
    return new_page()


@pytest.fixture
def phone(new_page):
    return new_page(360, 740, has_touch=True, is_mobile=True)


@pytest.fixture(scope="session")
def sign_in():
    """A function that signs a person in without showing a page: half of a short test's time.

    What somebody sees and fills in is `support.sign_in_by_form`.
    """

    def sign(page, login: str) -> None:
        form = page.request.get("/web/login").text()
        token = re.search(r'name="csrf_token" value="([^"]+)"', form)[1]
        # The password is the login, for the administrator too.
        fields = {"csrf_token": token, "login": login, "password": login, "redirect": "/web/health"}
        answer = page.request.post("/web/login", form=fields)
        assert answer.url.endswith("/web/health"), f"{login} cannot sign in"

    return sign


@pytest.fixture(scope="session")
def axe_source():
    return (STATE / "node" / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def axe(axe_source):
    """A function that returns what axe finds against WCAG 2.2 AA on a page: a list, empty if all is well."""

    def check(page) -> list[str]:
        page.evaluate(axe_source)
        result = page.evaluate(
            """tags => axe.run(document, {
                runOnly: tags,
                rules: {'target-size': {enabled: true}},
                // What is right is not listed: that takes longer than to find what is wrong.
                resultTypes: ['violations'],
            })""",
            WCAG,
        )
        return [
            f"{violation['id']}: {violation['help']}: {node['target']} {node['html'][:200]}"
            for violation in result["violations"]
            for node in violation["nodes"]
        ]

    return check


# A test answers for what it makes the server log


def pytest_collection_modifyitems(config, items):
    """Leave out what is too dear for each change."""
    left_out = [item for item in items if item.get_closest_marker("full")] if not FULL else []
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def failed(item) -> bool:
    return any(report.failed for report in item.stash.get(_reports, []))


_reports = pytest.StashKey()
_log_sizes = pytest.StashKey()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    item.stash.setdefault(_reports, []).append(report)
    if report.failed:
        for log, written in written_since(item.stash.get(_log_sizes, {})).items():
            if written:
                report.sections.append((f"end of {log}", "\n".join(written.splitlines()[-25:])))
    return report


def written_since(sizes: dict) -> dict:
    """What each server has logged since its log had the size noted."""
    written = {}
    for shop in _servers:
        with open(shop.log, encoding="utf-8", errors="replace") as log:
            log.seek(sizes.get(shop.log, 0))
            written[shop.log] = log.read()
    return written


@pytest.fixture(autouse=True)
def no_traceback_in_logs(request):
    sizes = request.node.stash[_log_sizes] = {shop.log: shop.log.stat().st_size for shop in _servers}
    yield
    if any(request.node.get_closest_marker(marker) for marker in ("server_dies", "tills_at_once")):
        return
    for log, written in written_since(sizes).items():
        assert TRACEBACK not in written, f"{log} has a traceback:\n{written[-4000:]}"
