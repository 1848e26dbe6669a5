"""How each link of one shop did: what was asked, what failed, what was asked again, how late.

A link is what goes one way: `orders` in; `ship`, `memo` and `stock` out. Figures are taken out and
kept by the app (app.store.sync_history); here they only add up.
"""

from collections import deque
from dataclasses import dataclass, field

RETRY_SHARE = 0.03
RETRY_MINUTES = 5


@dataclass(slots=True)
class Passed:
    """What passed over one link since it was last taken out."""

    asked: int = 0
    failed: int = 0
    again: int = 0
    delays_ms: list[int] = field(default_factory=list)


class Tally:
    """Adds up; one for each shop."""

    def __init__(self) -> None:
        """Nothing passed yet."""
        self._links: dict[str, Passed] = {}
        self._minutes: deque[list[int]] = deque(maxlen=RETRY_MINUTES + 1)

    def asked(self, link: str, mono: float, *, again: bool) -> None:
        """One request leaves; `again` says that it was tried before."""
        passed = self._link(link)
        passed.asked += 1
        passed.again += again
        minute = int(mono // 60)
        if not self._minutes or self._minutes[-1][0] != minute:
            self._minutes.append([minute, 0, 0])
        self._minutes[-1][1] += 1
        self._minutes[-1][2] += again

    def failed(self, link: str) -> None:
        """The request that left last over this link did not do what it was to do."""
        self._link(link).failed += 1

    def came(self, link: str, delays_ms: tuple[int, ...]) -> None:
        """Something arrived this long after it happened on the other side."""
        self._link(link).delays_ms.extend(delays_ms)

    def taken(self) -> dict[str, Passed]:
        """What passed since this was last asked, by link; the count begins anew."""
        links, self._links = self._links, {}
        return links

    def is_retrying(self, mono: float) -> bool:
        """Whether in each of the last five whole minutes over 3 % was asked again (F209)."""
        last = int(mono // 60) - 1
        wanted = range(last - RETRY_MINUTES + 1, last + 1)
        seen = {minute: (asked, again) for minute, asked, again in self._minutes}
        return all(
            minute in seen and seen[minute][1] > RETRY_SHARE * seen[minute][0] for minute in wanted
        )

    def _link(self, name: str) -> Passed:
        return self._links.setdefault(name, Passed())


def rank(values: list[int], share: float) -> int:
    """The value that this share of them does not exceed (nearest rank); 0 of none."""
    if not values:
        return 0
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * round(share * 100) // 100) - 1)]
