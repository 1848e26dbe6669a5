"""How a list by the time of the last change is walked without losing anything.

Windows of time, their pages backwards. What changes while its window is read leaves the window, and
those behind it move one place towards the first page: so a window is read from its last page to its
first, where what moves, moves onto pages still to come, and is met twice at worst. A window that
holds too much is halved before it is read, one that holds little is followed by a longer one. A
round ends some seconds ago and the next begins some time before that, by the platform's clock:
lists lag.
"""

import json
from dataclasses import dataclass, replace

from sync.errors import Malformed
from sync.json_text import read_json
from sync.overlap import next_since

DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Rules:
    """What a platform's list allows: rows a page, rows a window may hold, and times in seconds.

    A round ends `lag_s` ago; `reach_s` is how far back
    is told, `longest_s` how long a window is at most.
    """

    page: int
    deep: int
    lag_s: int = 60
    reach_s: int = 90 * DAY_S
    longest_s: int = 7 * DAY_S


@dataclass(frozen=True, slots=True)
class Walk:
    """Where a round stands, in epoch seconds.

    `since_s` is where the window begins, `span_s` how long it is, `until_s` where the round ends
    (0 before it began); `page` counts down to 1 (0: how many there are is not known yet); `told_s`
    is the platform's time when the round began, `far_s` when one last went far back.
    """

    since_s: int = 0
    until_s: int = 0
    page: int = 0
    span_s: int = DAY_S
    told_s: int = 0
    far_s: int = 0

    @property
    def window(self) -> tuple[int, int]:
        """The window's first and last second."""
        return self.since_s, min(self.since_s + self.span_s, self.until_s)


def read_walk(cursor: str, start_ms: int | None) -> Walk:
    """The walk a cursor stands for; the empty one begins at `start_ms` (None: as far as is told).

    Raises Malformed for a cursor of another make.
    """
    if not cursor:
        return Walk(since_s=(start_ms or 0) // 1000)
    try:
        walk = Walk(**read_json(cursor.encode()))
    except TypeError as strange:
        raise Malformed("sync_bad_cursor") from strange
    numbers = (walk.since_s, walk.until_s, walk.page, walk.span_s - 1, walk.told_s, walk.far_s)
    if not all(type(each) is int and each >= 0 for each in numbers):
        raise Malformed("sync_bad_cursor")
    return walk


def write_walk(walk: Walk) -> str:
    """The cursor text of a walk."""
    names = ("since_s", "until_s", "page", "span_s", "told_s", "far_s")
    return json.dumps({name: getattr(walk, name) for name in names}, separators=(",", ":"))


def begun(walk: Walk, now_s: int, rules: Rules) -> Walk | None:
    """The walk of a round that begins now; None where it is too early."""
    until = now_s - rules.lag_s
    since = max(walk.since_s, now_s - rules.reach_s)
    return replace(walk, since_s=since, until_s=until) if since < until else None


@dataclass(frozen=True, slots=True)
class Step:
    """The walk after an answer: whether its rows are to be used, and whether more waits now."""

    walk: Walk
    used: bool
    more: bool


def stepped(walk: Walk, total: int, server_ms: int | None, rules: Rules) -> Step:
    """The step after an answer that counted `total` in the window.

    The first answer of a window of several pages only counts: its rows come again, last.
    """
    walk = replace(walk, told_s=walk.told_s or (server_ms or 0) // 1000)
    start, end = walk.window
    pages = -(-total // rules.page)
    if walk.page == 0 and total > rules.deep and end - start > 1:
        return Step(replace(walk, span_s=(end - start) // 2), used=False, more=True)
    if walk.page == 0 and pages > 1:
        return Step(replace(walk, page=pages), used=False, more=True)
    if walk.page > 1:
        return Step(replace(walk, page=walk.page - 1), used=True, more=True)
    span = min(walk.span_s * 2, rules.longest_s) if pages <= 1 else walk.span_s
    if end < walk.until_s:
        # A border belongs to both windows: it does not matter to which one the platform puts it.
        return Step(replace(walk, since_s=end, span_s=span, page=0), used=True, more=True)
    # Ours may run ahead of the platform's clock: what it has not lived through is asked again.
    lived = min(walk.until_s, walk.told_s or walk.until_s)
    since, far = next_since(lived * 1000, walk.far_s * 1000)
    return Step(Walk(since // 1000, far_s=far // 1000), used=True, more=False)
