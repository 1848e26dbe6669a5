"""What each method of the sandbox platform answers, and what it refuses.

The rules are those on the page of each method (open.taobao.com): a window of a day, three months
back, the newest change first, a hundred rows a page; receivers' fields that `oaid` needs beside it;
memos of a thousand bytes; cash on delivery only by a carrier the platform books; whole figures.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sync.sandbox.taobao_after import AfterAnswers
from sync.sandbox.taobao_gate import Asked, TopError, TopGate, from_beijing, invalid, whole
from sync.sandbox.taobao_mail import TaobaoMail
from sync.sandbox.taobao_shop import COMPANIES, SoldTrade, TaobaoShop
from sync.sandbox.taobao_waybills import TaobaoWaybills

DAY_MS = 86_400_000
REACH_MS = 92 * DAY_MS
BESIDE_OAID = frozenset(
    ("receiver_name", "receiver_address", "created", "receiver_mobile", "receiver_phone")
)
USUAL_TYPES = frozenset(("guarantee_trade", "auto_delivery", "ec", "cod", "step"))
SHIPPABLE = ("WAIT_SELLER_SEND_GOODS", "SELLER_CONSIGNED_PART")
Reply = dict[str, Any]


class Answers:
    """The methods of one seller's shop."""

    def __init__(
        self, shop: TaobaoShop, gate: TopGate, mail: TaobaoMail, waybills: TaobaoWaybills
    ) -> None:
        """Take the seller's truth, the door (app and sessions), the mail and the e-waybill."""
        self._shop, self._gate = shop, gate
        after = AfterAnswers(shop)
        self._known: Mapping[str, Callable[[Mapping[str, str]], Reply]] = {
            "taobao.top.auth.token.refresh": self._refresh,
            "taobao.trades.sold.increment.get": self._changed,
            "taobao.trades.sold.get": self._placed,
            "taobao.trade.fullinfo.get": self._one,
            "taobao.trade.memo.update": self._memo,
            "taobao.logistics.offline.send": self._offline,
            "taobao.logistics.online.send": self._online,
            "taobao.logistics.dummy.send": self._dummy,
            "taobao.logistics.consign.resend": self._resend,
            "taobao.logistics.companies.get": self._companies,
            "taobao.item.quantity.update": self._stock,
            "taobao.skus.custom.get": self._skus,
            "taobao.items.custom.get": self._items,
            "taobao.refund.get": after.one,
            "taobao.refunds.receive.get": after.listed,
            "taobao.rp.refunds.agree": after.agreed,
            "taobao.refund.refuse": after.refused,
            "taobao.tmc.user.permit": mail.permit,
            "taobao.tmc.messages.consume": mail.consume,
            "taobao.tmc.messages.confirm": mail.confirm,
            **waybills.known(),
        }

    def answer(self, asked: Asked) -> Reply:
        """The method's own part of the answer; raises TopError."""
        return self._known[asked.method](asked.params)

    def rows_of(self, params: Mapping[str, str]) -> list[SoldTrade]:
        """The trades of a window, newest change first."""
        start = from_beijing(params["start_modified"], "start_modified")
        end = from_beijing(params["end_modified"], "end_modified")
        if not 0 < end - start <= DAY_MS:
            raise invalid("end_modified")
        if start < self._shop.now_ms() - REACH_MS:
            raise invalid("start_modified")
        types = frozenset(params.get("type", "").split(",")) - {""} or USUAL_TYPES
        found = [
            trade
            for trade in self._shop.trades.values()
            if start <= trade.modified_ms // 1000 * 1000 <= end and trade.told["type"] in types
        ]
        return sorted(found, key=lambda trade: (trade.modified_ms, trade.tid), reverse=True)

    def _changed(self, params: Mapping[str, str]) -> Reply:
        found = self.rows_of(params)
        return self._page(found, params)

    def _placed(self, params: Mapping[str, str]) -> Reply:
        """taobao.trades.sold.get: by the time of the order, newest first."""
        start = from_beijing(params["start_created"], "start_created")
        end = from_beijing(params["end_created"], "end_created")
        if start < self._shop.now_ms() - REACH_MS:
            raise invalid("start_created")
        types = frozenset(params.get("type", "").split(",")) - {""} or USUAL_TYPES
        found = [
            trade
            for trade in self._shop.trades.values()
            if start <= trade.created_ms // 1000 * 1000 <= end and trade.told["type"] in types
        ]
        found.sort(key=lambda trade: (trade.created_ms, trade.tid), reverse=True)
        return self._page(found, params)

    def _page(self, found: list[SoldTrade], params: Mapping[str, str]) -> Reply:
        page, size = whole(params, "page_no", 1), whole(params, "page_size", 40)
        if page < 1:
            raise invalid("page_no")
        if not 1 <= size <= 100:
            raise invalid("page_size")
        shown = found[(page - 1) * size : page * size]
        fields = params["fields"].split(",")
        told: Reply = {"total_results": len(found)}
        if shown:
            told["trades"] = {"trade": [self._printed(trade, fields) for trade in shown]}
        return told

    def _printed(self, trade: SoldTrade, fields: list[str]) -> Reply:
        whole_trade = self._shop.printed(trade, self._gate.app.key)
        rows = [name.partition(".")[2] for name in fields if name.startswith("orders.")]
        told = {name: whole_trade[name] for name in fields if name in whole_trade}
        if not frozenset(fields) >= BESIDE_OAID:
            told.pop("oaid", None)
        if rows:
            listed = whole_trade["orders"]["order"]
            kept = [{name: row[name] for name in rows if name in row} for row in listed]
            told["orders"] = {"order": kept}
        return told

    def trade(self, params: Mapping[str, str]) -> SoldTrade:
        """The trade asked about; raises TopError where the seller has none under this number."""
        found = self._shop.trades.get(whole(params, "tid", 0))
        if found is None:
            raise TopError(15, "Remote service error", "isv.trade-not-exist", "交易订单不存在")
        return found

    def _one(self, params: Mapping[str, str]) -> Reply:
        return {"trade": self._printed(self.trade(params), params["fields"].split(","))}

    def _memo(self, params: Mapping[str, str]) -> Reply:
        trade, memo = self.trade(params), params.get("memo", "")
        flag = whole(params, "flag", 0)
        if len(memo.encode()) > 1000:
            raise invalid("memo")
        if not 0 <= flag <= 5:
            raise invalid("flag")
        stands = trade.told.get("seller_memo", "")
        kept = "" if params.get("reset") == "true" else memo or stands
        self._shop.touch(trade, seller_memo=kept, seller_flag=flag)
        self._shop.writes["memo"] += 1
        return {"trade": {"tid": trade.tid, "modified": ""}}

    # --- logistics -------------------------------------------------------------------------------

    def _offline(self, params: Mapping[str, str]) -> Reply:
        if self.trade(params).told["type"] == "cod":
            raise logistics("B09", "货到付款订单不支持自己联系发货")
        return self._sent("offline", params)

    def _online(self, params: Mapping[str, str]) -> Reply:
        return self._sent("online", params)

    def _sent(self, way: str, params: Mapping[str, str]) -> Reply:
        trade = self._waiting(params)
        oids = self._chosen(trade, params)
        if any(row["status"] != SHIPPABLE[0] for row in trade.rows if row["oid"] in oids):
            raise logistics("B04", "订单已发货或已关闭")
        self._shop.send(trade, oids, self._company(params), params.get("out_sid", ""))
        self._shop.writes[way] += 1
        return {"shipping": {"is_success": True}}

    def _dummy(self, params: Mapping[str, str]) -> Reply:
        trade = self._waiting(params)
        self._shop.send(trade, {row["oid"] for row in trade.rows}, "", "")
        self._shop.writes["dummy"] += 1
        return {"shipping": {"is_success": True}}

    def _resend(self, params: Mapping[str, str]) -> Reply:
        trade = self.trade(params)
        oids = self._chosen(trade, params)
        if any(not row.get("logistics_company") for row in trade.rows if row["oid"] in oids):
            raise logistics("B07", "订单未发货，不能修改运单号")
        company = self._company(params)
        for row in trade.rows:
            if row["oid"] in oids:
                row |= {"invoice_no": params["out_sid"], "logistics_company": company}
        self._shop.touch(trade)
        self._shop.writes["resend"] += 1
        return {"shipping": {"is_success": True}}

    def _waiting(self, params: Mapping[str, str]) -> SoldTrade:
        trade = self.trade(params)
        if trade.told["status"] not in SHIPPABLE:
            raise logistics("B04", "订单状态不是等待发货")
        return trade

    def _chosen(self, trade: SoldTrade, params: Mapping[str, str]) -> set[int]:
        """The rows a call is about: all that wait, or the real part of them that is named."""
        every = {row["oid"] for row in trade.rows}
        named = {int(each) for each in params.get("sub_tid", "").split(",") if each.isdigit()}
        if params.get("is_split") != "1":
            return {row["oid"] for row in trade.rows if row["status"] != "TRADE_CLOSED"}
        if not named or not named < every:
            raise invalid("sub_tid")
        return named

    def _company(self, params: Mapping[str, str]) -> str:
        names = dict(COMPANIES)
        if params["company_code"] not in names:
            raise logistics("B01", "物流公司不存在")
        return names[params["company_code"]]

    def _companies(self, params: Mapping[str, str]) -> Reply:
        fields = params["fields"].split(",")
        listed = [
            {"id": at, "code": code, "name": name, "reg_mail_no": "^.+$"}
            for at, (code, name) in enumerate(COMPANIES, 500)
        ]
        kept = [{name: row[name] for name in fields if name in row} for row in listed]
        return {"logistics_companies": {"logistics_company": kept}}

    # --- stock, refunds, sessions ----------------------------------------------------------------

    def _stock(self, params: Mapping[str, str]) -> Reply:
        item = self._shop.items.get(whole(params, "num_iid", 0))
        if item is None:
            raise TopError(15, "Remote service error", "isv.item-not-exist", "商品不存在")
        figure, sku = whole(params, "quantity", 0), whole(params, "sku_id", 0)
        stands = item.skus[sku][1] if sku in item.skus else item.quantity
        figure = stands + figure if params.get("type", "1") == "2" else figure
        if figure < 0:
            raise invalid("quantity")
        if sku and sku not in item.skus:
            raise TopError(15, "Remote service error", "isv.sku-not-exist", "SKU不存在")
        if sku:
            item.skus[sku][1] = figure
        else:
            item.quantity = figure
        self._shop.writes["stock"] += 1
        return {"item": {"num_iid": item.num_iid, "num": figure}}

    def _skus(self, params: Mapping[str, str]) -> Reply:
        found = [
            {"sku_id": sku, "num_iid": item.num_iid, "outer_id": code, "status": "normal"}
            for item in self._shop.items.values()
            for sku, (code, _) in item.skus.items()
            if code == params["outer_id"]
        ]
        return {"skus": {"sku": found}} if found else {}

    def _items(self, params: Mapping[str, str]) -> Reply:
        found = [
            {"num_iid": item.num_iid, "outer_id": item.outer_id}
            for item in self._shop.items.values()
            if item.outer_id == params["outer_id"]
        ]
        return {"items": {"item": found}} if found else {}

    def _refresh(self, params: Mapping[str, str]) -> Reply:
        told, gate = params["refresh_token"], self._gate
        if not gate.app.renews:
            raise TopError(11, "Insufficient isv permissions", "isv.permission-api-package-limit")
        if gate.refresh.get(told, 0) <= self._shop.now_ms():
            raise TopError(41, "Invalid arguments", "isv.invalid-parameter:refresh_token")
        del gate.refresh[told]
        pair = {
            "access_token": gate.session(86_400),
            "refresh_token": gate.refresh_token(),
            "expires_in": 86_400,
            "re_expires_in": 180 * 86_400,
            "taobao_user_nick": self._shop.seller,
        }
        self._shop.writes["renewed"] += 1
        return {"token_result": pair}


def logistics(code: str, words: str) -> TopError:
    """The logistics service's own no."""
    sub = f"isv.logistics-offline-service-error:{code}"
    return TopError(15, "Remote service error", sub, words)
