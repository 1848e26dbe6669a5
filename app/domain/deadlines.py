"""How long each carrier has until its first scan, as the shop writes it: "sf=12, zto=36" (F184)."""

import re
from collections.abc import Mapping
from types import MappingProxyType

HOUR_MS = 3_600_000
LOW, HIGH = 1, 720
"""The fewest and the most hours that may be waited; five minutes would call every parcel late."""
_PAIR = re.compile(r"([a-z][a-z0-9_]*)=([0-9]{1,3})")


def carrier_hours(text: str) -> Mapping[str, int]:
    """Hours by the carrier's code; raises ValueError for another form, twice, or out of bounds."""
    found: dict[str, int] = {}
    for part in (one.strip() for one in text.split(",") if one.strip()):
        pair = _PAIR.fullmatch(part)
        if pair is None or pair[1] in found or not LOW <= int(pair[2]) <= HIGH:
            raise ValueError(part)
        found[pair[1]] = int(pair[2])
    return MappingProxyType(found)
