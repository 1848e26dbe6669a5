"""What shops are told that they may sell of a merchant code, when that is not simply all of it.

A figure told is what can be promised, never what lies on the shelf. Nothing is told of a code that
has no figure in any warehouse, nor to a platform that takes no figures, nor before "go". While a
code is offered freely nothing is told either: then the shops count down by themselves.
"""

from collections.abc import Iterable

from app.domain.breakers import RANK, Offer, offer_of, shares
from app.domain.connections import Kind
from app.rulebook import Rulebook
from app.store import breakers, exposure
from app.store.exposure import Listed
from app.store.work import Work


def tell(work: Work, rules: Rulebook, skus: Iterable[str]) -> int:
    """Tell every shop that lists one of these codes what it may sell now; how many were told."""
    if rules.policy.read_only:
        return 0
    return sum(_tell(Telling(work, rules), sku) for sku in sorted(set(skus)))


class Telling:
    """What is known of the codes that one look concerns, each read once."""

    def __init__(self, work: Work, rules: Rulebook) -> None:
        self.work, self._policy = work, rules.policy
        platforms = rules.connections.of(Kind.PLATFORM)
        self._hearing = frozenset(one.name for one in platforms if "stock" in one.can)

    def listed(self, sku: str) -> list[Listed]:
        """The listings that take a code, of shops that can be told."""
        found = exposure.listings_of(self.work, sku)
        return [one for one in found if one.platform in self._hearing]

    def offered(self, skus: Iterable[str]) -> dict[str, tuple[Offer, dict[int, int]]]:
        """How each code with a figure is offered, and how many units by the listing's id."""
        known = exposure.figures(self.work, skus)
        shut = breakers.open_over(self.work, known)
        found = {}
        for sku, figures in sorted(known.items()):
            offer = offer_of(figures, shut.get(sku, {}), self._policy)
            listed = self.listed(sku)
            units = shares(figures, offer, len(listed), self._policy)
            found[sku] = offer, {one.id: n for one, n in zip(listed, units, strict=True)}
        return found


def _tell(telling: Telling, sku: str) -> int:
    listed = telling.listed(sku)
    offered = telling.offered({part for one in listed for part in one.takes})
    told = 0
    for one in listed:
        if set(one.takes) <= set(offered):
            offer = max((offered[part][0] for part in one.takes), key=RANK.__getitem__)
            quantity = min(offered[part][1][one.id] // n for part, n in one.takes.items())
            told += _told(telling.work, sku, one, (quantity, offer))
    return told


def _told(work: Work, sku: str, one: Listed, now: tuple[int, Offer]) -> int:
    """Tell one shop, unless it was told just that or nothing is to be told; 1 when it is told."""
    quantity, offer = now
    last = exposure.told_last(work, one.id)
    was = Offer(last["offer"]) if last is not None else Offer.OPEN
    same = last is not None and last["quantity"] == quantity
    if was is offer and (same or offer is Offer.OPEN):
        return 0
    exposure.put(work, one, sku, quantity, offer)
    return 1
