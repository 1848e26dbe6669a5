"""The sandbox of JD's newer gateway refuses what JD refuses; every name is JD's own."""

import hashlib
import json

import pytest

from sync.channels.jd_read import LISTED
from sync.channels.jd_sp_orders import BRIEF, FIELDS
from sync.channels.jd_sp_products import SKU_FIELDS
from sync.channels.jd_sp_ship import CARRIER_FIELDS
from sync.records import MemoAsk, StockAsk
from sync.sandbox import jd_sp_answers as answers
from sync.sandbox.http import Call
from sync.sandbox.jd_sp import ROOT
from sync.sandbox.jd_sp_answers import (
    AFS_LIST,
    AFS_ONE,
    CARRIER_LIST,
    CHANGE,
    LIST,
    MEMO,
    ONE,
    SHIP,
    SKUS,
    STOCK,
)
from sync.sandbox.jd_sp_shop import CARRIERS
from sync.sandbox.jd_sp_views import after_sale_view, order_view
from tests.sync import jd_sp_names as names
from tests.sync.jd_sp_names import fields
from tests.sync.jd_sp_world import asked, parcel, sandbox, sold, straight

REQUESTS = {
    LIST: "ListOrdersRequest",
    ONE: "GetOrdersRequest",
    SHIP: "PostOrdersShipmentsRequest",
    CHANGE: "PostOrdersShipmentsRequest",
    MEMO: "PutOrdersVenderRemarksRequest",
    CARRIER_LIST: "ListCarriersRequest",
    AFS_LIST: "ListAfsOrdersRequest",
    AFS_ONE: "GetAfsOrdersRequest",
    STOCK: "BatchPutSkuStocksRequest",
    SKUS: "ListSkusRequest",
}
# What stands within a field, by the field's name; what is not here holds figures and texts alone.
PARTS = {
    "orderShipmentDTO": "OrdersShipmentsOrderShipmentDTO",
    "packageInfoList": "OrdersShipmentsPackageFacetDTO",
    "outboundGoodsFacetDTOList": "OrdersShipmentsOutboundGoodsFacetDTO",
    "orderVenderRemarkDTO": "OrdersVenderRemarksOrderVenderRemarkDTO",
    "putSkuStockList": "SkuStocksSkuStockDTO",
    "skuItemInfoList": "OrdersSkuItemDTO",
    "afsInfoList": "OrdersAfterSalesInfoDTO",
    "consigneeInfo": "OrdersConsigneeInfoDTO",
    "paymentInfo": "OrdersPaymentInfoDTO",
    "taxInfo": "OrdersTaxInfoDTO",
    "sellerTradePriceInfo": "OrdersSellerTradePriceInfoDTO",
    "transportInfo": "OrdersTransportInfoDTO",
    "partialShipmentList": "OrdersPartialShipmentDTO",
    "skuList": "OrdersPartialShipmentSkuDTO",
    "orderFlag": "OrdersOrderFlagDTO",
    "venderRemarkInfo": "OrdersOrderVenderRemarkDTO",
    "promiseCalendarInfo": "OrdersPromiseCalendarDTO",
    "buyerRemark": "OrdersBuyerRemarkDTO",
    "afsOrderBaseInfo": "AfsOrdersAfsOrderBaseInfoDTO",
    "afsOrderStatusInfo": "AfsOrdersAfsOrderStatusInfoDTO",
    "refundInfo": "AfsOrdersRefundInfoDTO",
    "skuInfoList": "AfsOrdersSkuInfoDTO",
    "waybillInfoList": "AfsOrdersWaybillDTO",
    "customerApplyInfo": "AfsOrdersCustomerApplyInfoDTO",
    "orderInfo": "AfsOrdersBaseOrderInfoDTO",
    "paginationData": "OrdersPaginationData",
    "errorList": "OrdersError",
}


@pytest.fixture
def box(clock):
    return sandbox(clock)


def strange(told, model: str) -> set[str]:
    """Names of an object, and of what is within it, that JD's model has not."""
    found = {f"{model}.{name}" for name in set(told) - fields(model)}
    for name, value in told.items():
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict) and name in PARTS:
                found |= strange(part, PARTS[name])
    return found


async def a_day(box, clock):
    """Everything a shop does, once."""
    order, other = sold(box), sold(box)
    made = box.shop.ask_back(other, 1, waybill="R1")
    clock.turn(60)
    channel = straight(box, clock, start_ms=clock.ms - 3_600_000)
    await channel.pull("")
    await channel.check()
    await channel.after_sales("")
    await channel.after_sale(str(made.number))
    for ask in (parcel(order, "SF1", cup=1), parcel(order, "SF2")):
        await channel.ship(ask)
    await channel.ship(parcel(order, "SF3", replaces="SF1"))
    await channel.write_memo(MemoAsk(str(order.number), "急", "red", "k"))
    await channel.set_stock(StockAsk("", "CUP-1", 1, "k"))
    return order, made


async def test_every_name_we_ask_with_stands_in_jds_models(box, clock) -> None:
    await a_day(box, clock)
    assert {name for name, _ in box.heard} == set(REQUESTS) == names.PATHS
    for name, params in box.heard:
        named = {"orderId", "afsOrderId"} if "{" in name else set()
        sent = {key: value for key, value in params.items() if key not in named}
        assert strange(sent, REQUESTS[name]) == set(), name


def test_every_field_that_is_asked_for_stands_in_jds_models() -> None:
    assert set(FIELDS) | set(BRIEF) <= fields("OrdersOrderDTO")
    assert set(CARRIER_FIELDS) <= fields("CarriersCarrierDTO")
    assert set(SKU_FIELDS) <= fields("SkusSkuDTO")
    assert set(LISTED) == answers.STATES


@pytest.mark.parametrize("name", sorted(answers.PARAMETERS))
def test_the_sandbox_takes_no_parameter_jd_has_not(name) -> None:
    needed, optional = answers.PARAMETERS[name]
    assert {*needed.split(), *optional.split()} <= fields(REQUESTS[name])


async def test_the_sandbox_tells_everything_in_jds_names(box, clock) -> None:
    order, made = await a_day(box, clock)
    assert strange(order_view(box.shop, order), "OrdersOrderDTO") == set()
    assert strange(after_sale_view(box.shop, made), "AfsOrdersAfsOrderDTO") == set()
    for shape, model in (
        (answers.SHIPMENT, "OrdersShipmentsOrderShipmentDTO"),
        (answers.PACKAGE, "OrdersShipmentsPackageFacetDTO"),
        (answers.GOOD, "OrdersShipmentsOutboundGoodsFacetDTO"),
        (answers.REMARK, "OrdersVenderRemarksOrderVenderRemarkDTO"),
    ):
        assert shape[0] | shape[1] <= fields(model)
    told = call(box, LIST, search(clock))
    assert strange(told, "ListOrdersResponse") == set()
    no = call(box, LIST, search(clock), {"x-jos-sign": "x"})
    assert strange(no, "ListOrdersResponse") == set()
    (row, *_) = call(box, CARRIER_LIST, {})["data"]
    assert set(row) <= fields("CarriersCarrierDTO")
    (sku,) = call(box, SKUS, {**paged(), "scopeSet": "skuId", "outerIdList": "CUP-1"})["data"]
    assert set(sku) <= fields("SkusSkuDTO")


# --- the door ---


def paged(**more):
    return {"page": "1", "pageSize": "50", **more}


def search(clock, **more):
    """A search that JD takes; a value of None leaves its parameter out."""
    whole = {
        **paged(),
        "startTime": str(clock.ms - 3_600_000),
        "endTime": str(clock.ms),
        "orderStatus": "LOCKED,FINISHED_L",
        "sortBy": "modifiedTime",
        "sortOrder": "desc",
        "scopeSet": "orderId",
        **more,
    }
    return {name: value for name, value in whole.items() if value is not None}


def call(box, name, query, headers=None, body=b""):
    """A call signed as the rule says, with some of it put wrong; the answer, read."""
    method, path = name.split(" ")
    named = {}
    if "{orderId}" in path:
        named = {"orderId": query.pop("orderId")}
        path = path.replace("{orderId}", named["orderId"])
    sent = {
        "X-JOS-App-Key": "appkey",
        "X-JOS-Access-Token": box.tokens.pair()[0],
        "X-JOS-Timestamp": str(box.shop.now_ms()),
    }
    pairs = {**sent, **query, **named, **({"body": body.decode()} if body else {})}
    text = "".join(name + pairs[name] for name in sorted(pairs))
    made = hashlib.md5(f"appsecret{text}appsecret".encode()).hexdigest().upper()
    lower = {key.lower(): value for key, value in sent.items()}
    lower |= {"x-jos-sign": made, "x-jos-request-identity": "vender", **(headers or {})}
    asked_text = "&".join(f"{key}={value}" for key, value in query.items())
    reply = box.handle(Call(method, ROOT + path, asked_text, lower, body, True))
    told: dict[str, object] = json.loads(reply.body)
    return told


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"x-jos-timestamp": ""}, "7"),
        ({"x-jos-timestamp": "2025-11-24 20:00:00"}, "8"),
        ({"x-jos-timestamp": "1763985600"}, "8"),
        ({"x-jos-timestamp": "1763985239000"}, "8"),
        ({"x-jos-app-key": "other"}, "21"),
        ({"x-jos-sign": ""}, "11"),
        ({"x-jos-sign": "0" * 32}, "12"),
        ({"x-jos-access-token": "other"}, "12"),
        ({"x-jos-request-identity": ""}, "10"),
    ],
)
def test_a_call_that_breaks_a_rule_is_refused_with_the_platforms_code(
    box, clock, headers, code
) -> None:
    told = call(box, LIST, search(clock), headers)
    assert (told["success"], told["errorList"][0]["code"]) == (False, code)


@pytest.mark.parametrize(
    "more",
    [
        {"pageSize": "101"},
        {"page": "0"},
        {"orderStatus": "ANY"},
        {"sortBy": "size"},
        {"sortOrder": "up"},
        {"startTime": "0"},
        {"endTime": "1"},
        {"buyer": "x"},
        *({name: None} for name in ("orderStatus", "page", "pageSize", "sortBy", "sortOrder")),
    ],
)
def test_a_search_that_breaks_a_rule_is_refused(box, clock, more) -> None:
    told = call(box, LIST, search(clock, **more))
    assert told["success"] is False


@pytest.mark.parametrize(
    "change",
    [
        {"shipmentType": 8},
        {"packageInfoList": [{"companyId": "1", "waybillCode": "A"}]},
        {"packageInfoList": [{"companyId": 467, "waybillCode": "A"}]},
        {"packageInfoList": [{"companyId": "467"}]},
        {"packageInfoList": [{"companyId": "467", "waybillCode": "A", "number": 1}]},
        {"remark": "x"},
    ],
)
def test_a_shipment_that_breaks_a_rule_ships_nothing(box, change) -> None:
    order = sold(box)
    package = {"companyId": "467", "waybillCode": "A"}
    shipment = {"shipmentType": 7, "packageInfoList": [package], **change}
    body = json.dumps({"orderShipmentDTO": shipment}).encode()
    told = call(box, SHIP, {"orderId": str(order.number)}, body=body)
    assert (told["success"], order.shipments) == (False, [])


@pytest.mark.parametrize("goods", [(1, 3), (2, 1), (1, 0)])
def test_more_of_an_item_than_is_left_or_none_of_it_is_refused(box, goods) -> None:
    order = sold(box)
    box.shop.ship(order, "467", "A", {order.items[0].uuid: 1})
    row = {"skuId": order.items[0].sku * goods[0], "skuNum": goods[1]}
    package = {"companyId": "467", "waybillCode": "B", "outboundGoodsFacetDTOList": [row]}
    shipment = {"shipmentType": 8, "packageInfoList": [package]}
    body = json.dumps({"orderShipmentDTO": shipment}).encode()
    told = call(box, SHIP, {"orderId": str(order.number)}, body=body)
    assert (told["success"], len(order.shipments)) == (False, 1)


def test_an_order_that_left_is_not_shipped_again_and_what_broke_is_counted(box) -> None:
    order = sold(box, state="FINISHED_L")
    package = {"companyId": str(min(CARRIERS)), "waybillCode": "A"}
    body = json.dumps({"orderShipmentDTO": {"packageInfoList": [package]}}).encode()
    told = call(box, SHIP, {"orderId": str(order.number)}, body=body)
    assert told["errorList"][0]["code"] == "10202011004"
    assert (box.refused, len(asked(box, SHIP))) == (["10202011004"], 1)
