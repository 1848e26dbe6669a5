"""The real time, identities and chance, handed to everything below by the compositions."""

import random
import secrets
import threading
import time

EPOCH_MS = 1_735_689_600_000
"""Ids count milliseconds from 2025-01-01 UTC, so that 41 bits last until 2094."""

_DESK_BITS = 10
_SERIAL_BITS = 12
_SERIALS = 1 << _SERIAL_BITS


class SystemClock:
    """The computer's own clock."""

    def now(self) -> int:
        """Return the wall time in UTC milliseconds."""
        return time.time_ns() // 1_000_000

    def mono(self) -> float:
        """Return seconds that only ever rise; their zero means nothing."""
        return time.monotonic()


class Snowflakes:
    """64-bit ids: 41 bits of milliseconds, 10 of desk, 12 of sequence; unique without a network.

    Ids of one process only rise, also when the computer's clock is set back: then the last known
    millisecond goes on until real time has passed it.
    """

    def __init__(self, clock: SystemClock, desk: int) -> None:
        """Serve the ids of desk 0 to 1023; two processes that share a book need two numbers."""
        if not 0 <= desk < 1 << _DESK_BITS:
            raise ValueError(desk)
        self._clock = clock
        self._desk = desk << _SERIAL_BITS
        self._moment = 0
        self._serial = 0
        self._one_at_a_time = threading.Lock()

    def next(self) -> int:
        """Return an id nobody has been given before."""
        with self._one_at_a_time:
            moment = max(self._clock.now() - EPOCH_MS, self._moment)
            self._serial = self._serial + 1 if moment == self._moment else 0
            if self._serial == _SERIALS:
                moment, self._serial = moment + 1, 0
            self._moment = moment
            return moment << (_DESK_BITS + _SERIAL_BITS) | self._desk | self._serial


class SystemRng:
    """Chance from the operating system."""

    def random_bytes(self, n: int) -> bytes:
        """Return `n` unpredictable bytes."""
        return secrets.token_bytes(n)

    def uniform(self, a: float, b: float) -> float:
        """Return a number between `a` and `b`."""
        return random.SystemRandom().uniform(a, b)
