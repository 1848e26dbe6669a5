"""A parcel told to Amazon: confirmShipment, with a package reference that makes a repeat harmless.

The reference names a package within its order and is a positive number, written as text; the same
one again is the same package, so a lost answer can be sent again and a changed number is told under
the old reference. The order is read first all the same: what somebody else confirmed is left as it
is, and what Amazon sends itself is never confirmed from here (developer-docs.amazon.com/sp-api,
Orders API v0, confirmShipment, which 2026-01-01 does not replace).
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from sync.channels.amazon_calls import CONFIRM, GET_ORDER, ORDERS, AmazonCalls
from sync.channels.amazon_read import INCLUDED, UNPAID, order_id, sent_by_amazon, status_of
from sync.channels.amazon_walk import instant
from sync.errors import Ambiguous, Malformed, NoSuchOrder, Rejected
from sync.json_text import read_json
from sync.ports import Clock
from sync.reading import mapping, minor, rows, text
from sync.records import Done, ShipAsk

# Amazon's own names for carriers; any other goes out as "Other" with its name beside it.
CARRIERS: Mapping[str, str] = {
    "ups": "UPS",
    "usps": "USPS",
    "fedex": "FedEx",
    "dhl": "DHL",
    "dpd": "DPD",
    "gls": "GLS",
    "royal_mail": "Royal Mail",
    "sf": "SF Express",
    "yto": "YTO",
    "zto": "ZTO",
    "sto": "STO",
    "yunda": "Yunda Express",
    "ems": "China Post",
    "china_post": "China Post",
    "jp_post": "Japan Post",
    "yamato": "Yamato Transport",
    "sagawa": "Sagawa",
}
OTHER = "Other"
DONE = 204
# A package that was taken back or never left does not count as told.
GONE = frozenset({"CANCELLED"})
_REFERENCES = 10**9
Row = Mapping[str, Any]


async def order_of(calls: AmazonCalls, external_id: str) -> tuple[dict[str, Any], bytes]:
    """One order as it stands now, and the answer it came in.

    Raises Rejected for a number that is none, or that the seller has no order under.
    """
    number = order_id({"orderId": external_id})
    if not number:
        raise Rejected("sync_bad_number", external_id=external_id[:40])
    try:
        asked = {"includedData": ",".join(INCLUDED)}
        answer = await calls.ask(GET_ORDER, f"{ORDERS}/{number}", asked)
    except Rejected as no:
        if no.details.get("status") != 404:
            raise
        raise NoSuchOrder("amazon_no_such_order", external_id=number) from no
    order = mapping(mapping(read_json(answer.body)).get("order"))
    if order_id(order) != number:
        raise Malformed("amazon_odd_answer", operation=GET_ORDER.name)
    return order, answer.body


async def ship(calls: AmazonCalls, clock: Clock, ask: ShipAsk) -> Done:
    """Confirm what the parcel holds, as far as nobody has; empty lines mean all that is left.

    Raises:
        Rejected: Amazon sends the order itself, it is cancelled or unpaid, there is no number, or
            Amazon says no to it.
    """
    if not ask.waybill_no:
        raise Rejected("amazon_no_number", external_id=ask.external_id)
    order, _ = await order_of(calls, ask.external_id)
    _refuse_unsendable(order, ask.external_id)
    under = _under(order, ask.waybill_no)
    wanted = _wanted(order, ask, under)
    if not wanted:
        return Done(under[0] if under else ask.external_id, already=True)
    reference = _standing_reference(order, ask, under)
    body = _body(order, ask, reference, wanted, clock.now())
    path = f"/orders/v0/orders/{ask.external_id}/shipmentConfirmation"
    answer = await calls.ask(CONFIRM, path, {}, json.dumps(body, ensure_ascii=False).encode())
    if answer.status != DONE:
        # A page of somebody else's with 200 is no yes: the order is read before it is sent again.
        raise Ambiguous("sync_unread_answer", why=f"status {answer.status}")
    return Done(reference)


def _refuse_unsendable(order: Row, external_id: str) -> None:
    if sent_by_amazon(order):
        raise Rejected("amazon_view_only", external_id=external_id)
    status = status_of(order)
    if status in UNPAID or status in {"CANCELLED", "UNFULFILLABLE"}:
        raise Rejected("amazon_not_shippable", foreign_code=status, external_id=external_id)


def _packages(order: Row) -> list[dict[str, Any]]:
    told = rows(order.get("packages"))
    return [p for p in told if text(mapping(p.get("packageStatus")).get("status")) not in GONE]


def _under(order: Row, number: str) -> tuple[str, Counter[str]] | None:
    """The package that stands under a number: its reference, and how many of which item."""
    for package in _packages(order):
        if text(package.get("trackingNumber")) == number:
            held: Counter[str] = Counter()
            for item in rows(package.get("packageItems")):
                held[text(item.get("orderItemId"))] += _count(item.get("quantity"))
            return text(package.get("packageReferenceId")), held
    return None


def _count(told: object) -> int:
    return max(0, minor(told, 0) or 0)


def _left(order: Row) -> dict[str, int]:
    """What is not confirmed yet, by item; an item that does not say has all of it left."""
    left = {}
    for item in rows(order.get("orderItems")):
        told = mapping(item.get("fulfillment")).get("quantityUnfulfilled")
        left[text(item.get("orderItemId"))] = _count(
            item.get("quantityOrdered") if told is None else told
        )
    return left


def _ordered(order: Row) -> dict[str, int]:
    items = rows(order.get("orderItems"))
    told = {text(item.get("orderItemId")): _count(item.get("quantityOrdered")) for item in items}
    return {item: n for item, n in told.items() if n}


def _wanted(order: Row, ask: ShipAsk, under: tuple[str, Counter[str]] | None) -> dict[str, int]:
    """What this call is to say the parcel holds, by item; nothing where all of it stands.

    A number that takes another's place says again what stood under the other. Under a number that
    stands already with less, the package is said whole, because it replaces what stood.
    """
    left, asked = _left(order), _asked(ask)
    before = _under(order, ask.replaces) if ask.replaces else None
    if under is not None:
        held = under[1]
        stands = not asked or all(held[item] >= n for item, n in asked.items())
        told = {} if stands else {i: min(n, held[i] + left.get(i, 0)) for i, n in asked.items()}
    elif before is not None:
        told = dict(before[1])
    elif ask.replaces:
        # Told once, says the book: whether there is such a package is for Amazon to say.
        told = dict(asked) or _ordered(order)
    else:
        told = {i: min(n, left.get(i, 0)) for i, n in asked.items()} if asked else left
    return {item: n for item, n in told.items() if n}


def _asked(ask: ShipAsk) -> Counter[str]:
    asked: Counter[str] = Counter()
    for item, quantity in ask.lines:
        asked[item] += quantity
    return asked


def _standing_reference(order: Row, ask: ShipAsk, under: tuple[str, Counter[str]] | None) -> str:
    """The reference of the package this is, or one made of the effect's key: the same each time."""
    before = _under(order, ask.replaces) if ask.replaces else None
    for found in (under, before):
        if found is not None and found[0].isascii() and found[0].isdigit():
            return found[0]
    return reference_of(ask.idempotency_key)


def reference_of(key: str) -> str:
    """A positive number for a key, always the same one."""
    digest = hashlib.sha256(key.encode()).digest()
    return str(1 + int.from_bytes(digest[:8], "big") % _REFERENCES)


def _body(
    order: Row, ask: ShipAsk, reference: str, wanted: Mapping[str, int], now_ms: int
) -> dict[str, Any]:
    code = CARRIERS.get(ask.carrier_code.casefold(), OTHER)
    return {
        "marketplaceId": text(mapping(order.get("salesChannel")).get("marketplaceId")),
        "packageDetail": {
            "packageReferenceId": reference,
            "carrierCode": code,
            "carrierName": code if code != OTHER else (ask.carrier_name or ask.carrier_code),
            "trackingNumber": ask.waybill_no,
            "shipDate": instant(now_ms),
            "orderItems": [{"orderItemId": item, "quantity": n} for item, n in wanted.items()],
        },
    }
