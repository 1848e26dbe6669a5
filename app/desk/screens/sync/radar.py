"""A shop as the page of sync health shows it: the radar's row with the day's links beside it."""

from dataclasses import dataclass

from app.desk.seat import Seat
from app.domain.connections import Kind
from app.domain.sync_causes import Cause, causes_of
from app.reads import sync_causes, sync_health
from app.reads.sync_health import DAY_MS, PassRow, RadarRow, SampleRow


@dataclass(frozen=True, slots=True)
class Watched:
    """One shop: how it stands now, how its links did in the last 24 hours, and its delays.

    ``causes``: what holds it up, None for one that is not to be read.
    """

    radar: RadarRow
    passes: tuple[PassRow, ...] = ()
    samples: tuple[SampleRow, ...] = ()
    causes: tuple[Cause, ...] | None = None

    @property
    def id(self) -> int:
        """The shop's id."""
        return self.radar.channel_id


async def watched(seat: Seat) -> tuple[Watched, ...]:
    """Every shop in sight, by name."""
    now = seat.clock.now()
    rows = await seat.see(sync_health.radar)
    links = await seat.see(sync_health.passes, now - DAY_MS, now + 1)
    points = await seat.see(sync_health.samples, now - DAY_MS, "orders")
    platforms = seat.law.connections.of(Kind.PLATFORM)
    pushing = frozenset(one.name for one in platforms if "push" in one.can)
    causes = {
        one.channel_id: causes_of(one.strain(pushing), now)
        for one in await seat.see(sync_causes.strains)
    }
    return tuple(
        Watched(
            row,
            tuple(one for one in links if one.channel_id == row.channel_id),
            tuple(one for one in points if one.channel_id == row.channel_id),
            causes.get(row.channel_id),
        )
        for row in rows
    )
