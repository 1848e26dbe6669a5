"""What intake reads and writes of the book, a whole batch at a time (speed.md, intake)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, func, select
from sqlalchemy.exc import DataError, IntegrityError

from app.domain.errors import WaydeskError
from app.store import counters
from app.store.seal import Row
from app.store.tables import (
    channel,
    line,
    name_token,
    orders,
    parcel,
    proof,
    receiver,
    refund,
    waybill,
)
from app.store.tables_record import (
    case,
    cursor,
    event,
    kept_aside,
    outbox,
    raw_record,
    time_reading,
)
from app.store.work import CHUNK, Work

# What one record can do to itself. Anything else (a full disk, a lost server) is not its fault.
POISON = (
    WaydeskError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    DataError,
    IntegrityError,
)
SETTLED_MS = 2_000
REREAD_MS = 60_000  # when what could not be read is first read once more by itself
_IN_ORDER = (orders, receiver, line, proof, refund, raw_record, time_reading, event)
_TOKEN = 8
_STANDING = ("awaiting_payment", "paid", "allocated")
CHUNK_ASKED = 100


class Tray:
    """The rows of many new orders, written together: one statement for each table."""

    def __init__(self) -> None:
        self._rows: dict[str, list[Row]] = {table.name: [] for table in _IN_ORDER}
        self._tokens: list[tuple[int, int]] = []

    def put(self, table: Table, row: Row) -> None:
        """Add one row; dictionaries may still be changed until the tray is written."""
        self._rows[table.name].append(row)

    def find_by(self, order_id: int, tokens: Iterable[int]) -> None:
        """Make an order findable by the keyed pieces of its receiver's name."""
        self._tokens.extend((token, order_id) for token in tokens)

    def write(self, work: Work) -> None:
        """Write all rows, sealed, and count the new orders on the board."""
        for table in _IN_ORDER:
            work.insert(table, *self._rows[table.name])
        work.execute_many(name_token, ("token", "order_id"), self._tokens)
        self._count(work)
        work.mark("orders", *(row["id"] for row in self._rows["orders"]))

    def _count(self, work: Work) -> None:
        sums: dict[tuple[str, counters.Scope], list[int]] = {}
        for row in self._rows["orders"]:
            place = (row["channel_id"], row["location_id"], row["currency"])
            counted = sums.setdefault((row["counted_tab"], place), [0, 0])
            counted[0] += 1
            counted[1] += row["counted_minor"]
        for (tab, place), (n, minor) in sorted(sums.items()):
            counters.add(work, f"tab:{tab}", n, minor, place)


def pack_tokens(tokens: Sequence[int]) -> bytes:
    """The tokens as stored beside the receiver, so that they can be taken back."""
    return b"".join(token.to_bytes(_TOKEN, "big", signed=True) for token in tokens)


def replace_tokens(work: Work, order_id: int, tokens: Sequence[int]) -> None:
    """Make an order findable by another name, and no longer by the old one."""
    work.execute(name_token.delete().where(name_token.c.order_id == order_id))
    rows = [(token, order_id) for token in tokens]
    work.execute_many(name_token, ("token", "order_id"), rows)


def shop_row(work: Work, channel_id: int) -> Row:
    """One shop on a platform, its seal checked."""
    return work.row(channel, channel_id)


def known_orders(work: Work, channel_id: int, external_ids: Sequence[str]) -> dict[str, Row]:
    """The orders of a shop that stand in the book already, by the platform's id."""
    found: dict[str, Row] = {}
    for start in range(0, len(external_ids), CHUNK):
        some = external_ids[start : start + CHUNK]
        query = select(orders).where(
            orders.c.channel_id == channel_id, orders.c.external_id.in_(some)
        )
        for row in work.rows(query.with_for_update()):
            found[row["external_id"]] = work.checked(orders, row)
    return found


def standing_so(work: Work, channel_id: int, versions: Mapping[str, int]) -> frozenset[str]:
    """Of these order numbers of a shop, those that stand with just this time of their last change.

    Only what was read a while after that time counts: a second change in the same second would
    bear it too.
    """
    found = set()
    asked = list(versions)
    for start in range(0, len(asked), CHUNK):
        mine = orders.c.external_id.in_(asked[start : start + CHUNK])
        query = (
            select(orders.c.external_id, orders.c.external_version, func.max(raw_record.c.at))
            .join(raw_record, raw_record.c.order_id == orders.c.id)
            .where(orders.c.channel_id == channel_id, mine)
            .where(raw_record.c.external_version == orders.c.external_version)
            .group_by(orders.c.external_id, orders.c.external_version)
        )
        for row in work.rows(query):
            external_id, version, read_at = row.values()
            if versions[external_id] == version and read_at - version >= SETTLED_MS:
                found.add(external_id)
    return frozenset(found)


def last_bodies(work: Work, order_ids: Sequence[int]) -> dict[int, bytes]:
    """The newest untouched record of each order, opened."""
    newest: dict[int, Row] = {}
    for start in range(0, len(order_ids), CHUNK):
        some = order_ids[start : start + CHUNK]
        query = select(raw_record).where(raw_record.c.order_id.in_(some))
        for row in work.rows(query.order_by(raw_record.c.external_version, raw_record.c.id)):
            newest[row["order_id"]] = row
    bodies = {}
    for order_id, row in newest.items():
        body = work.keys.decrypt("raw_record", row["id"], "body_ct", row["body_ct"])
        bodies[order_id] = body or b""
    return bodies


def rows_of(work: Work, table: Table, order_id: int) -> list[Row]:
    """The rows of one order in a table, oldest first, each seal checked."""
    query = select(table).where(table.c.order_id == order_id).order_by(table.c.id)
    return [work.checked(table, row) for row in work.rows(query)]


def has_label(work: Work, order_id: int) -> bool:
    """Whether a carrier has, or may have, a contract for a parcel of this order."""
    closed = ("voided", "rejected")
    query = select(waybill.c.id).where(
        waybill.c.order_id == order_id, waybill.c.state.not_in(closed)
    )
    return bool(work.rows(query.limit(1)))


def has_parcel(work: Work, order_id: int) -> bool:
    """Whether the warehouse has a box for this order that has not left."""
    query = select(parcel.c.id).where(parcel.c.order_id == order_id, parcel.c.state == "open")
    return bool(work.rows(query.limit(1)))


def memo_waits(work: Work, order_id: int) -> bool:
    """Whether a memo written here has not reached the platform yet."""
    query = select(outbox.c.id).where(
        outbox.c.order_id == order_id,
        outbox.c.kind == "memo_write",
        outbox.c.state.in_(("ready", "leased", "unknown")),
    )
    return bool(work.rows(query.limit(1)))


def waiting_for_word(
    work: Work, platform: str, machine: str, raw: str, channel_id: int = 0
) -> list[tuple[int, int]]:
    """(case id, order id) of the open cases about one unknown word of a platform, or of one shop.

    Of the platform's, those are left out that wait in another shop than ``channel_id``, if given.
    """
    mine = case.c.channel_id == channel_id if channel_id else case.c.channel_id != 0
    query = (
        select(case.c.id, case.c.order_id)
        .join(channel, channel.c.id == case.c.channel_id)
        .where(
            case.c.kind == "unknown_status",
            case.c.state != "settled",
            case.c.subject == f"{machine}:{raw}",
            channel.c.platform == platform,
            mine,
        )
        .order_by(case.c.order_id)
    )
    return [(row["id"], row["order_id"]) for row in work.rows(query)]


def waiting_for_sku(work: Work, kind: str, sku: str) -> list[tuple[int, int]]:
    """(case id, order id) of the open cases of a kind about one merchant code."""
    query = select(case.c.id, case.c.order_id).where(
        case.c.kind == kind, case.c.state != "settled", case.c.subject == sku
    )
    return [(row["id"], row["order_id"]) for row in work.rows(query.order_by(case.c.order_id))]


def short_of(work: Work, skus: Sequence[str]) -> list[str]:
    """The merchant codes among these that some order is short of."""
    found: set[str] = set()
    for start in range(0, len(skus), CHUNK):
        query = select(case.c.subject).where(
            case.c.kind == "short_stock",
            case.c.state != "settled",
            case.c.subject.in_(skus[start : start + CHUNK]),
        )
        found.update(row["subject"] for row in work.rows(query))
    return sorted(found)


def name_sku(work: Work, sku: str) -> None:
    """Mark every item of a merchant code as known."""
    unknown = select(line.c.id).where(line.c.sku == sku, line.c.sku_known == 0)
    for row in work.rows(unknown):
        work.row(line, row["id"])
        work.update(line, row["id"], sku_known=1)


def cursor_of(work: Work, channel_id: int, stream: str = "orders") -> str:
    """How far a shop has been read, "" for a new one."""
    query = select(cursor).where(cursor.c.channel_id == channel_id, cursor.c.stream == stream)
    found = work.rows(query)
    return str(work.checked(cursor, found[0])["value"]) if found else ""


def read_at(work: Work) -> dict[int, int]:
    """When each shop's orders were last read (UTC ms), by channel id."""
    query = select(cursor.c.channel_id, cursor.c.at).where(cursor.c.stream == "orders")
    return {row["channel_id"]: row["at"] for row in work.rows(query)}


def move_cursor(work: Work, channel_id: int, value: str, stream: str = "orders") -> bool:
    """Remember how far a shop has been read; False when it stood there already."""
    query = select(cursor).where(cursor.c.channel_id == channel_id, cursor.c.stream == stream)
    found = work.rows(query.with_for_update())
    if not found:
        place = {"id": work.ids.next(), "channel_id": channel_id, "stream": stream}
        work.insert(cursor, {**place, "value": value, "at": work.now})
        return True
    row = work.checked(cursor, found[0])
    if row["value"] == value:
        return False
    work.update(cursor, row["id"], value=value, at=work.now)
    return True


def standing_orders(work: Work, channel_id: int, since: int, after: int) -> dict[str, int]:
    """Orders of a shop still to be shipped, placed since (UTC ms): the platform's id to ours.

    At most a hundred, whose ids come after ``after``, in their order.
    """
    query = select(orders.c.id, orders.c.external_id).where(
        orders.c.channel_id == channel_id,
        orders.c.placed_at >= since,
        orders.c.state.in_(_STANDING),
        orders.c.id > after,
    )
    found = work.rows(query.order_by(orders.c.id).limit(CHUNK_ASKED))
    return {row["external_id"]: row["id"] for row in found}


def keep_aside(work: Work, row: dict[str, Any], body: bytes) -> int:
    """Keep a record that is no order, encrypted; 0 when exactly this one is kept already.

    ``row`` holds channel_id, external_id, code and field. The first failure counts as one.
    """
    digest = work.keys.mac(body)
    same = select(kept_aside.c.id).where(
        kept_aside.c.channel_id == row["channel_id"],
        kept_aside.c.external_id == row["external_id"],
        kept_aside.c.body_digest == digest,
    )
    if work.rows(same):
        return 0
    pk: int = work.ids.next()
    closed = work.keys.encrypt("kept_aside", pk, "body_ct", body)
    made = {"id": pk, "body_ct": closed, "body_digest": digest, "at": work.now}
    tried = {"fail_count": 1, "next_at": work.now + REREAD_MS, "last_error": row["code"]}
    work.insert(kept_aside, {**row, **made, **tried})
    work.mark("kept", pk)
    return pk


def standing_records(work: Work, channel_id: int, external_id: str) -> list[Row]:
    """What is kept of one of a shop's orders and not in yet, oldest first."""
    query = select(kept_aside).where(
        kept_aside.c.channel_id == channel_id,
        kept_aside.c.external_id == external_id,
        kept_aside.c.state.in_(("kept", "wanted", "dead")),
    )
    rows = work.rows(query.order_by(kept_aside.c.id))
    return [work.checked(kept_aside, row) for row in rows]


def wanted_records(work: Work, limit: int = 20) -> list[Row]:
    """The kept records to read once more: asked for, or due by themselves, oldest first.

    Of one order only the first is named: all that is kept of it is settled together.
    """
    due = (
        (kept_aside.c.state == "kept")
        & (kept_aside.c.external_id != "")
        & (kept_aside.c.next_at <= work.now)
    )
    query = select(kept_aside).where((kept_aside.c.state == "wanted") | due)
    rows = work.rows(query.order_by(kept_aside.c.id).limit(limit))
    first = {(row["channel_id"], row["external_id"]): row for row in reversed(rows)}
    return [work.checked(kept_aside, row) for row in reversed(first.values())]


def cases_of_kept(work: Work, kept_id: int) -> list[int]:
    """The open cases about one kept record."""
    query = select(case.c.id).where(case.c.kept_id == kept_id, case.c.state != "settled")
    return [int(row["id"]) for row in work.rows(query)]


def was_edited(work: Work, order_id: int) -> bool:
    """Whether somebody here corrected where this order goes."""
    query = select(event.c.id).where(event.c.order_id == order_id, event.c.kind == "address_edited")
    return bool(work.rows(query.limit(1)))


def was_noticed(work: Work, order_id: int, kind: str, subject: str) -> bool:
    """Whether this was ever a case of the order, settled ones counted: it is not asked twice."""
    query = select(case.c.id).where(
        case.c.order_id == order_id, case.c.kind == kind, case.c.subject == subject
    )
    return bool(work.rows(query.limit(1)))
