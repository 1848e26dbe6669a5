"""How a shop's changed orders are walked without losing one: the cursor and its arithmetic.

Orders are sorted by when they changed and then by number, and each page asks for what comes after
the last order seen: changed later, or in the same second with a higher number. An order that
changes meanwhile only moves behind, where it is met again; a page that would begin behind the end
is never asked for, because Magento answers it with the last page once more.

A round ends with a page that is not full; the next begins some minutes before this one did
(sync.overlap), by the SHOP's clock, for an order may be written later than its own time says.
"""

import json
from dataclasses import dataclass, replace

from sync.channels.magento_search import PAGE, Filter, Search, utc_text
from sync.errors import Malformed
from sync.json_text import read_json
from sync.overlap import next_since

SORT = ("updated_at", "entity_id")


@dataclass(frozen=True, slots=True)
class Walk:
    """Where a round stands, in UTC milliseconds.

    `since_ms` is the lower bound of changes (None: all orders), `began_ms` the shop's time when the
    round began (None before its first answer); `last_ms` and `last_id` name the last order seen.
    `page` counts on from there where a whole page could not be read. `far_ms` is when a round last
    went far back.
    """

    since_ms: int | None = None
    began_ms: int | None = None
    last_ms: int | None = None
    last_id: int = 0
    page: int = 1
    far_ms: int = 0


def read_walk(cursor: str, start_ms: int | None) -> Walk:
    """The walk a cursor stands for; the empty cursor begins at `start_ms` (None = all orders)."""
    if not cursor:
        return Walk(since_ms=start_ms)
    try:
        walk = Walk(**read_json(cursor.encode()))
    except TypeError as strange:
        raise Malformed("sync_bad_cursor") from strange
    times = (walk.since_ms, walk.began_ms, walk.last_ms)
    if not all(each is None or type(each) is int for each in times):
        raise Malformed("sync_bad_cursor")
    numbers = (walk.last_id, walk.page, walk.far_ms)
    if any(type(each) is not int for each in numbers) or walk.page < 1:
        raise Malformed("sync_bad_cursor")
    return walk


def write_walk(walk: Walk) -> str:
    """The cursor text of a walk."""
    names = ("since_ms", "began_ms", "last_ms", "last_id", "page", "far_ms")
    return json.dumps({name: getattr(walk, name) for name in names}, separators=(",", ":"))


def search_of(walk: Walk) -> Search:
    """The next page of a walk."""
    groups: tuple[tuple[Filter, ...], ...] = ()
    if walk.last_ms is not None:
        at = utc_text(walk.last_ms)
        later = ("updated_at", "gt", at)
        groups = (
            (("updated_at", "gteq", at),),
            (later, ("entity_id", "gt", str(walk.last_id))),
        )
    elif walk.since_ms is not None:
        groups = ((("updated_at", "gteq", utc_text(walk.since_ms)),),)
    return Search(groups, SORT, walk.page)


def stepped(walk: Walk, seen: list[tuple[int, int] | None], total: int) -> tuple[Walk, bool]:
    """The walk after a page, and whether more waits.

    `seen` are (changed, number) of its orders, None where that could not be read; `total` is how
    many orders the page's own search has. Raises Malformed where the list does not move on: the
    shop, or a plugin of it, left our filters out.
    """
    known = [each for each in seen if each is not None]
    more = total > walk.page * PAGE
    if not more:
        return _next_round(walk), False
    if not known:
        return replace(walk, page=walk.page + 1), True
    last = max(known)
    if walk.last_ms is not None and last <= (walk.last_ms, walk.last_id):
        raise Malformed("sync_stuck", source="GET /V1/orders")
    return replace(walk, last_ms=last[0], last_id=last[1], page=1), True


def _next_round(walk: Walk) -> Walk:
    if walk.began_ms is None:
        return Walk(since_ms=walk.since_ms, far_ms=walk.far_ms)
    since, far = next_since(walk.began_ms, walk.far_ms)
    return Walk(since_ms=since, far_ms=far)
