"""What the shop says of a product, and what of it cannot be true (pure).

The merchant code is what the shop calls the thing, for ever; everything else may change. Weights
are grams, the declared value integer minor units of its currency.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace

from app.domain.errors import BadValue
from app.domain.money import CURRENCIES, LARGEST

LONGEST_CODE = 100
LONGEST_TITLE = 400
LONGEST_HINT = 300
HEAVIEST_G = 10_000_000
GS1 = frozenset({8, 12, 13, 14})
"""Lengths of barcodes that end in a check digit (GS1 General Specifications, 7.9)."""


@dataclass(frozen=True, slots=True)
class Facts:
    """A product as people describe it; ``hint`` is what a packer reads."""

    sku: str
    title: str
    variant: str = ""
    barcode: str = ""
    weight_g: int = 0
    hint: str = ""
    hs_code: str = ""
    origin: str = ""
    customs_name: str = ""
    declared_minor: int = 0
    declared_currency: str = ""

    def values(self) -> dict[str, str | int]:
        """All of it by name."""
        return asdict(self)


TEXTS = ("sku", "title", "variant", "barcode", "hint", "hs_code", "origin", "customs_name")


def checked(facts: Facts) -> Facts:
    """The facts without loose ends, once all of them can be true.

    Raises :class:`BadValue` naming the field.
    """
    tidy = replace(facts, **{name: getattr(facts, name).strip() for name in TEXTS})
    tidy = replace(
        tidy,
        title=tidy.title or tidy.sku,
        origin=tidy.origin.upper(),
        declared_currency=tidy.declared_currency.strip().upper() if tidy.declared_minor else "",
    )
    for name, fits in CHECKS.items():
        value = getattr(tidy, name)
        if value != "" and not fits(value):
            raise BadValue(field=name, value=str(value)[:80])
    if not tidy.sku:
        raise BadValue(field="sku", value="")
    if tidy.declared_minor and not tidy.declared_currency:
        raise BadValue(field="declared_currency", value="")
    return tidy


def is_barcode(code: str) -> bool:
    """Whether a barcode can be: one of a GS1 length must bear its check digit."""
    if not (code.isascii() and code.isalnum() and len(code) <= 40):
        return False
    if not code.isdigit() or len(code) not in GS1:
        return True
    total = sum(int(sign) * (3, 1)[at % 2] for at, sign in enumerate(reversed(code[:-1])))
    return (total + int(code[-1])) % 10 == 0


def _is_hs(code: str) -> bool:
    plain = code.replace(".", "")
    return plain.isascii() and plain.isdigit() and 4 <= len(plain) <= 13


def _is_country(code: str) -> bool:
    return len(code) == 2 and code.isascii() and code.isalpha()


def _is_english(text: str) -> bool:
    return text.isascii() and text.isprintable() and len(text) <= 120


def _shorter(most: int) -> Callable[[str], bool]:
    return lambda text: len(text) <= most and "\x00" not in text and text.isprintable()


CHECKS: Mapping[str, Callable[..., bool]] = {
    "sku": _shorter(LONGEST_CODE),
    "title": _shorter(LONGEST_TITLE),
    "variant": _shorter(LONGEST_TITLE),
    "barcode": is_barcode,
    "weight_g": lambda grams: 0 <= grams <= HEAVIEST_G,
    "hint": _shorter(LONGEST_HINT),
    "hs_code": _is_hs,
    "origin": _is_country,
    "customs_name": _is_english,
    "declared_minor": lambda minor: 0 <= minor <= LARGEST,
    "declared_currency": lambda code: code in CURRENCIES,
}
