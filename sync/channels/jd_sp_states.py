"""What stands at a JD order as the newer gateway tells it: parcels, after-sales, whose it is.

open.jd.com, getOrder: `transportInfo` has the number of an order that left whole, and each part of
one that left in parts; `skuItemInfoList` names the after-sales of each item.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sync.channels.jd_write import FLAGS
from sync.reading import Reader, mapping, minor, rows, text
from sync.records import Moment, RefundRecord

# An after-sale whose money JD gave back; no other figure says so (open.jd.com, getAfsOrder).
PAID_BACK = "20"
# Goods that JD keeps and sends: an order of this type, or one of its own warehouses.
FBP = "21"
_WAREHOUSES = ("eclpOrder", "clpsOrder")


@dataclass(frozen=True, slots=True)
class Parcel:
    """One number at an order: its shipment at JD ("" for one that left whole), and what is in it.

    `units` are item numbers and how many; empty where the order left whole.
    """

    shipment_id: str
    units: Mapping[str, int] = field(default_factory=dict)


def state_of(order: Mapping[str, Any]) -> str:
    """The platform's word for where an order stands."""
    return text(order.get("orderStatus"))


def parcels(order: Mapping[str, Any]) -> dict[str, Parcel]:
    """Every waybill number that stands at an order: carriers by `|`, one carrier's by commas."""
    carried = mapping(order.get("transportInfo"))
    found: dict[str, Parcel] = {}
    for row in rows(carried.get("partialShipmentList")):
        units: dict[str, int] = {}
        for sku in rows(row.get("skuList")):
            line = text(sku.get("skuUuid")) or text(sku.get("skuId"))
            units[line] = units.get(line, 0) + max(minor(sku.get("num"), 0) or 0, 0)
        for number in _numbers(row.get("waybillCode")):
            found[number] = Parcel(text(row.get("shipmentId")), units)
    for number in _numbers(carried.get("waybillCode")):
        found.setdefault(number, Parcel(""))
    return found


def _numbers(told: object) -> list[str]:
    return [part.strip() for part in re.split(r"[|,]", text(told)) if part.strip()]


def afs_of(order: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The after-sales of an order's items: each one's number, and how its refund stands."""
    found: dict[str, str] = {}
    for item in rows(order.get("skuItemInfoList")):
        for row in rows(item.get("afsInfoList")):
            if text(row.get("afsOrderId")):
                found[text(row.get("afsOrderId"))] = text(row.get("refundStatus"))
    return tuple(sorted(found.items()))


def sent_by_jd(order: Mapping[str, Any]) -> bool:
    """Whether JD keeps the goods of an order and sends them."""
    flags = mapping(order.get("orderFlag"))
    told = any(flags.get(name) is True for name in _WAREHOUSES)
    return told or text(order.get("orderType")) == FBP


def flag_word(memo: Mapping[str, Any]) -> str:
    """The colour of a memo's flag, "" where it has none; grey is JD's word for no flag."""
    found = minor(memo.get("flagId"), 0)
    return next((word for word, number in FLAGS.items() if number == found and number), "")


@dataclass(frozen=True, slots=True)
class Back:
    """One after-sale whose money went back: its items and how many of each."""

    external_id: str
    yuan: object
    reason: str
    created: Moment
    units: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SpRefunds:
    """What is known of an order's after-sales: those paid back, or the code of the refusal."""

    backs: Sequence[Back] = ()
    unread: str = ""

    def units(self, line: str) -> int:
        """How many of an item the money went back for."""
        return sum(back.units.get(line, 0) for back in self.backs)

    def given_back(self, reader: Reader) -> tuple[RefundRecord, ...]:
        """The refunds, in fen; what cannot be read becomes a problem of the order."""
        if self.unread:
            reader.note("unreadable", "refunds", self.unread)
        return tuple(_refund(reader, back) for back in self.backs)


def _refund(reader: Reader, back: Back) -> RefundRecord:
    name = f"refunds[{back.external_id}].actualRefundAmount"
    amount = reader.money(name, back.yuan)
    whole = len(back.units) == 1
    lines = tuple((line, count, amount) for line, count in back.units.items()) if whole else ()
    return RefundRecord(back.external_id, amount, back.reason, back.created, lines)
