"""How a seller's changed orders are walked: windows of their update time, pages by token.

searchOrders takes lastUpdatedAfter with an optional lastUpdatedBefore that lies two minutes back;
without it the answer's own lastUpdatedBefore says how far it looked, by Amazon's clock, and that is
where the next round begins. A page's token is good for 24 hours and only with the parameters it was
made with, and about one page in three minutes may be asked for: so a long history is cut into
windows, and a window whose token grows old is begun again, shorter. Orders over two years are gone
(developer-docs.amazon.com/sp-api, Orders API 2026-01-01).
"""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sync.errors import Malformed
from sync.json_text import read_json

PAGE = 100
DAY_MS = 86_400_000
OVERLAP_MS = 120_000
# The platform wants two minutes; more is left for a clock of ours that runs ahead.
OPEN_MS = 3_600_000
TOKEN_MS = 23 * 3_600_000
REACH_MS = 729 * DAY_MS
SHORTEST_MS, FIRST_MS, LONGEST_MS = 600_000, 7 * DAY_MS, 64 * DAY_MS
MANY_PAGES = 20


@dataclass(frozen=True, slots=True)
class Walk:
    """Where a round stands, in UTC milliseconds.

    `after_ms` is its lower bound and `before_ms` its upper, 0 where Amazon says how far it looked;
    `mark_ms` is what it said with the first page; `token` the next page's, made at `token_ms`;
    `pages` how many were read; `span_ms` how long the next window is.
    """

    after_ms: int
    before_ms: int = 0
    mark_ms: int = 0
    token: str = ""
    token_ms: int = 0
    pages: int = 0
    span_ms: int = FIRST_MS


def read_walk(cursor: str, start_ms: int | None, now_ms: int) -> Walk:
    """The walk a cursor stands for, its window open; the empty one begins at `start_ms`.

    None begins as far back as Amazon keeps orders. Raises Malformed for a cursor of another make.
    """
    if not cursor:
        return opened(Walk(max(start_ms or 0, now_ms - REACH_MS)), now_ms)
    try:
        walk = Walk(**read_json(cursor.encode()))
    except TypeError as strange:
        raise Malformed("sync_bad_cursor") from strange
    numbers = (walk.after_ms, walk.before_ms, walk.mark_ms, walk.token_ms, walk.pages, walk.span_ms)
    if not all(type(each) is int and each >= 0 for each in numbers) or type(walk.token) is not str:
        raise Malformed("sync_bad_cursor")
    if not walk.token:
        return opened(walk, now_ms)
    return shorter(walk, now_ms) if walk.token_ms + TOKEN_MS < now_ms else walk


def opened(walk: Walk, now_ms: int) -> Walk:
    """The walk with its window chosen: closed while history is read, open where it meets now."""
    after = max(walk.after_ms, now_ms - REACH_MS)
    span = min(max(walk.span_ms, SHORTEST_MS), LONGEST_MS)
    until = after + span
    before = until if until < now_ms - OPEN_MS else 0
    return Walk(after, before_ms=before, span_ms=span)


def shorter(walk: Walk, now_ms: int) -> Walk:
    """The same window from its first page, cut to a quarter: its token is worth nothing more.

    One that has no upper end is cut by giving it one.
    """
    long = (walk.before_ms or now_ms) - walk.after_ms
    return opened(Walk(walk.after_ms, span_ms=max(long // 4, SHORTEST_MS)), now_ms)


def write_walk(walk: Walk) -> str:
    """The cursor text of a walk."""
    names = ("after_ms", "before_ms", "mark_ms", "token", "token_ms", "pages", "span_ms")
    return json.dumps({name: getattr(walk, name) for name in names}, separators=(",", ":"))


def query_of(walk: Walk) -> dict[str, str]:
    """The bounds and the page of a round, as parameters."""
    asked = {"lastUpdatedAfter": instant(walk.after_ms), "maxResultsPerPage": str(PAGE)}
    if walk.before_ms:
        asked["lastUpdatedBefore"] = instant(walk.before_ms)
    if walk.token:
        asked["paginationToken"] = walk.token
    return asked


def instant(ms: int) -> str:
    """A time as Amazon writes it: ISO 8601, in UTC with its Z, whole seconds rounded down."""
    return f"{datetime.fromtimestamp(ms // 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"


def stepped(walk: Walk, token: str, told_ms: int | None, now_ms: int) -> tuple[Walk, bool]:
    """The walk after a page, and whether more waits now.

    `token` is the next page's ("": it was the last), `told_ms` how far Amazon says it looked.
    """
    walk = replace(walk, mark_ms=walk.mark_ms or told_ms or 0, pages=walk.pages + 1)
    if token:
        return replace(walk, token=token, token_ms=now_ms), True
    span = walk.span_ms * 2 if walk.pages <= 1 else walk.span_ms
    span = span // 2 if walk.pages > MANY_PAGES else span
    if walk.before_ms:
        return Walk(walk.before_ms, span_ms=min(span, LONGEST_MS)), True
    # Where it does not say how far it looked, the window is asked for again.
    until = max(walk.mark_ms - OVERLAP_MS, walk.after_ms)
    return Walk(until, span_ms=FIRST_MS), False
