"""What the derived tables should hold, made again from the sealed rows they were made from."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, text

from app.store.verify_rows import WantedTokens

_TOKEN = 8
_PAGE = 2_000
#: each kind of counter by the first part of its name, with what it counts
COUNTED = {
    "tab": (
        "SELECT 'tab:' || counted_tab, channel_id, location_id, currency, count(*),"
        " sum(counted_minor) FROM orders WHERE counted_tab <> ''"
        " GROUP BY counted_tab, channel_id, location_id, currency"
    ),
    "case": (
        "SELECT 'case:' || priority, 0, 0, '', count(*), 0"
        " FROM cases WHERE state <> 'settled' GROUP BY priority"
    ),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as the record says.

    Attributes:
        kind: entry_edited, entry_missing, entry_reordered, entry_unlinked, entry_cut,
            head_old, guard_missing, row_changed, row_old, row_missing, row_unborn, token_wrong
            or counter_wrong; its sentence stands in the words under ``verify.<kind>``.
        table: the table it is in.
        key: the row's key, or the chain and number of an entry.
        said: what the record says, as far as that helps to find the row.
    """

    kind: str
    table: str
    key: str
    said: str = ""


def derived_findings(conn: Connection, wanted: WantedTokens) -> Iterator[Finding]:
    """Every name token and counter that does not follow from the sealed rows."""
    _gather(conn, wanted)
    yield from _tokens(conn, wanted)
    yield from _counters(conn)


def _gather(conn: Connection, wanted: WantedTokens) -> None:
    rows = conn.execute(text("SELECT order_id, tokens FROM receiver WHERE tokens IS NOT NULL"))
    for some in rows.partitions(_PAGE):
        wanted.take(pair for row in some for pair in _unpacked(row))


def _unpacked(row: Row[Any]) -> list[tuple[int, int]]:
    packed = bytes(row.tokens)
    whole = len(packed) // _TOKEN
    tokens = struct.unpack(f">{whole}q", packed[: whole * _TOKEN])
    return [(token, row.order_id) for token in tokens]


def _tokens(conn: Connection, wanted: WantedTokens) -> Iterator[Finding]:
    rows = conn.execute(text("SELECT token, order_id FROM name_token ORDER BY 1, 2"))
    live = (tuple(row) for some in rows.partitions(_PAGE) for row in some)
    there = next(live, None)
    for want in wanted.all():
        while there is not None and there < want:
            yield Finding("token_wrong", "name_token", str(there[1]), f"+{there[0]}")
            there = next(live, None)
        if there == want:
            there = next(live, None)
        else:
            yield Finding("token_wrong", "name_token", str(want[1]), f"-{want[0]}")
    while there is not None:
        yield Finding("token_wrong", "name_token", str(there[1]), f"+{there[0]}")
        there = next(live, None)


def _counters(conn: Connection) -> Iterator[Finding]:
    right: dict[tuple[str, int, int, str], tuple[int, int]] = {}
    for query in COUNTED.values():
        for name, channel_id, location_id, currency, n, minor in conn.execute(text(query)):
            right[name, channel_id, location_id, currency] = (n, int(minor))
    live = "SELECT name, channel_id, location_id, currency, n, amount_minor FROM counter"
    for name, channel_id, location_id, currency, n, minor in conn.execute(text(live)):
        if str(name).partition(":")[0] not in COUNTED:
            continue
        place = (name, channel_id, location_id, currency)
        wanted = right.pop(place, (0, 0))
        if (n, minor) != wanted:
            yield _counter(place, wanted, (n, minor))
    for place, wanted in right.items():
        yield _counter(place, wanted, (0, 0))


def _counter(
    place: tuple[str, int, int, str], wanted: tuple[int, int], found: tuple[int, int]
) -> Finding:
    key = "/".join(map(str, place))
    return Finding("counter_wrong", "counter", key, f"{found} != {wanted}")
