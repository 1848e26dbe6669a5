"""Finds entries of the record, newest first, without ever holding a writer up for long.

One question looks through at most 10,000 entries and says where it stopped, so that a rare word in
a million entries is found in a hundred short steps between which others are served.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, func, or_, select

from app.store.seal import Row
from app.store.tables import channel, orders, parcel, print_job, waybill
from app.store.tables_catalogue import product
from app.store.tables_record import audit, case, operator, outbox
from app.store.work import CHUNK, Work

SCAN = 10_000
MOST_ORDERS = 20
MOST_DIGITS = 18
Place = tuple[int, int, int]
Condition = Callable[[Any], ColumnElement[bool]]
"""Given the columns of an entry, what must hold of it."""
A = audit.c


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for.

    Attributes:
        conditions: what must hold of every entry found.
        since: from this moment on, UTC ms.
        until: before this moment, 0 for no end.
        below: go on below this place.
    """

    conditions: tuple[Condition, ...] = ()
    since: int = 0
    until: int = 0
    below: Place | None = None


@dataclass(frozen=True, slots=True)
class Lines:
    """Entries found, where to go on, and the time of the oldest one looked at."""

    rows: list[Row]
    next: Place | None
    looked_to: int


def find(work: Work, asked: Question, limit: int, scan: int = SCAN) -> Lines:
    """The next ``limit`` entries that fit, from at most ``scan`` looked at."""
    window = scan if asked.conditions else limit
    span = _span(asked)
    inner = _newest_first(select(audit).where(*span)).limit(window).subquery()
    query = select(inner).where(*(holds(inner.c) for holds in asked.conditions))
    ordered = query.order_by(inner.c.at.desc(), inner.c.chain, inner.c.seq.desc())
    rows = work.rows(ordered.limit(limit))
    if len(rows) == limit:
        return Lines(rows, _place(rows[-1]), rows[-1]["at"])
    keys = _newest_first(select(A.at, A.chain, A.seq).where(*span))
    last = work.rows(keys.offset(window - 1).limit(1))
    if last:
        return Lines(rows, _place(last[0]), last[0]["at"])
    oldest = work.rows(select(func.min(A.at).label("at")).where(*span))
    return Lines(rows, None, oldest[0]["at"] or (asked.below or (0,))[0])


def _span(asked: Question) -> list[ColumnElement[bool]]:
    span: list[ColumnElement[bool]] = []
    if asked.since:
        span.append(A.at >= asked.since)
    if asked.until:
        span.append(A.at < asked.until)
    if asked.below is not None:
        at, chain, seq = asked.below
        behind = or_(A.chain > chain, and_(A.chain == chain, A.seq < seq))
        span += [A.at <= at, or_(A.at < at, behind)]
    return span


def _newest_first(query: Select[Any]) -> Select[Any]:
    return query.order_by(A.at.desc(), A.chain, A.seq.desc())


def _place(row: Row) -> Place:
    return row["at"], row["chain"], row["seq"]


# --- what people call the things entries are about ---------------------------------------------


@dataclass(frozen=True, slots=True)
class Name:
    """What people call a thing, and the order it leads to (0: none)."""

    label: str = ""
    order_id: int = 0


_NAMED: dict[str, tuple[Table, str, str]] = {
    "order": (orders, "external_no", "id"),
    "case": (case, "number", "order_id"),
    "waybill": (waybill, "carrier_no", "order_id"),
    "parcel": (parcel, "public_id", "order_id"),
    "print": (print_job, "printer", "order_id"),
    "outbox": (outbox, "kind", "order_id"),
    "operator": (operator, "name", ""),
    "channel": (channel, "name", ""),
}
"""Each kind of object: its table, the column people know it by, the one that names its order."""


def names_of(work: Work, rows: Iterable[Row]) -> dict[tuple[str, int], Name]:
    """What the objects of these entries are called now; those that are gone have no name."""
    wanted: dict[str, set[int]] = {}
    for row in rows:
        if row["object"] in _NAMED and row["object_id"]:
            wanted.setdefault(row["object"], set()).add(row["object_id"])
    return {
        (kind, pk): name for kind, ids in wanted.items() for pk, name in _names(work, kind, ids)
    }


def _names(work: Work, kind: str, ids: set[int]) -> Iterable[tuple[int, Name]]:
    table, label, leads = _NAMED[kind]
    for row in work.rows(select(table).where(table.c.id.in_(sorted(ids)[:CHUNK]))):
        yield row["id"], Name(str(row[label] or ""), row[leads] if leads else 0)


def about(work: Work, number: str) -> Condition:
    """Entries about the order, waybill, exception or code people know by this number.

    An order's entries are those of its waybills, prints, uploads and exceptions too, and every
    entry that changed one of its rows, such as a print of a hundred orders together.
    """
    known = _orders_of(work, number)
    things = {"order": known} | {
        kind: _ids(work, table, leads, known)
        for kind, (table, _label, leads) in _NAMED.items()
        if leads == "order_id"
    }
    for kind in ("case", "operator", "channel"):
        things[kind] = [*things.get(kind, ()), *_by_name(work, kind, number)]
    if number.isdecimal() and len(number) <= MOST_DIGITS:
        known = [*known, int(number)]
    skus = [r["id"] for r in work.rows(select(product.c.id).where(product.c.sku == number))]
    ids = [*known, *skus]

    def holds(c: Any) -> ColumnElement[bool]:
        direct = [and_(c.object == k, c.object_id.in_(pks)) for k, pks in things.items() if pks]
        inside = [c.changes_json.contains(f",{pk},", autoescape=True) for pk in ids]
        return or_(c.object_id.in_(ids), *direct, *inside) if ids or direct else c.seq < 0

    return holds


def _orders_of(work: Work, number: str) -> list[int]:
    o = orders.c
    by_order = select(o.id).where(
        or_(o.number == number, o.external_no == number, o.external_id == number)
    )
    by_waybill = select(waybill.c.order_id.label("id")).where(waybill.c.carrier_no == number)
    found = [*work.rows(by_order.limit(MOST_ORDERS)), *work.rows(by_waybill.limit(MOST_ORDERS))]
    return sorted({row["id"] for row in found})


def _ids(work: Work, table: Table, leads: str, known: list[int]) -> list[int]:
    if not known:
        return []
    query = select(table.c.id).where(table.c[leads].in_(known))
    return [row["id"] for row in work.rows(query.order_by(table.c.id).limit(CHUNK))]


def _by_name(work: Work, kind: str, name: str) -> list[int]:
    table, label, _leads = _NAMED[kind]
    query = select(table.c.id).where(table.c[label] == name)
    return [row["id"] for row in work.rows(query.limit(MOST_ORDERS))]


def order_of(work: Work, table: str, key: str) -> int:
    """The order a row of a table is of, 0 for none or a row that is gone."""
    shape = work.book.shapes.get(table)
    if shape is None or not key.isdecimal() or len(key) > MOST_DIGITS:
        return 0
    if table in {"orders", "receiver"}:
        return int(key)
    if "order_id" not in shape.columns:
        return 0
    found = work.rows(select(shape.table.c.order_id).where(shape.table.c[shape.pk] == int(key)))
    return int(found[0]["order_id"]) if found else 0
