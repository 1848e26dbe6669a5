"""When a merchant code is stopped by itself, and what shops are told that they may sell of it.

Three breakers watch a code: orders that find nothing left within a minute (F025), reservations that
fail within minutes (F124), reservations given back within an hour (F193). Each opens by itself and
is closed by a named person alone. Below the safety stock the shops share what is left between them
(F069); while much is reserved and not shipped they are told less than there is (F123).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from app.domain.policy import ShopPolicy

MINUTE_MS = 60_000
HOUR_MS = 3_600_000
WHOLE = 100


class BreakerKind(StrEnum):
    """What a breaker watches."""

    OVERSELL = "oversell"
    LOCK_FAILURES = "lock_failures"
    RELEASES = "releases"


class Offer(StrEnum):
    """How a code is offered, from freely to not at all."""

    OPEN = "open"
    LOWERED = "lowered"  # much is reserved and not shipped: less than there is
    LIMITED = "limited"  # below the safety stock: the shops share what is left
    PRESALE = "presale"  # oversold: nothing, and buyers are told when it ships
    PAUSED = "paused"  # reservations fail: nothing


RANK = {offer: rank for rank, offer in enumerate(Offer)}


@dataclass(frozen=True, slots=True)
class Figures:
    """What lies of a code, over all warehouses that are open for it."""

    physical: int
    reserved: int

    @property
    def free(self) -> int:
        """What can be promised; never less than nothing."""
        return max(0, self.physical - self.reserved)


def oversells_trip(sold: int, policy: ShopPolicy) -> bool:
    """Whether so many orders that found nothing, within the window, are too many."""
    return sold > policy.oversell_orders


def failures_trip(failed: int, policy: ShopPolicy) -> bool:
    """Whether so many failed reservations, within the window, stop the code."""
    return failed >= policy.lock_failures


def releases_allowed(locks: int, policy: ShopPolicy) -> int:
    """How many releases of a code pass in an hour that saw so many reservations of it."""
    return max(policy.releases_an_hour, locks * policy.releases_percent // WHOLE)


def offer_of(figures: Figures, shut: Collection[BreakerKind], policy: ShopPolicy) -> Offer:
    """How a code is offered, by what lies of it and the breakers that are open."""
    if BreakerKind.LOCK_FAILURES in shut:
        return Offer.PAUSED
    if BreakerKind.OVERSELL in shut:
        return Offer.PRESALE
    if figures.free < policy.safety_stock:
        return Offer.LIMITED
    if figures.reserved * WHOLE > figures.free * policy.exposure_percent:
        return Offer.LOWERED
    return Offer.OPEN


def exposed(figures: Figures, offer: Offer, policy: ShopPolicy) -> int:
    """How many units of a code shops may hear of: what is free, less of it, or nothing."""
    if offer in {Offer.PRESALE, Offer.PAUSED}:
        return 0
    if offer is Offer.LOWERED:
        return figures.free * policy.exposure_told_percent // WHOLE
    return figures.free


def shares(figures: Figures, offer: Offer, listings: int, policy: ShopPolicy) -> list[int]:
    """How many units each of so many listings may offer, the first ones the odd units.

    Freely offered, each may offer all that is free; limited, all together offer no more than that.
    """
    units = exposed(figures, offer, policy)
    if offer is Offer.LIMITED:
        each, odd = divmod(units, max(1, listings))
        return [each + (at < odd) for at in range(listings)]
    return [units] * listings
