"""What is asked of stock: figures come from the ledger, never from a direct edit."""

import msgspec


class AdjustStock(msgspec.Struct, frozen=True, tag="adjust_stock"):
    """Set what was counted at a location; the difference becomes a ledger row."""

    sku: str
    location_id: int
    counted: int
    reason: str


class OpenStock(msgspec.Struct, frozen=True, tag="open_stock"):
    """Opening figures of many merchant codes at once: (sku, title, quantity, weight in g)."""

    location_id: int
    rows: tuple[tuple[str, str, int, int], ...]


class AddLocation(msgspec.Struct, frozen=True, tag="add_location"):
    """Add a warehouse; answers its id."""

    name: str


class Released(msgspec.Struct, frozen=True):
    """``waits``: nothing was given back, for releases of this code wait for a person (F193)."""

    waits: bool = False


class ReleaseLock(msgspec.Struct, frozen=True, tag="release_lock"):
    """Give back part of a reservation by its own id (F189, F191)."""

    lock_id: int
    quantity: int
    reason: str
