"""What the sandbox of JD's newer gateway answers, interface by interface, and what it says no to.

open.jd.com, the page of each: which parameters are needed; a list of orders wants its states, its
page and its order named, and tells the fields that are named; a shipment ships an order that waits
for it, whole or the items it names, never more than is still here; PUT changes the number of a
parcel that was told and wants its kind, carrier and items; stock with a number that came before is
not set again. `types` are the figures JD shows to app owners for whole and for parts. How long a
window may be and how long a page, JD does not publish: 31 days and 100 rows, as at its classic one.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sync.sandbox.jd_sp_gate import SpNo, told_of
from sync.sandbox.jd_sp_shop import CARRIERS, JdSpTruth, SpOrder
from sync.sandbox.jd_sp_views import after_sale_view, order_view

MONTH_MS = 31 * 86_400_000
STATES = {
    *("WAIT_SELLER_STOCK_OUT", "WAIT_GOODS_RECEIVE_CONFIRM", "WAIT_SELLER_DELIVERY", "PAUSE"),
    *("FINISHED_L", "TRADE_CANCELED", "LOCKED", "POP_ORDER_PAUSE"),
}
_O, _A, _P = "/sp-order/v0", "/sp-aftercare/v0", "/sp-product/v0"
LIST, ONE = f"GET {_O}/orders", f"GET {_O}/orders/{{orderId}}"
SHIP, CHANGE = f"POST {_O}/orders/{{orderId}}/shipments", f"PUT {_O}/orders/{{orderId}}/shipments"
MEMO, CARRIER_LIST = f"PUT {_O}/orders/{{orderId}}/vender-remarks", f"GET {_O}/carriers"
AFS_LIST, AFS_ONE = f"GET {_A}/afs-orders", f"GET {_A}/afs-orders/{{afsOrderId}}"
STOCK, SKUS = f"PUT {_P}/sku-stocks/batch", f"GET {_P}/skus"
# Of each interface what is needed and what may be there besides.
PARAMETERS: dict[str, tuple[str, str]] = {
    LIST: (
        "orderStatus page pageSize sortBy sortOrder",
        "startTime endTime orderType bizType xidBuyer scopeSet",
    ),
    ONE: ("", "scopeSet"),
    SHIP: ("orderShipmentDTO", ""),
    CHANGE: ("orderShipmentDTO", ""),
    MEMO: ("orderVenderRemarkDTO", ""),
    CARRIER_LIST: ("", "scopeSet"),
    AFS_LIST: ("page pageSize", "updateStartTime updateEndTime orderId"),
    AFS_ONE: ("", "scopeSet"),
    STOCK: ("updateModel stockRfID putSkuStockList", "stockOperationType"),
    SKUS: ("page pageSize scopeSet", "outerIdList skuIdList"),
}
SHIPMENT = ({"packageInfoList"}, {"shipmentType", "mergeShipmentFlag", "venderId", "orderId"})
PACKAGE = ({"companyId"}, {"waybillCode", "outboundGoodsFacetDTOList", "shipmentId"})
GOOD = ({"skuId", "skuNum"}, {"skuUuid"})
REMARK = ({"remark"}, {"flagId", "venderId"})
Asked = Mapping[str, Any]


class SpAnswers:
    """The interfaces of one shop. `by_placing`: its list goes by when orders were placed."""

    def __init__(self, shop: JdSpTruth, types: tuple[int, int]) -> None:
        """Take the shop."""
        self._shop, self._types, self.by_placing = shop, types, False
        self.interfaces: dict[str, Callable[[Asked], dict[str, Any]]] = {
            LIST: self._list,
            ONE: self._one,
            SHIP: self._ship,
            CHANGE: self._change,
            MEMO: self._memo,
            CARRIER_LIST: self._carriers,
            AFS_LIST: self._after_sales,
            AFS_ONE: self._after_sale,
            STOCK: self._stock,
            SKUS: self._skus,
        }

    def answer(self, name: str, asked: Asked, named: set[str]) -> dict[str, Any]:
        """What an interface tells beside `success`; `named` are the values of its path."""
        needed, optional = (set(words.split()) for words in PARAMETERS[name])
        _shaped(set(asked) - named, (needed, optional))
        return self.interfaces[name](asked)

    def found(self, asked: Asked) -> list[SpOrder]:
        """The orders of a window, in the order asked for."""
        states = set(asked["orderStatus"].split(","))
        if not states <= STATES:
            raise SpNo("10201001017", "orderStatus不正确")
        start, end = int(asked.get("startTime", 0)), int(asked.get("endTime", 10**15))
        if not start <= end or ("startTime" in asked and end - start > MONTH_MS + 1000):
            raise SpNo("10201001018", "开始时间和结束时间不得相差超过1个月")
        keys: dict[str, Callable[[SpOrder], int]] = {
            "modifiedTime": lambda o: o.changed_ms,
            "createdTime": lambda o: o.placed_ms,
        }
        if asked["sortBy"] not in keys or asked["sortOrder"] not in ("asc", "desc"):
            raise SpNo("10201001001", "sortBy或sortOrder不正确")
        at = keys["createdTime" if self.by_placing else "modifiedTime"]
        rows = [o for o in self._shop.orders.values() if start <= at(o) <= end]
        # A word the platform's own page does not name is told all the same once it stands there.
        rows = [o for o in rows if o.state in states or o.state not in STATES]
        by = keys[asked["sortBy"]]
        return sorted(rows, key=lambda o: (by(o), o.number), reverse=asked["sortOrder"] == "desc")

    def _list(self, asked: Asked) -> dict[str, Any]:
        page, size = _paged(asked, 100)
        told = told_of(self.found(asked), page, size)
        names = asked.get("scopeSet", "").split(",")
        return {**told, "data": [self.view(order, names) for order in told["data"]]}

    def view(self, order: SpOrder, names: list[str]) -> Any:
        """An order with the fields that were named."""
        if order.raw:
            return {"raw": str(order.number)}
        told = order_view(self._shop, order)
        return {name: value for name, value in told.items() if name in (*names, "orderId")}

    def _order(self, asked: Asked, waits: str = "") -> SpOrder:
        order = self._shop.orders.get(str(asked["orderId"]))
        if order is None or (waits and order.state != waits):
            raise SpNo("10202011004", "订单不存在或当前状态不允许该操作")
        return order

    def _one(self, asked: Asked) -> dict[str, Any]:
        order = self._shop.orders.get(asked["orderId"])
        names = asked.get("scopeSet", "").split(",")
        return {"data": None if order is None else self.view(order, names)}

    def _ship(self, asked: Asked) -> dict[str, Any]:
        order = self._order(asked, "WAIT_SELLER_STOCK_OUT")
        shipment, package = self._package(asked)
        goods = _goods(order, package.get("outboundGoodsFacetDTOList", []))
        kind = shipment.get("shipmentType", self._types[0])
        if kind != self._types[bool(goods)] or (not goods and order.shipments):
            raise SpNo("10202011002", "shipmentType不正确")
        if any(count > order.left().get(uuid, 0) for uuid, count in goods.items()):
            raise SpNo("10202011009", "出库数量超出可出库数量")
        self._shop.writes["ship"] += 1
        self._shop.ship(order, package["companyId"], package.get("waybillCode", ""), goods)
        return {"data": {"orderId": order.number, "venderId": 100001}}

    def _change(self, asked: Asked) -> dict[str, Any]:
        order = self._order(asked)
        shipment, package = self._package(asked)
        goods = _goods(order, package.get("outboundGoodsFacetDTOList", []))
        whole = [each for each in order.shipments if not each.units]
        parts = [each for each in order.shipments if each.number == package.get("shipmentId")]
        kind = shipment.get("shipmentType")
        if not goods or kind not in self._types:
            raise SpNo("10202011007", "shipmentType或商品不正确")
        found = whole if kind == self._types[0] else parts
        if len(found) != 1 or (found[0].units and found[0].units != goods):
            raise SpNo("10202011008", "发货单不存在")
        self._shop.writes["change"] += 1
        found[0].company, found[0].waybill = package["companyId"], package.get("waybillCode", "")
        self._shop.touch(order)
        return {"data": {"orderId": order.number}}

    def _package(self, asked: Asked) -> tuple[dict[str, Any], dict[str, Any]]:
        shipment = asked["orderShipmentDTO"]
        _shaped(set(shipment), SHIPMENT)
        (package,) = shipment["packageInfoList"]
        _shaped(set(package), PACKAGE)
        company = package["companyId"]
        if not isinstance(company, str) or not company.isdigit() or int(company) not in CARRIERS:
            raise SpNo("10202011003", "物流公司ID不正确")
        if not package.get("waybillCode") and company != "1274":
            raise SpNo("10202011005", "运单号不能为空")
        return shipment, package

    def _memo(self, asked: Asked) -> dict[str, Any]:
        order, remark = self._order(asked), asked["orderVenderRemarkDTO"]
        _shaped(set(remark), REMARK)
        if len(remark["remark"]) > 500 or remark.get("flagId", 0) not in range(6):
            raise SpNo("10201011003", "备注或旗标不正确")
        self._shop.writes["memo"] += 1
        order.memo, order.flag = remark["remark"], remark.get("flagId", order.flag)
        return {"data": {"orderId": order.number, **remark}}

    def _carriers(self, _asked: Asked) -> dict[str, Any]:
        rows = [
            {"id": number, "providerName": name, "providerCode": code}
            for number, (name, code) in CARRIERS.items()
        ]
        return {"data": rows}

    def _after_sales(self, asked: Asked) -> dict[str, Any]:
        rows = sorted(self._shop.after_sales.values(), key=lambda each: each.changed_ms)
        if "orderId" in asked:
            rows = [each for each in rows if str(each.order) == asked["orderId"]]
        if "updateStartTime" in asked:
            start, end = int(asked["updateStartTime"]), int(asked["updateEndTime"])
            if not start <= end <= start + MONTH_MS:
                raise SpNo("10301001001", "时间范围不正确")
            rows = [each for each in rows if start <= each.changed_ms <= end]
        told = told_of(rows, *_paged(asked, 100))
        return {**told, "data": [after_sale_view(self._shop, each) for each in told["data"]]}

    def _after_sale(self, asked: Asked) -> dict[str, Any]:
        found = self._shop.after_sales.get(int(asked["afsOrderId"]))
        return {"data": None if found is None else after_sale_view(self._shop, found)}

    def _stock(self, asked: Asked) -> dict[str, Any]:
        if asked["updateModel"] != "fullStockIn" or not asked["stockRfID"]:
            raise SpNo("10110001001", "updateModel或stockRfID不正确")
        rows = asked["putSkuStockList"]
        if any(row["skuId"] not in self._shop.skus for row in rows):
            raise SpNo("10110001004", "SKU不存在")
        for row in rows if asked["stockRfID"] not in self._shop.stock_keys else ():
            self._shop.skus[row["skuId"]].stock = row["stockNum"]
            self._shop.writes["stock"] += 1
        self._shop.stock_keys.add(asked["stockRfID"])
        return {"data": [{"skuId": row["skuId"]} for row in rows]}

    def _skus(self, asked: Asked) -> dict[str, Any]:
        codes = asked["outerIdList"].split(",") if "outerIdList" in asked else None
        rows = [
            {"skuId": sku.sku, "outerId": sku.code, "skuName": sku.name, "stockNum": sku.stock}
            for sku in self._shop.skus.values()
            if codes is None or sku.code in codes
        ]
        return told_of(rows, *_paged(asked, 100))


def _shaped(names: set[str], shape: tuple[set[str], set[str]]) -> None:
    """Raises SpNo for a field that is missing, or that JD has not."""
    wrong = (shape[0] - names) | (names - shape[0] - shape[1])
    if wrong:
        raise SpNo("10100002", f"参数错误 {min(wrong)}")


def _goods(order: SpOrder, rows: list[dict[str, Any]]) -> dict[str, int]:
    """The items a shipment names, by their own numbers. Raises SpNo."""
    goods: dict[str, int] = {}
    for row in rows:
        _shaped(set(row), GOOD)
        known = [i.uuid for i in order.items if i.sku == row["skuId"]]
        mine = [uuid for uuid in known if row.get("skuUuid", uuid) == uuid]
        if len(mine) != 1 or row["skuNum"] < 1:
            raise SpNo("10202011010", "商品不属于该订单")
        goods[mine[0]] = goods.get(mine[0], 0) + row["skuNum"]
    return goods


def _paged(asked: Asked, most: int) -> tuple[int, int]:
    """Which page of how many rows, the first being 1. Raises SpNo."""
    page, size = int(asked["page"]), int(asked["pageSize"])
    if page < 1 or not 1 <= size <= most:
        raise SpNo("10201001001", f"页码或每页条数不正确，每页最多{most}")
    return page, size
