"""Whether the three ends of an order agree: the platform, the book, and the carrier (F181).

What each end says is reduced to one question: did the goods leave? Where the answers differ, a
word says which end is behind, so that somebody looks before the buyer asks. "Shipped, but shows
pending" (F180) is `Apart.PLATFORM_BEHIND`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.domain.states import LogisticsState, OrderState
from app.domain.tracking import LEFT

SKEW_MS = 300_000
"""How far two honest clocks may differ: a word told so soon after ours may be older than it."""


class Apart(StrEnum):
    """How the ends differ; the empty word, not one of these, is that they agree."""

    PLATFORM_BEHIND = "platform_behind"
    PLATFORM_AHEAD = "platform_ahead"
    CARRIER_AHEAD = "carrier_ahead"
    TRAVELS_CANCELLED = "travels_cancelled"
    CANCELLED_THERE = "cancelled_there"
    OPEN_THERE = "open_there"
    SHIPPED_THERE = "shipped_there"


INSIDE = frozenset({OrderState.AWAITING_PAYMENT, OrderState.PAID, OrderState.ALLOCATED})
GONE = frozenset({OrderState.SHIPPED, OrderState.COMPLETED})


@dataclass(frozen=True, slots=True)
class Ends:
    """What each end says.

    Attributes:
        platform: our word for the platform's status; "" where it is not known.
        read_version: when the platform last changed what it says (UTC ms, its clock).
        told_at: when it was told that everything left (UTC ms); None while it was not.
        logistics: where the carrier's scans put the parcels.
    """

    book: OrderState
    platform: str = ""
    read_version: int = 0
    told_at: int | None = None
    logistics: LogisticsState = LogisticsState.NONE


def apart(ends: Ends) -> str:
    """Which end is behind, a word of `Apart`; "" where they agree or one does not say."""
    if ends.book in GONE:
        return _after(ends)
    if ends.book in INSIDE:
        return _before(ends)
    return _cancelled(ends) if ends.book is OrderState.CANCELLED else ""


def _before(ends: Ends) -> str:
    if ends.logistics in LEFT:
        return Apart.CARRIER_AHEAD.value
    if ends.platform == OrderState.CANCELLED:
        return Apart.CANCELLED_THERE.value
    return Apart.PLATFORM_AHEAD.value if ends.platform in GONE else ""


def _after(ends: Ends) -> str:
    if ends.platform == OrderState.CANCELLED:
        return Apart.CANCELLED_THERE.value
    told = ends.told_at is not None and ends.read_version <= ends.told_at + SKEW_MS
    return Apart.PLATFORM_BEHIND.value if ends.platform in INSIDE and not told else ""


def _cancelled(ends: Ends) -> str:
    if ends.logistics in LEFT:
        return Apart.TRAVELS_CANCELLED.value
    if ends.platform in GONE:
        return Apart.SHIPPED_THERE.value
    return Apart.OPEN_THERE.value if ends.platform in INSIDE else ""
