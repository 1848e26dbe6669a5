"""Whether the stock figures are true: what counts found, and why they were wrong (F026, F028)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

GOOD_PPM = 999_900
"""The share of units that must be where the book says, in millionths: 99.99 % (F028)."""
MILLION = 1_000_000


class VarianceCause(StrEnum):
    """Why a count found another number than the book had."""

    LATE_OUTBOUND = "late_outbound"
    RETURN_NOT_SHELVED = "return_not_shelved"
    MISSED_DEDUCTION = "missed_deduction"
    DAMAGED = "damaged"
    MISCOUNTED = "miscounted"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Counted:
    """One count of one place: what the book had, and what was found."""

    booked: int
    found: int


def accuracy_ppm(counts: Iterable[Counted]) -> int | None:
    """Of the units booked or found, how many were both, in millionths, never rounded up.

    None where nothing was counted: then nobody knows.
    """
    right = of = 0
    for one in counts:
        right += min(one.booked, one.found)
        of += max(one.booked, one.found)
    if not of:
        return None
    return right * MILLION // of
