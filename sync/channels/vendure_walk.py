"""How a Vendure server's orders are walked without losing one: the cursor and its arithmetic.

Vendure 3.7 stamps `updatedAt` when an order's own row is saved, and not when its state moves:
measured on SQLite and on PostgreSQL, an order that is paid, shipped, edited, delivered or refunded
keeps the stamp it had (a cancelled one gets a new one). A list by `updatedAt` alone would lose what
was placed from a cart that lay a while. So three walks take turns:

- `news`, every round: what was changed or PLACED since the last round began;
- `open`, every five minutes: all orders still to be shipped, whatever their stamps;
- `recent`, every six hours: all orders placed in the last 30 days, shipped and refunded ones too.

A long walk that took a while is followed by a rest of five times that, so that a shop with very
many open orders is not asked without a pause.

Every walk goes by the moment an order was placed, which never changes, and by id within one such
moment: each page asks for what was placed later than the last order seen, or in the same
millisecond under another id. Nothing that happens meanwhile can move an order over a page's edge.
Carts (never placed) and the sums of several sellers' orders are not orders to ship: not listed.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from itertools import takewhile
from typing import Any

from sync.errors import Malformed
from sync.json_text import read_json

PAGE = 50
OVERLAP_MS = 300_000
OPEN_EVERY_MS, RECENT_EVERY_MS = 300_000, 6 * 3_600_000
RECENT_MS = 30 * 86_400_000
# So many pages of a long walk, then the news again: a new order does not wait for its end.
BURST = 4
REST = 5
# So many ids are named in a request; a server takes no more than a hundred kilobytes of one.
MOST_IDS = 1000
DONE = ("Shipped", "PartiallyDelivered", "Delivered", "Cancelled")
NEWS, OPEN, RECENT = "news", "open", "recent"
Seen = tuple[int, str] | None


@dataclass(frozen=True, slots=True)
class Place:
    """How far a walk has come: placed at `last_ms` (UTC), `ids` of that moment; None before it.

    `skip` counts orders behind that place of which nothing could be read.
    """

    last_ms: int | None = None
    ids: tuple[str, ...] = ()
    skip: int = 0


@dataclass(frozen=True, slots=True)
class Walk:
    """Where the rounds stand, in UTC milliseconds of the SERVER's clock.

    `since_ms` bounds the news (None: all orders), `began_ms` is when this round's news began (None
    before its first answer). `long` is the long walk under way, "" for none, `long_place` its
    place; `burst` is how many of its pages may still come before the news. `open_ms` and
    `recent_ms` are when those walks last began; they go back to `from_ms`, where the first round
    began. `now` is the walk whose page is next.
    """

    since_ms: int | None = None
    began_ms: int | None = None
    place: Place = field(default_factory=Place)
    long: str = ""
    long_place: Place = field(default_factory=Place)
    burst: int = 0
    open_ms: int = 0
    recent_ms: int = 0
    from_ms: int | None = None
    now: str = NEWS

    @property
    def here(self) -> Place:
        """The place of the walk whose page is next."""
        return self.place if self.now == NEWS else self.long_place


def read_walk(cursor: str, start_ms: int | None) -> Walk:
    """The walk a cursor stands for; the empty cursor begins at `start_ms` (None = all orders)."""
    if not cursor:
        return Walk(since_ms=start_ms, from_ms=start_ms)
    try:
        told = dict(read_json(cursor.encode()))
        place, long_place = _place(told.pop("place")), _place(told.pop("long_place"))
        walk = Walk(**told, place=place, long_place=long_place)
    except (TypeError, KeyError, ValueError) as strange:
        raise Malformed("sync_bad_cursor") from strange
    numbers = (walk.burst, walk.open_ms, walk.recent_ms)
    fits = all(type(each) is int for each in numbers) and walk.now in (NEWS, walk.long)
    if (
        not fits
        or walk.long not in ("", OPEN, RECENT)
        or not _times(walk.since_ms, walk.began_ms, walk.from_ms)
    ):
        raise Malformed("sync_bad_cursor")
    return walk


def _place(told: Any) -> Place:
    place = Place(told["last_ms"], tuple(told["ids"]), told["skip"])
    fits = all(type(each) is str for each in place.ids) and type(place.skip) is int
    if not fits or not _times(place.last_ms):
        raise ValueError("place")
    return place


def _times(*told: object) -> bool:
    return all(each is None or type(each) is int for each in told)


def write_walk(walk: Walk) -> str:
    """The cursor text of a walk."""
    return json.dumps(asdict(walk), separators=(",", ":"))


def options_of(walk: Walk, take: int = PAGE) -> dict[str, Any]:
    """The next page of the walk whose turn it is, as OrderListOptions."""
    place = walk.here
    placed: dict[str, Any] = {"isNull": False}
    if place.last_ms is not None:
        placed = {"after": iso(place.last_ms - 1)}
    wanted: dict[str, Any] = {"orderPlacedAt": placed, "type": {"notEq": "Aggregate"}}
    skip = place.skip
    if len(place.ids) > MOST_IDS:
        skip += len(place.ids)
    elif place.ids:
        wanted["id"] = {"notIn": list(place.ids)}
    if walk.now == OPEN:
        wanted["state"] = {"notIn": list(DONE)}
    elif walk.now == NEWS and walk.since_ms is not None:
        since = {"after": iso(walk.since_ms)}
        wanted["_or"] = [{"updatedAt": since}, {"orderPlacedAt": since}]
    return {
        "take": take,
        "skip": skip,
        "sort": {"orderPlacedAt": "ASC", "id": "ASC"},
        "filter": wanted,
    }


def iso(ms: int) -> str:
    """A time as the API takes it; before 1970 there are no shops."""
    told = datetime.fromtimestamp(max(ms, 0) / 1000, UTC)
    return f"{told:%Y-%m-%dT%H:%M:%S}.{max(ms, 0) % 1000:03d}Z"


def started(walk: Walk, server_ms: int | None) -> Walk:
    """The walk once the first answer of a round told the server's time."""
    if walk.now == NEWS and walk.began_ms is None:
        return replace(walk, began_ms=server_ms)
    return walk


def stepped(
    walk: Walk, seen: Iterable[Seen], more: bool, now_ms: int | None = None
) -> tuple[Walk, bool]:
    """The walk after a page, and whether another page waits now.

    `seen` are (placed, id) of its orders, None where that could not be read; `more` says that the
    list had more than this page; `now_ms` is the server's time. Raises Malformed where
    the list does not move on: the server, or a plugin of it, left our filters out.
    """
    here = _moved(walk.here, list(seen))
    if walk.now == NEWS:
        walk = replace(walk, place=here)
        return (walk, True) if more else _news_read(walk)
    walk = replace(walk, long_place=here, burst=walk.burst - 1)
    if not more:
        # What waits behind a long walk is seen at the end of the next round of news.
        return _long_read(walk, now_ms), True
    return replace(walk, now=walk.now if walk.burst > 0 else NEWS), True


def _moved(place: Place, seen: list[Seen]) -> Place:
    known = sorted(each for each in seen if each is not None)
    if not known:
        return replace(place, skip=place.skip + len(seen))
    # What cannot be read and stands before the last order seen is behind us with it.
    lost = len(list(takewhile(lambda each: each is None, reversed(seen))))
    last = known[-1][0]
    ids = tuple(each for ms, each in known if ms == last)
    if place.last_ms is None or last > place.last_ms:
        return Place(last, ids, lost)
    fresh = tuple(each for each in ids if each not in place.ids)
    if last < place.last_ms or not fresh:
        raise Malformed("sync_stuck", source="orders")
    return Place(last, place.ids + fresh, lost)


def _long_read(walk: Walk, now_ms: int | None) -> Walk:
    """The long walk is read; the next begins when the server had its rest."""
    open_ms = walk.open_ms
    if now_ms is not None:
        took = max(0, now_ms - open_ms)
        open_ms = max(open_ms, now_ms + REST * took - OPEN_EVERY_MS)
    return replace(walk, long="", long_place=Place(), burst=0, now=NEWS, open_ms=open_ms)


def _news_read(walk: Walk) -> tuple[Walk, bool]:
    """The news are read: the next round's bound, and the long walk that is due or goes on."""
    began = walk.began_ms
    since = walk.since_ms if began is None else began - OVERLAP_MS
    walk = replace(walk, since_ms=since, began_ms=None, place=Place())
    if began is not None and not walk.long:
        walk = _due(walk, began)
    if not walk.long:
        return walk, False
    return replace(walk, now=walk.long, burst=BURST), True


def _due(walk: Walk, now: int) -> Walk:
    """With the long walk that should begin now; the first round has just read everything."""
    if not walk.open_ms:
        return replace(walk, open_ms=now, recent_ms=now)
    if now - walk.recent_ms >= RECENT_EVERY_MS:
        place = Place(last_ms=max(now - RECENT_MS, walk.from_ms or 0))
        return replace(walk, long=RECENT, long_place=place, recent_ms=now, open_ms=now)
    if now - walk.open_ms >= OPEN_EVERY_MS:
        return replace(walk, long=OPEN, long_place=Place(walk.from_ms), open_ms=now)
    return walk
