"""Calls are signed as Pinduoduo checks them, and named as its pages name them."""

import hashlib
import json
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.channels.pinduoduo_read import ReadAs, read_order
from sync.channels.pinduoduo_refunds import read_refunds
from sync.gateways.pinduoduo_sign import written
from sync.json_text import Element
from sync.records import MemoAsk, StockAsk
from sync.sandbox.pdd_views import goods_view, order_view, refund_view
from sync.wrapped_md5 import wrapped_md5
from tests.sync import pinduoduo_fields as fields
from tests.sync.pinduoduo_world import parcel, sandbox, seed, straight
from tests.sync.platform_world import Straight
from tests.sync.sync_world import pull_all

V1 = {
    "access_token": "asd78172s8ds9a921j9qqwda12312w1w21211",
    "client_id": "1",
    "data_type": "XML",
    "order_status": "1",
    "page": "1",
    "page_size": "10",
    "timestamp": "1480411125",
    "type": "pdd.order.number.list.get",
}
V2 = {
    "access_token": "tok",
    "client_id": "cid",
    "data_type": "JSON",
    "type": "pdd.order.number.list.increment.get",
    "timestamp": "1700001800",
    "start_updated_at": "1700000000",
    "end_updated_at": "1700001800",
    "is_lucky_flag": "1",
    "order_status": "1",
    "refund_status": "1",
    "page": "1",
    "page_size": "100",
    "use_has_next": "true",
}


@pytest.mark.parametrize(
    ("params", "sign"),
    [
        (V1, "E4DE3ED21002510DED352819E7AE6775"),  # the platform's own example
        (V2, "8F7FFDE8273CB4E3D89CE347E98B76C5"),
    ],
)
def test_a_sign_is_the_one_of_the_platforms_guide(params, sign) -> None:
    assert wrapped_md5("testSecret", params) == sign
    assert wrapped_md5("testSecret", dict(reversed(params.items()))) == sign


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (False, "false"),
        (12, "12"),
        ("红 色&=%", "红 色&=%"),
        ([{"shipping_id": 44, "tracking_number": "SF1"}], None),
        ({"b": "茶", "a": [1]}, '{"b":"茶","a":[1]}'),
    ],
)
def test_a_parameter_is_written_once_as_the_text_that_is_signed(value, text) -> None:
    assert written(value) == (text or '[{"shipping_id":44,"tracking_number":"SF1"}]')


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.text(min_size=1), st.text()))
def test_any_text_can_be_signed(params) -> None:
    assert len(wrapped_md5("secret", params)) == 32


async def everything_asked(clock) -> tuple[Straight, list[dict[str, str]]]:
    """One of every call the connector makes."""
    box = sandbox(clock)
    way = Straight(box)
    shop = straight(box, clock, http=way)
    order = box.shop.place(seed(remark="易碎", tag=2, tag_name="急"))
    other = box.shop.place(seed())
    box.shop.settle_refund(other, box.shop.ask_refund(other))
    clock.turn(600)
    await pull_all(shop)
    await shop.ship(parcel(order, cup=2))
    await shop.ship(parcel(order, "SF2", pot=1))
    await shop.ship(parcel(order, "SF3", replaces="SF1000000000001"))
    await shop.write_memo(MemoAsk(order.sn, "送到前台 & 打电话=先", "red", "k"))
    item = order.items[0]
    await shop.set_stock(StockAsk(f"{item.goods_id}:{item.sku_id}", "CUP-1", 5, "k"))
    await shop.set_stock(StockAsk("", "POT-1", 5, "k"))
    await shop.listings("")
    clock.turn(2 * 86_400)
    await shop.pull("")
    assert box.refused == [10019]
    return way, box.heard


async def test_what_is_sent_is_what_was_signed_and_the_sign(clock) -> None:
    way, _ = await everything_asked(clock)
    for request in way.sent:
        params = dict(parse_qsl(request.body.decode("ascii"), strict_parsing=True))
        sign = params.pop("sign")
        text = "secret" + "".join(k + v for k, v in sorted(params.items())) + "secret"
        assert sign == hashlib.md5(text.encode()).hexdigest().upper()
        assert (params["data_type"], params["version"]) == ("JSON", "V1")


async def test_every_call_names_what_its_page_lists_and_all_that_is_needed(clock) -> None:
    _, heard = await everything_asked(clock)
    common = {"type", "client_id", "access_token", "timestamp", "data_type", "version", "sign"}
    assert {params["type"] for params in heard} == set(fields.REQUESTS)
    for params in heard:
        listed = fields.REQUESTS[params["type"]].split()
        needed = {name.rstrip("!") for name in listed if name.endswith("!")}
        asked = set(params) - common
        assert needed <= asked <= {name.rstrip("!") for name in listed}, params["type"]


async def test_the_sandbox_answers_in_the_names_of_the_pages(clock) -> None:
    box = sandbox(clock)
    order = box.shop.place(seed(gifts=[("CUP-1", 1)], extra=[(44, "SF2", 1)]))
    refund = box.shop.ask_refund(order)
    told = order_view(box.shop, order)
    assert set(told) <= set(fields.ORDER.split())
    assert set(told["item_list"][0]) <= set(fields.ITEM.split())
    assert set(told["gift_list"][0]) <= {*fields.GIFT.split(), "order_sn"}
    assert set(told["extra_delivery_list"][0]) == set(fields.EXTRA.split())
    assert set(refund_view(order, refund)) <= set(fields.REFUND.split())
    goods = goods_view(box.shop, order.items[0])
    assert set(goods) | set(goods["sku_list"][0]) <= set(fields.GOODS.split())
    # The e-waybill's interfaces are held to their own pages (test_sync_pdd_ewaybill).
    labels = ("pdd.waybill.", "pdd.cloudprint.")
    ours = {one: told for one, told in box.routes.items() if not one.startswith(labels)}
    for interface, (name, _) in ours.items():
        assert fields.ANSWERS[interface].startswith(f"{name}: ")


async def test_the_reader_asks_an_order_for_names_of_the_page_alone(clock) -> None:
    box = sandbox(clock)
    order = box.shop.place(seed(gifts=[("CUP-1", 1)]))
    refund = box.shop.ask_refund(order)
    box.shop.settle_refund(order, refund)

    asked = set()

    class Noting(dict):
        def get(self, name, default=None):
            asked.add(name)
            return super().get(name, default)

    told = json.loads(json.dumps(order_view(box.shop, order)), object_hook=Noting)
    back = json.loads(json.dumps(refund_view(order, refund)), object_hook=Noting)
    refunds, problems = read_refunds(told, [Element(back, None, b"")])
    read_order(told, b"", ReadAs(), refunds)
    known = [fields.ORDER, fields.ITEM, fields.GIFT, fields.STEP, fields.REFUND]
    assert asked <= {name for each in known for name in each.split()}
    assert problems == ()
    assert refunds[0].amount_minor == order.pay_fen
