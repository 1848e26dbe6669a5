"""Whether a typed number can be one of this carrier's at all (F182).

Forms and check digits stand in ``resources/rules/waybill_numbers.toml``. A number of a carrier
without a row is refused: an unknown form cannot be told from a typing error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.domain.errors import BadWaybillNumber, RuleRefused

_S10 = (8, 6, 4, 2, 3, 5, 9, 7)


def luhn(digits: str) -> bool:
    """Return whether the last digit is the Luhn check of those before it."""
    odd = [int(d) for d in digits[::-2]]
    even = [int(d) * 2 for d in digits[-2::-2]]
    return (sum(odd) + sum(d - 9 if d > 9 else d for d in even)) % 10 == 0


def s10(digits: str) -> bool:
    """Return whether the ninth digit checks the first eight, as postal items do (UPU S10)."""
    if len(digits) != 9:
        return False
    rest = 11 - sum(w * int(d) for w, d in zip(_S10, digits, strict=False)) % 11
    return int(digits[8]) == {10: 0, 11: 5}.get(rest, rest)


CHECKS: Mapping[str, Callable[[str], bool]] = {"none": bool, "luhn": luhn, "s10": s10}


@dataclass(frozen=True, slots=True)
class NumberForm:
    """One form of a carrier's numbers; ``check`` runs over the digits in it."""

    carrier: str
    pattern: re.Pattern[str]
    check: str
    en: str
    zh: str

    def fits(self, number: str) -> bool:
        """Return whether ``number`` has the form and its check digit is right."""
        if not self.pattern.fullmatch(number):
            return False
        return CHECKS[self.check]("".join(c for c in number if c.isdigit()))


@dataclass(frozen=True, slots=True)
class WaybillNumbers:
    """What every carrier's numbers look like."""

    forms: Sequence[NumberForm] = ()

    def accept(self, carrier: str, typed: str) -> str:
        """Return the number as it is to be kept. Raises BadWaybillNumber."""
        number = re.sub(r"[\s-]", "", typed).upper()
        if any(form.fits(number) for form in self.forms if form.carrier == carrier):
            return number
        raise BadWaybillNumber(carrier=carrier, number=typed[:40])


def numbers_from(table: Mapping[str, object], file: str) -> WaybillNumbers:
    """Read ``[[carrier]] code= pattern= check= en= zh=``.

    Raises RuleRefused for an unknown check, a pattern that is none, or a missing key.
    """
    rows = table.get("carrier", [])
    if set(table) - {"carrier"} or not isinstance(rows, list):
        raise RuleRefused(file=file, row="carrier", word=",".join(table))
    return WaybillNumbers(tuple(_form(row, file) for row in rows))


def _form(row: Mapping[str, object], file: str) -> NumberForm:
    code = str(row.get("code", ""))
    for key in {"code", "pattern", "check", "en", "zh"} ^ set(row):
        raise RuleRefused(file=file, row=code, word=key)
    if row["check"] not in CHECKS:
        raise RuleRefused(file=file, row=code, word=str(row["check"]))
    try:
        pattern = re.compile(str(row["pattern"]), re.ASCII)
    except re.error:
        raise RuleRefused(file=file, row=code, word=str(row["pattern"])) from None
    return NumberForm(code, pattern, str(row["check"]), str(row["en"]), str(row["zh"]))
