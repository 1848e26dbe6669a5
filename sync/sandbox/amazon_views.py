"""How the sandbox prints an order and a listing, and finds orders: by Amazon's own models.

What a question did not ask for with `includedData` is left out; an address is left out where the
app lacks the role for it. Amounts before payment are not told.
"""

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sync.sandbox.amazon_gate import AmazonNo
from sync.sandbox.amazon_shop import AmazonItem, AmazonOrder, AmazonTruth, clock_text

DAY_S = 86_400
PENDING = ("PENDING", "PENDING_AVAILABILITY")


def _money(amount: object, currency: str) -> dict[str, str]:
    return {"amount": str(amount), "currencyCode": currency}


def printed(
    shop: AmazonTruth, order: AmazonOrder, wanted: set[str], *, addresses: bool
) -> dict[str, Any]:
    """One order, with the parts that were asked for."""
    told: dict[str, Any] = {
        "orderId": order.number,
        "createdTime": clock_text(order.created_s),
        "lastUpdatedTime": clock_text(order.updated_s),
        "programs": [],
        "salesChannel": {"channelName": "AMAZON", "marketplaceId": shop.marketplace},
        "orderItems": [_item(shop, order, item, wanted) for item in order.items],
    }
    if "FULFILLMENT" in wanted:
        until = clock_text(order.ship_by_s)
        told["fulfillment"] = {
            "fulfillmentStatus": order.status,
            "fulfilledBy": order.by,
            "fulfillmentServiceLevel": order.level,
            "shipByWindow": {"earliestDateTime": told["createdTime"], "latestDateTime": until},
        }
    if "RECIPIENT" in wanted and addresses and order.status not in PENDING:
        told["recipient"] = {"deliveryAddress": dict(order.address)}
    if "BUYER" in wanted and order.status not in PENDING:
        told["buyer"] = {"buyerEmail": "x7@marketplace.amazon.com"}
    if "PROCEEDS" in wanted and order.status not in PENDING:
        total = sum((Decimal(i.price) * i.quantity for i in order.items), Decimal(0))
        told["proceeds"] = {"grandTotal": _money(total, shop.currency)}
    if "PACKAGES" in wanted and order.packages:
        told["packages"] = [_package(each) for each in order.packages.values()]
    return {**told, **order.told}


def _item(
    shop: AmazonTruth, order: AmazonOrder, item: AmazonItem, wanted: set[str]
) -> dict[str, Any]:
    price = {"unitPrice": _money(item.price, shop.currency)}
    told: dict[str, Any] = {
        "orderItemId": item.number,
        "quantityOrdered": item.quantity,
        "product": {"asin": "B0TEST0001", "sellerSku": item.sku, "title": item.sku, "price": price},
    }
    if "PROCEEDS" in wanted and order.status not in PENDING:
        whole = _money(Decimal(item.price) * item.quantity, shop.currency)
        told["proceeds"] = {
            "proceedsTotal": whole,
            "breakdowns": [{"type": "ITEM", "subtotal": whole}],
        }
    if "FULFILLMENT" in wanted:
        left = item.quantity - item.sent
        told["fulfillment"] = {"quantityFulfilled": item.sent, "quantityUnfulfilled": left}
    if "CANCELLATION" in wanted and item.asked_to_cancel:
        request = {"requester": "BUYER", "cancelReason": "NO_LONGER_NEEDED"}
        told["cancellation"] = {"cancellationRequest": request}
    if "CANCELLATION" in wanted and item.cancelled_by:
        told.setdefault("cancellation", {})
        told["cancellation"]["cancellationExecution"] = {"cancelledBy": item.cancelled_by}
    return told


def _package(each: Mapping[str, Any]) -> dict[str, Any]:
    items = [
        {"orderItemId": r["orderItemId"], "quantity": r["quantity"]} for r in each["orderItems"]
    ]
    return {
        "packageReferenceId": each["packageReferenceId"],
        "createdTime": clock_text(each["at"]),
        "packageStatus": {"status": "SHIPPED"},
        "carrier": each.get("carrierName", each["carrierCode"]),
        "shipTime": each["shipDate"],
        "trackingNumber": each["trackingNumber"],
        "packageItems": items,
    }


class Pages:
    """searchOrders: its bounds, its pages and their tokens.

    A token names the order after which the next page begins; what Amazon's name is not published.
    """

    def __init__(self, shop: AmazonTruth) -> None:
        """Take the seller's truth."""
        self._shop = shop

    def page(self, asked: Mapping[str, str]) -> tuple[list[AmazonOrder], dict[str, Any]]:
        """The orders of one page, and what stands beside them. Raises AmazonNo."""
        now = self._shop.now_s()
        kind = self._kind(asked)
        since = _seconds(asked[f"{kind}After"])
        bound = asked.get(f"{kind}Before", "")
        if bound and not since <= _seconds(bound) <= now - 120:
            raise AmazonNo(400, "InvalidInput", f"{kind}Before must be two minutes ago.")
        rest = {name: told for name, told in asked.items() if name != "paginationToken"}
        after, until = self._place(asked.get("paginationToken", ""), rest, now)
        until = until or (_seconds(bound) if bound else now - 120)
        size = int(asked.get("maxResultsPerPage", "100"))
        if not 1 <= size <= 100:
            raise AmazonNo(400, "InvalidInput", "maxResultsPerPage must be 1 to 100.")
        found = [o for o in self._found(asked) if since <= self._at(o, kind) <= until]
        places = sorted(((self._at(o, kind), o.number) for o in found), key=tuple)
        waiting = [place for place in places if place > after]
        beside: dict[str, Any] = {f"{kind}Before": clock_text(until)}
        if len(waiting) > size:
            beside["pagination"] = {"nextToken": _token(waiting[size - 1], rest, now, until)}
        return [self._shop.orders[number] for _, number in waiting[:size]], beside

    @staticmethod
    def _kind(asked: Mapping[str, str]) -> str:
        kinds = [kind for kind in ("created", "lastUpdated") if f"{kind}After" in asked]
        strange = [
            k for k in ("created", "lastUpdated") if f"{k}Before" in asked and k not in kinds
        ]
        if len(kinds) != 1 or strange:
            raise AmazonNo(400, "InvalidInput", "Exactly one of createdAfter and lastUpdatedAfter.")
        return kinds[0]

    @staticmethod
    def _at(order: AmazonOrder, kind: str) -> int:
        return order.created_s if kind == "created" else order.updated_s

    def _found(self, asked: Mapping[str, str]) -> list[AmazonOrder]:
        places = asked.get("marketplaceIds", self._shop.marketplace).split(",")
        if self._shop.marketplace not in places:
            return []
        return list(self._shop.orders.values())

    @staticmethod
    def _place(token: str, rest: Mapping[str, str], now: int) -> tuple[tuple[int, str], int]:
        """After which order a page begins; its token is good a day, with the same parameters."""
        if not token:
            return (0, ""), 0
        try:
            told = json.loads(base64.b64decode(token, validate=True))
        except ValueError:
            raise AmazonNo(400, "InvalidInput", "Invalid paginationToken.") from None
        if told["asked"] != dict(rest) or told["at"] + DAY_S < now:
            raise AmazonNo(400, "InvalidInput", "Invalid paginationToken.")
        return (told["place"][0], told["place"][1]), told["until"]


def _token(place: tuple[int, str], asked: Mapping[str, str], now: int, until: int) -> str:
    told = {"place": place, "asked": dict(asked), "at": now, "until": until}
    return base64.b64encode(json.dumps(told).encode()).decode()


def _seconds(told: str) -> int:
    return int(datetime.fromisoformat(told).timestamp())
