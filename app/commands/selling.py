"""What is asked about how each shop sells from the shelf."""

import msgspec


class SetSelling(msgspec.Struct, frozen=True, tag="set_selling"):
    """Say when a shop's orders hold goods, for how long unpaid, and whether it hears of stock.

    ``lock_moment`` is at_order, at_payment, nightly, or empty for the shop's rule;
    ``soft_minutes`` 0 is the shop's rule.
    """

    channel_id: int
    lock_moment: str
    soft_minutes: int
    uploads: bool
    reason: str


class SetPool(msgspec.Struct, frozen=True, tag="set_pool"):
    """Give a shop its part of a merchant code, of every code where ``sku`` is empty.

    ``share`` is percent, at most ``most`` units where that is not 0; with a share of 0 it is a
    fixed pool of ``most`` units.
    """

    channel_id: int
    sku: str
    share: int
    most: int
    reason: str


class ClearPool(msgspec.Struct, frozen=True, tag="clear_pool"):
    """Take a shop's part of a code away: it sells from what the pools leave again."""

    channel_id: int
    sku: str
    reason: str


class MergeCounter(msgspec.Struct, frozen=True, tag="merge_counter"):
    """Merge what a shop sold offline into the stock now; answers :class:`Merged`."""

    channel_id: int
    reason: str


class CounterConflict(msgspec.Struct, frozen=True):
    """An item a shop sold of which only ``there`` of ``wanted`` units lay on the shelf."""

    order_id: int
    order_no: str
    sku: str
    wanted: int
    there: int


class Merged(msgspec.Struct, frozen=True):
    """Units that left the shelf, orders looked at to be held, and all that did not fit."""

    units: int
    orders: int
    conflicts: tuple[CounterConflict, ...] = ()
    more: bool = False
