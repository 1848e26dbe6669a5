"""How well each shop is read: the gap radar, delays and pass rates over time, the dead letters."""

import json
from dataclasses import dataclass

from app.domain.roles import EVERY_SHOP
from app.reads.book import ReadBook, frozen
from app.reads.viewer import Viewer

RIGHT = "sync.now"
DAY_MS = 86_400_000
WARN_KEY_DAYS = 90
IDLE_DAYS = 30
RED_BELOW = 0.992


@dataclass(frozen=True, slots=True)
class RadarRow:
    """One shop on the gap radar; times are UTC ms, None for never or not known.

    Attributes:
        state: on, paused or off.
        up, needs_person, error: how its reading stands; ``error`` is the code of the sentence.
        last_event_at: when an order last came in or changed.
        offset_ms: how far the platform's clock is ahead of this computer's.
        limit_left: calls the platform says are left.
        every_s: the shop's own pace, 0 for the usual one.
        day_there, day_here, hour_there, hour_here: orders at the last count; None before one.
        missing: the numbers that were missing at the last count of the day.
    """

    channel_id: int
    platform: str
    name: str
    zone: str
    state: str
    every_s: int
    seen_at: int | None
    up: int | None
    needs_person: int | None
    error: str | None
    last_success_at: int | None
    last_event_at: int | None
    offset_ms: int | None
    answer_ms: int | None
    limit_left: int | None
    retrying: int | None
    key_put_at: int | None
    key_used_at: int | None
    day_there: int | None
    day_here: int | None
    hour_there: int | None
    hour_here: int | None
    missing_json: str | None
    counted_at: int | None

    @property
    def missing(self) -> tuple[str, ...]:
        """The platform's numbers of what was missing at the last count of the day."""
        return tuple(json.loads(self.missing_json or "[]"))

    def key_days(self, now: int) -> int:
        """Whole days since the keys were put in; 0 when nobody knows."""
        return (now - self.key_put_at) // DAY_MS if self.key_put_at else 0

    def key_is_old(self, now: int) -> bool:
        """Whether new keys should be made: at 90 days."""
        return self.key_days(now) >= WARN_KEY_DAYS

    def is_unused(self, now: int) -> bool:
        """Whether nothing has used this account for more than thirty days."""
        last = self.key_used_at or self.key_put_at or now
        return self.state != "off" and now - last > IDLE_DAYS * DAY_MS


@dataclass(frozen=True, slots=True)
class SampleRow:
    """What passed over one link of a shop in some minutes (``span_ms``, until ``at``)."""

    channel_id: int
    link: str
    at: int
    span_ms: int
    asked: int
    failed: int
    again: int
    came: int
    median_ms: int
    p95_ms: int
    answer_ms: int | None
    offset_ms: int | None


@dataclass(frozen=True, slots=True)
class PassRow:
    """How much of what was asked over one link worked; ``rate`` is 0 to 1."""

    channel_id: int
    link: str
    asked: int
    failed: int
    again: int

    @property
    def rate(self) -> float:
        """The share that worked."""
        return (self.asked - self.failed) / self.asked if self.asked else 1.0

    @property
    def is_red(self) -> bool:
        """Whether the link is worse than a shop should accept: below 99.2 % (F011)."""
        return self.rate < RED_BELOW


@dataclass(frozen=True, slots=True)
class DeadRow:
    """One dead letter: ``way`` is in (a record, replayed by RetakeRecord) or out (ReplayEffect)."""

    id: int
    way: str
    channel_id: int
    shop: str
    about: str
    kind: str
    code: str
    failures: int
    at: int


def radar(book: ReadBook, viewer: Viewer) -> tuple[RadarRow, ...]:
    """Every shop that is in sight, by name."""
    where, values = sight(viewer, "c.id")
    last = (
        "SELECT x.{} FROM order_count x WHERE x.channel_id = c.id AND x.span = '{}'"
        " ORDER BY x.at DESC LIMIT 1"
    )
    counts = ", ".join(
        f"({last.format(column, span)}) AS {name}"
        for column, span, name in (
            ("there", "day", "day_there"),
            ("here", "day", "day_here"),
            ("there", "hour", "hour_there"),
            ("here", "hour", "hour_here"),
            ("missing_json", "day", "missing_json"),
            ("at", "day", "counted_at"),
        )
    )
    sql = (
        "SELECT c.id AS channel_id, c.platform, c.name, c.zone, c.state, c.every_s,"
        " s.at AS seen_at, s.up, s.needs_person, s.error, s.last_success_at, s.last_event_at,"
        " s.offset_ms, s.answer_ms, s.limit_left, s.retrying, k.put_at AS key_put_at,"
        f" k.used_at AS key_used_at, {counts} FROM channel c"
        " LEFT JOIN sync_state s ON s.channel_id = c.id"
        " LEFT JOIN credential k ON k.owner_id = c.id"
        f" WHERE c.platform NOT LIKE 'file:%' AND {where} ORDER BY c.name, c.id"
    )
    return frozen(RadarRow, book.rows(sql, values))


def samples(book: ReadBook, viewer: Viewer, since: int, link: str) -> tuple[SampleRow, ...]:
    """What passed over a link since a moment (UTC ms), oldest first: a chart's points."""
    where, values = sight(viewer, "channel_id")
    sql = (
        "SELECT channel_id, link, at, span_ms, asked, failed, again, came, median_ms, p95_ms,"
        f" answer_ms, offset_ms FROM sync_sample WHERE at >= ? AND link = ? AND {where}"
        " ORDER BY at, id"
    )
    return frozen(SampleRow, book.rows(sql, [since, link, *values]))


def passes(book: ReadBook, viewer: Viewer, since: int, until: int) -> tuple[PassRow, ...]:
    """How each link did between two moments (UTC ms): a day's report."""
    where, values = sight(viewer, "channel_id")
    sql = (
        "SELECT channel_id, link, sum(asked) AS asked, sum(failed) AS failed,"
        f" sum(again) AS again FROM sync_sample WHERE at >= ? AND at < ? AND {where}"
        " GROUP BY channel_id, link ORDER BY channel_id, link"
    )
    return frozen(PassRow, book.rows(sql, [since, until, *values]))


def dead_letters(book: ReadBook, viewer: Viewer, limit: int = 500) -> tuple[DeadRow, ...]:
    """What failed for good and waits for a person, newest first."""
    where, values = sight(viewer, "d.channel_id")
    sql = (
        "SELECT d.id, d.way, d.channel_id, coalesce(c.name, '') AS shop, d.about, d.kind, d.code,"
        " d.failures, d.at FROM ("
        "SELECT id, 'in' AS way, channel_id, external_id AS about, 'record' AS kind,"
        " last_error AS code, fail_count AS failures, at FROM kept_aside WHERE state = 'dead'"
        " UNION ALL SELECT o.id, 'out', o.channel_id, coalesce(b.external_no, ''), o.kind,"
        " o.last_error, o.attempts, coalesce(o.first_sent_at, 0) FROM outbox o"
        " LEFT JOIN orders b ON b.id = o.order_id WHERE o.state = 'dead') d"
        f" LEFT JOIN channel c ON c.id = d.channel_id WHERE {where}"
        " ORDER BY d.at DESC, d.id DESC LIMIT ?"
    )
    return frozen(DeadRow, book.rows(sql, [*values, limit]))


def sight(viewer: Viewer, column: str) -> tuple[str, list[int]]:
    """The WHERE clause that keeps shops out of sight that this person has nothing to do with."""
    seen = viewer.reach(RIGHT)
    if seen.everywhere:
        return "1=1", []
    shops = sorted(shop for shop in seen.shops if shop != EVERY_SHOP)
    if not shops:
        return "0=1", []
    return f"{column} IN ({','.join('?' * len(shops))})", shops
