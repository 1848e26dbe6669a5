"""A shop as the page of sync health shows it: the radar's row with the day's links beside it."""

from dataclasses import dataclass

from app.desk.seat import Seat
from app.reads import sync_health
from app.reads.sync_health import DAY_MS, PassRow, RadarRow, SampleRow


@dataclass(frozen=True, slots=True)
class Watched:
    """One shop: how it stands now, how its links did in the last 24 hours, and its delays."""

    radar: RadarRow
    passes: tuple[PassRow, ...] = ()
    samples: tuple[SampleRow, ...] = ()

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
    return tuple(
        Watched(
            row,
            tuple(one for one in links if one.channel_id == row.channel_id),
            tuple(one for one in points if one.channel_id == row.channel_id),
        )
        for row in rows
    )
