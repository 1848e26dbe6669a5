"""Which carrier accounts may take the number of which platform's orders, and who draws the label.

Rows stand in ``resources/rules/label_routes.toml``; their sentences are also words under
``label_route.<platform>`` and ``own_label.<carrier>``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.errors import RuleRefused

FROM_FILES = "file:"
"""How the platform of an order taken in from a file begins; the mapping's name follows."""

_ROW = {"platform", "carriers", "en", "zh"}
_OWN = {"carrier", "en", "zh"}


@dataclass(frozen=True, slots=True)
class LabelRoute:
    """A platform, and the e-waybills that are its own, the usual one first."""

    platform: str
    carriers: tuple[str, ...]
    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class OwnLabel:
    """A carrier that gives its label whole, in its printer's own language."""

    carrier: str
    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class LabelRoutes:
    """Every platform that has an e-waybill here, and every carrier that brings its own label."""

    rows: Mapping[str, LabelRoute] = field(default_factory=dict)
    own_labels: Mapping[str, OwnLabel] = field(default_factory=dict)

    def brings_label(self, carrier: str) -> bool:
        """Return whether ``carrier``'s label is sent on as it came, never drawn here."""
        return carrier in self.own_labels

    def is_drawn_here(self, carrier: str) -> bool:
        """Return whether the label of ``carrier``'s numbers is ours to draw."""
        return not self.is_ewaybill(carrier) and not self.brings_label(carrier)

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
    """Read ``[[route]] platform= carriers= en= zh=`` and ``[[own_label]] carrier= en= zh=``.

    Raises RuleRefused for an unknown or missing key, or a platform that stands twice.
    """
    rows = table.get("route", [])
    if set(table) - {"route", "own_label"} or not isinstance(rows, list):
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
    return LabelRoutes(found, _own_labels(table.get("own_label", []), file))


def _own_labels(rows: object, file: str) -> Mapping[str, OwnLabel]:
    if not isinstance(rows, list):
        raise RuleRefused(file=file, row="own_label", word="own_label")
    found: dict[str, OwnLabel] = {}
    for row in rows:
        carrier = str(row.get("carrier", ""))
        for key in _OWN ^ set(row):
            raise RuleRefused(file=file, row=carrier, word=key)
        if carrier in found:
            raise RuleRefused(file=file, row=carrier, word=carrier)
        found[carrier] = OwnLabel(carrier, str(row["en"]), str(row["zh"]))
    return found
