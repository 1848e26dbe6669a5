"""How a home-made store's list is walked without losing an order: the cursor and its arithmetic.

A list that is cut by number (page, offset) moves while it is read: an order that changes may go to
its end and pull others left, across the border of a page that was already read. So each next page
is asked for so that it BEGINS with an order already seen, and unchanged since. Where it does not,
something moved, and the walk steps back, to the first page if need be. Orders never overtake each
other to the front of those already read without changing, and what changes after the round began
is asked for again by the next one, so every order is seen (property test).

A store that gives fewer orders to a page than it was asked for would be walked with holes; behind
a short page one more is asked for, and an order there that nobody saw stops the walk by name.

With a cursor or a Link header the store itself says where to go on.
"""

import json
import zlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sync.channels.own_shop_plan import Changed, Pages
from sync.errors import Malformed
from sync.json_text import read_json

BACKS = 50
# Pages of this size or more can always be asked for so that they overlap: no place in a list is a
# multiple of all sizes from half of it on.
LEAST = 20
_STEP_S = {"unix_ms": 0.001, "date": 86_400.0}


@dataclass(frozen=True, slots=True)
class Walk:
    """Where a round stands. Times in UTC milliseconds.

    `since_ms` is the lower bound of changes (None: all orders), `began_ms` the store's own time
    when the round began; `place` is how many orders are read, `recent` the last of them, `short`
    the page after which the list seems to end, `backs` how often it was stepped back; `next` is
    the store's own word where to go on.
    """

    since_ms: int | None = None
    began_ms: int | None = None
    place: int = 0
    recent: tuple[str, ...] = ()
    short: int = 0
    backs: int = 0
    next: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """A page to ask for: where it starts (from 0) and how long it is; `page` counts from 0."""

    start: int
    size: int
    page: int = 0


def read_walk(cursor: str) -> Walk:
    """The walk a cursor stands for; the empty one begins with all orders."""
    if not cursor:
        return Walk()
    told = read_json(cursor.encode())
    try:
        walk = Walk(**told)
        return replace(walk, recent=tuple(walk.recent))
    except TypeError as strange:
        raise Malformed("sync_bad_cursor") from strange


def write_walk(walk: Walk) -> str:
    """The cursor text of a walk."""
    told = {name: getattr(walk, name) for name in Walk.__dataclass_fields__}
    return json.dumps(told, separators=(",", ":"), ensure_ascii=False)


def window(walk: Walk, pages: Pages) -> Window:
    """The page to ask for next: it begins with an order already seen, and reaches furthest."""
    most = pages.size
    if pages.kind == "offset":
        return Window(max(0, walk.place - 1), most)
    if walk.short:
        return Window(walk.short * most, most, walk.short)
    if walk.place == 0:
        return Window(0, most)
    before = walk.place - 1
    sizes = range(most, most // 2, -1)
    size = max(sizes, key=lambda each: before // each * each + each)
    return Window(before // size * size, size, before // size)


def name_of(external_id: str, changed: str, raw: bytes) -> str:
    """How an order of the list is known again as it stood: by its id and its time of change.

    One that changed since it was seen has moved, and proves nothing of what stands before it. Where
    no time of change is told, a figure of its bytes stands for it.
    """
    return f"{external_id[:80]}@{changed[:40] or format(zlib.crc32(raw), '08x')}"


def stepped(
    walk: Walk, asked: Window, names: list[str], pages: Pages, told: int | None
) -> tuple[Walk, bool]:
    """The walk after a page that held these, and whether more waits.

    `told` is how many orders the store says the list has in all, None where it does not say.

    Raises:
        Malformed: the store gives fewer orders to a page than it is asked for, or never stands
            still.
    """
    if walk.short and not names:
        return walk, False
    if asked.start > 0 and not (names and names[0] in walk.recent):
        return _back(walk, asked, pages), True
    place = asked.start + len(names)
    fresh = [name for name in names if name not in walk.recent]
    after = replace(walk, place=place, recent=(*walk.recent, *fresh)[-3 * pages.size :], short=0)
    grown = place > walk.place
    if told is not None and place < told and not grown:
        raise Malformed("own_shop_page_capped", size=pages.size)
    if told is not None or pages.kind == "offset" or not names:
        return after, grown if told is None else place < told
    # Short pages end a list, unless the store cuts its pages shorter than it was asked to.
    ends = len(names) < asked.size
    return replace(after, short=(place + pages.size - 1) // pages.size if ends else 0), True


def _back(walk: Walk, asked: Window, pages: Pages) -> Walk:
    if walk.backs >= BACKS:
        raise Malformed("sync_stuck", source="own_shop")
    if walk.short:
        raise Malformed("own_shop_page_capped", size=pages.size)
    place = max(0, asked.start - pages.size + 1)
    return replace(walk, place=place if place > 1 else 0, backs=walk.backs + 1)


def next_round(walk: Walk, changed: Changed | None) -> Walk:
    """The first walk of the next round: from this round's begin, less the overlap."""
    if changed is None or walk.began_ms is None:
        return Walk(since_ms=walk.since_ms)
    return Walk(since_ms=walk.began_ms - changed.overlap_ms)


def since_text(since_ms: int, changed: Changed, zone: str) -> str:
    """The lower bound as the store wants it; one step earlier where its own is exclusive."""
    if changed.bound == "exclusive":
        since_ms -= round(_STEP_S.get(changed.format, 1.0) * 1000)
    if changed.format == "unix_ms":
        return str(since_ms)
    if changed.format == "unix":
        return str(since_ms // 1000)
    moment = datetime.fromtimestamp(since_ms // 1000, UTC)
    if changed.format == "iso_utc":
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    local = moment.astimezone(ZoneInfo(zone))
    if changed.format == "iso_offset":
        return local.isoformat()
    spelt = {"iso_local": "%Y-%m-%dT%H:%M:%S", "local": "%Y-%m-%d %H:%M:%S", "date": "%Y-%m-%d"}
    return local.strftime(spelt[changed.format])
