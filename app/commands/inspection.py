"""What is asked about goods that buyers sent back."""

import msgspec


class Inspected(msgspec.Struct, frozen=True):
    """How many of an order's item came back: sellable, damaged, or for the supplier."""

    line_id: int
    sellable: int = 0
    damaged: int = 0
    supplier: int = 0


class InspectReturn(msgspec.Struct, frozen=True, tag="inspect_return"):
    """Say what came back of an order, and what it is good for; answers :class:`Shelved`."""

    order_id: int
    location_id: int
    items: tuple[Inspected, ...]
    reason: str


class Shelved(msgspec.Struct, frozen=True):
    """How many units went back to the shelf; of a bundle, its components."""

    units: int
