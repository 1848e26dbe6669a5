"""The Douyin sandbox refuses what the platform refuses, so that no test passes by its kindness."""

import json

import pytest

from sync.gateways.douyin_sign import DouyinKeys, signer, written
from sync.ports import Request
from tests.sync.douyin_world import HOST, KEY, SECRET, sandbox, seed
from tests.sync.platform_world import DAY, Straight

LIST = {"page": 0, "size": 100, "order_by": "update_time", "update_time_start": 1}


@pytest.fixture
def box(clock):
    return sandbox(clock)


async def told(box, clock, method, params, **more):
    """The answer to a call signed as it should be, but for what `more` names."""
    keys = DouyinKeys(KEY, more.pop("secret", SECRET))
    text = more.pop("text", None) or written(params)
    token = more.pop("token", None) or box.gate.pair().token
    request = signer(keys, clock, method, text, token)(Request("POST", HOST))
    url = request.url.replace(*more.pop("url", ("", "")))
    sent = Request(more.pop("verb", "POST"), url, request.headers, request.body)
    return json.loads((await Straight(box).send(sent)).body)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"secret": "x"}, "40003/isv.signature-invalid"),
        ({"text": '{"size":100,"page":0}'}, "40003/isv.signature-invalid"),
        ({"url": ("&v=2", "&v=1")}, "40003/isv.signature-invalid"),
        ({"url": ("app_key=7", "app_key=8")}, "40003/isv.app-id-invalid"),
        ({"url": ("app_key=", "key=")}, "40001/isv.app-id-missing"),
        ({"url": ("timestamp=17", "timestamp=16")}, "40003/isv.timestamp-invalid"),
        ({"url": ("/order/searchList?", "/order/orderDetail?")}, "70000/isp.api-service-off"),
        ({"verb": "GET"}, "70000/isp.api-service-off"),
        ({"token": "nobody"}, "40003/isv.access-token-no-existed"),
    ],
)
async def test_a_call_that_breaks_a_rule_gets_the_platforms_code(box, clock, more, code) -> None:
    answer = await told(box, clock, "order.searchList", LIST, **more)
    assert f"{answer['code']}/{answer['sub_code']}" == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"size": 101}, "isv.parameter-invalid:20008"),
        ({"page": -1}, "isv.parameter-invalid:10035"),
        ({"page": 500}, "isv.parameter-invalid:20013"),
        ({"page": "0"}, "isv.missing-parameter:10035"),
        ({"order_by": "id"}, "isv.parameter-invalid:20007"),
    ],
)
async def test_a_page_it_does_not_give_is_refused(box, clock, change, code) -> None:
    answer = await told(box, clock, "order.searchList", {**LIST, **change})
    assert answer["sub_code"] == code


async def test_a_list_needs_a_start_and_goes_ninety_days_back(box, clock) -> None:
    answer = await told(box, clock, "order.searchList", {"page": 0, "size": 1})
    assert answer["sub_code"] == "isv.parameter-invalid:20011"
    box.shop.place(seed(created_s=clock.now_s() - 91 * DAY, updated_s=clock.now_s() - 100))
    new = box.shop.place(seed(created_s=clock.now_s() - 89 * DAY))
    answer = await told(box, clock, "order.searchList", LIST)
    found = [order["order_id"] for order in answer["data"]["shop_order_list"]]
    assert (found, answer["data"]["total"]) == ([new.number], 1)


@pytest.mark.parametrize(
    ("status", "code"), [(1, 60137), (105, 60109), (3, 60110), (4, 60021), (5, 60113)]
)
async def test_an_order_that_may_not_leave_is_refused_by_its_state(
    box, clock, status, code
) -> None:
    order = box.shop.place(seed(status=status))
    asked = {"order_id": order.number, "company_code": "shunfeng", "logistics_code": "SF1"}
    answer = await told(box, clock, "order.logisticsAdd", asked)
    assert answer["sub_code"] == f"isv.business-failed:{code}"
    assert box.truth()["shipped"] == {}


async def test_more_units_than_are_left_and_strangers_are_refused(box, clock) -> None:
    order = box.shop.place(seed())
    for number, units, code in ((order.subs[0].number, 3, 60080), ("1", 1, 60102)):
        pack = {
            "company_code": "shunfeng",
            "logistics_code": "SF1",
            "shipped_order_info": [{"shipped_order_id": number, "shipped_num": units}],
        }
        asked = {"order_id": order.number, "pack_list": [pack], "request_id": f"r{number}"}
        answer = await told(box, clock, "order.logisticsAddMultiPack", asked)
        assert answer["sub_code"] == f"isv.business-failed:{code}"
    assert order.packs == []


async def test_adding_to_stock_needs_a_key_and_never_goes_below_nothing(box, clock) -> None:
    sku = box.shop.skus["CUP-1"]
    asked = {"sku_id": sku.sku_id, "incremental": True, "stock_num": -101}
    assert (await told(box, clock, "sku.syncStock", asked))["code"] == 40004
    keyed = {**asked, "idempotent_id": "1"}
    assert (await told(box, clock, "sku.syncStock", keyed))["code"] == 50002
    assert sku.stock == 100


async def test_a_memo_without_a_flag_takes_the_flag_away(box, clock) -> None:
    order = box.shop.place(seed(stars=3))
    await told(box, clock, "order.addOrderRemark", {"order_id": order.number, "remark": "x"})
    assert order.stars == 0
