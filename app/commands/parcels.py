"""What is asked of parcels: allocate, take a waybill, print, scan, hand over."""

import msgspec


class AllocateOrder(msgspec.Struct, frozen=True, tag="allocate_order"):
    """Reserve every line firmly and make the order's parcel (配货)."""

    order_id: int


class TakeWaybills(msgspec.Struct, frozen=True, tag="take_waybills"):
    """Ask the carrier for the waybills of these orders; one open waybill per parcel."""

    order_ids: tuple[int, ...]


class PerOrder(msgspec.Struct, frozen=True):
    """What became of each order asked for: ``refused`` holds (order id, error code)."""

    done: tuple[int, ...]
    refused: tuple[tuple[int, str], ...] = ()
    batch: str = ""


class TypeWaybill(msgspec.Struct, frozen=True, tag="type_waybill"):
    """Enter a carrier's number by hand; its shape is checked and the act recorded (F182)."""

    order_id: int
    carrier: str
    waybill_no: str
    reason: str


class VoidWaybill(msgspec.Struct, frozen=True, tag="void_waybill"):
    """Ask the carrier to void a waybill; until it answers no other can be taken."""

    waybill_id: int
    reason: str


class ResolveWaybill(msgspec.Struct, frozen=True, tag="resolve_waybill"):
    """Settle a waybill nobody knows about: its number was found, or there is none."""

    waybill_id: int
    found_no: str  # empty: not there, another may be made
    reason: str


class PrintLabels(msgspec.Struct, frozen=True, tag="print_labels"):
    """Print the first copy of these orders' labels on a printer; answers :class:`PerOrder`."""

    order_ids: tuple[int, ...]
    printer: str
    template: str = ""


class ReprintLabel(msgspec.Struct, frozen=True, tag="reprint_label"):
    """Print one more copy of a label, marked as a copy, with a reason (补打)."""

    waybill_id: int
    printer: str
    reason: str


class SettlePrint(msgspec.Struct, frozen=True, tag="settle_print"):
    """Say whether an unknown print is on paper; nothing prints again by itself."""

    print_id: int
    on_paper: bool


class ScanLabel(msgspec.Struct, frozen=True, tag="scan_label"):
    """A label's barcode was scanned at a station; answers :class:`Scanned`.

    ``step`` is print, verify, weigh_out or hand_over; the shop's trigger decides which of them
    ships the order on the platform (F230).
    """

    code: str
    step: str
    weight_g: int = 0


class Scanned(msgspec.Struct, frozen=True):
    """What the scan did: the order, and whether it triggered the write-back.

    ``read_at`` is as of when the platform's word about refunds is known (UTC ms), ``fresh`` that it
    was asked for this scan; ``code`` says why it could not be.
    """

    order_id: int
    parcel_id: int
    shipped: bool
    already: bool = False
    read_at: int = 0
    fresh: bool = True
    code: str = ""


class RefreshTracking(msgspec.Struct, frozen=True, tag="refresh_tracking"):
    """Ask the carrier now where these orders' parcels are."""

    order_ids: tuple[int, ...]
