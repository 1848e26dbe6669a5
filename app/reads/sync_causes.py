"""What holds up each shop's syncing, read from how it stands and from what waits for it."""

from collections.abc import Set
from dataclasses import dataclass

from app.domain.sync_causes import THROTTLED, Strain
from app.reads.book import ReadBook, frozen
from app.reads.sync_health import sight
from app.reads.viewer import Viewer


@dataclass(frozen=True, slots=True)
class StrainRow:
    """What is measured of one shop that is on; times are UTC ms, None for never or not known."""

    channel_id: int
    platform: str
    up: int | None
    error: str
    throttled: int
    limit_left: int | None
    due_since: int | None
    told_at: int | None
    last_event_at: int | None
    dead: int

    def strain(self, pushing: Set[str]) -> Strain:
        """The row as the rule takes it; ``pushing`` are the platforms that can call."""
        return Strain(
            up=self.up == 1,
            error=self.error,
            throttled=self.throttled,
            limit_left=self.limit_left,
            due_since=self.due_since,
            can_push=self.platform in pushing,
            told_at=self.told_at,
            last_event_at=self.last_event_at,
            dead=self.dead,
        )


# What was never tried: a repeat waits by its own plan, and one behind an older one for that.
_DUE = (
    "SELECT min(w.at) FROM (SELECT o.next_at AS at FROM outbox o WHERE o.channel_id = c.id"
    " AND o.state = 'ready' AND o.last_error = '' AND NOT EXISTS (SELECT 1 FROM outbox p"
    " WHERE p.order_id = o.order_id AND p.order_id > 0 AND p.kind = o.kind"
    " AND p.object_id = o.object_id AND p.id < o.id"
    " AND p.state IN ('ready', 'unknown', 'leased'))"
    " UNION ALL SELECT i.next_at FROM inbox i WHERE i.channel_id = c.id AND i.state = 'new'"
    " AND i.last_error = '') w"
)
_THROTTLED = (
    "(SELECT count(*) FROM outbox o WHERE o.channel_id = c.id AND o.last_error = ?"
    " AND o.state IN ('ready', 'unknown', 'leased'))"
    " + (SELECT count(*) FROM inbox i WHERE i.channel_id = c.id AND i.last_error = ?"
    " AND i.state = 'new')"
)
_DEAD = (
    "(SELECT count(*) FROM outbox o WHERE o.channel_id = c.id AND o.state = 'dead')"
    " + (SELECT count(*) FROM kept_aside k WHERE k.channel_id = c.id AND k.state = 'dead')"
)


def strains(book: ReadBook, viewer: Viewer) -> tuple[StrainRow, ...]:
    """Every shop in sight that is on and not read from files, by its id."""
    where, values = sight(viewer, "c.id")
    sql = (
        "SELECT c.id AS channel_id, c.platform, s.up, coalesce(s.error, '') AS error,"
        f" {_THROTTLED} AS throttled, s.limit_left, ({_DUE}) AS due_since,"
        " (SELECT max(i.at) FROM inbox i WHERE i.source = 'channel:' || c.id) AS told_at,"
        f" s.last_event_at, {_DEAD} AS dead FROM channel c"
        " LEFT JOIN sync_state s ON s.channel_id = c.id"
        f" WHERE c.platform NOT LIKE 'file:%' AND c.state = 'on' AND {where} ORDER BY c.id"
    )
    return frozen(StrainRow, book.rows(sql, [THROTTLED, THROTTLED, *values]))
