"""The shops and carriers that are connected, how each stands, and what a shop's words mean."""

from dataclasses import dataclass

from app.domain.roles import EVERY_SHOP
from app.reads.book import ReadBook, frozen
from app.reads.viewer import Viewer

RIGHT = "sync.now"
DAY_MS = 86_400_000
CHANNEL, CARRIER = "channel", "carrier"


@dataclass(frozen=True, slots=True)
class ConnectionRow:
    """One shop or carrier account; times are UTC ms, None for never or not known.

    Attributes:
        kind: channel or carrier.
        platform: the platform or carrier.
        state: on, paused, or off once its keys were retired.
        every_s: the shop's own pace in seconds, 0 for the usual one; 0 for a carrier.
        up, needs_person, error: how its reading stands; ``error`` is the code of the sentence.
        put_at: when its keys were put in.
        used_at, good_at: when they last served, and were last accepted.
    """

    id: int
    kind: str
    platform: str
    name: str
    zone: str
    currency: str
    state: str
    every_s: int
    up: int | None
    needs_person: int | None
    error: str | None
    last_success_at: int | None
    put_at: int | None
    used_at: int | None
    good_at: int | None

    @property
    def is_shop(self) -> bool:
        """Whether it is a shop rather than a carrier."""
        return self.kind == CHANNEL

    def key_days(self, now: int) -> int:
        """Whole days since the keys were put in; 0 when nobody knows."""
        return (now - self.put_at) // DAY_MS if self.put_at else 0


@dataclass(frozen=True, slots=True)
class MeaningRow:
    """What one word of a shop means here; ``own``: this shop says so, not its platform."""

    id: int
    machine: str
    raw: str
    status: str
    own: int


def connected(book: ReadBook, viewer: Viewer) -> tuple[ConnectionRow, ...]:
    """Every shop in sight and, for who sees all of them, every carrier account; by name."""
    seen = viewer.reach(RIGHT)
    shops = sorted(shop for shop in seen.shops if shop != EVERY_SHOP)
    if not seen.everywhere and not shops:
        return ()
    marks = ",".join("?" * len(shops))
    where = "1=1" if seen.everywhere else f"c.id IN ({marks})"
    carriers = "1=1" if seen.everywhere else "0=1"
    sql = (
        "SELECT c.*, k.put_at, k.used_at, k.good_at FROM ("
        "SELECT c.id, 'channel' AS kind, c.platform, c.name, c.zone, c.currency, c.state,"
        " c.every_s, s.up, s.needs_person, s.error, s.last_success_at FROM channel c"
        " LEFT JOIN sync_state s ON s.channel_id = c.id"
        f" WHERE c.platform NOT LIKE 'file:%' AND {where}"
        " UNION ALL SELECT id, 'carrier', carrier, name, '', '', state, 0, NULL, NULL, NULL, NULL"
        f" FROM carrier_account WHERE {carriers}) c"
        " LEFT JOIN credential k ON k.owner_id = c.id"
        " ORDER BY c.kind = 'carrier', c.state = 'off', c.name, c.id"
    )
    return frozen(ConnectionRow, book.rows(sql, [] if seen.everywhere else shops))


def meanings(book: ReadBook, viewer: Viewer, channel_id: int) -> tuple[MeaningRow, ...]:
    """What each word of a shop means, its own meaning in place of its platform's; by machine."""
    seen = viewer.reach(RIGHT)
    if not seen.everywhere and channel_id not in seen.shops:
        return ()
    sql = (
        "SELECT m.id, m.machine, m.raw, m.status, m.channel_id <> 0 AS own"
        " FROM status_map m JOIN channel c ON c.platform = m.platform AND c.id = ?"
        " WHERE m.channel_id = c.id OR (m.channel_id = 0 AND NOT EXISTS ("
        "SELECT 1 FROM status_map o WHERE o.channel_id = c.id AND o.platform = m.platform"
        " AND o.machine = m.machine AND o.raw = m.raw))"
        " ORDER BY CASE m.machine WHEN 'order' THEN 0 WHEN 'payment' THEN 1 ELSE 2 END, m.raw"
    )
    return frozen(MeaningRow, book.rows(sql, [channel_id]))


def refused(book: ReadBook, viewer: Viewer) -> int:
    """How many shops in sight refuse us until a person looks."""
    return sum(row.state == "on" and bool(row.needs_person) for row in connected(book, viewer))
