"""The shop itself: its channels and how fresh they are, prints under way, uploads waiting."""

import json
from dataclasses import dataclass

from app.domain.roles import EVERY_SHOP
from app.reads.book import ReadBook, frozen
from app.reads.viewer import Viewer

POLICY = "policy."
ON, PAUSED, OFF, FILES = "on", "paused", "off", "file:"


@dataclass(frozen=True, slots=True)
class ShopRow:
    """One shop on a platform, and when its orders were last read (UTC ms).

    ``needs_person``: it refuses us until somebody renews or widens its key.
    """

    id: int
    platform: str
    name: str
    zone: str
    state: str
    needs_person: int
    synced_at: int | None

    @property
    def is_read(self) -> bool:
        """Whether it is read by itself now: no file, not paused, its keys not retired."""
        return self.state == ON and not self.platform.startswith(FILES)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What has not reached the outside yet."""

    uploads: int
    dead: int
    prints: int
    waybills: int


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One label of a selection printed together, for its progress."""

    id: int
    order_id: int
    external_no: str
    waybill_no: str
    copy_no: int
    state: str
    error: str
    printer: str


def shops(book: ReadBook) -> tuple[ShopRow, ...]:
    """Every shop, oldest first."""
    sql = (
        "SELECT c.id, c.platform, c.name, c.zone, c.state,"
        " coalesce(s.needs_person, 0) AS needs_person, coalesce(s.last_success_at,"
        " (SELECT max(u.at) FROM cursor u WHERE u.channel_id = c.id)) AS synced_at FROM channel c"
        " LEFT JOIN sync_state s ON s.channel_id = c.id ORDER BY c.id"
    )
    return frozen(ShopRow, book.rows(sql))


def shops_seen(book: ReadBook, viewer: Viewer) -> tuple[ShopRow, ...]:
    """The shops whose orders this person may see."""
    every = EVERY_SHOP in viewer.shops
    return tuple(shop for shop in shops(book) if every or shop.id in viewer.shops)


@dataclass(frozen=True, slots=True)
class Gone:
    """Nothing outside is reached since then (UTC ms); `host` is one of those that were asked."""

    since: int
    host: str


def outside_gone(book: ReadBook) -> Gone | None:
    """Whether the background service reaches nobody outside; None while it does."""
    row = book.row("SELECT value_json FROM setting WHERE key = 'outside.gone'", ())
    told = json.loads(row["value_json"]) if row else {}
    return Gone(**told) if told else None


def choices(book: ReadBook) -> dict[str, str | int | bool]:
    """The shop's own choices among its rules, by the names of shop.toml."""
    sql = "SELECT substr(key, ?) AS name, value_json FROM setting WHERE key LIKE ?"
    rows = book.rows(sql, (len(POLICY) + 1, f"{POLICY}%"))
    return {row["name"]: json.loads(row["value_json"]) for row in rows}


def waiting(book: ReadBook) -> Waiting:
    """How much waits for a platform, a printer or a carrier."""
    row = book.row(
        "SELECT (SELECT count(*) FROM outbox WHERE state IN ('ready','leased','unknown')) AS u,"
        " (SELECT count(*) FROM outbox WHERE state = 'dead') AS d,"
        " (SELECT count(*) FROM print_job WHERE state IN ('queued','claimed')) AS p,"
        " (SELECT count(*) FROM waybill WHERE state IN"
        " ('intent','requesting','unknown','voiding')) AS w"
    )
    return Waiting(row["u"], row["d"], row["p"], row["w"]) if row else Waiting(0, 0, 0, 0)


def batch(book: ReadBook, viewer: Viewer, name: str) -> tuple[BatchRow, ...]:
    """The labels of one selection and what became of each."""
    where, values = viewer.scope()
    sql = (
        "SELECT j.id, j.order_id, o.external_no, coalesce(w.carrier_no, '') AS waybill_no,"
        " j.copy_no, j.state, j.error, j.printer FROM print_job j"
        " JOIN orders o ON o.id = j.order_id"
        f" JOIN waybill w ON w.id = j.waybill_id WHERE {where} AND j.batch = ? ORDER BY j.id"
    )
    return frozen(BatchRow, book.rows(sql, [*values, name]))
