"""What Odoo's role may in PostgreSQL, and what it is told where it may too little."""

import os
import subprocess
import tempfile
from pathlib import Path

import pytest

import postgres
import restoring
from common import PYTHON, ROOT, Failure
from saving import assert_refused, named

PORT = 5498
ATTRIBUTES = "rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls"
# As the shop's own.
UNACCENTED = "CREATE INDEX ON member USING gin (unaccent(name) gin_trgm_ops)"
FOUND = "SELECT name FROM member WHERE unaccent(name) ILIKE unaccent('%elodie%')"


class Elsewhere:
    """A PostgreSQL that is somebody else's, who is `postgres` there."""

    def __init__(self, folder):
        self.environment = {"PGHOST": str(folder), "PGPORT": str(PORT), "PGUSER": "postgres"}

    def psql(self, statement, name="postgres", user="postgres"):
        return postgres.psql(statement, name, **self.environment | {"PGUSER": user})

    def attributes(self, role):
        return self.psql(f"SELECT {ATTRIBUTES} FROM pg_roles WHERE rolname = '{role}'")

    def give_rights(self, role):
        command = [postgres.program("psql"), "-Xq", f"--set=role={role}", f"--file={postgres.ROLE_SCRIPT}"]
        done = subprocess.run(
            [*command, "--dbname=postgres"],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | self.environment,
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr == done.stdout == ""


@pytest.fixture(scope="module")
def elsewhere(postgresql):
    # Where the server's user may go.
    with tempfile.TemporaryDirectory(prefix="drive-role-") as name:
        folder = Path(name)
        postgres.own(folder)
        postgres.make_cluster(folder / "data")
        process = postgres.begin(folder / "data", folder / "server.log", folder, PORT, "-c", "fsync=off")
        try:
            yield Elsewhere(folder)
        finally:
            postgres.kill(process)


def test_it_makes_databases_and_no_more(postgresql):
    assert postgres.psql(f"SELECT {ATTRIBUTES} FROM pg_roles WHERE rolname = 'odoo'") == "f|t|f|f|f"
    roles = "SELECT rolname FROM pg_roles WHERE rolname <> current_user AND pg_has_role(current_user, oid, 'member')"
    assert postgres.psql(roles).split() == ["pg_read_all_settings"]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT pg_read_file('/etc/passwd')",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "COPY (SELECT 1) TO '/tmp/of-the-server'",
        "CREATE ROLE another SUPERUSER",
        "ALTER ROLE odoo SUPERUSER",
        "ALTER SYSTEM SET fsync = off",
        "SET ROLE postgres",
        "CREATE FUNCTION f() RETURNS int LANGUAGE c AS '/tmp/library'",
    ],
)
def test_what_only_an_administrator_may_is_refused(postgresql, statement):
    with pytest.raises(Failure, match="permission denied"):
        postgres.psql(statement)


def test_it_knows_where_the_databases_are(postgresql):
    """A restore looks first whether there is room."""
    assert postgres.data_folder() == Path(postgres.psql("SHOW data_directory", PGUSER="postgres"))


def test_its_shop_has_indexes_without_accents(new_database):
    name = new_database("dependencies")
    indexes = "SELECT count(*) FROM pg_indexes WHERE indexdef LIKE '%unaccent(%gin_trgm_ops%'"
    assert int(postgres.psql(indexes, name)) > 0
    assert postgres.psql("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'", name) == "odoo"


def test_it_restores_what_it_saved(new_database, tmp_path):
    """Extensions, what a dump says of them, and indexes that need more than it says."""
    name = new_database("dependencies")
    manifest = {"extensions": ["pg_trgm", "unaccent"], "unaccent": "i"}
    indexes = "SELECT count(*) FROM pg_indexes WHERE schemaname = 'public'"
    with named("again") as [again]:
        dump = tmp_path / "dump"
        line = [postgres.program("pg_dump"), "--format=custom", f"--file={dump}", name]
        subprocess.run(line, check=True)
        restoring.create_empty(again, manifest)
        restoring.restore_database(again, dump)
        assert postgres.psql(indexes, again) == postgres.psql(indexes, name)


def test_a_superuser_of_before_is_none_and_works_on(elsewhere):
    elsewhere.psql("CREATE ROLE before SUPERUSER LOGIN")
    elsewhere.psql("CREATE DATABASE kept", user="before")
    for statement in (
        "CREATE EXTENSION pg_trgm; CREATE EXTENSION unaccent; ALTER FUNCTION unaccent(text) IMMUTABLE",
        f"CREATE TABLE member (name text); {UNACCENTED}; INSERT INTO member VALUES ('Élodie')",
    ):
        elsewhere.psql(statement, "kept", "before")
    elsewhere.give_rights("before")
    assert elsewhere.attributes("before") == "f|t|f|f|f"
    assert elsewhere.psql(FOUND, "kept", "before") == "Élodie"
    elsewhere.psql("DROP INDEX member_unaccent_idx; ALTER FUNCTION unaccent(text) IMMUTABLE", "kept", "before")
    elsewhere.psql(UNACCENTED, "kept", "before")
    elsewhere.psql("ALTER DATABASE kept RENAME TO renamed", user="before")
    elsewhere.psql("DROP DATABASE renamed WITH (FORCE)", user="before")


def test_a_role_without_rights_is_told_whom_to_ask(elsewhere, monkeypatch):
    if elsewhere.psql(f"SELECT 1 FROM pg_database WHERE datname = '{postgres.TEMPLATE}'"):
        elsewhere.psql(f"ALTER DATABASE {postgres.TEMPLATE} IS_TEMPLATE false")
        elsewhere.psql(f"DROP DATABASE {postgres.TEMPLATE}")
    elsewhere.psql(
        'CREATE ROLE "of the coop" LOGIN; CREATE ROLE makes LOGIN CREATEDB; CREATE ROLE master LOGIN SUPERUSER'
    )
    for name, value in elsewhere.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PGUSER", "master")
    assert postgres.template() == "template0"
    for role, said in {"makes": "--set=role=makes ", "of the coop": "--set=role='of the coop' "}.items():
        monkeypatch.setenv("PGUSER", role)
        with pytest.raises(Failure, match="Ask whoever looks after that server") as refused:
            postgres.template()
        assert said in str(refused.value)
        done = subprocess.run(
            [PYTHON, ROOT / "script" / "lib" / "database.py", "create", f"{role}-shop", "--empty"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert_refused(done, said)
        assert elsewhere.psql("SELECT datname FROM pg_database WHERE NOT datistemplate") == "postgres"
    elsewhere.give_rights("of the coop")
    elsewhere.give_rights("of the coop")
    assert postgres.template() == postgres.TEMPLATE
    assert elsewhere.attributes("of the coop") == "f|t|f|f|f"
