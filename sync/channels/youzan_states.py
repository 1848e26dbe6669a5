"""The states of a Youzan order, of several fields, as the one word each that our map knows.

youzan.trades.sold.get and youzan.trade.get (doc.youzanyun.com): `order_info.status` says how far it
is, `order_info.refund_state` how much went back (1 and 11 for a moment only), `refund_order` each
refund's own state, another set of numbers. TRADE_PAID lasts a moment, WAIT_CONFIRM until a group is
full or the order is accepted: neither may be sent. `express_type` says how it goes: 0 by a carrier,
1 collected, 2 by a local rider, 9 nothing to send.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync.reading import mapping, minor, rows, text

UNPAID, CLOSED = "WAIT_BUYER_PAY", "TRADE_CLOSED"
TO_SHIP = "WAIT_SELLER_SEND_GOODS"
NOT_YET = ("TRADE_PAID", "WAIT_CONFIRM")
LEFT = ("WAIT_BUYER_CONFIRM_GOODS", "TRADE_SUCCESS")
PARTLY_BACK, ALL_BACK, MOVING = 2, 12, (1, 11)
# A refund's state: asked for, refused, to be sent back, sent back, refused again, over, paid out.
ASKED, REFUSED, RETURNING, RETURNED, REFUSED_AGAIN, ENDED, PAID_OUT = 1, 10, 20, 30, 40, 50, 60
OPEN = (ASKED, RETURNING, RETURNED)
_CASH_ON_DELIVERY = 9
_OTHER_WAYS = (1, 2, 9)


def order_info(told: Mapping[str, Any]) -> dict[str, Any]:
    """The head of an order."""
    return mapping(mapping(told.get("full_order_info")).get("order_info"))


def number(told: Mapping[str, Any], name: str) -> int | None:
    """A whole number of a field; None where there is none."""
    return minor(told.get(name), 0)


def status(told: Mapping[str, Any]) -> str:
    """How far it is, in the platform's word."""
    return text(order_info(told).get("status"))


def money_back(told: Mapping[str, Any]) -> int:
    """How much went back: 0 nothing, 2 a part, 12 all; 1 and 11 for a moment."""
    return number(order_info(told), "refund_state") or 0


def refunds(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The order's refunds, which only the whole order tells."""
    return rows(told.get("refund_order"))


def oids(row: Mapping[str, Any]) -> set[str]:
    """The items a refund or a parcel is about."""
    return {text(each.get("oid")) for each in rows(row.get("oids"))} - {""}


def status_word(told: Mapping[str, Any]) -> str:
    """The word that decides: closed with all money back, else how far it is."""
    word = status(told)
    return f"{word}/12" if word == CLOSED and money_back(told) == ALL_BACK else word


def payment_word(told: Mapping[str, Any]) -> str:
    """Paid or not, what went back of it, else the refund that asks most of the shop."""
    head, back = order_info(told), money_back(told)
    unpaid = status(told) == CLOSED and not text(head.get("pay_time"))
    if status(told) == UNPAID or unpaid:
        return "UNPAID"
    if back in (PARTLY_BACK, ALL_BACK):
        return "REFUNDED" if back == ALL_BACK else "PARTLY_REFUNDED"
    if number(head, "pay_type") == _CASH_ON_DELIVERY and not text(head.get("pay_time")):
        return "COD"
    if back:
        return f"order_info.refund_state.{back}"
    standing = [number(row, "refund_state") for row in refunds(told)]
    found = sorted((each for each in standing if each is not None), key=_weight)
    return f"refund_order.refund_state.{found[0]}" if found else "PAID"


def _weight(state: int) -> tuple[bool, bool, int]:
    """What the shop must do something about first; one nobody knows before those that ended."""
    ended = state in (REFUSED, REFUSED_AGAIN, ENDED, PAID_OUT)
    return ended, state not in OPEN, state


def hold_of(told: Mapping[str, Any]) -> str:
    """Why it may not be shipped yet, "" where it may."""
    word = status(told)
    if word not in (*NOT_YET, TO_SHIP):
        return ""
    found = ["other"] if word in NOT_YET else []
    if asked_back(told) or money_back(told) in MOVING:
        found.append("refund")
    extra = mapping(order_info(told).get("order_extra"))
    if text(extra.get("risk_control_mark")) not in ("", "null"):
        found.append("fraud")
    if number(order_info(told), "express_type") in _OTHER_WAYS:
        found.append("service")
    return ",".join(found)


def is_open(refund: Mapping[str, Any]) -> bool:
    """Whether a refund is asked for and not settled."""
    return number(refund, "refund_state") in OPEN


def asked_back(told: Mapping[str, Any]) -> set[str]:
    """The items whose money is asked for and not settled; "?" for all of them."""
    waiting = (row for row in refunds(told) if is_open(row))
    return {oid for row in waiting for oid in oids(row) or {"?"}}


def delivered(told: Mapping[str, Any]) -> set[str]:
    """The items in parcels that left, as the whole order tells them."""
    left = (row for row in rows(told.get("delivery_order")) if number(row, "express_state") == 1)
    return {oid for row in left for oid in oids(row)}


def has_left(told: Mapping[str, Any], item: Mapping[str, Any]) -> bool:
    """Whether an item left: its own mark where it has one, else the order's parcels."""
    if status(told) in LEFT:
        return True
    mark = mapping(item.get("item_tags")).get("is_deliver_goods")
    return mark if isinstance(mark, bool) else text(item.get("oid")) in delivered(told)


@dataclass(frozen=True, slots=True)
class Parcel:
    """One parcel as told: what the platform calls it, and the items it was told with."""

    dist: Mapping[str, Any]
    oids: frozenset[str]


def parcels(told: Mapping[str, Any]) -> dict[str, Parcel]:
    """What was told of parcels so far, by their numbers."""
    found: dict[str, Parcel] = {}
    for row in rows(told.get("delivery_order")):
        for dist in rows(row.get("dists")):
            waybill = text(mapping(dist.get("express_info")).get("express_no"))
            before = found[waybill].oids if waybill in found else frozenset()
            if waybill:
                found[waybill] = Parcel(dist, before | oids(row))
    return found


def needs_whole(told: Mapping[str, Any]) -> bool:
    """Whether the list's row is not enough: what is to be sent, and what money is asked of."""
    tags = mapping(order_info(told).get("order_tags"))
    marked = tags.get("is_refund") is True or tags.get("is_feedback") is True
    return status(told) == TO_SHIP or marked or money_back(told) != 0
