"""The keys of shops and carriers as a list: how old, last used, last accepted; never a key."""

from dataclasses import dataclass

from app.reads.book import ReadBook, frozen
from app.reads.viewer import Viewer

RIGHT = "channel.connect"
DAY_MS = 86_400_000
IDLE_DAYS = 30


@dataclass(frozen=True, slots=True)
class CredentialRow:
    """One shop's or carrier account's keys; times are UTC ms, None for never.

    Attributes:
        kind: channel or carrier.
        platform: the platform or carrier.
        state: on, paused, stopped, or off once retired.
        put_at: when its keys were put in, and ``put_by`` whom by.
        used_at, good_at: when they last served, and were last accepted.
    """

    owner_id: int
    kind: str
    platform: str
    name: str
    state: str
    put_at: int | None
    put_by: str
    used_at: int | None
    good_at: int | None

    def days_old(self, now: int) -> int:
        """Whole days since the keys were put in; 0 when nobody knows."""
        return (now - self.put_at) // DAY_MS if self.put_at else 0

    def is_idle(self, now: int) -> bool:
        """Whether nothing has used these keys for more than thirty days."""
        last = self.used_at or self.put_at or now
        return self.state != "off" and now - last > IDLE_DAYS * DAY_MS


def listed(book: ReadBook, viewer: Viewer) -> tuple[CredentialRow, ...]:
    """Every connection with keys, oldest keys first; nothing for who may not connect."""
    if not viewer.may(RIGHT):
        return ()
    owners = (
        "SELECT id, 'channel' AS kind, platform, name, state FROM channel"
        " WHERE platform NOT LIKE 'file:%'"
        " UNION ALL SELECT id, 'carrier', carrier, name, state FROM carrier_account"
    )
    sql = (
        "SELECT o.id AS owner_id, o.kind, o.platform, o.name, o.state, c.put_at,"
        f" coalesce(c.put_by, '') AS put_by, c.used_at, c.good_at FROM ({owners}) o"
        " LEFT JOIN credential c ON c.owner_id = o.id"
        " ORDER BY o.state = 'off', c.put_at, o.id"
    )
    return frozen(CredentialRow, book.rows(sql))
