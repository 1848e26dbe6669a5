"""What is asked at the packing station: open a box, scan what goes in, close it."""

import msgspec


class OpenParcel(msgspec.Struct, frozen=True, tag="open_parcel"):
    """Begin to check a parcel; answers :class:`Packing`.

    ``code`` is its own code or its order's (``WD:P:``, ``WD:O:``), a waybill's number, or the
    number of an order. Where the shop verifies first, an item's barcode opens the oldest order
    of exactly that one thing.
    """

    code: str
    station: str = ""


class ScanItem(msgspec.Struct, frozen=True, tag="scan_item"):
    """An item was scanned into a box; ``read_at`` is when the scanner read it (UTC ms)."""

    parcel_id: int
    code: str
    read_at: int
    station: str = ""


class FinishPacking(msgspec.Struct, frozen=True, tag="finish_packing"):
    """Close a box whose every item was scanned; ``code`` is its label, where that was scanned."""

    parcel_id: int
    station: str = ""
    code: str = ""


class ForcePacking(msgspec.Struct, frozen=True, tag="force_packing"):
    """Close a box though the check is not whole, with a reason (强制通过)."""

    parcel_id: int
    reason: str
    station: str = ""


class PutParcelAside(msgspec.Struct, frozen=True, tag="put_parcel_aside"):
    """Stop packing a parcel and hand it on as an exception: something is missing or wrong."""

    parcel_id: int
    reason: str
    station: str = ""


class PackAgain(msgspec.Struct, frozen=True, tag="pack_again"):
    """Empty the box and count from the beginning."""

    parcel_id: int
    station: str = ""


class SeeMemo(msgspec.Struct, frozen=True, tag="see_memo"):
    """Say that a memo changed after the label was printed has been read."""

    order_id: int


class PackItem(msgspec.Struct, frozen=True):
    """One merchant code of the box; ``product_id`` is 0 where the catalogue does not know it."""

    sku: str
    title: str
    variant: str
    wanted: int
    packed: int
    hint: str = ""
    product_id: int = 0
    gift: bool = False


class Packing(msgspec.Struct, frozen=True):
    """A box as it stands after a scan, without anything about its buyer.

    ``outcome`` says what the scan was (``app.domain.packing.Outcome``); ``sku`` and ``title`` name
    the thing scanned, where it is known. ``by`` and ``at`` (UTC ms) are who closed the check, and
    when. ``read_at``, ``fresh`` and ``code`` say as of when refunds are known, as for a label.
    """

    parcel_id: int
    order_id: int
    order_no: str
    state: str
    outcome: str
    items: tuple[PackItem, ...] = ()
    sku: str = ""
    title: str = ""
    by: str = ""
    at: int = 0
    shipped: bool = False
    label: str = ""  # what became of its label: '', queued, or no_number
    read_at: int = 0
    fresh: bool = True
    code: str = ""
