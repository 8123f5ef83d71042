"""script/test: the addon's Odoo tests on a fresh database, and tests/ with a real server and browser.

One line at the end counts everything. A run in which nothing ran, something was skipped,
or Odoo logged a warning or an error fails: a browser test that skips itself because its
browser is missing must not look like success.
"""

import argparse
import ast
import os
import random
import re
import subprocess
import threading
import time
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import clock
import database
import dates
import odoo_command
import postgres
import programs
from common import ADDON, LOGS, PYTHON, ROOT, STATE, TEST_LOGS, Failure, main, say
from serving import WITH_PARENT, free_port

ODOO_TESTS = ROOT / ADDON / "tests"
PYTEST_TESTS = ROOT / "tests"
RACES = "tests/race"
# Needs root and Docker, and takes ports of the machine.
CONTAINERS = "tests/containers"
# Every page in every state: as long as many other files together.
SCENES = "tests/test_pages.py"
# What is too dear for each change: these files have more of it than `script/test` runs.
FULL = (
    RACES,
    "tests/test_bench.py",
    "tests/test_deploy.py",
    "tests/test_drive_day.py",
    "tests/test_never_stale.py",
    "tests/test_sixty_ticks.py",
    "tests/test_upgrade.py",
)
# The end-to-end tests, the longest part, run beside the others, which follow each other: the races print what
# people waited, so nothing else of theirs runs with them.
AT_ONCE = 2
# Of the end-to-end tests, two files at once: each waits for a browser or a server most of its time.
FILES_AT_ONCE = ("-n", "2", "--dist", "loadfile")
# Odoo's own tests of the modules that the addon changes.
UPSTREAM = ("portal", "sale_stock", "stock_picking_batch", "point_of_sale", "pos_sale")
# What failed in a whole run is run again by itself, when it is as few as this: a person's patience in a browser, and
# the steps of a tour, have limits that a machine full of other tests may pass. More than that is no accident.
AGAIN_AT_MOST = 3
# How often a long run says where it is.
STATUS_SECONDS = 20
# Odoo says nothing for so long: it waits for ever.
SILENCE_SECONDS = 900
# A refusal in answer to a request is logged there as a warning: the tests ask for many.
REFUSALS = "odoo.http"
FAILED = re.compile(r"(?:FAIL|ERROR): (?:Subtest )?(?:\w+Class \((?P<place>[\w.]+)\)|(?P<test>\w+\.\w+))")
RECORD = re.compile(r"^\d{4}-\d\d-\d\d \S+ \d+ (?P<level>[A-Z]+) \S+ (?P<logger>\S+): (?P<text>.*)")


@dataclass
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    # Sentences about what went wrong besides failing tests.
    troubles: list = field(default_factory=list)
    # The tests that failed, as Odoo's tags or pytest's addresses name them.
    failures: set = field(default_factory=set)
    # Of Odoo's tests, those that were started, and those that were skipped.
    ran: set = field(default_factory=set)
    skips: set = field(default_factory=set)

    def __add__(self, other):
        return Count(
            self.passed + other.passed,
            self.failed + other.failed,
            self.skipped + other.skipped,
            self.troubles + other.troubles,
            self.failures | other.failures,
            self.ran | other.ran,
            self.skips | other.skips,
        )

    def __str__(self):
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


class OdooLog:
    """Reads Odoo's log as it is written, and keeps the score of its tests."""

    def __init__(self, own_skips_allowed: bool):
        self.own_skips_allowed = own_skips_allowed
        self.started = self.failed = 0
        self.ran = set()
        self.skips = set()
        self.current = ""
        self.troubles = []
        self.failures = set()
        self._before = 0
        self.finished = False
        self.heard = time.monotonic()
        self._showing = False

    def read(self, line: str) -> None:
        self.heard = time.monotonic()
        record = RECORD.match(line)
        if record is None:
            if self._showing:
                print(line, end="", flush=True)
            return
        level, text = record["level"], record["text"].strip()
        self._showing = level in ("ERROR", "CRITICAL") or (level == "WARNING" and record["logger"] != REFUSALS)
        if started := re.match(r"Starting (\S+) \.\.\.", text):
            self.started += 1
            self.current = started[1]
            self.ran.add(f"{record['logger']}: {self.current}")
            self._before = len(self.troubles)
        elif skipped := re.match(r"skipped (\S+.*) : (.*)", text):
            self.skips.add(f"{record['logger']}: {skipped[1]}")
            # A missing browser skips tests without a word: that is never allowed.
            no_browser = re.search(r"(?i)chrome|websocket", skipped[2])
            if no_browser or not self.own_skips_allowed:
                self.troubles.append(f"{skipped[1]} was skipped: {skipped[2]}")
        elif record["logger"] == "odoo.tests.result":
            self.finished = True
        elif level in ("ERROR", "CRITICAL") and re.match(r"(FAIL|ERROR): ", text):
            self.failed += 1
            self.failures.add(failed_test(record["logger"], text))
            # What was logged during the test belongs to its failure.
            del self.troubles[self._before :]
        elif self._showing:
            self.troubles.append(f"Odoo logged: {level} {text[:150]}")
        if self._showing:
            print(line, end="", flush=True)

    def count(self) -> Count:
        skipped = len(self.skips)
        passed = max(self.started - self.failed - skipped, 0)
        return Count(passed, self.failed, skipped, self.troubles, self.failures, self.ran, self.skips)


def failed_test(logger: str, text: str) -> str:
    """The tag that runs a failed test again: `/pos_sale:TestPoSSale.test_settle`."""
    found = FAILED.match(text)
    if not found:
        return text
    # A class that could not be set up is named by its whole path.
    place = (found["place"] or logger).split(".")
    return f"/{place[2]}:{found['test'] or place[-1]}" if place[:2] == ["odoo", "addons"] else text


def end_when_silent(process: subprocess.Popen, log: OdooLog) -> None:
    """Watch Odoo as long as it runs, and end it when it only waits."""
    while process.poll() is None:
        if time.monotonic() - log.heard > SILENCE_SECONDS:
            log.troubles.append(f"Odoo said nothing for {SILENCE_SECONDS} s in {log.current or 'its start'}")
            process.kill()
        time.sleep(1)


def run_odoo_tests(name: str, options, log_file: Path, own_skips_allowed=False) -> Count:
    """Start Odoo with these options on a database; its tests run while it loads."""
    pictures = STATE / "screenshots" / "odoo"
    line = odoo_command.command(
        *("-d", name, "--http-port", free_port(), "--max-cron-threads", 0, "--stop-after-init"),
        *("--screenshots", pictures, *options),
    )
    log = OdooLog(own_skips_allowed)
    started = shown = time.monotonic()
    environment = odoo_command.environment() | {"PATH": programs.path_with_own()}
    with (
        open(log_file, "w", encoding="utf-8") as out,
        subprocess.Popen(
            [*WITH_PARENT, *line],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=environment,
        ) as process,
    ):
        threading.Thread(target=end_when_silent, args=(process, log), daemon=True).start()
        for text in process.stdout:
            out.write(text)
            log.read(text)
            now = time.monotonic()
            if now - shown > STATUS_SECONDS:
                shown = now
                say(f"  Odoo tests: {now - started:.0f} s, {log.started} started  {log.current[:70]}")
    count = log.count()
    if not log.finished:
        count.troubles.append("Odoo ended before its tests did")
    if process.returncode and not count.failed:
        count.troubles.append(f"Odoo ended with status {process.returncode}")
    say(f"  {count} in {time.monotonic() - started:.0f} s; log: {log_file}")
    return count


def addon_tests(tags: str, run="odoo") -> Count:
    say("Odoo tests of the addon, on a fresh database without demo data")
    name = f"test_{os.getpid()}"
    # The addon is in it already: installing it again would take longer than many of the tests.
    database.create(name, "empty")
    try:
        return run_odoo_tests(name, ["--test-tags", tags], TEST_LOGS / f"{run}-{os.getpid()}.log")
    finally:
        database.drop(name)


def upstream_tests(names) -> Count:
    """Odoo's own tests with the addon installed, beside the same tests without it.

    A failure is what fails with the addon twice, and not without it: the addon's own. Tours of
    Odoo give up after ten seconds a step, which is little on a busy machine. What runs without
    the addon must run with it, and no other test may be skipped.
    """
    modules = manifest_modules()
    tags = names or [f"/{module}" for module in UPSTREAM]
    say("Odoo's own tests, with the addon installed; this takes a good half hour")
    count = upstream_run([*modules, ADDON], tags, "with")
    again = Count()
    if count.failures:
        say(f"What failed, again: {', '.join(sorted(count.failures))}")
        again = upstream_run([*modules, ADDON], sorted(count.failures), "again")
        if again.passed + again.failed < len(count.failures):
            again.troubles.append("what failed could not be run again")
    say("The same tests without the addon; this takes as long")
    without = upstream_run(modules, tags, "without")
    broken = again.failures - without.failures
    for test in sorted(count.failures - broken):
        say(f"  {test}: {'fails without the addon too' if test in without.failures else 'passed the second time'}")
    say(f"Without the addon {len(without.ran)} tests ran and {without.skipped} were skipped")
    count.troubles += again.troubles + [f"fails with the addon only: {test}" for test in sorted(broken)]
    count.troubles += [f"does not run with the addon: {test}" for test in sorted(without.ran - count.ran)]
    count.troubles += [f"skipped with the addon only: {test}" for test in sorted(count.skips - without.skips)]
    count.passed += len(count.failures) - len(broken)
    count.failures, count.failed = broken, len(broken)
    return count


def upstream_run(modules, tags, name) -> Count:
    database_name = f"test_{os.getpid()}_{name}"
    try:
        # Tests "at install" work only while their module is being installed.
        return run_odoo_tests(
            database_name,
            ["-i", ",".join(modules), "--test-tags", ",".join(tags)],
            TEST_LOGS / f"upstream-{os.getpid()}-{name}.log",
            own_skips_allowed=True,
        )
    finally:
        database.drop(database_name)


def manifest_modules() -> list[str]:
    return database.manifest()["depends"]


def pytest_tests(name, arguments, environment) -> Count:
    say(f"End-to-end tests ({name}): a real server, a real browser")
    # Its own, when two runs of this checkout meet.
    report = TEST_LOGS / f"{name}-{os.getpid()}.xml"
    status = subprocess.run(
        [*WITH_PARENT, PYTHON, "-m", "pytest", "-c", "pyproject.toml", "-v", "--junitxml", report, *arguments],
        check=False,
        cwd=ROOT,
        env=os.environ | postgres.environment() | {"PATH": programs.path_with_own()} | environment,
    ).returncode
    if not report.exists():
        return Count(troubles=[f"pytest ended with status {status}"])
    suite = ET.parse(report).getroot().find("testsuite")
    total, failures, errors, skipped = (int(suite.get(key)) for key in ("tests", "failures", "errors", "skipped"))
    failed = min(failures + errors, total)
    count = Count(total - failed - skipped, failed, skipped, failures=failed_cases(suite))
    if skipped:
        count.troubles.append(f"{skipped} end-to-end tests were skipped")
    if status not in (0, 1, 5):
        count.troubles.append(f"pytest ended with status {status}")
    return count


def failed_cases(suite) -> set[str]:
    """Addresses of the tests of a report that failed, also in what comes before or after them."""
    cases = (case for case in suite.iter("testcase") if {"failure", "error"} & {child.tag for child in case})
    return {f"{case.get('file')}::{case.get('name')}" for case in cases}


def is_test(node) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name.startswith("test")


def addresses_in(path: Path):
    """A file of tests, then its classes, methods and functions, as the steps that lead there."""
    steps = path.relative_to(ROOT).with_suffix("").parts
    yield steps
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if is_test(node):
            yield (*steps, node.name)
        elif isinstance(node, ast.ClassDef):
            yield (*steps, node.name)
            yield from ((*steps, node.name, item.name) for item in node.body if is_test(item))


def select(names) -> tuple[list[str], list[str]]:
    """Odoo's tags and pytest's addresses for what a person calls a folder, a file, a class or a test."""
    tags, addresses = [], []
    for name in names:
        wanted = tuple(part for part in re.split(r"[.:/]+", re.sub(r"\.py\b", "", name)) if part)
        # A path from the top of the checkout means that place alone.
        anchored = (ROOT / name).exists()
        odoo = matches(ODOO_TESTS, wanted, anchored)
        end_to_end = matches(PYTEST_TESTS, wanted, anchored)
        if not odoo and not end_to_end:
            raise Failure(f"no test file, class or method is called {name}.")
        tags += [f"/{path}{':' if rest else ''}{'.'.join(rest)}" for path, rest in odoo]
        addresses += ["::".join([str(path), *rest]) for path, rest in end_to_end]
    return tags, addresses


def matches(folder: Path, wanted, anchored) -> list[tuple[Path, tuple]]:
    """What is called so, as a file and the steps inside it; what holds others stands for them."""
    found = []
    for path in sorted(folder.rglob("test_*.py")):
        relative = path.relative_to(ROOT)
        last = None
        for steps in addresses_in(path):
            if steps[: len(last or ())] == last or not contains(steps, wanted, anchored):
                continue
            last = steps
            found.append((relative, steps[len(relative.parts) :]))
    return found


def contains(steps, wanted, anchored) -> bool:
    """Whether `wanted` are neighbours in `steps`, or its beginning."""
    starts = [0] if anchored else range(len(steps))
    return any(steps[start : start + len(wanted)] == wanted for start in starts)


def parse():
    parser = argparse.ArgumentParser(prog="script/test", description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument(
        "names", metavar="NAME", nargs="*", help="a test folder, file, class or method; all without one"
    )
    parser.add_argument(
        "--race",
        action="store_true",
        help="the load and race runs, the mutants and the bench, in full, and nothing else",
    )
    parser.add_argument(
        "--upstream",
        action="store_true",
        help="Odoo's own tests with the addon installed, beside the same without it (NAME: Odoo's test tags)",
    )
    parser.add_argument(
        "--containers",
        action="store_true",
        help="docker-compose.yml from nothing to a restored and upgraded shop: as root, with Docker",
    )
    parser.add_argument("--real-products", metavar="FILE", type=Path, help="a CSV of real products to test with")
    when = parser.add_mutually_exclusive_group()
    when.add_argument(
        "--at",
        metavar="MOMENT",
        help='as if it were then, on Marseille\'s clocks, for all that is started: --at "2027-02-28 23:40"',
    )
    when.add_argument("--dates", action="store_true", help="at each awkward date of the years to come, one by one")
    when.add_argument("--random", metavar="N", type=int, help="at so many dates drawn from the years to come")
    parser.add_argument("--seed", metavar="N", type=int, help="draw the dates of an earlier --random again")
    options = parser.parse_args()
    if options.random is not None and options.random < 1:
        parser.error("--random needs a number of dates.")
    if options.seed is not None and not options.random:
        parser.error("--seed goes with --random.")
    return options


def environment_of(options) -> dict:
    if not options.real_products:
        return {}
    if not options.real_products.is_file():
        raise Failure(f"{options.real_products} is not a file.")
    return {"DRIVE_REAL_PRODUCTS": str(options.real_products.resolve())}


def chosen_parts(options, environment):
    if options.upstream:
        return [lambda: upstream_tests(options.names)]
    if options.containers:
        # One story: what follows a step that failed would fail for it. A first start takes long.
        how = [
            "-s",
            "-x",
            "--timeout=3600",
            CONTAINERS,
            *(["-k", " or ".join(options.names)] if options.names else []),
        ]
        return [lambda: pytest_tests("containers", how, environment)]
    if options.race:
        addresses = select(options.names)[1] or FULL
        return [lambda: pytest_tests("races", addresses, environment | {"DRIVE_RACE": "full"})]
    if not options.names:
        tags = [f"/{ADDON}"]
        pages = ["tests", *(f"--ignore={path}" for path in (RACES, SCENES, CONTAINERS)), *FILES_AT_ONCE]
        scenes, races = [SCENES], [RACES]
    else:
        tags, addresses = select(options.names)
        scenes = [address for address in addresses if address.startswith(SCENES)]
        races = [address for address in addresses if address.startswith(RACES)]
        pages = [address for address in addresses if address not in (*scenes, *races)]
    parts = []
    if pages:
        parts.append(lambda: pytest_tests("pages", pages, environment))
    if tags:
        parts.append(lambda: addon_tests(",".join(tags)))
    if scenes:
        parts.append(lambda: pytest_tests("scenes", scenes, environment))
    if races:
        parts.append(lambda: pytest_tests("races", races, environment))
    return parts


def is_whole(options) -> bool:
    return not (options.names or options.upstream or options.containers or options.race)


def may_be_accidents(failures) -> bool:
    return 0 < len(failures) <= AGAIN_AT_MOST and not any(name.startswith(RACES) for name in failures)


def run_again(total: Count, environment) -> Count:
    """What failed in a whole run, with nothing beside it: a failure is what fails twice.

    Not the races: what happens once in a hundred times is what they look for.
    """
    say(f"What failed, again, by itself: {', '.join(sorted(total.failures))}")
    tags = [name for name in total.failures if name.startswith("/")]
    pages = sorted(total.failures.difference(tags))
    again = Count()
    if tags:
        again += addon_tests(",".join(sorted(tags)), "odoo-again")
    if pages:
        again += pytest_tests("again", pages, environment)
    if again.passed + again.failed < len(total.failures):
        again.troubles.append("what failed could not be run again")
    broken = again.failures
    for test in sorted(total.failures - broken):
        say(f"! failed with others beside it, passed by itself: {test}")
    total.passed += len(total.failures - broken)
    total.failures, total.failed = broken, len(broken)
    total.troubles += again.troubles
    return total


def arguments(options) -> list:
    """The same run, without a word about its time."""
    words = [f"--{name}" for name in ("race", "upstream") if getattr(options, name)]
    if options.real_products:
        words += ["--real-products", options.real_products]
    return [*words, "--", *options.names]


def run_at(moment: datetime, options, **kwargs) -> subprocess.CompletedProcess:
    """The run in a program of its own, whose clock, and that of all it starts, is another."""
    if postgres.is_external():
        raise Failure("the PostgreSQL that PGHOST names lives at its own time: run this without PGHOST.")
    with database.for_tests(alone=True):
        # Installed before, as in a shop; and the server begins again at the other time.
        database.template("empty")
        postgres.stop()
        return subprocess.run(
            [*WITH_PARENT, PYTHON, __file__, *arguments(options)],
            env=os.environ | clock.environment(moment),
            check=False,
            **kwargs,
        )


def run_at_dates(moments, options) -> int:
    """A line for each moment: what it is, and how the run ended; all must end alike."""
    ends = []
    folder = LOGS / "dates"
    folder.mkdir(parents=True, exist_ok=True)
    for moment, why in moments:
        text = f"{moment:%Y-%m-%d %H:%M}"
        log = folder / f"{moment:%Y-%m-%d-%H%M}.log"
        with open(log, "w", encoding="utf-8") as out:
            done = run_at(clock.read(text), options, stdout=out, stderr=subprocess.STDOUT)
        *_lines, last = ["", *log.read_text(encoding="utf-8", errors="replace").splitlines()]
        ends.append((done.returncode, last))
        say(f"{text} {moment:%a}  {last}  ({why}){f'; see {log}' if done.returncode else ''}")
    failed = [code for code, _last in ends if code]
    say(f"{len(ends)} dates, {len(failed)} failed" + ("" if len(set(ends)) == 1 else "; they did not end alike"))
    return 1 if failed or len(set(ends)) > 1 else 0


def _main() -> int:
    options = parse()
    environment = environment_of(options)
    parts = chosen_parts(options, environment)
    if options.at:
        return run_at(clock.read(options.at), options).returncode
    if options.dates or options.random:
        now = clock.now()
        if options.dates:
            return run_at_dates(dates.awkward(now), options)
        seed = options.seed if options.seed is not None else random.randrange(10**6)  # noqa: S311 (not a secret)
        say(f"--seed {seed} draws these dates again")
        return run_at_dates(dates.drawn(now, options.random, seed), options)
    total = Count()
    # At once: each has databases and servers of its own, and spends much of its time waiting.
    with database.for_tests(), ThreadPoolExecutor(AT_ONCE) as pool:
        for count in pool.map(lambda part: part(), parts):
            if not count.passed + count.failed + count.skipped:
                count.troubles.append("no test ran")
            total += count
        if is_whole(options) and may_be_accidents(total.failures):
            total = run_again(total, environment)
    for trouble in total.troubles:
        say(f"! {trouble}")
    for test in sorted(total.failures):
        say(f"! failed: {test}")
    say(str(total))
    return 1 if total.failed or total.troubles else 0


if __name__ == "__main__":
    main(_main)
