"""What a reading need not ask for, since the book holds it just as the platform lists it."""

from collections.abc import Mapping
from typing import Protocol, runtime_checkable


class Known(Protocol):
    """Which orders stand in the book as a list tells them."""

    async def __call__(self, versions: Mapping[str, int], /) -> frozenset[str]:
        """Of these order numbers, those that stand with this very time of their last change.

        UTC milliseconds, as `OrderRecord.version`. Only those are among them that were read some
        while after it: what changed twice in one second bears one time.
        """
        ...


@runtime_checkable
class AsksKnown(Protocol):
    """A channel whose list tells little and whose orders are read one by one.

    `known` is put there by whoever has the book, so that a reading that begins anew asks the
    platform for nothing that stands already.
    """

    known: Known


async def nothing_known(_versions: Mapping[str, int]) -> frozenset[str]:
    """What a connector believes that was told of no book."""
    return frozenset()
