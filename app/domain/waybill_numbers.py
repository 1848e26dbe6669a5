"""Whether a typed number can be one of this carrier's at all (F182).

Forms and check digits stand in ``resources/rules/waybill_numbers.toml``. A number of a carrier
without a row is refused: an unknown form cannot be told from a typing error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.domain.errors import BadWaybillNumber, RuleRefused

ANYTHING = ("ABCDEFGHIJ", "0123456789")
"""Whoever takes both takes the numbers of every courier."""
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


def mod10(digits: str) -> bool:
    """Return whether the last digit checks the others, weighted 3 and 1 from the right (USPS)."""
    weighed = sum(int(d) * (3, 1)[at % 2] for at, d in enumerate(digits[-2::-1]))
    return (weighed + int(digits[-1])) % 10 == 0


def mod11(digits: str) -> bool:
    """Return whether the last digit checks the others, weighted 1, 3 and 7 (FedEx)."""
    weighed = sum(int(d) * (1, 3, 7)[at % 3] for at, d in enumerate(digits[-2::-1]))
    return weighed % 11 % 10 == int(digits[-1])


def mod7(digits: str) -> bool:
    """Return whether the last digit is what the number before it leaves by seven (DHL)."""
    return int(digits[:-1]) % 7 == int(digits[-1])


def ups(number: str) -> bool:
    """Return whether the last sign checks those behind 1Z; letters count from A as 2."""
    values = [int(sign) if sign.isdigit() else (ord(sign) - 63) % 10 for sign in number[2:]]
    weighed = sum(value * (1, 2)[at % 2] for at, value in enumerate(values[:-1]))
    return (weighed + values[-1]) % 10 == 0


def _digits(check: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda number: check("".join(sign for sign in number if sign.isdigit()))


CHECKS: Mapping[str, Callable[[str], bool]] = {
    "none": bool,
    "ups": ups,
    **{one.__name__: _digits(one) for one in (luhn, s10, mod10, mod11, mod7)},
}


@dataclass(frozen=True, slots=True)
class NumberForm:
    """One form of a carrier's numbers; ``check`` runs over the digits in it (ups: all signs)."""

    carrier: str
    pattern: re.Pattern[str]
    check: str
    en: str
    zh: str

    @property
    def tells(self) -> bool:
        """Return whether a number of this form says whose it is."""
        return not all(self.pattern.fullmatch(one) for one in ANYTHING)

    def fits(self, number: str) -> bool:
        """Return whether ``number`` has the form and its check digit is right."""
        return bool(self.pattern.fullmatch(number)) and CHECKS[self.check](number)


def written(typed: str) -> str:
    """Return a number as it is kept: in capitals, without blanks and hyphens."""
    return re.sub(r"[\s-]", "", typed).upper()


@dataclass(frozen=True, slots=True)
class WaybillNumbers:
    """What every carrier's numbers look like."""

    forms: Sequence[NumberForm] = ()

    def accept(self, carrier: str, typed: str) -> str:
        """Return the number as it is to be kept. Raises BadWaybillNumber."""
        number = written(typed)
        if any(form.fits(number) for form in self.forms if form.carrier == carrier):
            return number
        raise BadWaybillNumber(carrier=carrier, number=typed[:40])

    def carriers_of(self, typed: str) -> tuple[str, ...]:
        """Return the carriers one of whose own forms the number has, in the table's order.

        An aggregator takes every number, so it is never told by one.
        """
        number = written(typed)
        fit = (form.carrier for form in self.forms if form.tells and form.fits(number))
        return tuple(dict.fromkeys(fit))

    def knows(self, carrier: str) -> bool:
        """Return whether numbers of this carrier can be told from typing errors at all."""
        return any(form.carrier == carrier for form in self.forms)


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
