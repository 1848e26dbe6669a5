"""How a changing list of orders is walked without losing one: the cursor and its arithmetic.

WooCommerce lists by page number and cannot sort by modified time (channels.md 2.2), and the list
drifts while it is read: an order that changes joins it and pushes others right, which only repeats
some; a deleted one pulls others left, across the border of a page that was already read, which
would lose them. So each page is asked for in a size that makes it START on an order already seen:
when its first order is newer than the last one seen, something moved left, and the walk steps back.
One answer is one snapshot, so every order of the list is seen (property test).

A round walks the live orders, then the trashed ones (trap 8), with one fixed lower bound; the next
round's bound is the SERVER's time when this one began, less some minutes (trap 2; sync.overlap;
consistency.md 2.5), so a wrong clock here loses nothing.
"""

import json
from dataclasses import dataclass, replace

from sync.errors import Malformed
from sync.json_text import read_json
from sync.overlap import next_since

PAGE = 100
# A page reaches at least this far past the last order seen, whatever its place.
REACH = 40
PHASES = ("any", "trash")


@dataclass(frozen=True, slots=True)
class Walk:
    """Where a round stands. `since_ms` is the lower bound of modified times, None for all.

    `began_ms` is the server's time when the round began (None before its first answer); `phase`
    is the status asked for; `seen` the highest order id seen in it; `place` the position (from 1)
    at which that order stood, 0 before the first page; `blind` says that only orders without a
    readable number stood after it, so that the next page's start cannot be checked; `far_ms` when a
    round last went far back.
    """

    since_ms: int | None = None
    began_ms: int | None = None
    phase: str = "any"
    seen: int = 0
    place: int = 0
    blind: bool = False
    far_ms: int = 0


@dataclass(frozen=True, slots=True)
class Window:
    """A page to ask for: its number and size, both from 1."""

    page: int
    size: int

    @property
    def skipped(self) -> int:
        """How many orders of the list stand before this page."""
        return (self.page - 1) * self.size


def read_walk(cursor: str, start_ms: int | None) -> Walk:
    """The walk a cursor stands for; the empty cursor begins at `start_ms` (None = all orders)."""
    if not cursor:
        return Walk(since_ms=start_ms)
    told = read_json(cursor.encode())
    try:
        return Walk(**told)
    except TypeError as strange:
        raise Malformed("sync_bad_cursor") from strange


def write_walk(walk: Walk) -> str:
    """The cursor text of a walk."""
    told = {
        "since_ms": walk.since_ms,
        "began_ms": walk.began_ms,
        "phase": walk.phase,
        "seen": walk.seen,
        "place": walk.place,
        "blind": walk.blind,
        "far_ms": walk.far_ms,
    }
    return json.dumps(told, separators=(",", ":"))


def window(walk: Walk) -> Window:
    """The page that starts at or before the last order seen and reaches furthest past it."""
    if walk.place == 0:
        return Window(1, PAGE)
    before = walk.place - 1
    sizes = range(PAGE, PAGE // 2, -1)
    size = max(sizes, key=lambda each: before // each * each + each)
    return Window(before // size + 1, size)


def stepped(
    walk: Walk, asked: Window, ids: list[int | None], total_pages: int
) -> tuple[Walk, bool]:
    """The walk after a page with these ids, and whether its phase has more pages.

    None stands for an order whose number could not be read. A page that is empty, or starts after
    the last order seen, means that orders moved left: the walk goes back a page and reads again.
    """
    known = [number for number in ids if number is not None]
    unsure = walk.blind and bool(ids) and ids[0] is None
    if asked.page > 1 and not unsure and min(known, default=walk.seen + 1) > walk.seen:
        return replace(walk, place=max(0, asked.skipped - PAGE), blind=False), True
    last = max((at for at, number in enumerate(ids, 1) if number is not None), default=0)
    blind = len(ids) - last >= REACH
    return replace(
        walk,
        seen=max(walk.seen, max(known, default=0)),
        place=asked.skipped + (len(ids) if blind else last),
        blind=blind,
    ), asked.page < total_pages


def next_phase(walk: Walk) -> Walk | None:
    """The walk of the trashed orders after that of the live ones; None when the round is over."""
    if walk.phase == PHASES[-1]:
        return None
    after = PHASES[PHASES.index(walk.phase) + 1]
    return Walk(walk.since_ms, walk.began_ms, after, far_ms=walk.far_ms)


def next_round(walk: Walk) -> Walk:
    """The first walk of the next round: from this round's begin, less the overlap."""
    if walk.began_ms is None:
        return Walk(since_ms=walk.since_ms, far_ms=walk.far_ms)
    since, far = next_since(walk.began_ms, walk.far_ms)
    return Walk(since_ms=since, far_ms=far)
