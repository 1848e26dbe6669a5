"""A book reaches today's form from nothing, whole or not at all, and never goes back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, event, inspect

from app.domain.errors import BookTooNew
from app.store.engine import postgres_engine, sqlite_engine
from app.store.migrate import LATEST, check_revision, migrate, revision_of
from app.store.migrations import versions_folder
from app.store.schema import metadata
from tests.books import ENGINES, PostgresAtHand
from tests.store.upgrade import freeze


@pytest.fixture(params=ENGINES)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "sqlite":
        made = sqlite_engine(tmp_path / "new.db")
        yield made
        made.dispose()
        return
    server: PostgresAtHand = request.getfixturevalue("postgres")
    database = server.empty()
    made = postgres_engine(server.url(database))
    yield made
    made.dispose()
    server.drop(database)


def test_the_migrated_book_is_the_one_the_tables_describe(engine: Engine) -> None:
    with engine.connect() as conn:
        context = MigrationContext.configure(conn, opts={"compare_server_default": True})
        assert compare_metadata(context, metadata) == []


@pytest.mark.parametrize("name", ENGINES)
def test_the_first_revision_is_frozen_as_the_tables_are(name: str) -> None:
    """Until the first release; then this test goes and a change is a new revision."""
    frozen = (versions_folder() / f"0001.{name}.sql").read_text("utf-8")
    assert frozen == "\n;;\n".join(freeze.statements(name)) + "\n", (
        "the tables have changed: python -m tests.store.upgrade.freeze"
    )


def test_a_second_start_changes_nothing(empty: Engine) -> None:
    assert (migrate(empty).before, migrate(empty).before) == ("", LATEST)
    assert revision_of(empty) == LATEST


def test_a_newer_book_is_left_alone(empty: Engine) -> None:
    migrate(empty)
    with empty.begin() as conn:
        conn.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        conn.info["audited"] = True
    for attempt in (check_revision, migrate):
        with pytest.raises(BookTooNew):
            attempt(empty)


class Killed(BaseException):
    """Stands for a process that ends between two statements."""


def test_a_step_cut_off_at_any_statement_leaves_nothing_behind(empty: Engine) -> None:
    total = len(freeze.statements(empty.dialect.name)) + 3
    for stop_at in range(0, total, 9 if empty.dialect.name == "sqlite" else 30):
        seen = 0

        def count(*_: object, stop_at: int = stop_at) -> None:
            nonlocal seen
            seen += 1
            if seen > stop_at:
                raise Killed

        event.listen(empty, "before_cursor_execute", count)
        try:
            with pytest.raises(Killed):
                migrate(empty)
        finally:
            event.remove(empty, "before_cursor_execute", count)
        with empty.connect() as conn:
            assert inspect(conn).get_table_names() == [], stop_at
    migrate(empty)
    assert revision_of(empty) == LATEST
