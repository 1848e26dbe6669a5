"""Compares what was cancelled of a line with what its reservations gave back (F196)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Unmatched(StrEnum):
    """How a cancellation and the stock differ; each is a kind of exception."""

    KEPT = "cancel_not_released"  # cancelled, and still held
    GIVEN = "release_not_cancelled"  # given back, and still owed
    UNMOVED = "release_not_moved"  # given back, and no movement says so


@dataclass(frozen=True, slots=True)
class Reserved:
    """What the reservations of one code of a line say, in units."""

    held: int
    released: int


def of_line(
    owed: int, per_item: Mapping[str, int], locks: Mapping[str, Reserved]
) -> dict[str, int]:
    """By merchant code how many units a line holds beyond what it owes; below zero: too few.

    A line that never gave anything back lacks stock for another reason, which is told elsewhere.
    """
    apart = {}
    for sku in sorted({*per_item, *locks}):
        lock = locks.get(sku, Reserved(0, 0))
        beyond = lock.held - owed * per_item.get(sku, 0)
        if beyond > 0 or (beyond < 0 and lock.released):
            apart[sku] = beyond
    return apart
