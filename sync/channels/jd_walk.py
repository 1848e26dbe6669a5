"""How JD's lists are walked: by windows of time, last page first.

jingdong.pop.order.enSearch takes a window of a month at most by the time an order's state or
waybill number changed, looks three months back, 100 a page, and answers nothing past page 100
(open.jd.com). What changes while its window is read leaves the window, and all behind it move one
place up: so a window is read from its last page to its first, where what moves can only be met
twice. A round ends some seconds ago and the next begins some minutes before that (sync.overlap), by
the platform's clock. Windows are as long as their pages allow, for how often a shop may search is
limited.
"""

import json
from dataclasses import dataclass, replace

from sync.errors import Malformed
from sync.json_text import read_json
from sync.overlap import next_since

LAG_MS = 10_000
DAY_MS = 86_400_000
REACH_MS = 89 * DAY_MS


@dataclass(frozen=True, slots=True)
class Rules:
    """What a list allows: rows a page, pages, and how long a window may be at most."""

    page: int
    pages: int
    longest_ms: int
    first_ms: int = DAY_MS


ORDERS = Rules(100, 100, 28 * DAY_MS)


@dataclass(frozen=True, slots=True)
class Walk:
    """Where a round stands, in UTC milliseconds of whole seconds.

    The window is `since_ms` to `until_ms` (0: not opened yet), `goal_ms` where the round ends;
    `page` counts down to 1 (0: how many there are is not known); `span_ms` is how long the next
    window is; `told_ms` is the platform's time when the round began (0 before its first answer);
    `far_ms` when a round last went far back.
    """

    since_ms: int
    until_ms: int = 0
    goal_ms: int = 0
    page: int = 0
    span_ms: int = 0
    told_ms: int = 0
    far_ms: int = 0


_NAMES = ("since_ms", "until_ms", "goal_ms", "page", "span_ms", "told_ms", "far_ms")


def read_walk(cursor: str, start_ms: int | None, now_ms: int, rules: Rules) -> Walk:
    """The walk a cursor stands for, its window open; the empty one begins at `start_ms`.

    None begins as far back as the platform lists. Raises Malformed for a cursor of another make.
    """
    walk = Walk(start_ms or 0)
    if cursor:
        try:
            walk = Walk(**read_json(cursor.encode()))
        except TypeError as strange:
            raise Malformed("sync_bad_cursor") from strange
        if not all(
            type(getattr(walk, name)) is int and getattr(walk, name) >= 0 for name in _NAMES
        ):
            raise Malformed("sync_bad_cursor")
    return walk if walk.until_ms else _opened(walk, now_ms, rules)


def _opened(walk: Walk, now_ms: int, rules: Rules) -> Walk:
    goal = walk.goal_ms or _second(now_ms - LAG_MS)
    since = _second(max(min(walk.since_ms, goal - 1000), now_ms - REACH_MS))
    span = min(walk.span_ms or rules.first_ms, rules.longest_ms)
    return replace(walk, since_ms=since, until_ms=min(since + span, goal), goal_ms=goal)


def _second(ms: int) -> int:
    return ms // 1000 * 1000


def write_walk(walk: Walk) -> str:
    """The cursor text of a walk."""
    told = {name: getattr(walk, name) for name in _NAMES}
    return json.dumps(told, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Step:
    """The walk after an answer: whether its rows are to be used, and whether more waits now."""

    walk: Walk
    used: bool
    more: bool


def stepped(walk: Walk, total: int, server_ms: int | None, rules: Rules) -> Step:
    """The step after an answer that counted `total` rows in the window.

    The first answer of a window of several pages only counts: its rows come again, last.
    """
    walk = replace(walk, told_ms=walk.told_ms or server_ms or 0)
    pages = -(-total // rules.page)
    width = walk.until_ms - walk.since_ms
    if walk.page == 0 and pages > rules.pages and width > 1000:
        half = max(_second(width // 2), 1000)
        return Step(_narrowed(walk, half), used=False, more=True)
    if walk.page == 0 and pages > 1:
        return Step(replace(walk, page=min(pages, rules.pages)), used=False, more=True)
    if walk.page > 1:
        return Step(replace(walk, page=walk.page - 1), used=True, more=True)
    span = width if pages > rules.pages // 4 else min(width * 2, rules.longest_ms)
    more = walk.until_ms < walk.goal_ms
    return Step(_next(replace(walk, span_ms=span, page=0)), used=True, more=more)


def _narrowed(walk: Walk, width_ms: int) -> Walk:
    return replace(walk, until_ms=walk.since_ms + width_ms, span_ms=width_ms)


def _next(walk: Walk) -> Walk:
    """The next window of the round, or of the next round, not opened yet."""
    if walk.until_ms < walk.goal_ms:
        return replace(walk, since_ms=walk.until_ms, until_ms=0)
    # Ours may run ahead of the platform's clock: what it has not lived through is asked again.
    lived = min(walk.goal_ms, walk.told_ms or walk.goal_ms)
    since, far = next_since(lived, walk.far_ms)
    return Walk(_second(since), far_ms=far)
