"""Calls are signed as Douyin checks them, and named as its interfaces' pages name them."""

import hashlib
import hmac
import json
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.channels.douyin_push import event_sign
from sync.channels.douyin_read import ReadAs, read_order
from sync.channels.douyin_refunds import read_refunds
from sync.gateways.douyin_sign import DouyinKeys, signature, written
from sync.json_text import Element
from sync.records import MemoAsk, StockAsk
from sync.sandbox.dy_views import after_sale_view, order_view
from tests.sync import douyin_fields as fields
from tests.sync.douyin_world import KEY, SECRET, parcel, sandbox, seed, straight
from tests.sync.platform_world import Straight
from tests.sync.sync_world import pull_all

KEYS = DouyinKeys(KEY, SECRET)
V1 = {
    "update_time_start": 1700000000,
    "update_time_end": 1700003600,
    "size": 100,
    "page": 0,
    "order_by": "update_time",
}
V1_TEXT = (
    '{"order_by":"update_time","page":0,"size":100,'
    '"update_time_end":1700003600,"update_time_start":1700000000}'
)
V2 = {
    "star": "5",
    "remark": "加急 & <请发顺丰>/A",
    "order_id": "4781320682406083640",
    "is_add_star": "true",
}
V2_TEXT = (
    '{"is_add_star":"true","order_id":"4781320682406083640",'
    '"remark":"加急 & <请发顺丰>/A","star":"5"}'
)


@pytest.mark.parametrize(
    ("method", "params", "text", "sign"),
    [
        (
            *("order.searchList", V1, V1_TEXT),
            "4b83509b52979db02bdbe1dc8c22333690620ee2ef1fda7f203f80efa8edee6f",
        ),
        (
            *("order.addOrderRemark", V2, V2_TEXT),
            "054605cf09a4a2272e5777c07890570299d8d6311ec1c467df34abef77830b28",
        ),
    ],
)
def test_a_sign_is_the_one_that_two_foreign_sdks_make(method, params, text, sign) -> None:
    assert written(params) == text
    assert signature(KEYS, method, text, "1700000100") == sign


def test_a_messages_sign_is_the_one_of_the_message_guide() -> None:
    body = (
        b'[{"tag":"100","msg_id":"6838401513250916356",'
        b'"data":"{\\"p_id\\":\\"4781320682406083640\\"}"}]'
    )
    assert event_sign(KEYS, body) == "48da1bf27881e990da34418e0f2e83db"


def test_keys_stand_in_order_at_every_level() -> None:
    told = {"b": [{"d": 1, "c": "茶&<>"}], "a": {"f": True, "e": ""}}
    assert written(told) == '{"a":{"e":"","f":true},"b":[{"c":"茶&<>","d":1}]}'


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.text(min_size=1), st.text()))
def test_any_text_can_be_signed(params) -> None:
    assert len(signature(KEYS, "order.searchList", written(params), "1700000100")) == 64


async def everything_asked(clock) -> Straight:
    """One of every call the connector makes."""
    box = sandbox(clock)
    way = Straight(box)
    shop = straight(box, clock, http=way)
    order, other = box.shop.place(seed()), box.shop.place(seed())
    box.shop.settle(other, box.shop.ask_back(other, 2, other.subs), 12)
    clock.turn(600)
    await pull_all(shop)
    await shop.ship(parcel(order, cup=2))
    await shop.ship(parcel(order, "SF2", pot=1, key="key-2"))
    await shop.ship(parcel(order, "SF3", replaces="SF2"))
    whole = box.shop.place(seed())
    await shop.ship(parcel(whole))
    await shop.ship(parcel(whole, "SF4", replaces="SF1000000000001"))
    await shop.write_memo(MemoAsk(order.number, "送到前台 & 打电话=先 <急>", "red", "k"))
    sku = box.shop.skus["CUP-1"]
    await shop.set_stock(StockAsk(f"{sku.product_id}:{sku.sku_id}", "CUP-1", 5, "k"))
    await shop.set_stock(StockAsk("", "POT-1", 5, "k"))
    await shop.after_sales("")
    await shop.placed_between(clock.ms - 1000, clock.ms)
    await shop.after_sale(other.after_sales[0].number)
    clock.turn(7 * 86_400 - 600)
    await shop.pull("")
    assert box.refused == []
    return way


def asked(way):
    """Method, query and body of every call."""
    for request in way.sent:
        query = dict(parse_qsl(urlsplit(request.url).query, strict_parsing=True))
        yield query["method"], query, request.body.decode()


async def test_what_is_sent_is_what_was_signed_and_the_sign(clock) -> None:
    way = await everything_asked(clock)
    for method, query, body in asked(way):
        text = f"app_key{KEY}method{method}param_json{body}timestamp{query['timestamp']}v2"
        made = hmac.new(SECRET.encode(), f"{SECRET}{text}{SECRET}".encode(), hashlib.sha256)
        assert query["sign"] == made.hexdigest()
        assert (query["v"], query["sign_method"]) == ("2", "hmac-sha256")
        assert ("access_token" in query) is not method.startswith("token.")
    paths = {urlsplit(request.url).path for request in way.sent}
    assert paths == {"/" + method.replace(".", "/") for method in fields.REQUESTS}


async def test_every_call_names_what_its_page_lists_and_all_that_is_needed(clock) -> None:
    way = await everything_asked(clock)
    for method, _, body in asked(way):
        names = fields.REQUESTS[method].split()
        told = json.loads(body)
        assert {name[:-1] for name in names if name.endswith("!")} <= set(told), method
        assert set(told) <= {name.rstrip("!") for name in names}, method
        for pack in told.get("pack_list", []):
            assert set(pack) <= set(fields.PACK.split())
            assert set(pack["shipped_order_info"][0]) <= set(fields.PACKED.split())


async def test_the_sandbox_tells_names_of_the_pages_alone(clock) -> None:
    box = sandbox(clock)
    order = box.shop.place(seed(gifts=[("CUP-1", 1)]))
    await straight(box, clock).ship(parcel(order))
    told = order_view(box.shop, order)
    assert set(told) <= set(fields.ORDER.split())
    assert set(told["sku_order_list"][0]) <= set(fields.SUB.split())
    assert set(told["logistics_info"][0]) <= set(fields.PARCEL.split())
    back = after_sale_view(order, box.shop.ask_back(order, 1, order.subs))
    assert set(back) <= set(fields.AFTER_SALE_PARTS.split())
    assert set(back["aftersale_info"]) <= set(fields.AFTER_SALE.split())
    assert set(back["order_info"]["related_order_info"][0]) <= set(fields.RELATED.split())


async def test_the_reader_asks_for_names_of_the_pages_alone(clock) -> None:
    box = sandbox(clock)
    order = box.shop.place(seed(gifts=[("CUP-1", 1)]))
    box.shop.settle(order, box.shop.ask_back(order, 2, order.subs[:1]), 12)
    asked_for = set()

    class Noting(dict):
        def get(self, name, default=None):
            asked_for.add(name)
            return super().get(name, default)

    def noted(view):
        return json.loads(json.dumps(view), object_hook=Noting)

    told = noted(order_view(box.shop, order))
    back = noted(after_sale_view(order, order.after_sales[0]))
    refunds, problems = read_refunds([Element(back, None, b"")], order.number)
    read_order(told, b"", ReadAs(), refunds)
    known = (
        *(fields.ORDER, fields.SUB, fields.PARCEL, fields.PARCELLED, fields.PLACE),
        *(fields.AFTER_SALE_PARTS, fields.AFTER_SALE, fields.RELATED, fields.INSIDE),
    )
    assert asked_for <= {name for each in known for name in each.split()}
    assert problems == ()
    assert refunds[0].amount_minor == 1980
