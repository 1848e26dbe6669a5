"""Brings a book to the form this Waydesk works with: forward only, each step in one transaction.

A book written by a newer Waydesk is left alone. On SQLite a step that is cut off half-way leaves
nothing behind, and `app.store.backup` has put a verified copy aside before the first one.
"""

from dataclasses import dataclass

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

from app.domain.errors import BookTooNew
from app.store.migrations import versions_folder

LATEST = "0001"


@dataclass(frozen=True, slots=True)
class Migrated:
    """From which form to which a book was brought; equal when there was nothing to do.

    Attributes:
        before: the revision found, "" for a new book.
        after: the revision it has now.
    """

    before: str
    after: str


def revision_of(engine: Engine) -> str:
    """Return the revision the book is in, "" when it has no tables yet."""
    with engine.connect() as conn:
        if not inspect(conn).has_table("alembic_version"):
            return ""
        found = conn.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return str(found or "")


def check_revision(engine: Engine) -> str:
    """Return the revision found.

    Raises:
        BookTooNew: a newer Waydesk wrote the book; nothing was touched.
    """
    found = revision_of(engine)
    if found > LATEST:
        raise BookTooNew(found=found, known=LATEST)
    return found


def migrate(engine: Engine) -> Migrated:
    """Bring the book to the latest form, step by step.

    Raises:
        BookTooNew: a newer Waydesk wrote the book; nothing was touched.
    """
    before = check_revision(engine)
    if before != LATEST:
        scripts = ScriptDirectory(str(versions_folder().parent))
        steps = [step for step in scripts.walk_revisions() if step.revision > before]
        for step in reversed(steps):
            with engine.begin() as conn:
                _run(conn, scripts, step)
    return Migrated(before, LATEST)


def _run(conn: Connection, scripts: ScriptDirectory, step: Script) -> None:
    """One step and its number, in the one transaction that is open."""
    # The guard on the engine asks for an audit entry; a step that makes tables has none to give.
    conn.info["audited"] = True
    context = MigrationContext.configure(conn, opts={"transactional_ddl": True})
    with Operations.context(context):
        step.module.upgrade()
    context.stamp(scripts, step.revision)
    if conn.dialect.name == "sqlite":
        conn.exec_driver_sql(f"PRAGMA user_version = {int(step.revision)}")
