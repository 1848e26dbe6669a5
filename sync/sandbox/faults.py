"""How a sandbox misbehaves on request: one plan, drawn from a handed-in rng, so a run repeats.

Kinds: `throttle` (429 with Retry-After), `unavailable` (503), `late` (does it, never answers),
`reset_after` (does it, then resets), `reset_before` (resets, does nothing), `cut` (half an answer),
`garbage` (200 with no JSON), `duplicate` and `reorder` (a list with a twin, a shuffled list),
`shift` (an order changes between two pages).
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

BEFORE = ("throttle", "unavailable", "reset_before")
LISTS = ("duplicate", "reorder", "shift")


class Chance(Protocol):
    """Where chance comes from."""

    def random(self) -> float:
        """A number in [0, 1)."""
        ...


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault for the next call that fits; empty `method` or `part` fits any."""

    kind: str
    method: str = ""
    part: str = ""
    seconds: int = 1


class Faults:
    """What is still to go wrong: planned faults first, then chance by `rates` (kind → 0..1)."""

    def __init__(self, chance: Chance, rates: Mapping[str, float] | None = None) -> None:
        """Start without planned faults."""
        self._chance = chance
        self._rates = dict(rates or {})
        self._planned: list[Fault] = []
        self.done: Counter[str] = Counter()

    def plan(self, *faults: Fault) -> None:
        """Let these happen, each once, in this order, to the calls they fit."""
        self._planned.extend(faults)

    def draw(self, method: str, path: str, *, lists: bool) -> Fault | None:
        """The fault for this call, if it is to have one; it is used up and counted."""
        for fault in self._planned:
            if _fits(fault, method, path, lists=lists):
                self._planned.remove(fault)
                self.done[fault.kind] += 1
                return fault
        return self._by_chance(method, path, lists=lists)

    def _by_chance(self, method: str, path: str, *, lists: bool) -> Fault | None:
        for kind, rate in self._rates.items():
            fault = Fault(kind)
            if _fits(fault, method, path, lists=lists) and self._chance.random() < rate:
                self.done[kind] += 1
                return fault
        return None


def _fits(fault: Fault, method: str, path: str, *, lists: bool) -> bool:
    if fault.method and fault.method != method:
        return False
    return fault.part in path and (lists or fault.kind not in LISTS)
