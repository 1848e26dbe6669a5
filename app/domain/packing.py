"""The packing check: what belongs in a box, and what one more scan of an item means (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.bundles import Recipe

TWICE_MS = 300
"""The same code read again so soon is one thing read twice: nobody lifts two in that time."""


class PackState(StrEnum):
    """How far the check of one parcel is."""

    OPEN = "open"
    VERIFIED = "verified"
    FORCED = "forced"
    ASIDE = "aside"

    @property
    def is_over(self) -> bool:
        """Return whether the box may go on."""
        return self in {PackState.VERIFIED, PackState.FORCED}


class PackMode(StrEnum):
    """What comes first in this shop: the label or the check (F231)."""

    PRINT_FIRST = "print_first"
    VERIFY_FIRST = "verify_first"


class MustVerify(StrEnum):
    """Which parcels are weighed out only when they were checked at the packing station."""

    BEGUN = "begun"
    SEVERAL = "several"
    ALL = "all"


class Outcome(StrEnum):
    """What a scan at the packing station turned out to be."""

    OPENED = "opened"
    ALREADY = "already"
    RIGHT = "right"
    COMPLETE = "complete"
    WRONG = "wrong"
    SURPLUS = "surplus"
    TWICE = "twice"
    FINISHED = "finished"
    FORCED = "forced"
    ASIDE = "aside"
    AGAIN = "again"


COUNTED = frozenset({Outcome.RIGHT, Outcome.COMPLETE})
"""Scans by which something came into the box."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One merchant code of a box: how many belong in it, and how many were scanned."""

    sku: str
    wanted: int
    packed: int = 0

    @property
    def left(self) -> int:
        """Return how many are still missing."""
        return max(0, self.wanted - self.packed)


def missing(pieces: Sequence[Piece]) -> int:
    """Return how many things are not in the box yet."""
    return sum(one.left for one in pieces)


def is_one_piece(pieces: Sequence[Piece]) -> bool:
    """Return whether the box holds a single thing: then one scan is the whole check."""
    return sum(one.wanted for one in pieces) == 1


def judge(pieces: Sequence[Piece], takes: Recipe, since_ms: int | None = None) -> Outcome:
    """Say what a scan is that would put ``takes`` (merchant code: how many) into the box.

    ``takes`` is empty for a code that nothing in the box answers to. ``since_ms`` is how long ago
    the same code was counted, None for never.
    """
    known: Mapping[str, Piece] = {one.sku: one for one in pieces}
    if not takes or not set(takes) <= set(known):
        return Outcome.WRONG
    if since_ms is not None and 0 <= since_ms < TWICE_MS:
        return Outcome.TWICE
    if any(known[sku].left < each for sku, each in takes.items()):
        return Outcome.SURPLUS
    return Outcome.COMPLETE if missing(pieces) == sum(takes.values()) else Outcome.RIGHT
