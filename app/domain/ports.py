"""What the domain is handed by whoever runs it: time, ids, chance and keys.

Nothing below ``app.domain`` reaches for a clock, a random source or a key by itself. The keeper
hands in the real ones, the simulation hands in its own, and the rules cannot tell them apart.
"""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    """The time, as the shop's records carry it."""

    def now(self) -> int:
        """Return the wall time in UTC milliseconds."""
        ...

    def mono(self) -> float:
        """Return seconds that only ever rise, for measuring waits; its zero means nothing."""
        ...

    def busy(self) -> float:
        """Return the seconds the computer has worked for the thread that asks."""
        ...


class Ids(Protocol):
    """New identities: 64-bit, unique without a network, sortable by birth."""

    def next(self) -> int:
        """Return an id nobody has been given before."""
        ...


class Rng(Protocol):
    """Chance, handed in so that a simulated day can be played again exactly."""

    def random_bytes(self, n: int) -> bytes:
        """Return ``n`` unpredictable bytes."""
        ...

    def uniform(self, a: float, b: float) -> float:
        """Return a number between ``a`` and ``b``."""
        ...


class Keyring(Protocol):
    """The place where the computer keeps the shop's master key."""

    def get(self, name: str) -> bytes | None:
        """Return the secret kept under ``name``, or None when there is none."""
        ...

    def put(self, name: str, secret: bytes) -> None:
        """Keep ``secret`` under ``name``, in place of what was there."""
        ...

    def drop(self, name: str) -> None:
        """Forget ``name``; forgetting what is not there is no error."""
        ...
