"""What a page of a list becomes: records, each once, and what is none of them, kept aside."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Generic, TypeVar

from sync.connector import BREATH
from sync.json_text import Element
from sync.reading import mapping
from sync.records import KeptAside, OrderRecord

KEPT = 2000

Read = Callable[[Mapping[str, Any], bytes], Awaitable[OrderRecord]]
Key = TypeVar("Key")
Value = TypeVar("Value")


async def read_all(
    elements: list[Element],
    number_of: Callable[[Element], str],
    aside: Callable[[Element], KeptAside],
    read: Read,
) -> tuple[tuple[OrderRecord, ...], tuple[KeptAside, ...]]:
    """Records, twins once; what has no number of an order, aside. Others may go on meanwhile."""
    records: dict[str, OrderRecord] = {}
    kept = []
    for place, element in enumerate(elements):
        if place % BREATH == BREATH - 1:
            await asyncio.sleep(0)
        number = number_of(element)
        if not number:
            kept.append(aside(element))
        elif number not in records or records[number].raw != element.raw:
            records[number] = await read(mapping(element.value), element.raw)
    return tuple(records.values()), tuple(kept)


class Remembered(Generic[Key, Value]):
    """What was asked for and need not be asked again; the oldest of so many is forgotten first."""

    def __init__(self, most: int = KEPT) -> None:
        """Know nothing."""
        self._most = most
        self._known: OrderedDict[Key, Value] = OrderedDict()

    def get(self, key: Key) -> Value | None:
        """What is known under a key."""
        if key not in self._known:
            return None
        self._known.move_to_end(key)
        return self._known[key]

    def put(self, key: Key, value: Value) -> None:
        """Know this from now on."""
        self._known[key] = value
        self._known.move_to_end(key)
        if len(self._known) > self._most:
            self._known.popitem(last=False)

    async def ask(self, key: Key, ask: Callable[[], Awaitable[Value]]) -> Value:
        """What is known under a key, else what `ask` says, which is known from now on."""
        found = self.get(key)
        if found is None:
            found = await ask()
            self.put(key, found)
        return found
