"""Brings everything the book holds closed under its newest data key, a few rows at a time.

The new key serves at once. What older keys closed is opened and closed again in the order of its
table and key; where that stands is written in the same transaction, so that a kill at any moment
loses nothing and repeats nothing. Once every row was looked at, the older keys stay until the
backups of their time are gone, everything is looked at once more, and only then are they destroyed
(security.md 3.4). A row that bears a wrong seal, or does not open, is left as it is for a person,
and keeps the older keys alive.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, func, select

from app.domain.errors import DecryptFailed, RowChanged
from app.store import accounts
from app.store.intake_rows import pack_tokens
from app.store.key_rows import DESTROYED, OLDER
from app.store.keys import Keys, closed_with
from app.store.schema import metadata
from app.store.seal import Row
from app.store.tables import name_token, receiver
from app.store.tables_privacy import key_rotation
from app.store.tables_record import keyring_row
from app.store.work import CHUNK, Work

MOVING, WAITING, CHECKING, DONE = "moving", "waiting", "checking", "done"


@dataclass(frozen=True, slots=True)
class Closed:
    """A table and those of its columns that hold ciphertexts."""

    table: Table
    columns: tuple[str, ...]

    @property
    def pk(self) -> str:
        """The name of its key column."""
        return str(next(iter(self.table.primary_key.columns)).name)


def _closed_tables() -> tuple[Closed, ...]:
    found = (
        Closed(table, tuple(c.name for c in table.columns if c.info.get("closed")))
        for table in metadata.sorted_tables
    )
    return tuple(sorted((one for one in found if one.columns), key=lambda one: one.table.name))


CLOSED = _closed_tables()


@dataclass(frozen=True, slots=True)
class Step:
    """What one piece of the work came to: rows looked at, and those that could not be moved."""

    looked: int
    trouble: tuple[RowChanged | DecryptFailed, ...] = ()
    ended: str = ""


def begin(work: Work, key_id: int) -> None:
    """Write down that everything is to be closed with this new key."""
    counts = (work.rows(select(func.count().label("n")).select_from(one.table)) for one in CLOSED)
    total = sum(rows[0]["n"] for rows in counts)
    work.insert(key_rotation, {"id": key_id, "state": MOVING, "total": total, "began_at": work.now})
    work.mark("keys")


def standing(work: Work, *states: str) -> Row | None:
    """The oldest rotation in one of these states."""
    query = select(key_rotation).where(key_rotation.c.state.in_(states)).order_by(key_rotation.c.id)
    found = work.rows(query.limit(1))
    return work.checked(key_rotation, found[0]) if found else None


def look_again(work: Work, backups_ms: int) -> bool:
    """Once the old backups are gone, begin the last look; whether it was time.

    ``backups_ms`` is how long a backup made before stays.
    """
    row = standing(work, WAITING)
    if row is None or work.now < row["moved_at"] + backups_ms:
        return False
    zero: Row = {"state": CHECKING, "place": "", "after": 0, "moved": 0, "left_behind": 0}
    work.update(key_rotation, row["id"], **zero)
    return True


def move_some(work: Work, limit: int) -> Step | None:
    """Bring the next ``limit`` rows under the current key; None when nothing is to be done."""
    row = standing(work, MOVING, CHECKING)
    if row is None:
        return None
    at = next((n for n, one in enumerate(CLOSED) if one.table.name >= row["place"]), 0)
    if not row["place"]:
        accounts.close_sender_again(work)
    closed = CLOSED[at]
    pks = _pks(work, closed, row["after"], limit)
    trouble = _move(work, closed, pks) if pks else ()
    values: Row = {"place": closed.table.name, "after": pks[-1] if pks else 0}
    ended = ""
    if len(pks) < limit:
        ended = DONE if at + 1 == len(CLOSED) else ""
        values = {"place": CLOSED[(at + 1) % len(CLOSED)].table.name, "after": 0}
    values |= {
        "moved": row["moved"] + len(pks),
        "left_behind": row["left_behind"] + len(trouble),
    }
    work.update(key_rotation, row["id"], **values)
    if ended:
        ended = _end(work, row["id"])
    work.mark("keys")
    return Step(len(pks), trouble, ended)


def _pks(work: Work, closed: Closed, after: int, limit: int) -> list[int]:
    pk = closed.table.c[closed.pk]
    found = work.rows(select(pk.label("pk")).where(pk > after).order_by(pk).limit(limit))
    return [row["pk"] for row in found]


def _move(work: Work, closed: Closed, pks: list[int]) -> tuple[RowChanged | DecryptFailed, ...]:
    fresh: list[tuple[Any, ...]] = []
    names: dict[int, tuple[int, ...]] = {}
    trouble: list[RowChanged | DecryptFailed] = []
    query = select(closed.table).where(closed.table.c[closed.pk].in_(pks))
    also = _FOUND_BY if closed.table is receiver else ()
    for row in work.rows(query.order_by(closed.table.c[closed.pk])):
        if all(row[name] is None or _is_new(work.keys, row[name]) for name in closed.columns):
            continue
        try:
            _refuse_altered(work, closed, row)
            values = _closed_again(work, closed, row)
        except (RowChanged, DecryptFailed) as found:
            trouble.append(found)
            continue
        if also:
            names[row["order_id"]] = values.pop("names")
        fresh.append((*(values[name] for name in (*closed.columns, *also)), row[closed.pk]))
    _write(work, closed, also, fresh)
    _write_names(work, names)
    return tuple(trouble)


_FOUND_BY = ("phone_index", "email_index", "tokens")


def _refuse_altered(work: Work, closed: Closed, row: Row) -> None:
    """As `Work.checked`; but the record need not say of every row that its ciphertext is new."""
    shape = work.book.shapes[closed.table.name]
    if bytes(row["row_mac"] or b"") != shape.seal_row(work.keys, row):
        raise RowChanged(table=shape.name, id=str(row[closed.pk]))


def _is_new(keys: Keys, cipher: bytes) -> bool:
    return closed_with(bytes(cipher)) == keys.current


def _closed_again(work: Work, closed: Closed, row: Row) -> dict[str, Any]:
    """The row's ciphertexts under the current key; a receiver's indexes and names with them."""
    table, pk, keys = closed.table.name, row[closed.pk], work.keys
    clear = {name: keys.decrypt(table, pk, name, row[name]) for name in closed.columns}
    made: dict[str, Any] = {n: keys.encrypt(table, pk, n, text) for n, text in clear.items()}
    return made | _found_by(keys, clear) if closed.table is receiver else made


def _found_by(keys: Keys, clear: Mapping[str, bytes | None]) -> dict[str, Any]:
    name, phone, email = (
        (clear[f"{field}_ct"] or b"").decode() for field in ("name", "phone", "email")
    )
    tokens = keys.tokens(name) if name else ()
    return {
        "phone_index": keys.blind("phone", phone) if phone else None,
        "email_index": keys.blind("email", email) if email else None,
        "tokens": pack_tokens(tokens),
        "names": tokens,
    }


def _write(work: Work, closed: Closed, also: tuple[str, ...], fresh: list[tuple[Any, ...]]) -> None:
    """Write the rows; their version stays, as nothing a person or a pump decided on has moved."""
    if not fresh:
        return
    sets = ",".join(f'"{name}"=?' for name in (*closed.columns, *also))
    work.execute_each(f'UPDATE "{closed.table.name}" SET {sets} WHERE "{closed.pk}"=?', fresh)  # noqa: S608 - schema names
    work.touch(closed.table, *(values[-1] for values in fresh))


def _write_names(work: Work, names: Mapping[int, tuple[int, ...]]) -> None:
    ids = list(names)
    for start in range(0, len(ids), CHUNK):
        some = name_token.c.order_id.in_(ids[start : start + CHUNK])
        work.execute(name_token.delete().where(some))
    pairs = [(token, order_id) for order_id, tokens in names.items() for token in tokens]
    work.execute_many(name_token, ("token", "order_id"), pairs)


def _end(work: Work, key_id: int) -> str:
    """Every row was looked at: wait for the backups, or destroy what no row needs any more."""
    row = work.row(key_rotation, key_id)
    if row["state"] == MOVING:
        work.update(key_rotation, key_id, state=WAITING, moved_at=work.now)
        return WAITING
    if row["left_behind"]:
        work.update(key_rotation, key_id, state=WAITING, moved_at=work.now)
        return WAITING
    gone = [
        old["id"]
        for old in work.rows(select(keyring_row).where(keyring_row.c.state == OLDER))
        if old["id"] < key_id
    ]
    for old_id in gone:
        work.update(keyring_row, old_id, state=DESTROYED, wrapped=b"")
    work.update(key_rotation, key_id, state=DONE, ended_at=work.now)
    _use(work, work.keys.without(*gone))
    return DONE


def _use(work: Work, keys: Keys) -> None:
    book = work.book

    def now() -> None:
        book.keys = keys

    work.afterwards.append(now)
