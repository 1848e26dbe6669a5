"""How a shop's changed trades are walked: by windows of their modified time, last page first.

taobao.trades.sold.increment.get takes a window of a day at most (half an hour advised), looks three
months back, and lists the newest change first. A trade that changes while the list is read leaves
its window, and all behind it move up: so a window is read from its last page to its first, where
what moves can only be met twice (open.taobao.com, the note at `page_no`). A round ends some seconds
ago and the next begins some minutes before that (sync.overlap), by the platform's clock: lists lag.
"""

import json
from dataclasses import astuple, dataclass, replace

from sync.errors import Malformed
from sync.json_text import read_json
from sync.overlap import next_since

PAGE = 50
LAG_MS = 10_000
SHORT_MS, LONG_MS = 1_800_000, 86_400_000
REACH_MS = 89 * 86_400_000
MANY_PAGES = 4


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
    span_ms: int = SHORT_MS
    told_ms: int = 0
    far_ms: int = 0


def read_walk(cursor: str, start_ms: int | None, now_ms: int) -> Walk:
    """The walk a cursor stands for, its window open; the empty one begins at `start_ms`.

    None begins as far back as the platform lists. Raises Malformed for a cursor of another make.
    """
    walk = Walk(start_ms or 0)
    if cursor:
        try:
            walk = Walk(**read_json(cursor.encode()))
        except TypeError as strange:
            raise Malformed("sync_bad_cursor") from strange
        if not all(type(each) is int and each >= 0 for each in astuple(walk)):
            raise Malformed("sync_bad_cursor")
    return walk if walk.until_ms else _opened(walk, now_ms)


def _opened(walk: Walk, now_ms: int) -> Walk:
    goal = walk.goal_ms or _second(now_ms - LAG_MS)
    since = _second(max(min(walk.since_ms, goal - 1000), now_ms - REACH_MS))
    span = min(max(walk.span_ms, SHORT_MS), LONG_MS)
    return replace(walk, since_ms=since, until_ms=min(since + span, goal), goal_ms=goal)


def _second(ms: int) -> int:
    return ms // 1000 * 1000


def write_walk(walk: Walk) -> str:
    """The cursor text of a walk."""
    names = ("since_ms", "until_ms", "goal_ms", "page", "span_ms", "told_ms", "far_ms")
    return json.dumps({name: getattr(walk, name) for name in names}, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Step:
    """The walk after an answer: whether its rows are to be used, and whether more waits now."""

    walk: Walk
    used: bool
    more: bool


def stepped(walk: Walk, total: int, server_ms: int | None) -> Step:
    """The step after an answer that counted `total` trades in the window.

    The first answer of a window of several pages only counts: its rows come again, last.
    """
    walk = replace(walk, told_ms=walk.told_ms or server_ms or 0)
    pages = -(-total // PAGE)
    if walk.page == 0 and pages > 1:
        return Step(replace(walk, page=pages), used=False, more=True)
    if walk.page > 1:
        return Step(replace(walk, page=walk.page - 1), used=True, more=True)
    span = min(walk.span_ms * 2, LONG_MS) if pages <= 1 else walk.span_ms
    span = span // 2 if pages > MANY_PAGES else span
    more = walk.until_ms < walk.goal_ms
    return Step(_next(replace(walk, span_ms=span, page=0)), used=True, more=more)


def _next(walk: Walk) -> Walk:
    """The next window of the round, or of the next round, not opened yet."""
    if walk.until_ms < walk.goal_ms:
        return replace(walk, since_ms=walk.until_ms, until_ms=0)
    # Ours may run ahead of the platform's clock: what it has not lived through is asked again.
    lived = min(walk.goal_ms, walk.told_ms or walk.goal_ms)
    since, far = next_since(lived, walk.far_ms)
    return Walk(_second(since), far_ms=far)
