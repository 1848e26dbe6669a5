"""Finds out whether a backup would bring the shop back, before anybody needs it.

A backup is believed when SQLite finds the file whole, a thousand rows picked all over it bear
their seals, and the last line of every chain is the one its kept head names (consistency.md 2.7).
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.domain.audit import Head
from app.domain.errors import BackupBroken, BookTooNew
from app.domain.ports import Rng
from app.store.audit import BODY, HEAD_KEY, body_of, read_head
from app.store.key_rows import CURRENT, keys_from
from app.store.keys import Keys
from app.store.migrate import LATEST
from app.store.schema import SEALED
from app.store.seal import Shape

SAMPLE = 1_000


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Lend a reading connection to a book's file that nobody can write through."""
    conn = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
    try:
        conn.execute("PRAGMA trusted_schema=OFF")
        conn.execute("PRAGMA cell_size_check=ON")
        yield conn
    finally:
        conn.close()


def keys_in(path: Path, kek: bytes, rng: Rng) -> Keys:
    """Return the keys that lie wrapped in a book's file.

    Raises:
        BackupBroken: there are none.
        VaultLocked: another shop's key was given.
    """
    with _readable(path) as conn:
        rows = conn.execute("SELECT id, wrapped, state FROM data_key").fetchall()
    is_there = any(state == CURRENT for _, _, state in rows)
    keys = keys_from(rows, kek, rng) if is_there else None
    if keys is None:
        raise BackupBroken(file=path.name, why="no_key")
    return keys


def check_backup(path: Path, keys: Keys, rng: Rng) -> dict[int, Head]:
    """Return the heads of the chains in a book's file, once it is found whole.

    Raises:
        BackupBroken: it is not; ``why`` says what does not fit.
        BookTooNew: a newer Waydesk wrote it.
    """
    with _readable(path) as conn:
        said = conn.execute("PRAGMA quick_check(1)").fetchone()[0]
        if said != "ok":
            raise BackupBroken(file=path.name, why="quick_check")
        version = conn.execute("PRAGMA user_version").fetchone()[0]
        if version > int(LATEST):
            raise BookTooNew(found=f"{version:04}", known=LATEST)
        if version < int(LATEST):  # its rows are sealed in an older form, before they are moved on
            return {}
        _check_seals(conn, path, keys, rng)
        return _check_heads(conn, path, keys)


@contextmanager
def _readable(path: Path) -> Iterator[sqlite3.Connection]:
    """As `opened`, where a file that is none of SQLite's, or broken, is said to be broken."""
    try:
        with opened(path) as conn:
            yield conn
    except sqlite3.Error as error:
        raise BackupBroken(file=path.name, why=str(error)) from error


def _check_seals(conn: sqlite3.Connection, path: Path, keys: Keys, rng: Rng) -> None:
    """Hold a thousand rows, spread over all sealed tables by their size, against their seals."""
    sizes = {t.name: conn.execute(f'SELECT count(*) FROM "{t.name}"').fetchone()[0] for t in SEALED}  # noqa: S608
    total = max(1, sum(sizes.values()))
    for table in SEALED:
        shape = Shape(table)
        share = -(-SAMPLE * sizes[table.name] // total)
        for row in _picked(conn, shape, min(share, sizes[table.name]), rng):
            try:
                fits = row[-1] == shape.seal(keys, row[:-1])
            except (TypeError, ValueError, OverflowError):
                fits = False
            if not fits:
                pk = row[shape.columns.index(shape.pk)]
                raise BackupBroken(file=path.name, why=f"{table.name} {pk}")


def _picked(
    conn: sqlite3.Connection, shape: Shape, count: int, rng: Rng
) -> Iterator[tuple[Any, ...]]:
    columns = ", ".join(f'"{name}"' for name in (*shape.columns, "row_mac"))
    query = f'SELECT {columns} FROM "{shape.name}" WHERE rowid >= ? ORDER BY rowid LIMIT 1'  # noqa: S608
    low, high = conn.execute(f'SELECT min(rowid), max(rowid) FROM "{shape.name}"').fetchone()  # noqa: S608
    for _ in range(count):
        yield conn.execute(query, (int(rng.uniform(low, high)),)).fetchone()


def _check_heads(conn: sqlite3.Connection, path: Path, keys: Keys) -> dict[int, Head]:
    """Each chain ends with a true line, and it is the one the kept head names."""
    kept = conn.execute(
        "SELECT key, value_json FROM setting WHERE key LIKE ? || '%'", (HEAD_KEY,)
    ).fetchall()
    heads = {int(key[len(HEAD_KEY) :]): read_head(value) for key, value in kept}
    chains = {row[0] for row in conn.execute("SELECT DISTINCT chain FROM audit")}
    for chain in chains | heads.keys():
        if _last_line(conn, chain, keys) != heads.get(chain):
            raise BackupBroken(file=path.name, why=f"audit {chain}")
    return heads


def _last_line(conn: sqlite3.Connection, chain: int, keys: Keys) -> Head | None:
    columns = ", ".join(f'"{name}"' for name in (*BODY, "prev_hash", "hash"))
    row = conn.execute(
        f"SELECT {columns} FROM audit WHERE chain = ? ORDER BY seq DESC LIMIT 1",  # noqa: S608
        (chain,),
    ).fetchone()
    if row is None:
        return None
    entry: Mapping[str, Any] = dict(zip((*BODY, "prev_hash", "hash"), row, strict=True))
    true = keys.audit_mac(entry["prev_hash"], body_of(dict(entry))) == entry["hash"]
    return Head(entry["seq"], entry["hash"]) if true else None
