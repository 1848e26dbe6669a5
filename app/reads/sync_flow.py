"""How syncing and orders flow: the daily reports, dwell of states, retries, who waits for whom."""

from dataclasses import dataclass

from app.reads.book import ReadBook, frozen
from app.reads.sync_health import RED_BELOW, RIGHT, sight
from app.reads.viewer import Viewer

MOST = 2000


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One line of a day's report: how a link of a shop did; delays in ms."""

    id: int
    day: str
    channel_id: int
    shop: str
    platform: str
    link: str
    asked: int
    failed: int
    again: int
    came: int
    median_ms: int
    p95_ms: int

    @property
    def rate(self) -> float:
        """The share that worked, 0 to 1."""
        return (self.asked - self.failed) / self.asked if self.asked else 1.0

    @property
    def is_red(self) -> bool:
        """Whether less than 99.2 % worked (F011)."""
        return self.rate < RED_BELOW


@dataclass(frozen=True, slots=True)
class StateRow:
    """How long orders had stood in a state, at a moment (UTC ms)."""

    at: int
    state: str
    n: int
    median_ms: int
    oldest_ms: int


@dataclass(frozen=True, slots=True)
class LockRow:
    """Who waited for whom at a moment: orders for goods others hold, writes for other writes."""

    at: int
    holding: int
    waiting: int
    writes: int
    waited: int
    longest_ms: int
    conflicts: int

    @property
    def index(self) -> float:
        """The share of orders with claims on goods that wait for others' reservations, 0 to 1."""
        claims = self.holding + self.waiting
        return self.waiting / claims if claims else 0.0

    @property
    def busy(self) -> float:
        """The share of writes that found another under way, 0 to 1."""
        return self.waited / self.writes if self.writes else 0.0


@dataclass(frozen=True, slots=True)
class RetryRow:
    """What was asked of all shops in sight until a moment (UTC ms), and how much of it again."""

    at: int
    asked: int
    again: int

    @property
    def rate(self) -> float:
        """The share that was asked again, 0 to 1."""
        return self.again / self.asked if self.asked else 0.0


def reports(book: ReadBook, viewer: Viewer) -> tuple[ReportRow, ...]:
    """The daily reports of the shops in sight, the newest first; in a day the worst first."""
    where, values = sight(viewer, "d.channel_id")
    sql = (
        "SELECT d.id, d.day, d.channel_id, coalesce(c.name, '') AS shop,"
        " coalesce(c.platform, '') AS platform, d.link, d.asked, d.failed, d.again, d.came,"
        " d.median_ms, d.p95_ms FROM sync_day d LEFT JOIN channel c ON c.id = d.channel_id"
        f" WHERE {where} ORDER BY d.day DESC,"
        " 1.0 * d.failed / max(d.asked, 1) DESC, shop, d.link LIMIT ?"
    )
    return frozen(ReportRow, book.rows(sql, [*values, MOST]))


def states(book: ReadBook, viewer: Viewer, since: int) -> tuple[StateRow, ...]:
    """How long states lasted since a moment (UTC ms), oldest first; for who sees every shop."""
    if not viewer.reach(RIGHT).everywhere:
        return ()
    sql = (
        "SELECT at, state, n, median_ms, oldest_ms FROM state_sample WHERE at >= ? ORDER BY at, id"
    )
    return frozen(StateRow, book.rows(sql, [since]))


def locks(book: ReadBook, viewer: Viewer, since: int) -> tuple[LockRow, ...]:
    """Who waited for whom since a moment (UTC ms), oldest first; for who sees every shop."""
    if not viewer.reach(RIGHT).everywhere:
        return ()
    sql = (
        "SELECT at, holding, waiting, writes, waited, longest_ms, conflicts FROM lock_sample"
        " WHERE at >= ? ORDER BY at, id"
    )
    return frozen(LockRow, book.rows(sql, [since]))


def retries(book: ReadBook, viewer: Viewer, since: int) -> tuple[RetryRow, ...]:
    """How much was asked again since a moment (UTC ms), of the shops in sight, oldest first."""
    where, values = sight(viewer, "channel_id")
    sql = (
        "SELECT at, sum(asked) AS asked, sum(again) AS again FROM sync_sample"
        f" WHERE at >= ? AND link NOT IN ('reserve', 'probe') AND {where} GROUP BY at ORDER BY at"
    )
    return frozen(RetryRow, book.rows(sql, [since, *values]))


def told(book: ReadBook, viewer: Viewer) -> tuple[str, ...]:
    """The ways anybody is told outside Waydesk now: mail, wecom; never their addresses."""
    if not viewer.reach(RIGHT).everywhere:
        return ()
    rows = book.rows("SELECT kind FROM notice_route WHERE state = 'on' ORDER BY kind")
    return tuple(row["kind"] for row in rows)
