"""A scale's readings: what one line of it says, and when a weight stands still (pure).

Grams throughout. Read are the lines of the two families that shop scales send by themselves:
``ST,GS,+  1.820kg`` (A&D, CAS, Chinese XK3190 kin) and ``S S     1.820 kg`` (Mettler Toledo
SICS); a bare number with its unit counts too, as one whose stillness nobody tells.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from decimal import Decimal

GRAMS = {"kg": Decimal(1000), "g": Decimal(1), "lb": Decimal("453.59237"), "oz": Decimal("28.3495")}
"""Grams of a unit (pound and ounce: international avoirdupois)."""
HEAVIEST_G = 1_000_000
LEAST_G = 10
"""Lighter is an empty pan with a draught over it."""
SAME_G = 2
"""Readings so near each other are the same weight."""
STILL_MS = 400
STILL_READINGS = 3
_NUMBER = re.compile(r"([+-]?)\s*(\d+(?:\.\d+)?)\s*(kg|g|lb|oz)\b", re.IGNORECASE)
_MOVING = re.compile(r"^\s*(US|OL|S\s+D|SD)\b", re.IGNORECASE)
_STILL = re.compile(r"^\s*(ST|S\s+S)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reading:
    """One line of a scale; ``still`` is what the scale says of it, None where it says nothing."""

    grams: int
    still: bool | None = None


def read(line: str) -> Reading | None:
    """Read one line; None for what is no weight, is below nought, or cannot be."""
    found = _NUMBER.search(line)
    if found is None:
        return None
    grams = int((Decimal(found[2]) * GRAMS[found[3].lower()]).to_integral_value())
    if found[1] == "-":
        grams = -grams
    if grams > HEAVIEST_G:
        return None
    moving, still = _MOVING.match(line), _STILL.match(line)
    return Reading(max(grams, 0), False if moving else (True if still else None))


@dataclass(slots=True)
class Pan:
    """What lies on a scale, and whether it is the next parcel: the last one must have left.

    A weight that was taken is not given again until the pan was empty or clearly changed, so that
    a parcel scanned early never gets its neighbour's weight.
    """

    _seen: deque[tuple[int, int]] = field(default_factory=lambda: deque(maxlen=50))
    _still: bool | None = None
    _taken: int = 0

    def put(self, reading: Reading, at_ms: int) -> None:
        """Take one reading in; ``at_ms`` counts milliseconds of any clock that never goes back."""
        if self._seen and abs(self._seen[-1][1] - reading.grams) > SAME_G:
            self._seen.clear()
        self._seen.append((at_ms, reading.grams))
        self._still = reading.still
        if self._taken and abs(reading.grams - self._taken) > max(LEAST_G, self._taken // 20):
            self._taken = 0

    def grams(self) -> int:
        """What the scale shows now."""
        return self._seen[-1][1] if self._seen else 0

    def is_still(self) -> bool:
        """Whether it stands still: as the scale says, else by how long it stayed the same."""
        if self._still is not None:
            return self._still
        if len(self._seen) < STILL_READINGS:
            return False
        return self._seen[-1][0] - self._seen[0][0] >= STILL_MS

    def weight(self) -> int:
        """The still weight of a parcel that was not weighed yet; 0 while there is none."""
        grams = self.grams()
        return grams if grams >= LEAST_G and self.is_still() and not self._taken else 0

    def take(self) -> None:
        """The weight was written down: the next is another parcel's."""
        self._taken = self.grams()
