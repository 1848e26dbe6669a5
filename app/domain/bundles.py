"""Bundles: what one sold item takes from the shelf, and how many whole ones some units make (pure).

A recipe maps merchant codes to how many of each one sold item takes. A plain product's recipe is
itself, once; a listing sold as a pack of three takes three. One level only: a bundle holds plain
products, so that no circle can be told.
"""

from collections.abc import Iterable, Mapping, Sequence

from app.domain.errors_catalogue import BundleRefused

MOST_COMPONENTS = 50
MOST_EACH = 10_000

Recipe = Mapping[str, int]


def recipe_of(sku: str, components: Sequence[tuple[str, int]], units: int = 1) -> dict[str, int]:
    """What one sold item takes: ``units`` times the bundle's components, or the code itself."""
    return {code: each * units for code, each in (components or ((sku, 1),))}


def whole(held: Mapping[str, int], takes: Recipe) -> int:
    """How many whole items the held units make: the scarcest component decides."""
    return min((held.get(sku, 0) // each for sku, each in takes.items()), default=0)


def check_components(
    sku: str, components: Iterable[tuple[str, int]], kinds: Mapping[str, str]
) -> tuple[tuple[str, int], ...]:
    """The components of a bundle, by code, once they make one.

    ``kinds`` maps the codes that can be used to ``single`` or ``bundle``. Raises
    :class:`BundleRefused` naming the component that does not fit and why.
    """
    told = tuple(components)
    if not told:
        raise BundleRefused(sku=sku, why="empty")
    if len(told) > MOST_COMPONENTS:
        raise BundleRefused(sku=sku, why="too_many")
    seen: set[str] = set()
    for code, each in told:
        why = _why_not(sku, (code, each), kinds, seen)
        if why:
            raise BundleRefused(sku=code, why=why)
        seen.add(code)
    return tuple(sorted(told))


def _why_not(sku: str, component: tuple[str, int], kinds: Mapping[str, str], seen: set[str]) -> str:
    code, each = component
    reasons = {
        "itself": code == sku,
        "unknown": code not in kinds,
        "nested": kinds.get(code) == "bundle",
        "twice": code in seen,
        "quantity": not 1 <= each <= MOST_EACH,
    }
    return next((why for why, is_so in reasons.items() if is_so), "")
