"""What shops are told that they may sell of a merchant code.

A figure told is what can be promised, never what lies on the shelf (F016). Nothing is told of a
code that has no figure in any warehouse, nor to a platform that takes no figures, nor before "go".
A shop that wants to hear of every change hears of every change; the others hear only while a code
is not offered freely, and count down by themselves the rest of the time.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from app.domain.breakers import RANK, Figures, Offer, offer_of
from app.domain.connections import Kind
from app.domain.pools import offered
from app.rulebook import Rulebook
from app.store import breakers, exposure, selling
from app.store.exposure import Listed
from app.store.work import Work


@dataclass(frozen=True, slots=True)
class Due:
    """What one shop is to be told of a code's listing: how many, and how it is offered."""

    sku: str
    listing: Listed
    quantity: int
    offer: Offer


def tell(work: Work, rules: Rulebook, skus: Iterable[str]) -> int:
    """Tell every shop that lists one of these codes what it may sell now; how many were told."""
    found = due(work, rules, skus)
    for one in found:
        exposure.put(work, one.listing, one.sku, one.quantity, one.offer)
    return len(found)


def due(work: Work, rules: Rulebook, skus: Iterable[str]) -> list[Due]:
    """What is to be told of these codes, where that is not what was told last."""
    if rules.policy.read_only:
        return []
    telling, found = Telling(work, rules), dict[int, Due]()
    for sku in sorted(set(skus)):
        found |= {one.listing.id: one for one in _due(telling, sku)}
    return list(found.values())


def to_look_at(work: Work, rules: Rulebook, known: Mapping[str, Figures]) -> list[str]:
    """The codes that are not offered freely now, or were not when a shop was last told.

    All of them, where a shop wants to hear of every change.
    """
    if selling.uploading(work):
        return sorted(known)
    shut = breakers.open_over(work, known)
    apart = {
        sku
        for sku, figures in known.items()
        if offer_of(figures, shut.get(sku, {}), rules.policy) is not Offer.OPEN
    }
    return sorted(apart.union(exposure.told_apart(work)))


class Telling:
    """What is known of the codes that one look concerns, each read once."""

    def __init__(self, work: Work, rules: Rulebook) -> None:
        self.work, self._policy = work, rules.policy
        platforms = rules.connections.of(Kind.PLATFORM)
        self._hearing = frozenset(one.name for one in platforms if "stock" in one.can)
        self.uploading = selling.uploading(work)

    def listed(self, sku: str) -> list[Listed]:
        """The listings that take a code, of shops that can be told."""
        found = exposure.listings_of(self.work, sku)
        return [one for one in found if one.platform in self._hearing]

    def offered(self, skus: Iterable[str]) -> dict[str, tuple[Offer, dict[int, int]]]:
        """How each code with a figure is offered, and how many units by the listing's id."""
        known = exposure.figures(self.work, skus)
        shut = breakers.open_over(self.work, known)
        pools = selling.pools(self.work, known)
        found = {}
        for sku, figures in sorted(known.items()):
            offer = offer_of(figures, shut.get(sku, {}), self._policy)
            listed = self.listed(sku)
            shops = [one.channel_id for one in listed]
            units = offered(figures, offer, shops, (self._policy, pools[sku]))
            found[sku] = offer, {one.id: n for one, n in zip(listed, units, strict=True)}
        return found


def _due(telling: Telling, sku: str) -> Iterator[Due]:
    listed = telling.listed(sku)
    offered = telling.offered({part for one in listed for part in one.takes})
    for one in listed:
        if set(one.takes) <= set(offered):
            offer = max((offered[part][0] for part in one.takes), key=RANK.__getitem__)
            quantity = min(offered[part][1][one.id] // n for part, n in one.takes.items())
            if _is_new(telling, one, (quantity, offer)):
                yield Due(sku, one, quantity, offer)


def _is_new(telling: Telling, one: Listed, now: tuple[int, Offer]) -> bool:
    """Whether a shop was told something else, and there is something to tell."""
    quantity, offer = now
    last = exposure.told_last(telling.work, one.id)
    was = Offer(last["offer"]) if last is not None else Offer.OPEN
    same = last is not None and last["quantity"] == quantity
    quiet = offer is Offer.OPEN and one.channel_id not in telling.uploading
    return not (was is offer and (same or quiet))
