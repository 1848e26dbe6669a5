"""How shops share what can be sold, and when each of them holds what its buyers ordered.

Three layers (F019): what lies on the shelf, what of the free part each shop may sell, and what is
held for one order. A pool limits what a shop is told, never whom goods are held for: an order that
came is served while anything is free.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.breakers import Figures, Offer, exposed, shares
from app.domain.policy import ShopPolicy
from app.domain.states import LockMoment

WHOLE = 100


@dataclass(frozen=True, slots=True)
class Selling:
    """How one shop sells (F022).

    Attributes:
        lock_moment: when goods are held for its orders; None: as the shop's rule says.
        soft_minutes: how long an unpaid order holds them; 0: as the shop's rule says.
        uploads: whether it is told of every change of what it may sell.
    """

    lock_moment: LockMoment | None = None
    soft_minutes: int = 0
    uploads: bool = False

    def moment(self, policy: ShopPolicy) -> LockMoment:
        """When goods are held for this shop's orders."""
        return self.lock_moment or policy.lock_moment

    def minutes(self, policy: ShopPolicy) -> int:
        """How long an unpaid order of this shop holds its goods."""
        return self.soft_minutes or policy.soft_lock_minutes


@dataclass(frozen=True, slots=True)
class Pool:
    """One shop's part of a code: ``share`` percent, at most ``most`` units where that is not 0.

    With a share of 0 it is a fixed pool of ``most`` units, filled before any share is cut.
    """

    share: int
    most: int = 0


def shares_of(pools: Mapping[int, Pool]) -> int:
    """The percent that these shops share between them; more than a hundred cannot be."""
    return sum(pool.share for pool in pools.values())


def divide(free: int, pools: Mapping[int, Pool]) -> tuple[dict[int, int], int]:
    """Cut what is free into pools by shop id; and what is left for the shops without one.

    Fixed pools are filled first, the shop connected first before the others; then the shares are
    cut from what is left, and odd units go to the largest remainders. Whatever is free, the pools
    and the rest are exactly that, and none is below nothing.
    """
    left = max(0, free)
    cut: dict[int, int] = {}
    for shop, pool in sorted(pools.items()):
        if not pool.share:
            cut[shop] = min(pool.most, left)
            left -= cut[shop]
    shared = {shop: pool.share for shop, pool in sorted(pools.items()) if pool.share}
    portions = _portions(left, shared)
    for shop, units in portions.items():
        most = pools[shop].most
        cut[shop] = min(units, most) if most else units
    return cut, left - sum(cut[shop] for shop in portions)


def _portions(left: int, shared: Mapping[int, int]) -> dict[int, int]:
    """Whole units by percent, which together are as much as their percents together are."""
    portions = {shop: left * share // WHOLE for shop, share in shared.items()}
    odd = left * sum(shared.values()) // WHOLE - sum(portions.values())
    largest = sorted(shared, key=lambda shop: (-(left * shared[shop] % WHOLE), shop))
    for shop in largest[:odd]:
        portions[shop] += 1
    return portions


def offered(
    figures: Figures,
    offer: Offer,
    shops: Sequence[int],
    rules: tuple[ShopPolicy, Mapping[int, Pool]],
) -> list[int]:
    """How many units each listing of a code may offer; ``shops`` names the shop of each listing.

    Listings of a shop with a pool offer that pool, the others what the pools leave. Limited, the
    listings of one pool, or of the rest, together offer no more than that.
    """
    policy, pools = rules
    mine, rest = divide(exposed(figures, offer, policy), pools)
    how = Offer.LIMITED if offer is Offer.LIMITED else Offer.OPEN
    groups = Counter(shop if shop in pools else 0 for shop in shops)
    cut = {
        group: shares(Figures(mine.get(group, rest), 0), how, n, policy)
        for group, n in groups.items()
    }
    return [cut[shop if shop in pools else 0].pop(0) for shop in shops]
