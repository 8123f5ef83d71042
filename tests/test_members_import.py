"""Three thousand members through `script/import`, killed on the way."""

import os
import re
import signal
import subprocess
import time

import pytest

import postgres
from common import ROOT

MEMBERS, BROKEN = 3000, 50
HEADER = "numéro;nom;prénom;courriel;téléphone;foyer;état;jusqu’au"
# (column, what is in it: what is said of the line repeats it)
BREAKS = (
    (3, "personne"),
    (0, "M00001"),
    (6, "inconnu"),
    (5, "M99999"),
    (7, "31/02/2026"),
    (4, "1.23E+12"),
)


@pytest.fixture(scope="module")
def database(new_database):
    return new_database("empty")


@pytest.fixture(scope="module")
def members(tmp_path_factory):
    """The file, and what has to be said of each of its broken lines."""
    rows = []
    for number in range(MEMBERS):
        row = [f"M{number:05}", f"Nom{number}", "Prénom", f"m{number}@example.org", "06 12 34 56 78", "", "", ""]
        if number % 4:
            row[6:] = ["À jour", "31/12/2099"]
        else:  # attached to the member of the next line
            row[5] = f"M{number + 1:05}"
        rows.append(row)
    said = {}
    for number in range(BROKEN):
        place = 102 + 56 * number  # neither attached nor a main member
        column, cell = BREAKS[number % len(BREAKS)]
        rows[place][column] = cell
        said[place + 2] = cell
    file = tmp_path_factory.mktemp("members") / "members.csv"
    file.write_text("\n".join([HEADER, *map(";".join, rows)]), encoding="utf-8")
    return file, said


def command(database, file, *options):
    return [ROOT / "script" / "import", "members", file, "--db", database, *options]


def run(*arguments):
    return subprocess.run(command(*arguments), capture_output=True, text=True, check=False)


def count(database):
    return int(postgres.psql("SELECT count(*) FROM res_partner WHERE coop_number LIKE 'M%'", database))


def counts(output):
    found = re.search(r"created (\d+), .*updated (\d+), unchanged (\d+), left out (\d+)", output)
    assert found, output
    return tuple(int(number) for number in found.groups())


def test_dry_run_says_what_would_be_done(database, members):
    done = run(database, members[0], "--dry-run")
    assert done.returncode == 3, done.stderr
    assert counts(done.stdout) == (MEMBERS - BROKEN, 0, 0, BROKEN)
    assert re.search(r"^line 3: would change: .*M00001 Prénom Nom1;", done.stdout, re.M)
    assert count(database) == 0


def test_killed_on_the_way_it_is_run_again_and_nothing_is_doubled(database, members):
    file, said = members
    killed = subprocess.Popen(
        command(database, file),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while not count(database):
            assert killed.poll() is None, "it ended before it could be killed"
            time.sleep(0.05)
    finally:
        os.killpg(killed.pid, signal.SIGKILL)
        killed.wait()
    before = count(database)
    assert 0 < before < MEMBERS - BROKEN
    done = run(database, file)
    assert done.returncode == 3, done.stderr
    assert counts(done.stdout) == (MEMBERS - BROKEN - before, 0, before, BROKEN)
    assert count(database) == MEMBERS - BROKEN
    told = dict(re.findall(r"^line (\d+): left out: (.*)$", done.stdout, re.M))
    assert {int(line) for line in told} == set(said)
    for line, cell in said.items():
        assert cell in told[str(line)]


def test_households_and_nothing_else(database, members):
    """Who is attached is attached; no accounts, no mails."""
    attached = (
        "SELECT count(*) FROM res_partner p JOIN res_partner m ON m.id = p.parent_id WHERE p.coop_number LIKE 'M%'"
    )
    same = f"{attached} AND m.coop_state = p.coop_state AND m.coop_state = 'up_to_date'"
    assert postgres.psql(attached, database) == postgres.psql(same, database) == str(MEMBERS // 4)
    users = "SELECT count(*) FROM res_users u JOIN res_partner p ON p.id = u.partner_id WHERE p.coop_number LIKE 'M%'"
    assert postgres.psql(users, database) == "0"
    assert postgres.psql("SELECT count(*) FROM mail_mail", database) == "0"


def test_a_file_that_cannot_be_read(database, tmp_path):
    nothing = tmp_path / "nothing.csv"
    nothing.write_bytes(b"")
    assert run(database, nothing).returncode == 1
    assert run(database, tmp_path / "missing.csv").returncode == 1
