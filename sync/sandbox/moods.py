"""How a platform's sandbox lets one call go wrong, whatever it speaks (sync.sandbox.faults)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from sync.sandbox.faults import Fault
from sync.sandbox.http import Reply

_AFTER = {"late": "hang", "reset_after": "reset", "cut": "cut"}
One = TypeVar("One")


class Chance(Protocol):
    """Where chance comes from."""

    def choice(self, seq: list[One]) -> One:
        """One of them."""
        ...

    def shuffle(self, x: list[Any]) -> None:
        """Another order of things."""
        ...


def undone(fault: Fault | None) -> Reply | None:
    """The reply of a call that is not even looked at; None where it is."""
    if fault is not None and fault.kind == "reset_before":
        return Reply(200, fate="reset")
    if fault is not None and fault.kind == "unavailable":
        return Reply(503, b"<html>Service Unavailable</html>", {"Retry-After": "7"})
    return None


def spoilt(reply: Reply, fault: Fault | None) -> Reply:
    """A reply on its way back: lost, late, cut, or something else in its place."""
    if fault is not None and fault.kind == "garbage":
        return replace(reply, body=b"<html><body>login</body></html>")
    return reply if fault is None else replace(reply, fate=_AFTER.get(fault.kind, reply.fate))


def disturb(data: Mapping[str, Any], names: Iterable[str], mood: str, chance: Chance) -> None:
    """A list with a twin in it, or in another order."""
    for name in names:
        listed = data.get(name)
        if listed and mood == "duplicate":
            listed.append(chance.choice(listed))
        elif listed and mood == "reorder":
            chance.shuffle(listed)
