"""What the sandbox of JD answers, method by method, and what it says no to.

open.jd.com: enSearch wants `optional_fields` and named states, a window of a month at most, changes
of the last three months or orders placed within two years, 100 a page and nothing past page 100;
the window is of an order's state and waybill number, so a memo moves nothing. A shipment ships the
whole order and only one that waits for it; a carrier of the shop's own keeps no number. Requests to
cancel: windows of 7 days (made) and 10 (looked at), 50 a page. Stock with a number that came before
is not set again.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from sync.sandbox.jd_gate import JdError
from sync.sandbox.jd_labels import PARAMETERS as LABEL_PARAMETERS
from sync.sandbox.jd_labels import JdLabelBook
from sync.sandbox.jd_shop import CARRIERS, JdOrder, JdTruth, order_view, request_view

MONTH_MS = 31 * 86_400_000
DAY_MS = 86_400_000
NAMED = {
    *("WAIT_SELLER_STOCK_OUT", "WAIT_GOODS_RECEIVE_CONFIRM", "WAIT_SELLER_DELIVERY", "PAUSE"),
    *("FINISHED_L", "TRADE_CANCELED", "LOCKED", "POP_ORDER_PAUSE"),
}
OWN_CARRIER = "1274"
PARAMETERS = {
    "jingdong.pop.order.enSearch": (
        "order_state optional_fields page page_size",
        "start_date end_date sortType dateType",
    ),
    "jingdong.pop.order.enGet": ("order_id optional_fields", "order_state"),
    "jingdong.pop.order.shipment": ("orderId logiCoprId", "logiNo installId"),
    "jingdong.fce.alpha.getVenderCarrier": ("", ""),
    "jingdong.pop.order.modifyVenderRemark": ("order_id flag remark", ""),
    "jingdong.order.venderRemark.queryByOrderId": ("order_id", ""),
    "jingdong.ware.stock.sku.set": ("req", ""),
    "jingdong.sku.read.searchSkuList": ("", "outId pageNo page_size field skuId wareId"),
    "jingdong.pop.afs.soa.refundapply.queryPageList": (
        "pageIndex pageSize",
        "ids status orderId buyerId buyerName applyTimeStart applyTimeEnd checkTimeStart "
        "checkTimeEnd storeId showSku",
    ),
    "jingdong.pop.afs.soa.refundapply.replyRefund": (
        "status id checkUserName",
        "remark rejectType outWareStatus",
    ),
    **LABEL_PARAMETERS,
}
_CHINA = timezone(timedelta(hours=8), "CST")
Params = Mapping[str, Any]


class No(Exception):  # noqa: N818 - a business result that says no; nothing is broken
    """A business result that says no."""

    def __init__(self, code: str, words: str) -> None:
        """Keep what is told."""
        self.code, self.words = code, words
        super().__init__(words)

    @property
    def told(self) -> dict[str, Any]:
        """The result's own fields."""
        told = {"success": False, "errorCode": self.code, "chineseErrCode": self.words}
        return {**told, "englishErrCode": f"error {self.code}", "numberCode": 0}


def ms_of(text: object) -> int:
    """A time of the platform's lists. Raises No."""
    try:
        at = datetime.strptime(str(text), "%Y-%m-%d %H:%M:%S").replace(tzinfo=_CHINA)
    except ValueError as odd:
        raise No("10400001", "时间格式错误") from odd
    return int(at.timestamp()) * 1000


class Answers:
    """The methods of one shop."""

    def __init__(self, shop: JdTruth) -> None:
        """Take the shop."""
        self._shop, self.labels = shop, JdLabelBook(shop)
        self.methods: dict[str, Callable[[Params], dict[str, Any]]] = {
            "jingdong.pop.order.enSearch": self._search,
            "jingdong.pop.order.enGet": self._one,
            "jingdong.pop.order.shipment": self._ship,
            "jingdong.fce.alpha.getVenderCarrier": self._carriers,
            "jingdong.pop.order.modifyVenderRemark": self._memo,
            "jingdong.order.venderRemark.queryByOrderId": self._memo_now,
            "jingdong.ware.stock.sku.set": self._stock,
            "jingdong.sku.read.searchSkuList": self._skus,
            "jingdong.pop.afs.soa.refundapply.queryPageList": self._requests,
            "jingdong.pop.afs.soa.refundapply.replyRefund": self._reply,
            **self.labels.methods(),
        }

    def answer(self, method: str, params: Params) -> dict[str, Any]:
        """The part of the answer below its one key."""
        needed, optional = (set(names.split()) for names in PARAMETERS[method])
        missing, odd = needed - set(params), set(params) - needed - optional
        if missing or odd:
            return {"code": "10100002", "zh_desc": f"参数错误 {min(missing or odd)}"}
        return {"code": "0", **self.methods[method](params)}

    def _search(self, asked: Params) -> dict[str, Any]:
        try:
            found = self.found(asked)
            page, size = _paged(asked["page"], asked["page_size"], 100)
        except No as no:
            return {"searchorderinfo_result": {"apiResult": no.told}}
        rows = found[(page - 1) * size : page * size] if page <= 100 else []
        names = str(asked["optional_fields"]).split(",")
        views = [self.view(order, names) for order in rows]
        told = {"apiResult": {"success": True}, "orderTotal": len(found), "orderInfoList": views}
        return {"searchorderinfo_result": told}

    def found(self, asked: Params) -> list[JdOrder]:
        """The orders of a window, in the order asked for."""
        states = set(str(asked["order_state"]).split(","))
        if not states <= NAMED or not asked["optional_fields"]:
            raise No("10400003", "order_state或optional_fields不正确")
        start, end = ms_of(asked.get("start_date")), ms_of(asked.get("end_date"))
        by_placing = asked.get("dateType") == 1
        reach = (730 if by_placing else 93) * DAY_MS
        if end < start or end - start > MONTH_MS:
            raise No("10400004", "开始时间和结束时间不得相差超过1个月")
        if start < self._shop.now_ms() - reach:
            raise No("10400005", "超出可查询的时间范围")

        def at(order: JdOrder) -> int:
            return (order.placed_ms if by_placing else order.changed_ms) // 1000 * 1000

        rows = [o for o in self._shop.orders.values() if start <= at(o) <= end]
        # A word the platform's own page does not name is told all the same once it stands there.
        rows = [o for o in rows if o.state in states or o.state not in NAMED]
        return sorted(rows, key=lambda o: (at(o), o.number), reverse=asked.get("sortType") == 1)

    def view(self, order: JdOrder, names: list[str]) -> Any:
        """An order with the fields that were named."""
        if order.raw:
            return {"raw": str(order.number)}
        told = order_view(self._shop, order)
        return {name: value for name, value in told.items() if name in (*names, "orderId")}

    def _one(self, asked: Params) -> dict[str, Any]:
        order = self._shop.orders.get(int(asked["order_id"]))
        if order is None:
            no = No("10400010", "订单不存在")
            return {"orderDetailInfo": {"apiResult": no.told}}
        info = self.view(order, str(asked["optional_fields"]).split(","))
        return {"orderDetailInfo": {"apiResult": {"success": True}, "orderInfo": info}}

    def _ship(self, asked: Params) -> dict[str, Any]:
        order = self._shop.orders.get(int(asked["orderId"]))
        carrier = str(asked["logiCoprId"])
        if order is None or order.state != "WAIT_SELLER_STOCK_OUT":
            return {"sopjosshipment_result": No("10400014", "当前状态的订单不能出库").told}
        if not carrier.isdigit() or int(carrier) not in CARRIERS:
            return {"sopjosshipment_result": No("10400015", "物流公司ID不正确").told}
        if not asked.get("logiNo") and carrier != OWN_CARRIER:
            return {"sopjosshipment_result": No("10400016", "运单号不能为空").told}
        self._shop.writes["ship"] += 1
        order.waybill = "" if carrier == OWN_CARRIER else str(asked["logiNo"])
        order.carrier = carrier
        self._shop.move(order, "WAIT_GOODS_RECEIVE_CONFIRM")
        return {"sopjosshipment_result": {"success": "true", "chineseErrCode": "操作成功"}}

    def _carriers(self, _asked: Params) -> dict[str, Any]:
        rows = [{"id": number, "name": name} for number, name in CARRIERS.items()]
        told = {"resultCode": 1, "resultMsg": "success", "result": {"carrierList": rows}}
        return {"StandardGenericResponse": told}

    def _memo(self, asked: Params) -> dict[str, Any]:
        order = self._shop.orders.get(int(asked["order_id"]))
        flag = asked["flag"]
        if order is None or flag not in range(6) or len(asked["remark"]) > 500:
            return {"modifyvenderremark_result": No("10100002", "订单号、旗标或备注不正确").told}
        self._shop.writes["memo"] += 1
        order.memo, order.flag = asked["remark"], flag
        return {"modifyvenderremark_result": {"success": True}}

    def _memo_now(self, asked: Params) -> dict[str, Any]:
        order = self._shop.orders.get(int(asked["order_id"]))
        if order is None:
            return {"venderRemarkQueryResult": No("10100002", "订单号不正确").told}
        now = {"order_id": str(order.number), "remark": order.memo, "flag": str(order.flag)}
        told = {"success": True, "vender_remark": now if order.memo or order.flag else None}
        return {"venderRemarkQueryResult": told}

    def _stock(self, asked: Params) -> dict[str, Any]:
        req = asked["req"]
        if req.get("updateModel") != "fullStockIn" or not req.get("stockRfId"):
            return {"returnType": No("10100002", "updateModel或stockRfId不正确").told}
        results = []
        for row in req["skuStocks"]:
            sku = self._shop.skus.get(row["skuId"])
            if sku is not None and req["stockRfId"] not in self._shop.stock_keys:
                sku.stock = row["stockNum"]
                self._shop.writes["stock"] += 1
            done = {"data": str(row["skuId"]), "success": sku is not None, "storeId": 0}
            results.append(done if sku is not None else {**done, "message": "SKU不存在"})
        self._shop.stock_keys.add(req["stockRfId"])
        return {"returnType": {"success": True, "obj": {"updateStockResult": results}}}

    def _skus(self, asked: Params) -> dict[str, Any]:
        code = asked.get("outId", "")
        # The search finds what begins with the code, too.
        rows = [sku for sku in self._shop.skus.values() if sku.code.startswith(code)]
        data = [{"skuId": sku.sku, "outerId": sku.code} for sku in rows]
        return {"page": {"data": data, "totalItem": len(data), "pageNo": 1, "pageSize": 20}}

    def _requests(self, asked: Params) -> dict[str, Any]:
        rows = list(self._shop.requests.values())
        try:
            page, size = _paged(asked["pageIndex"], asked["pageSize"], 50)
            rows = self._within(rows, asked, "applyTime", 7)
            rows = self._within(rows, asked, "checkTime", 10)
        except No as no:
            return {"queryResult": {**no.told, "errorMsg": no.words}}
        if "orderId" in asked:
            rows = [each for each in rows if each.order == int(asked["orderId"])]
        if "ids" in asked:
            ids = str(asked["ids"]).split(",")
            rows = [each for each in rows if str(each.number) in ids]
        told = [request_view(each) for each in rows[(page - 1) * size : page * size]]
        return {"queryResult": {"success": True, "totalCount": len(rows), "result": told}}

    def _within(self, rows: list[Any], asked: Params, name: str, days: int) -> list[Any]:
        if f"{name}Start" not in asked:
            return rows
        start, end = ms_of(asked[f"{name}Start"]), ms_of(asked[f"{name}End"])
        if not start <= end <= start + days * DAY_MS:
            raise No("10300002", f"时间间隔不能超过{days}天")
        field = "applied_ms" if name == "applyTime" else "checked_ms"
        at = {each.number: getattr(each, field) for each in rows}
        told = [each for each in rows if at[each.number] is not None]
        return [each for each in told if start <= at[each.number] // 1000 * 1000 <= end]

    def _reply(self, asked: Params) -> dict[str, Any]:
        request = self._shop.requests.get(int(asked["id"]))
        status = asked["status"]
        if request is None or request.status != 0:
            return {"replyResult": No("10300003", "退款单状态不允许审核").told}
        if status not in (1, 2) or not asked.get("remark"):
            return {"replyResult": No("10300004", "审核备注必填").told}
        if status == 2 and asked.get("rejectType") not in range(1, 7):
            return {"replyResult": No("10300005", "拒绝类型必填").told}
        self._shop.writes["reply"] += 1
        request.reply = dict(asked)
        self._shop.settle(request, status)
        return {"replyResult": {"success": True}}


def read_params(text: str) -> dict[str, Any]:
    """The business parameters. Raises JdError where they are no JSON object."""
    try:
        found = json.loads(text)
    except ValueError as odd:
        raise JdError("10", "360buy_param_json不正确") from odd
    if not isinstance(found, dict):
        raise JdError("10", "360buy_param_json不正确")
    return found


def _paged(page: object, size: object, most: int) -> tuple[int, int]:
    """Which page of how many rows. Raises No."""
    found = int(str(page)), int(str(size))
    if found[0] < 1 or not 1 <= found[1] <= most:
        raise No("10400002", f"页码或每页条数不正确，每页最多{most}")
    return found
