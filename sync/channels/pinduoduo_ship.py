"""Telling Pinduoduo that a parcel left: the first number, a changed one, and further parcels.

pdd.logistics.online.send ships the whole order with one number (`redelivery_type` 1) or puts
another in its place (2, of shipped orders alone). It has no key of its own, so the order is read
first: a number that stands there is never sent again. A further parcel of a split order is told by
pdd.order.upload.extra.logistics (1: split); it is shown to the buyer and changes no state
(open.pinduoduo.com).
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sync.channels.pinduoduo_read import SHIPPED, TO_SHIP, code, status_word
from sync.errors import Rejected
from sync.gateways.pinduoduo_calls import PinduoduoCalls
from sync.gateways.pinduoduo_refuse import said_no
from sync.gateways.pinduoduo_sign import Value
from sync.reading import mapping, minor, rows, text
from sync.records import Done, ShipAsk

DETAIL = "pdd.order.information.get"
SEND = "pdd.logistics.online.send"
EXTRA = "pdd.order.upload.extra.logistics"
COMPANIES = "pdd.logistics.companies.get"
FIRST, CHANGED, SPLIT = 1, 2, 1
# Carriers whose code at Pinduoduo is another word than ours, by the name its list gives them.
NAMES = {
    "jt": "极兔速递",
    "china_post": "邮政快递包裹",
    "best": "百世快递",
    "deppon": "德邦快递",
    "uc": "优速快递",
    "zjs": "宅急送",
    "sure": "速尔快递",
    "kye": "跨越速运",
    "ane": "安能物流",
}
NUMBERS = ("extra_delivery_list", "resend_delivery_list", "gift_delivery_list")


async def order_of(calls: PinduoduoCalls, sn: str) -> dict[str, Any]:
    """The order as it stands now. Raises Rejected where there is none."""
    return (await order_with_bytes(calls, sn))[0]


async def order_with_bytes(calls: PinduoduoCalls, sn: str) -> tuple[dict[str, Any], bytes]:
    """The order as it stands now, and the answer it came in."""
    told, raw = await calls.ask_whole(DETAIL, {"order_sn": sn})
    order = mapping(told.get("order_info"))
    if text(order.get("order_sn")) != sn:
        raise Rejected("pdd_no_such_order", external_id=sn)
    return order, raw


class Companies:
    """Pinduoduo's numbers of carriers, asked for once while the connector lives."""

    def __init__(self, calls: PinduoduoCalls) -> None:
        """Ask nothing yet."""
        self._calls = calls
        self._known: dict[str, int] = {}

    async def number(self, ask: ShipAsk) -> int:
        """The number of the carrier of a parcel, found by its code, else by its name.

        Raises:
            Rejected: Pinduoduo does not know it, or takes it no more.
        """
        for fresh in (False, True):
            if fresh or not self._known:
                self._known = await self._read()
            for name in (ask.carrier_code, ask.carrier_name, NAMES.get(ask.carrier_code, "")):
                if name.casefold() in self._known:
                    return self._known[name.casefold()]
        raise Rejected("pdd_no_such_carrier", carrier=ask.carrier_name[:40])

    async def _read(self) -> dict[str, int]:
        told = await self._calls.ask(COMPANIES, {})
        known: dict[str, int] = {}
        for row in rows(told.get("logistics_companies")):
            number = minor(row.get("id"), 0)
            if number is None or code(row, "available") != 1:
                continue
            for name in (text(row.get("logistics_company")), text(row.get("code"))):
                if name:
                    known[name.casefold()] = number
        return known


async def ship(calls: PinduoduoCalls, companies: Companies, ask: ShipAsk) -> Done:
    """Ship the order, change its number, or add a parcel: whatever is not told yet.

    Raises:
        Rejected: it must not be shipped (refunded, cancelled, under review), or it was shipped
            with a number that this one does not replace.
    """
    order = await order_of(calls, ask.external_id)
    if ask.waybill_no in _numbers(order):
        return Done(ask.external_id, already=True)
    if code(order, "order_status") == TO_SHIP:
        _refuse_stopped(order, ask)
        await _send(calls, await companies.number(ask), ask, FIRST)
    elif _replaced(order, ask):
        await _send(calls, await companies.number(ask), ask, CHANGED)
    elif _is_part(order, ask):
        await _add(calls, await companies.number(ask), ask)
    else:
        raise Rejected(
            "pdd_other_number",
            external_id=ask.external_id,
            number=text(order.get("tracking_number"))[:40] or "?",
        )
    return Done(ask.external_id)


def _numbers(order: Mapping[str, Any]) -> set[str]:
    """Every waybill number that stands at the order."""
    lists = (row for name in NUMBERS for row in rows(order.get(name)))
    found = {text(row.get("tracking_number")) for row in (order, *lists)}
    return found - {""}


def _refuse_stopped(order: Mapping[str, Any], ask: ShipAsk) -> None:
    """Pinduoduo says no to these too; saying it here names the reason."""
    word = status_word(order)
    if word != f"order_status.{TO_SHIP}":
        raise Rejected("pdd_not_shippable", external_id=ask.external_id, foreign_code=word)
    if code(order, "risk_control_status") not in (None, 0):
        raise Rejected("pdd_under_review", external_id=ask.external_id)


def _replaced(order: Mapping[str, Any], ask: ShipAsk) -> bool:
    standing = text(order.get("tracking_number"))
    is_shipped = code(order, "order_status") == SHIPPED
    return is_shipped and bool(ask.replaces) and standing == ask.replaces


def _is_part(order: Mapping[str, Any], ask: ShipAsk) -> bool:
    """Whether the parcel holds less than the order: then another one holds the rest."""
    owed: dict[str, int] = defaultdict(int)
    for row in rows(order.get("item_list")):
        owed[text(row.get("sku_id"))] += minor(row.get("goods_count"), 0) or 0
    held = dict(ask.lines)
    return bool(held) and any(held.get(sku, 0) < count for sku, count in owed.items())


async def _send(calls: PinduoduoCalls, company: int, ask: ShipAsk, kind: int) -> None:
    asked: dict[str, Value] = {
        "order_sn": ask.external_id,
        "logistics_id": company,
        "tracking_number": ask.waybill_no,
        "redelivery_type": kind,
    }
    told = await calls.write(SEND, asked)
    if told.get("is_success") is not True:
        raise said_no(told, SEND)


async def _add(calls: PinduoduoCalls, company: int, ask: ShipAsk) -> None:
    asked: dict[str, Value] = {
        "order_sn": ask.external_id,
        "extra_track_list": [{"shipping_id": company, "tracking_number": ask.waybill_no}],
        "extra_track_type": SPLIT,
    }
    told = await calls.write(EXTRA, asked)
    if told.get("success") is not True:
        raise said_no(told, EXTRA)
