"""Opens the book: one SQLite file with one writer, or a shared PostgreSQL.

On SQLite a single connection writes and checkpoints for the whole desk, which removes the
precondition of the WAL-reset race (consistency.md 2.7). Isolation carries no promise here:
unique and partial indexes and conditional updates do.
"""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from app.domain.errors import AuditFailed

PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "busy_timeout=5000",
    "secure_delete=ON",
    "mmap_size=0",
    "temp_store=MEMORY",
    "cache_size=-65536",
)
PG_LIMITS = (
    "-c lock_timeout=3s -c statement_timeout=60s -c idle_in_transaction_session_timeout=15s"
    " -c timezone=UTC"
)
# A server that is gone without a word is noticed within half a minute, whoever waits for whom.
PG_LINE = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
# Classes of SQLSTATE of a server that goes: the connection failed, it shuts down, it is not up.
GONE = ("08", "57P")
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "WITH", "TRUNCATE", "MERGE")


def sqlite_engine(path: Path) -> Engine:
    """The writer's engine on the book file at ``path``; made when it is not there."""
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=StaticPool,
        connect_args={"check_same_thread": False, "isolation_level": None},
    )

    @event.listens_for(engine, "connect")
    def _prepare(raw: Any, _record: object) -> None:
        for pragma in PRAGMAS:
            raw.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(conn: Connection) -> None:
        conn.exec_driver_sql("BEGIN IMMEDIATE")

    _guard(engine)
    return engine


def reading_engine(path: Path) -> Engine:
    """An engine that cannot write and holds nobody up, for a look at a book that is in use."""
    engine = create_engine(
        f"sqlite:///{path.resolve().as_uri()}?mode=ro&uri=true",
        poolclass=StaticPool,
        connect_args={"check_same_thread": False, "isolation_level": None},
    )

    @event.listens_for(engine, "begin")
    def _begin(conn: Connection) -> None:
        conn.exec_driver_sql("BEGIN")

    return engine


def postgres_engine(url: str) -> Engine:
    """The keeper's engine on a shared PostgreSQL; ``url`` names the writer, never a replica."""
    engine = create_engine(
        url,
        pool_size=2,
        isolation_level="READ COMMITTED",
        connect_args={"options": PG_LIMITS, **PG_LINE},
    )
    _guard(engine)
    return engine


def says_away(engine: Engine, problem: Exception) -> bool:
    """Whether this is what the driver raises when a shared book's server is not there any more."""
    if engine.dialect.name != "postgresql":
        return False
    told = problem.orig if isinstance(problem, DBAPIError) else problem
    if not isinstance(told, engine.dialect.loaded_dbapi.OperationalError):
        return False
    state = getattr(told, "sqlstate", None)
    return state is None or state.startswith(GONE)


def fold_journal(engine: Engine) -> None:
    """Bring what was committed into the book's file and empty its journal of older content.

    On SQLite alone; where a reader holds a page, the journal is emptied at a later time.
    """
    if engine.dialect.name == "sqlite":
        raw: Any = engine.raw_connection().driver_connection
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _guard(engine: Engine) -> None:
    """Refuse to commit a change that has no audit entry (every change has a name on it)."""

    @event.listens_for(engine, "before_cursor_execute")
    def _watch(conn: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip()[:8].upper().startswith(WRITES):
            conn.info["wrote"] = True

    @event.listens_for(engine, "commit")
    def _check(conn: Connection) -> None:
        wrote, audited = conn.info.pop("wrote", False), conn.info.pop("audited", False)
        if wrote and not audited:
            raise AuditFailed(why="no_entry")

    @event.listens_for(engine, "rollback")
    def _forget(conn: Connection) -> None:
        if conn.invalidated:  # the server went away, and what it was told went with it
            return
        conn.info.pop("wrote", None)
        conn.info.pop("audited", None)
