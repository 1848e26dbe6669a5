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
        warn_below: at how many numbers left somebody should buy more, 0 for never.
        least: the fewest numbers left at an outlet of a carrier account, None where none counts.
        last_event_at: when an order of a shop last came in or changed.
        told_at: when its platform or the carrier last called or left a message.
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
    warn_below: int
    least: int | None
    last_event_at: int | None
    told_at: int | None

    @property
    def is_low(self) -> bool:
        """Whether an outlet has fewer numbers left than the shop wants."""
        return self.least is not None and self.least < self.warn_below

    @property
    def is_shop(self) -> bool:
        """Whether it is a shop rather than a carrier."""
        return self.kind == CHANNEL

    def key_days(self, now: int) -> int:
        """Whole days since the keys were put in; 0 when nobody knows."""
        return (now - self.put_at) // DAY_MS if self.put_at else 0


@dataclass(frozen=True, slots=True)
class OutletRow:
    """One branch an account takes numbers of; ``remaining`` is None where nothing is counted.

    Attributes:
        courier: the courier's code as the platform writes it.
        senders: the addresses parcels may come from, a JSON list of lines.
        read_at: when it was read (UTC ms).
        error: the code of why nothing newer is known; "" while all is well.
    """

    id: int
    courier: str
    code: str
    name: str
    remaining: int | None
    senders: str
    read_at: int | None
    error: str


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
        "SELECT c.*, k.put_at, k.used_at, k.good_at,"
        " (SELECT max(i.at) FROM inbox i WHERE i.source = c.kind || ':' || c.id) AS told_at FROM ("
        "SELECT c.id, 'channel' AS kind, c.platform, c.name, c.zone, c.currency, c.state,"
        " c.every_s, s.up, s.needs_person, s.error, coalesce(s.last_success_at,"
        " (SELECT max(u.at) FROM cursor u WHERE u.channel_id = c.id)) AS last_success_at,"
        " s.last_event_at, 0 AS warn_below, NULL AS least FROM channel c"
        " LEFT JOIN sync_state s ON s.channel_id = c.id"
        f" WHERE c.platform NOT LIKE 'file:%' AND {where}"
        " UNION ALL SELECT a.id, 'carrier', a.carrier, a.name, '', '', a.state, 0, NULL, NULL,"
        " NULL, NULL, NULL, a.warn_below,"
        " (SELECT MIN(o.remaining) FROM outlet o WHERE o.account_id = a.id)"
        f" FROM carrier_account a WHERE {carriers}) c"
        " LEFT JOIN credential k ON k.owner_id = c.id"
        " ORDER BY c.kind = 'carrier', c.state = 'off', c.name, c.id"
    )
    return frozen(ConnectionRow, book.rows(sql, [] if seen.everywhere else shops))


def outlets(book: ReadBook, viewer: Viewer, account_id: int) -> tuple[OutletRow, ...]:
    """The outlets of a carrier account as they were last read, for who sees every shop.

    An account that was read in vain, or has none, is one row without an outlet (id 0).
    """
    if not viewer.reach(RIGHT).everywhere:
        return ()
    sql = (
        "SELECT COALESCE(o.id, 0) AS id, COALESCE(o.courier, '') AS courier,"
        " COALESCE(o.code, '') AS code, COALESCE(o.name, '') AS name, o.remaining,"
        " COALESCE(o.senders, '[]') AS senders, r.read_at, r.error"
        " FROM outlet_reading r LEFT JOIN outlet o ON o.account_id = r.account_id"
        " WHERE r.account_id = ? ORDER BY o.place"
    )
    return frozen(OutletRow, book.rows(sql, [account_id]))


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
