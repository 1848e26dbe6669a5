"""The real time, identities and chance, handed to everything below by the compositions."""

import random
import secrets
import threading
import time

from app.domain.ids import Snowflake
from app.domain.ports import Clock


class SystemClock:
    """The computer's own clock."""

    def now(self) -> int:
        """Return the wall time in UTC milliseconds."""
        return time.time_ns() // 1_000_000

    def mono(self) -> float:
        """Return seconds that only ever rise; their zero means nothing."""
        return time.monotonic()

    def busy(self) -> float:
        """Return the seconds the computer has worked for the thread that asks."""
        return time.thread_time()


class Snowflakes(Snowflake):
    """The ids of one process, whichever of its threads asks."""

    def __init__(self, clock: Clock, desk: int, after: int = 0) -> None:
        """Serve desk 0 to 1023; `after` is the largest id that desk has ever stored."""
        super().__init__(clock, desk, after)
        self._one_at_a_time = threading.Lock()

    def next(self) -> int:
        """Return an id larger than every one this desk gave out before."""
        with self._one_at_a_time:
            return super().next()


class SystemRng:
    """Chance from the operating system."""

    def random_bytes(self, n: int) -> bytes:
        """Return `n` unpredictable bytes."""
        return secrets.token_bytes(n)

    def uniform(self, a: float, b: float) -> float:
        """Return a number between `a` and `b`."""
        return random.SystemRandom().uniform(a, b)
