"""What a carrier's scans amount to: forward only, whatever order they arrive in.

Three quarters of pushed scans are repeats, and many are late (carriers_labels.md A1), so the state
is a join of all that was heard: the furthest step, the time of the last ordinary scan and of the
last report of trouble. Joining is the same in any order and any number of times. A parcel is "in
trouble" while the last report of trouble is later than the last ordinary scan, until it is
delivered; turning back outranks delivery, because carriers sign for returns too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from app.domain.states import LogisticsState

_LONG_AGO = -1
RANK: Mapping[LogisticsState, int] = MappingProxyType(
    {
        LogisticsState.NONE: 0,
        LogisticsState.WAYBILLED: 1,
        LogisticsState.PICKED_UP: 2,
        LogisticsState.IN_TRANSIT: 3,
        LogisticsState.DELIVERING: 4,
        LogisticsState.TROUBLE: 5,
        LogisticsState.DELIVERED: 6,
        LogisticsState.RETURNING: 7,
        LogisticsState.RETURNED: 8,
    }
)
#: What only a carrier's scan can say: it has, or had, the parcel.
SCANNED = frozenset(LogisticsState) - {LogisticsState.NONE, LogisticsState.WAYBILLED}
#: Where a parcel can only be once it left the house; "picked up" may be said before anybody came.
LEFT = frozenset(
    {
        LogisticsState.IN_TRANSIT,
        LogisticsState.DELIVERING,
        LogisticsState.DELIVERED,
        LogisticsState.RETURNING,
        LogisticsState.RETURNED,
    }
)


@dataclass(frozen=True, slots=True)
class Track:
    """All that was heard of one parcel (times in UTC ms, carrier's clock)."""

    furthest: LogisticsState = LogisticsState.NONE
    moved_at: int = _LONG_AGO
    trouble_at: int = _LONG_AGO

    @property
    def state(self) -> LogisticsState:
        """Return where the parcel is."""
        stuck = self.trouble_at > self.moved_at
        if stuck and RANK[self.furthest] < RANK[LogisticsState.DELIVERED]:
            return LogisticsState.TROUBLE
        return self.furthest

    @property
    def accepted(self) -> bool:
        """Return whether any scan proves that the carrier has had it: the third proof (F004)."""
        return self.moved_at > _LONG_AGO or self.trouble_at > _LONG_AGO

    def heard(self, status: LogisticsState, at: int) -> Track:
        """Return it with one more scan; "no waybill" and "waybill made" are no scans."""
        if RANK[status] <= RANK[LogisticsState.WAYBILLED]:
            return self
        if status is LogisticsState.TROUBLE:
            return replace(self, trouble_at=max(self.trouble_at, at))
        further = max(self.furthest, status, key=lambda state: RANK[state])
        return replace(self, furthest=further, moved_at=max(self.moved_at, at))


def fold(scans: Iterable[tuple[LogisticsState, int]], start: LogisticsState) -> Track:
    """Return what all scans amount to for a parcel that stood at ``start`` (none or waybilled)."""
    track = Track(furthest=start)
    for status, at in scans:
        track = track.heard(status, at)
    return track


def of_order(parcels: Iterable[LogisticsState]) -> LogisticsState:
    """Return where an order of several parcels is: with the one that is least far.

    Any parcel in trouble or on its way back is what people must see first.
    """
    states = list(parcels)
    for first in (LogisticsState.TROUBLE, LogisticsState.RETURNING):
        if first in states:
            return first
    return min(states, key=lambda state: RANK[state], default=LogisticsState.NONE)
