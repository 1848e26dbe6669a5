"""What a shop's listing is told apart by, and which merchant codes it may well mean (pure).

A platform's own reference names a listing where there is one; a file of orders has none, so its
merchant code stands for it, or else its title. Suggestions never map by themselves: a person
picks one, and sees why it was suggested.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

ALIKE = 55
"""How alike titles must be, in percent, before one is suggested for the other."""

WEIGHTS: Mapping[str, int] = {
    "same_code": 500,
    "other_shop": 400,
    "barcode": 300,
    "code_alike": 200,
    "title_alike": 0,
}
"""Reasons by how much they are worth; a likeness adds its percent."""


def key_of(ref: str, sku_text: str, title: str, variant: str) -> str:
    """What tells a listing apart in its shop."""
    if ref:
        return f"ref:{ref}"
    if sku_text:
        return f"sku:{sku_text}"
    return f"title:{title}|{variant}"[:400]


def label_of(sku_text: str, title: str, variant: str) -> str:
    """What people know a listing by that has no merchant code: its code, or its title."""
    return sku_text or " ".join(part for part in (title, variant) if part)[:80] or "?"


def norm(code: str) -> str:
    """A code by its letters and digits alone: ``ln_27`` and ``LN-27`` are one."""
    plain = unicodedata.normalize("NFKC", code).casefold()
    return "".join(sign for sign in plain if sign.isalnum())


@dataclass(frozen=True, slots=True)
class Named:
    """What is known of a listing or a product by which it may be recognised."""

    sku: str
    title: str
    variant: str = ""
    barcode: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A merchant code a listing may mean: why, and in percent how alike the titles are."""

    sku: str
    why: str
    alike: int = 0

    @property
    def worth(self) -> int:
        """How far up it stands."""
        return WEIGHTS[self.why] + self.alike


def suggest(
    listing: Named, products: Iterable[Named], elsewhere: Iterable[str] = (), most: int = 9
) -> tuple[Suggestion, ...]:
    """The products a listing may mean, the likeliest first, each once with its best reason.

    ``elsewhere`` are the codes other shops of ours map the same text to.
    """
    mapped = frozenset(elsewhere)
    best: dict[str, Suggestion] = {}
    for product in products:
        for found in _reasons(listing, product, mapped):
            if product.sku not in best or best[product.sku].worth < found.worth:
                best[product.sku] = found
    ranked = sorted(best.values(), key=lambda one: (-one.worth, one.sku))
    return tuple(ranked[:most])


def _reasons(listing: Named, product: Named, mapped: frozenset[str]) -> Iterable[Suggestion]:
    percent = alike(f"{listing.title} {listing.variant}", f"{product.title} {product.variant}")
    codes = {listing.barcode, listing.sku} - {""}
    reasons = {
        "same_code": bool(listing.sku) and listing.sku == product.sku,
        "other_shop": product.sku in mapped,
        "barcode": bool(product.barcode) and product.barcode in codes,
        "code_alike": bool(norm(listing.sku)) and norm(listing.sku) == norm(product.sku),
        "title_alike": percent >= ALIKE,
    }
    return (Suggestion(product.sku, why, percent) for why, is_so in reasons.items() if is_so)


def alike(one: str, other: str) -> int:
    """How alike two texts are, in percent: the pairs of signs they share (Dice)."""
    first, second = _pairs(one), _pairs(other)
    if not first or not second:
        return 0
    return round(200 * len(first & second) / (len(first) + len(second)))


def _pairs(text: str) -> frozenset[str]:
    plain = norm(text)
    return frozenset(plain[at : at + 2] for at in range(len(plain) - 1)) or frozenset(
        {plain} - {""}
    )
