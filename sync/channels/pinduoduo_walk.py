"""How Pinduoduo's orders are walked without losing one: windows of time, their pages backwards.

Two lists (open.pinduoduo.com). pdd.order.list.get tells orders by the time they became a deal, 24
hours at most at once: the past of a new shop, three months. pdd.order.number.list.increment.get
tells them by the time they last changed, 30 minutes at most, ending at least three minutes ago.

An order that changes while its window is read leaves the window, and those behind it move one
place towards the first page. So a window is read from its last page to its first: what moves, moves
onto pages still to come and is read twice at worst. How many pages there are is asked once; where
the last one says that another follows, that one is read first.
"""

import json
from dataclasses import dataclass, replace

from sync.errors import Malformed
from sync.json_text import read_json
from sync.overlap import next_since

PAGE = 100
LAG_S = 180
HISTORY_S = 90 * 86_400
HISTORY, CHANGES = "history", "changes"
WINDOW_S = {HISTORY: 86_400, CHANGES: 1_800}
INTERFACE = {HISTORY: "pdd.order.list.get", CHANGES: "pdd.order.number.list.increment.get"}
PATH = {
    HISTORY: ("order_list_get_response", "order_list"),
    CHANGES: ("order_sn_increment_get_response", "order_sn_list"),
}
ALL = 5


@dataclass(frozen=True, slots=True)
class Walk:
    """Where a round stands; all times are the platform's own epoch seconds.

    `since_s` is where the window begins, `until_s` where the round ends (0 before it began);
    `page` the page to read next (0: how many there are is not known yet), `top` the highest one
    known; `far_s` is when a round last went far back.
    """

    phase: str = HISTORY
    since_s: int = 0
    until_s: int = 0
    page: int = 0
    top: int = 0
    far_s: int = 0

    @property
    def window(self) -> tuple[int, int]:
        """The window's first and last second."""
        return self.since_s, min(self.since_s + WINDOW_S[self.phase], self.until_s)


_NAMES = ("phase", "since_s", "until_s", "page", "top", "far_s")


def read_walk(cursor: str, start_ms: int | None) -> Walk:
    """The walk a cursor stands for; the empty one begins at `start_ms` (None: three months)."""
    if not cursor:
        return Walk(since_s=(start_ms or 0) // 1000)
    told = read_json(cursor.encode())
    try:
        walk = Walk(**told)
    except TypeError as strange:
        raise Malformed("sync_bad_cursor") from strange
    numbers = (walk.since_s, walk.until_s, walk.page, walk.top, walk.far_s)
    whole = all(type(each) is int and each >= 0 for each in numbers)
    if walk.phase not in WINDOW_S or not whole:
        raise Malformed("sync_bad_cursor")
    return walk


def write_walk(walk: Walk) -> str:
    """The cursor text of a walk."""
    told = {name: getattr(walk, name) for name in _NAMES}
    return json.dumps(told, separators=(",", ":"))


def begun(walk: Walk, platform_s: int) -> Walk | None:
    """The walk of a round that begins now by the platform's clock; None where it is too early."""
    until = platform_s - LAG_S
    # Older changes are told no more; a round that waited so long reads what is left.
    since = max(walk.since_s, platform_s - HISTORY_S)
    return replace(walk, since_s=since, until_s=until) if since < until else None


def asked(walk: Walk) -> dict[str, str | int | bool]:
    """What the walk's list is asked with: every state, lotteries too.

    While the pages are not counted the answer is to say how many orders there are; after that only
    whether another page follows, which the platform answers faster.
    """
    start, end = walk.window
    common = {
        "order_status": ALL,
        "refund_status": ALL,
        "page": walk.page or 1,
        "page_size": PAGE,
        "use_has_next": walk.page > 0,
    }
    if walk.phase == HISTORY:
        return {**common, "start_confirm_at": start, "end_confirm_at": end}
    return {**common, "is_lucky_flag": 0, "start_updated_at": start, "end_updated_at": end}


def counted(walk: Walk, total: int) -> Walk:
    """The walk once it is known how many orders its window holds, when they fill several pages."""
    pages = -(-total // PAGE)
    return replace(walk, page=pages, top=pages)


def stepped(walk: Walk, *, has_next: bool) -> tuple[Walk, bool]:
    """The walk after a page, and whether the round has more."""
    if walk.page == walk.top and has_next:
        return replace(walk, page=walk.page + 1, top=walk.top + 1), True
    if walk.page > 1:
        return replace(walk, page=walk.page - 1), True
    return _next_window(walk)


def _next_window(walk: Walk) -> tuple[Walk, bool]:
    """The next window, the changes since the past was begun to be read, or the next round."""
    end = walk.window[1]
    if end < walk.until_s:
        # One second twice, so that it does not matter to which window a border belongs.
        return replace(walk, since_s=end - 1, page=0, top=0), True
    since, far = next_since(walk.until_s * 1000, walk.far_s * 1000)
    after = Walk(CHANGES, since_s=since // 1000, far_s=far // 1000)
    return after, walk.phase == HISTORY
