"""What every test world is handed instead of the computer's own: time, ids, chance and keys."""

import random

from app.domain.actor import Actor
from app.store.keys import Keys

NOON = 1_771_214_400_000  # 2026-02-16 12:00 in Shanghai


class FixedClock:
    """Stands still until a test moves it."""

    def __init__(self, now: int = NOON) -> None:
        self._now = now
        self._mono = 1000.0

    def now(self) -> int:
        return self._now

    def mono(self) -> float:
        return self._mono

    def busy(self) -> float:
        return self._mono

    def advance(self, ms: int) -> None:
        self._now += ms
        self._mono += ms / 1000

    def advance_us(self, microseconds: int) -> None:
        """Move only what measures waits: too short a time for the wall clock."""
        self._mono += microseconds / 1_000_000


class CountingIds:
    """Ids 1001, 1002 … in the order in which they are asked for."""

    def __init__(self, first: int = 1001) -> None:
        self._next = first

    def next(self) -> int:
        given = self._next
        self._next += 1
        return given


class SeededRng:
    """The same chance on every run."""

    def __init__(self, seed: int = 7) -> None:
        self._random = random.Random(seed)

    def random_bytes(self, n: int) -> bytes:
        return self._random.randbytes(n)

    def uniform(self, a: float, b: float) -> float:
        return self._random.uniform(a, b)


def shop_keys(seed: int = 7) -> Keys:
    """Keys of a shop that only this test knows."""
    rng = SeededRng(seed)
    return Keys({1: rng.random_bytes(32)}, 1, rng)


MEI = Actor(
    name="Mei", operator_id=11, roles=("admin",), session_id=21, ip="10.0.0.5", host="desk-1"
)
