"""What the sandbox lets a seller change, and what it refuses (doc.youzanyun.com).

The codes are those of the interfaces' pages: 102570020 nothing to send, 102570007 sent before,
102570003 not to be sent, 102599996 items that are no numbers, 105000003 a number with other signs,
105000016 no such order, 102510001 two at once, 102570059 units that do not go at once, 102570030 a
number changed before or too late, 103010039 another version, 102010002 another state.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from sync.sandbox.yz_gate import DAY_S, Refusal
from sync.sandbox.yz_lists import Lists
from sync.sandbox.yz_shop import SHIPPED, TO_SHIP, YzItem, YzOrder, YzParcel, YzSku, YzTruth

Params = Mapping[str, Any]
_NUMBER = re.compile(r"[0-9A-Za-z-]{1,40}")
AT_ONCE_S = 10


class Writes:
    """Every write of one shop.

    `together`: units of an item must go at once; `balance_fen`: its money for refunds.
    """

    def __init__(self, shop: YzTruth, lists: Lists) -> None:
        """Take the shop."""
        self._shop, self._lists = shop, lists
        self.together, self.balance_fen = False, 10**9
        self._requests: set[str] = set()
        self._units_s: dict[str, int] = {}

    def companies(self, _params: Params) -> dict[str, Any]:
        """youzan.logistics.express.get."""
        told = [{"id": n, "name": name, "display": 0} for n, name in self._shop.companies]
        return {"allExpress": told}

    def ship(self, params: Params) -> dict[str, Any]:
        """youzan.logistics.online.confirm: the order, or the items named."""
        order = self._order(params, 105000016)
        company = self._company(params.get("out_stype"))
        number = str(params.get("out_sid", ""))
        if not _NUMBER.fullmatch(number):
            raise Refusal(105000003, "快递单号只能包含字母、数字或中划线!")
        told = params.get("oids", "")
        if not isinstance(told, str) or not re.fullmatch(r"[0-9,]*", told):
            raise Refusal(102599996, "oids")
        items = self._items(order, [oid for oid in told.split(",") if oid])
        self._left(order, number, company, {item.oid: item.count for item in items})
        self._shop.writes["ship"] += 1
        return {"is_success": True}

    def _items(self, order: YzOrder, oids: list[str]) -> list[YzItem]:
        if order.status != TO_SHIP:
            raise Refusal(102570003, "订单只有在待发货的状态下才允许发货")
        open_ = [item for item in order.items if not item.sent and not item.back]
        if not oids:
            return open_ or self._nothing()
        items = [item for item in order.items if item.oid in oids]
        if any(item.sent for item in items):
            raise Refusal(102570007, "不能重复提交已发过货的商品")
        return [item for item in items if not item.back] or self._nothing()

    def _nothing(self) -> list[YzItem]:
        raise Refusal(102570020, "订单没有可发货的商品")

    def units(self, params: Params) -> dict[str, Any]:
        """youzan.trade.dc.delivery.ordersingleitemsend: units of one item, once per request_id."""
        order, key = self._order(params, 105000016), str(params.get("request_id", ""))
        item = order.item(str(params.get("oid")))
        if item is None or not key or order.status != TO_SHIP:
            raise Refusal(102570002, "发货商品不合法, 无法发货")
        if key in self._requests:
            return {"is_success": True}
        now, before = self._shop.now_s(), self._units_s.get(order.tid, 0)
        if now - before < AT_ONCE_S:
            raise Refusal(102510001, "不能同时发起两笔相同的发货请求")
        packages = params.get("ex_packages", [])
        total = sum(each["num"] for each in packages)
        if params.get("total_num") != item.count or total > item.count - item.sent:
            raise Refusal(102570059, "所发包裹的商品总数必须等于该商品的购买总数")
        if self.together and total != item.count:
            raise Refusal(102570059, "所发包裹的商品总数必须等于该商品的购买总数")
        for each in packages:
            express = each["express"]
            company = self._company(express["express_id"])
            self._left(order, str(express["express_no"]), company, {item.oid: each["num"]})
        self._requests.add(key)
        self._units_s[order.tid] = now
        self._shop.writes["units"] += 1
        return {"is_success": True}

    def _left(self, order: YzOrder, number: str, company: int, units: Mapping[str, int]) -> None:
        for oid, count in units.items():
            item = order.item(oid)
            if item is not None:
                item.sent += count
        dist = str(self._shop.number())
        order.parcels.append(YzParcel(dist, number, company, dict(units), self._shop.now_s()))
        done = all(item.sent >= item.count or item.back for item in order.items)
        order.status = SHIPPED if done else order.status
        self._shop.touch(order, f"trade_Trade{'' if done else 'Partly'}SellerShip")

    def change(self, params: Params) -> dict[str, Any]:
        """youzan.logistics.online.update: once, within a day."""
        order = self._order(params, 105000016)
        for told in params.get("trade_express_modify", []):
            found = [each for each in order.parcels if each.dist_id == told.get("dist_id")]
            late = not found or self._shop.now_s() - found[0].sent_s > DAY_S
            if late or found[0].changes:
                raise Refusal(102570030, "已超过24小时或修改过物流，不支持再次修改")
            found[0].number, found[0].changes = str(told["express_no"]), 1
            found[0].company = self._company(told.get("express_id"))
        self._shop.touch(order)
        self._shop.writes["change"] += 1
        return {"isSuccess": True}

    def memo(self, params: Params) -> dict[str, Any]:
        """youzan.trade.memo.update: an interface of the old kind."""
        order = self._shop.orders.get(str(params.get("tid")))
        flag = params.get("flag", "")
        if order is None:
            raise Refusal(50000, "订单不存在", "old")
        if flag not in ("", "1", "2", "3", "4", "5") or not isinstance(params.get("memo"), str):
            raise Refusal(500, "参数错误", "old")
        order.memo, order.star = params["memo"], int(flag or order.star)
        self._shop.keep(order)  # the order's own time does not move
        self._shop.writes["memo"] += 1
        return {"is_success": True}

    def stock(self, params: Params) -> dict[str, Any]:
        """youzan.item.quantity.update: 0 sets, 1 adds, 2 takes off."""
        sku = self._sku(params)
        count, way = params.get("quantity"), params.get("type", 0)
        if type(count) is not int or way not in (0, 1, 2):
            raise Refusal(5000, "参数错误")
        if sku.synced:
            raise Refusal(123003023, "商品开启了库存同步")
        sku.stock = {0: count, 1: sku.stock + count, 2: sku.stock - count}[way]
        self._shop.writes["stock"] += 1
        return {"is_success": True}

    def _sku(self, params: Params) -> YzSku:
        items = [each for each in self._shop.skus.values() if each.item_id == params.get("item_id")]
        if not items:
            raise Refusal(123005001, "商品不存在")
        found = [each for each in items if each.sku_id == params.get("sku_id", 0)]
        if not found:
            raise Refusal(123004002, "SKU不存在")
        return found[0]

    def skus_of(self, params: Params) -> dict[str, Any]:
        """youzan.skus.custom.get."""
        return {"skus": self._coded(params, has_skus=True)}

    def items_of(self, params: Params) -> dict[str, Any]:
        """youzan.items.custom.get."""
        found = self._coded(params, has_skus=False)
        return {"items": found, "count": len(found)}

    def _coded(self, params: Params, *, has_skus: bool) -> list[dict[str, Any]]:
        return [
            {"item_id": each.item_id, "sku_id": each.sku_id, "item_no": each.code}
            for each in self._shop.skus.values()
            if each.code.startswith(str(params.get("item_no"))) and bool(each.sku_id) == has_skus
        ]

    def agree(self, params: Params) -> dict[str, Any]:
        """youzan.trade.refund.agree: pays out, of the shop's balance."""
        order, refund = self._lists.refund_of(params)
        right = refund.status == "WAIT_SELLER_CONFIRM_GOODS" or refund.demand == 1
        self._current(params, refund.version, ok=right and refund.status.startswith("WAIT_SELLER"))
        if refund.fen > self.balance_fen:
            raise Refusal(102090108, "店铺余额不足")
        self.balance_fen -= refund.fen
        self._shop.settle(order, refund, "SUCCESS")
        self._shop.writes["agree"] += 1
        return {"is_success": True}

    def refuse(self, params: Params) -> dict[str, Any]:
        """youzan.trade.refund.refuse: of what was asked for."""
        return self._say_no(params, "WAIT_SELLER_AGREE", "SELLER_REFUSE_BUYER")

    def refuse_return(self, params: Params) -> dict[str, Any]:
        """youzan.trade.returngoods.refuse: of goods that did not come."""
        return self._say_no(params, "WAIT_SELLER_CONFIRM_GOODS", "SELLER_REFUSE_BUYER_RETURN_GOODS")

    def _say_no(self, params: Params, at: str, to: str) -> dict[str, Any]:
        order, refund = self._lists.refund_of(params)
        self._current(params, refund.version, ok=refund.status == at)
        if not params.get("remark"):
            raise Refusal(5000, "拒绝理由不能为空")
        refund.words = str(params["remark"])
        self._shop.settle(order, refund, to)
        self._shop.writes["refuse"] += 1
        return {"is_success": True}

    def _current(self, params: Params, version: int, *, ok: bool) -> None:
        if params.get("version") != version:
            raise Refusal(103010039, "退款版本号错误！")
        if not ok:
            raise Refusal(102010002, "操作过期, 请刷新后确认最新退款状态")

    def _order(self, params: Params, code: int) -> YzOrder:
        order = self._shop.orders.get(str(params.get("tid")))
        if order is None:
            raise Refusal(code, "该订单不存在!")
        return order

    def _company(self, told: object) -> int:
        found = [n for n, _ in self._shop.companies if str(n) == str(told)]
        if not found:
            raise Refusal(105000002, "物流公司不存在")
        return found[0]


def routes(lists: Lists, writes: Writes) -> dict[str, Callable[[Params], Any]]:
    """Which interface and version is which act."""
    return {
        "youzan.trades.sold.get/4.0.4": lists.orders,
        "youzan.trade.get/4.0.2": lists.whole,
        "youzan.cloud.secret.decrypt.single/1.0.0": lists.opened,
        "youzan.trade.refund.search/3.0.1": lists.refunds,
        "youzan.trade.refund.get/3.0.1": lists.refund,
        "youzan.trade.refund.agree/3.0.1": writes.agree,
        "youzan.trade.refund.refuse/3.0.0": writes.refuse,
        "youzan.trade.returngoods.refuse/3.0.0": writes.refuse_return,
        "youzan.logistics.express.get/3.0.0": writes.companies,
        "youzan.logistics.online.confirm/3.0.0": writes.ship,
        "youzan.trade.dc.delivery.ordersingleitemsend/3.0.1": writes.units,
        "youzan.logistics.online.update/3.0.1": writes.change,
        "youzan.trade.memo.update/3.0.0": writes.memo,
        "youzan.item.quantity.update/3.0.0": writes.stock,
        "youzan.skus.custom.get/3.0.0": writes.skus_of,
        "youzan.items.custom.get/3.0.0": writes.items_of,
    }
