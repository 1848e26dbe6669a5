"""What is asked about goods that come in."""

import msgspec


class LotReceived(msgspec.Struct, frozen=True):
    """Units of a merchant code in one lot; ``expires_on`` like 2027-02-16, empty for never."""

    sku: str
    quantity: int
    lot_no: str = ""
    expires_on: str = ""


class ReceiveGoods(msgspec.Struct, frozen=True, tag="receive_goods"):
    """Take in a delivery under its supplier's paper number; answers :class:`Received`."""

    location_id: int
    supplier: str
    paper_no: str
    lots: tuple[LotReceived, ...]


class Received(msgspec.Struct, frozen=True):
    """A delivery was taken in: our number of it, and how many units there were in all."""

    id: int
    number: str
    units: int
