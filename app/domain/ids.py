"""Snowflake ids: 41 bits of milliseconds, 10 of desk, 12 of sequence; one positive 64-bit integer.

Unique without a network as long as every desk has its own number, sortable by birth, and SQLite's
own rowid. A clock that is set back (by hand, by NTP, by a virtual machine) never makes an id twice:
the maker goes on from the last millisecond it used, and borrows the next one when a millisecond's
4,096 ids are spent.
"""

from __future__ import annotations

from app.domain.errors import BadValue
from app.domain.ports import Clock

#: 2024-01-01T00:00:00Z, the zero of the 41 bits; they last until 2093
EPOCH_MS = 1_704_067_200_000
_DESK_BITS, _SEQUENCE_BITS = 10, 12
MAX_DESK = (1 << _DESK_BITS) - 1
_MAX_SEQUENCE = (1 << _SEQUENCE_BITS) - 1


class Snowflake:
    """Gives out ids for one desk; one per process, never shared between threads.

    ``after`` is the largest id this desk has ever stored, read at start: with it not even a restart
    under a clock that was set back can repeat one.
    """

    def __init__(self, clock: Clock, desk: int, after: int = 0) -> None:
        if not 0 <= desk <= MAX_DESK:
            raise BadValue(field="desk", value=desk)
        self._clock = clock
        self._desk = desk
        self._tick = after >> (_DESK_BITS + _SEQUENCE_BITS) if after else -1
        self._sequence = _MAX_SEQUENCE if after else 0

    def next(self) -> int:
        """Return an id larger than every one this desk gave out before."""
        tick = max(0, self._clock.now() - EPOCH_MS)
        if tick > self._tick:
            self._tick, self._sequence = tick, 0
        elif self._sequence < _MAX_SEQUENCE:
            self._sequence += 1
        else:
            self._tick, self._sequence = self._tick + 1, 0
        return (
            self._tick << (_DESK_BITS + _SEQUENCE_BITS)
            | self._desk << _SEQUENCE_BITS
            | self._sequence
        )


def born_at(snowflake: int) -> int:
    """Return the UTC milliseconds in an id; about when it was made, for sorting and for doctors."""
    return (snowflake >> (_DESK_BITS + _SEQUENCE_BITS)) + EPOCH_MS


def desk_of(snowflake: int) -> int:
    """Return which desk made an id."""
    return (snowflake >> _SEQUENCE_BITS) & MAX_DESK


def first_at(utc_ms: int) -> int:
    """Return the smallest id of that moment, so that a day can be read by id alone."""
    return max(0, utc_ms - EPOCH_MS) << (_DESK_BITS + _SEQUENCE_BITS)
