"""How a shop's changed orders are walked: by update time, with a cursor, over a fixed window.

Shopify can sort by update time and its cursor names a place in that order, so an order that
changes while the list is read only moves to the end, where it is read again. What it cannot do is
find an order at once: the search index lags behind the shop (channels.md 0 and 1.2). So a round
begins some minutes before the last one did (sync.overlap), by the SHOP's clock, and repeats are
recognised.
"""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sync.errors import Malformed
from sync.json_text import read_json
from sync.overlap import next_since


@dataclass(frozen=True, slots=True)
class Walk:
    """Where a round stands. `since_ms` is its lower bound, None for all orders there are.

    `began_ms` is the shop's time when the round began (None before its first answer); `after` the
    platform's cursor of the last page, "" before the first; `far_ms` when a round last
    went far back.
    """

    since_ms: int | None = None
    began_ms: int | None = None
    after: str = ""
    far_ms: int = 0


def read_walk(cursor: str, start_ms: int | None) -> Walk:
    """The walk a cursor stands for; the empty cursor begins at `start_ms` (None = all orders)."""
    if not cursor:
        return Walk(since_ms=start_ms)
    try:
        return Walk(**read_json(cursor.encode()))
    except TypeError as strange:
        raise Malformed("sync_bad_cursor") from strange


def write_walk(walk: Walk) -> str:
    """The cursor text of a walk."""
    told = {"since_ms": walk.since_ms, "began_ms": walk.began_ms, "after": walk.after}
    told |= {"far_ms": walk.far_ms}
    return json.dumps(told, separators=(",", ":"))


def query_of(walk: Walk) -> str | None:
    """The search of a round; dates are quoted, as the search syntax wants them.

    It names no status, so that archived and cancelled orders are found too.
    """
    if walk.since_ms is None:
        return None
    since = datetime.fromtimestamp(walk.since_ms // 1000, UTC)
    return f"updated_at:>='{since:%Y-%m-%dT%H:%M:%SZ}'"


def placed_in(since_ms: int, until_ms: int) -> str:
    """The search for orders placed from `since_ms` to before `until_ms`, in whole seconds."""
    since = datetime.fromtimestamp(since_ms // 1000, UTC)
    until = datetime.fromtimestamp(-(-until_ms // 1000), UTC)
    form = "%Y-%m-%dT%H:%M:%SZ"
    return f"created_at:>='{since:{form}}' AND created_at:<'{until:{form}}'"


def started(walk: Walk, server_ms: int | None) -> Walk:
    """The walk once its first answer told the shop's time."""
    return walk if walk.began_ms is not None else replace(walk, began_ms=server_ms)


def stepped(walk: Walk, after: str | None) -> tuple[Walk, bool]:
    """The walk after a page that ends at `after` (None: it was the last), and whether more wait."""
    if after is not None:
        return replace(walk, after=after), True
    if walk.began_ms is None:
        return Walk(since_ms=walk.since_ms, far_ms=walk.far_ms), False
    since, far = next_since(walk.began_ms, walk.far_ms)
    return Walk(since_ms=since, far_ms=far), False
