"""Numbers that people read, such as ``SO20260216000892``: type, shop-local day, serial (F201).

Serials are leased to a desk in blocks by the book, so that a desk without a network goes on giving
out numbers nobody else has. A block that is not used up leaves a gap; a number never comes twice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from app.domain.errors import BadNumber, NumbersSpent

SERIAL_DIGITS = 6
LARGEST_SERIAL = 10**SERIAL_DIGITS - 1
#: how many serials a desk takes at a time
BLOCK = 200
_FORM = re.compile(r"([A-Z]{2})(\d{8})(\d{6})", re.ASCII)


class NumberKind(StrEnum):
    """What a number is of; its first two letters."""

    ORDER = "SO"
    CASE = "EX"
    PARCEL = "PK"
    RETURN = "RT"
    WAVE = "WV"
    STOCKTAKE = "ST"


@dataclass(frozen=True, slots=True)
class Number:
    """One number, taken apart. ``day`` is the shop's calendar day, not UTC's."""

    kind: NumberKind
    day: date
    serial: int

    def text(self) -> str:
        """Return it as people read it."""
        return f"{self.kind}{self.day:%Y%m%d}{self.serial:0{SERIAL_DIGITS}d}"


def parse(text: str) -> Number:
    """Read a number, letting blanks around it and small letters pass. Raises BadNumber."""
    read = _FORM.fullmatch(text.strip().upper())
    refusal = BadNumber(text=text[:40])
    if read is None or read[1] not in set(NumberKind) or int(read[3]) == 0:
        raise refusal
    try:
        day = date(int(read[2][:4]), int(read[2][4:6]), int(read[2][6:]))
    except ValueError:
        raise refusal from None
    return Number(NumberKind(read[1]), day, int(read[3]))


@dataclass(frozen=True, slots=True)
class Lease:
    """A run of serials that is one desk's alone; the value moves on, the book keeps it."""

    kind: NumberKind
    day: date
    next: int
    last: int

    def take(self) -> tuple[Number, Lease]:
        """Return the next number and what is left. Raises NumbersSpent."""
        if self.next > self.last:
            raise NumbersSpent(kind=self.kind.value, day=self.day.isoformat())
        left = Lease(self.kind, self.day, self.next + 1, self.last)
        return Number(self.kind, self.day, self.next), left


def lease(kind: NumberKind, day: date, leased_to: int, size: int = BLOCK) -> Lease:
    """Return the block after serial ``leased_to``, the last one the book has given out that day.

    Raises NumbersSpent when the day has no serials left.
    """
    if leased_to >= LARGEST_SERIAL:
        raise NumbersSpent(kind=kind.value, day=day.isoformat())
    return Lease(kind, day, leased_to + 1, min(leased_to + size, LARGEST_SERIAL))


def overlaps(leases: Sequence[Lease]) -> bool:
    """Return whether two desks were ever given the same serial; ``doctor`` asks this."""
    runs = sorted((one.kind, one.day, one.next, one.last) for one in leases)
    return any(a[:2] == b[:2] and b[2] <= a[3] for a, b in pairwise(runs))
