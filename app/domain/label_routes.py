"""Which carrier accounts may take the number of which platform's orders.

Rows stand in ``resources/rules/label_routes.toml``; their sentences are also words under
``label_route.<platform>``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.errors import RuleRefused

_ROW = {"platform", "carriers", "en", "zh"}


@dataclass(frozen=True, slots=True)
class LabelRoute:
    """A platform, and the e-waybills that are its own, the usual one first."""

    platform: str
    carriers: tuple[str, ...]
    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class LabelRoutes:
    """Every platform that has an e-waybill here, by its name."""

    rows: Mapping[str, LabelRoute] = field(default_factory=dict)

    def own(self, platform: str) -> tuple[str, ...]:
        """Return the e-waybills that are ``platform``'s own; none where it has none."""
        route = self.rows.get(platform)
        return route.carriers if route else ()

    def is_ewaybill(self, carrier: str) -> bool:
        """Return whether ``carrier`` takes the orders of some platforms alone."""
        return any(carrier in route.carriers for route in self.rows.values())

    def platforms(self, carrier: str) -> tuple[str, ...]:
        """Return the platforms whose orders this e-waybill takes."""
        return tuple(row.platform for row in self.rows.values() if carrier in row.carriers)

    def pick(self, platform: str, sealed: bool, carriers: Sequence[str]) -> int | None:
        """Return which of the shop's accounts takes the number of an order of ``platform``.

        ``carriers`` are their carriers, the shop's usual account first; ``sealed`` says that the
        platform hides the receiver. The platform's own comes before any other, and one that is
        another platform's never comes. None where none may.
        """
        own = self.own(platform)
        best = sorted((own.index(one), at) for at, one in enumerate(carriers) if one in own)
        if best:
            return best[0][1]
        if sealed:
            return None
        free = (at for at, one in enumerate(carriers) if not self.is_ewaybill(one))
        return next(free, None)


def label_routes_from(table: Mapping[str, object], file: str) -> LabelRoutes:
    """Read ``[[route]] platform= carriers= en= zh=``.

    Raises RuleRefused for an unknown or missing key, or a platform that stands twice.
    """
    rows = table.get("route", [])
    if set(table) - {"route"} or not isinstance(rows, list):
        raise RuleRefused(file=file, row="route", word=",".join(table))
    found: dict[str, LabelRoute] = {}
    for row in rows:
        platform = str(row.get("platform", ""))
        for key in _ROW ^ set(row):
            raise RuleRefused(file=file, row=platform, word=key)
        if platform in found or not row["carriers"]:
            raise RuleRefused(file=file, row=platform, word=platform)
        carriers = tuple(str(one) for one in row["carriers"])
        found[platform] = LabelRoute(platform, carriers, str(row["en"]), str(row["zh"]))
    return LabelRoutes(found)
