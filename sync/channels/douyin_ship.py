"""Telling a Douyin shop that a parcel left: the whole order, a part of it, or a changed number.

order.logisticsAdd ships a whole order and has no key of its own; order.logisticsAddMultiPack ships
sub-orders or some of their units and does a `request_id` once. The order is read first all the
same: a number that stands there is never sent again. A changed number goes by order.logisticsEdit,
for an order shipped whole, else by order.logisticsEditByPack (op.jinritemai.com). A refund asked
for is never refused by shipping: `is_reject_refund` is not sent.
"""

from collections.abc import Mapping
from typing import Any

from sync.channels.douyin_read import CANCELLED, DONE, SHIPPED, sent_units
from sync.channels.douyin_states import ASKED, TO_SHIP, after_sale, given_back, status_word, subs
from sync.channels.douyin_trades import order_of
from sync.couriers import Couriers
from sync.errors import Rejected
from sync.gateways.douyin_calls import Call, DouyinCalls
from sync.gateways.douyin_sign import Value
from sync.reading import mapping, minor, rows, text
from sync.records import Done, ShipAsk

COMPANIES = "order.logisticsCompanyList"
WHOLE, PART = "order.logisticsAdd", "order.logisticsAddMultiPack"
EDIT, EDIT_PACK = "order.logisticsEdit", "order.logisticsEditByPack"
NO_WHOLE_PACK = "isv.business-failed:70011"
# What our carriers' codes are called at Douyin.
CODES: Mapping[str, str] = {
    "sf": "shunfeng",
    "zto": "zhongtong",
    "yto": "yuantong",
    "sto": "shentong",
    "yunda": "yunda",
    "jt": "jtexpress",
    "jd": "jd",
    "ems": "ems",
    "china_post": "youzhengguonei",
    "deppon": "debangkuaidi",
    "best": "huitongkuaidi",
    "uc": "youshuwuliu",
    "zjs": "zhaijisong",
    "kye": "kuayue",
    "ane": "annengwuliu",
}


class Shipper:
    """Ships for one shop."""

    def __init__(self, calls: DouyinCalls) -> None:
        """Take the calls; nothing is sent yet."""
        self._calls = calls
        self._couriers = Couriers(self._companies, CODES)

    async def ship(self, ask: ShipAsk) -> Done:
        """Ship the order or a part of it, or change a number: whatever is not told yet.

        Raises:
            Rejected: it must not be shipped (under review, refund asked for, cancelled), or it was
                shipped with a number that this one does not replace.
        """
        order, _ = await order_of(self._calls, ask.external_id)
        packs = {text(row.get("tracking_no")): row for row in rows(order.get("logistics_info"))}
        if ask.waybill_no in packs:
            return Done(ask.external_id, already=True)
        if ask.replaces and ask.replaces in packs:
            await self._change(ask, order, packs)
        elif minor(order.get("order_status"), 0) in TO_SHIP:
            await self._send(ask, order)
        elif minor(order.get("order_status"), 0) in (SHIPPED, DONE):
            standing = ", ".join(filter(None, packs))[:60] or "?"
            raise Rejected("douyin_other_number", external_id=ask.external_id, number=standing)
        else:
            word = status_word(order)
            raise Rejected("douyin_not_shippable", external_id=ask.external_id, foreign_code=word)
        return Done(ask.external_id)

    async def _companies(self) -> Mapping[str, str]:
        told = await self._calls.ask(Call(COMPANIES, {}))
        return {text(row.get("name")): text(row.get("code")) for row in rows(told.data)}

    async def _company(self, ask: ShipAsk) -> str:
        """Douyin's code of the carrier of a parcel. Raises Rejected where it does not know it."""
        found = await self._couriers.code(ask)
        if not found:
            name = ask.carrier_name or ask.carrier_code
            raise Rejected("douyin_no_such_carrier", carrier=name[:40])
        return found

    async def _send(self, ask: ShipAsk, order: Mapping[str, Any]) -> None:
        owed = _owed(order)
        asked = {line: units for line, units in ask.lines if units > 0} or owed
        _refuse_asked_back(ask, order, asked)
        company = await self._company(ask)
        if asked == _ordered(order):
            params: dict[str, Value] = {"order_id": ask.external_id, **_parcel(ask, company)}
            await self._calls.ask(Call(WHOLE, params, writes=True))
            return
        units: list[Value] = [
            {"shipped_order_id": line, "shipped_num": count} for line, count in asked.items()
        ]
        pack: Value = {**_parcel(ask, company), "shipped_order_info": units}
        key = ask.idempotency_key
        split: dict[str, Value] = {
            "order_id": ask.external_id,
            "pack_list": [pack],
            "request_id": key,
        }
        await self._calls.ask(Call(PART, split, writes=True))

    async def _change(
        self, ask: ShipAsk, order: Mapping[str, Any], packs: Mapping[str, Mapping[str, Any]]
    ) -> None:
        parcel = _parcel(ask, await self._company(ask))
        by_order: dict[str, Value] = {"order_id": ask.external_id, **parcel}
        by_pack = {**by_order, "pack_id": text(packs[ask.replaces].get("delivery_id"))}
        if len(packs) == 1 and minor(order.get("order_status"), 0) not in TO_SHIP:
            try:
                await self._calls.ask(Call(EDIT, by_order, writes=True))
            except Rejected as refused:
                # It was shipped as one pack of several: the platform names the other way.
                if not refused.foreign_code.endswith(NO_WHOLE_PACK):
                    raise
            else:
                return
        await self._calls.ask(Call(EDIT_PACK, by_pack, writes=True))


def _parcel(ask: ShipAsk, company: str) -> dict[str, Value]:
    return {"company_code": company, "logistics_code": ask.waybill_no}


def _ordered(order: Mapping[str, Any]) -> dict[str, int]:
    """Every unit of every sub-order, whatever became of it."""
    return {text(row.get("order_id")): minor(row.get("item_num"), 0) or 0 for row in subs(order)}


def _owed(order: Mapping[str, Any]) -> dict[str, int]:
    """The units that are still to be sent."""
    sent, owed = sent_units(order), _ordered(order)
    for row in subs(order):
        known, state = text(row.get("order_id")), minor(row.get("order_status"), 0)
        over = state in (SHIPPED, DONE, CANCELLED) or given_back(row)
        owed[known] = 0 if over else owed[known] - sent.get(known, 0)
    return {known: units for known, units in owed.items() if units > 0}


def _refuse_asked_back(ask: ShipAsk, order: Mapping[str, Any], asked: Mapping[str, int]) -> None:
    """Douyin says no to these too; saying it here names the reason."""
    for row in subs(order):
        waits = after_sale(row) in ASKED and not given_back(row)
        if waits and text(row.get("order_id")) in asked:
            word = text(mapping(row.get("after_sale_info")).get("after_sale_status"))
            raise Rejected("douyin_refund_asked", external_id=ask.external_id, foreign_code=word)
    if not asked:
        word = status_word(order)
        raise Rejected("douyin_not_shippable", external_id=ask.external_id, foreign_code=word)
