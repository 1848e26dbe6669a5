"""A waybill taken at YTO is taken once: a waybill, YTO's no, or unknown and repeated."""

import json
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.carriers.duplicate import AlreadyThere
from sync.carriers.prepared import reference_in
from sync.carriers.yto import YtoCarrier, YtoHands
from sync.carriers.yto_account import YtoAccount
from sync.carriers.yto_ask import OUR_FIELD, order_text
from sync.carriers.yto_sign import sign
from sync.errors import (
    Ambiguous,
    PermissionMissing,
    Rejected,
    SyncError,
    Throttled,
    TokenExpired,
    Unreachable,
)
from sync.ports import Answer, Request
from sync.sandbox.yto import digest_of
from sync.sandbox.yto_orders import YtoRules
from sync.waybill_records import GoodsRecord, WaybillAnswer
from tests.sync.sf_world import RECEIVER, NoWait, TurnedClock
from tests.sync.yto_world import CANCEL, CREATE, REFERENCE, TRACK, ask_for, yto_world

HOUR_MS = 3_600_000
ACCOUNT = YtoAccount("u", "K1", "orders", "T1", "tracks")
MADE = {"logisticsNo": REFERENCE, "mailNo": "YT2600227881409", "shortAddress": "290-1204-0712"}
# open.yto.net.cn, privacy_create_adapter: its fields.
FIELDS = {"logisticsNo", "remark", "goods", "weight", "productCode"} | {
    f"{side}{name}"
    for side in ("sender", "recipient")
    for name in ("Name", "ProvinceName", "CityName", "CountyName", "Address", "Mobile")
}


class SaysThis:
    def __init__(self, body: bytes, status: int = 200) -> None:
        self.answer = Answer(status, {}, body)
        self.sent: list[Request] = []

    async def send(self, request: Request) -> Answer:
        self.sent.append(request)
        return self.answer


def said(told) -> bytes:
    return json.dumps(told, ensure_ascii=False).encode()


def no(code="B1", message="不行", **more) -> bytes:
    return said({"success": False, "code": code, "message": message, **more})


def carrier(body: bytes, status: int = 200) -> YtoCarrier:
    return YtoCarrier(ACCOUNT, YtoHands(SaysThis(body, status), TurnedClock(), NoWait()))


async def outcome(body: bytes, status: int = 200) -> object:
    one = carrier(body, status)
    try:
        return await one.create(REFERENCE, one.prepare(ask_for()))
    except SyncError as told:
        return told


def test_known_answer_of_a_public_test_is_ours():
    param = '{"NUMBER":"YT2600227881409"}'
    assert sign(param, "track_query_adapter", "123456") == "uhSL6hg8txxadZi26YPYPg=="


@pytest.mark.parametrize("param", ["", "{}", '{"a":"张 三~*+/="}', "😀"])
def test_the_local_yto_computes_the_same_by_its_own_way(param):
    assert sign(param, CREATE, "s") == digest_of(param, CREATE, "s")
    assert sign(param, CREATE, "s") != sign(param, CANCEL, "s")


async def test_what_is_signed_is_what_is_sent_and_each_interface_has_its_own_secret():
    one = carrier(said(MADE))
    prepared = one.prepare(ask_for())
    await one.create(REFERENCE, prepared)
    await carrier(said([])).routes(("YT1",), "")
    (sent,) = one._hands.http.sent
    envelope = json.loads(sent.body)
    assert envelope["param"].encode() == prepared
    assert envelope["sign"] == sign(envelope["param"], CREATE, "orders")
    assert (envelope["format"], envelope["timestamp"].isdigit()) == ("JSON", True)
    assert sent.url == f"https://openapi.yto.net.cn:11443/open/{CREATE}/v1/u/K1"
    two = carrier(said([]))
    await two.routes(("YT1",), "")
    (asked,) = two._hands.http.sent
    assert asked.url.endswith(f"/open/{TRACK}/v1/u/T1")
    assert json.loads(asked.body)["sign"] == sign('{"NUMBER":"YT1"}', TRACK, "tracks")


def test_every_field_of_an_order_is_one_of_ytos():
    order = json.loads(order_text(ask_for()))
    assert set(order) == FIELDS
    assert (order["weight"], order["productCode"]) == (1.234, "PK")
    assert order["goods"] == [{"name": "棉T恤", "quantity": 2, "weight": 0.25}]


def test_more_than_twenty_goods_are_declared_as_twenty_with_the_pieces_kept():
    goods = tuple(GoodsRecord(f"杯{at}", 2) for at in range(25))
    listed = json.loads(order_text(ask_for(goods=goods)))["goods"]
    assert len(listed) == 20
    assert sum(one["quantity"] for one in listed) == 50
    assert listed[-1]["name"] == "… +6"


def test_same_ask_gives_the_same_bytes_and_holds_its_reference():
    assert order_text(ask_for()) == order_text(ask_for())
    assert reference_in(order_text(ask_for()), OUR_FIELD) == REFERENCE
    assert "orders" not in repr(ACCOUNT)
    assert "tracks" not in repr(ACCOUNT)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"reference": "WD1-11"}, "reference"),
        ({"reference": "W" * 41}, "reference"),
        ({"service": "AIR"}, "service"),
        ({"parcels": 2}, "parcels"),
        ({"weight_g": -1}, "weight_g"),
        ({"receiver": replace(RECEIVER, district="")}, "receiver.district"),
        ({"sender": replace(RECEIVER, phone=" ")}, "sender.phone"),
        ({"goods": ()}, "goods"),
        ({"goods": (GoodsRecord("杯", 0),)}, "goods"),
    ],
)
def test_what_yto_refuses_by_shape_is_refused_before_it_is_sent(changed, field):
    with pytest.raises(Rejected) as caught:
        order_text(ask_for(**changed))
    assert caught.value.details["field"] == field


async def test_shop_gets_a_number_and_the_three_part_code():
    async with yto_world() as world:
        answer = await world.buy()
    assert answer.waybill_no == "YT7700000000000"
    assert answer.routing_mark.count("-") == 1
    assert answer.receiver_digest is None


@pytest.mark.req("F183")
@pytest.mark.parametrize("kind", ["late", "reset_after", "cut", "garbage", "away_after"])
async def test_lost_answer_is_unknown_and_the_same_text_never_makes_a_second(kind):
    async with yto_world(rules=YtoRules(repeats_tell=True)) as world:
        world.fail_next(kind)
        with pytest.raises(Ambiguous) as told:
            await world.buy()
        assert not isinstance(told.value, AlreadyThere)
        again = await world.buy()
        truth = world.sandbox.truth()
        assert (truth["orders"], truth["by_reference"]) == (1, {REFERENCE: again.waybill_no})


@pytest.mark.req("F183")
async def test_a_repeat_that_brings_no_number_is_told_as_there_and_never_as_a_no():
    async with yto_world() as world:
        await world.buy()
        with pytest.raises(AlreadyThere):
            await world.buy()
        assert world.sandbox.truth()["orders"] == 1


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (no("S01", "非法的JSON"), Rejected),
        (no("S02", "非法的数字签名"), TokenExpired),
        (no("S06", "请求超时"), Ambiguous),
        (no("S07", "系统异常"), Ambiguous),
        (no("S10", "订单号重复"), AlreadyThere),
        (no("S112", "流控"), Throttled),
        (no("X", "签名错误"), TokenExpired),
        (no("X", "时间戳已过期"), TokenExpired),
        (no("X", "IP不在白名单"), PermissionMissing),
        (no("X", "接口未授权"), PermissionMissing),
        (no("X", "请求过于频繁"), Throttled),
        (no("X", "物流单号已存在"), AlreadyThere),
        (no("X", "系统繁忙"), Ambiguous),
        (no("X", "余额不足"), Rejected),
        (no("X", ""), Ambiguous),
        (said({"success": "false", "reason": "地址不详"}), Rejected),
        (said({"success": True}), Ambiguous),
        (said({}), Ambiguous),
        (said([]), Ambiguous),
        (said(None), Ambiguous),
        (said(MADE | {"logisticsNo": "WD1-2-1"}), Ambiguous),
        (said(MADE | {"logisticsNo": None}), Ambiguous),
        (b"", Ambiguous),
        (b"<html>login</html>", Ambiguous),
        (said(MADE)[:-5], Ambiguous),
        (b'{"mailNo":"1","mailNo":"2"}', Ambiguous),
    ],
)
async def test_each_answer_has_one_outcome(body, kind):
    assert type(await outcome(body)) is kind


@pytest.mark.parametrize("told", [MADE, {"success": "true", "data": MADE}])
async def test_a_waybill_is_read_at_the_top_and_under_data(told):
    answer = await outcome(said(told))
    assert (answer.waybill_no, answer.routing_mark) == ("YT2600227881409", "290-1204-0712")


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 408, 500, 502, 503])
async def test_whatever_stands_between_us_and_yto_says_nothing_about_the_waybill(status):
    assert type(await outcome(b"go away", status)) is Ambiguous


async def test_text_of_another_parcel_is_never_sent():
    async with yto_world() as world:
        with pytest.raises(Rejected) as told:
            await world.carrier.create("WD1-2-1", world.carrier.prepare(ask_for()))
        assert told.value.code == "waybill_reference_mismatch"


async def test_void_gives_the_waybill_back_and_twice_is_fine():
    async with yto_world() as world:
        bought = await world.buy()
        await world.carrier.void(REFERENCE, bought.waybill_no)
        await world.carrier.void(REFERENCE, bought.waybill_no)
        assert world.sandbox.truth()["cancelled"] == 1


@pytest.mark.parametrize("kind", ["late", "reset_after", "garbage", "away_after"])
async def test_lost_void_is_unknown_until_asked_again(kind):
    async with yto_world() as world:
        bought = await world.buy()
        world.fail_next(kind, CANCEL)
        with pytest.raises(Ambiguous):
            await world.carrier.void(REFERENCE, bought.waybill_no)
        await world.carrier.void(REFERENCE, bought.waybill_no)
        assert world.sandbox.truth()["cancelled"] == 1


async def test_void_after_pickup_or_of_an_unknown_order_is_refused():
    async with yto_world() as world:
        await world.buy()
        world.clock.ms += 3 * HOUR_MS
        with pytest.raises(Rejected) as told:
            await world.carrier.void(REFERENCE, "")
        assert told.value.foreign_code == "S12"
        with pytest.raises(Rejected):
            await world.carrier.void("WD1-9-1", "")


async def test_void_answered_about_another_order_is_unknown():
    with pytest.raises(Ambiguous):
        await carrier(said({"logisticsNo": "WD1-2-1"})).void(REFERENCE, "")


async def test_lookup_is_not_promised_and_says_so():
    async with yto_world() as world:
        assert not world.carrier.caps.lookup_by_ref
        with pytest.raises(Rejected):
            await world.carrier.lookup(REFERENCE)


async def test_check_tries_both_interfaces_and_says_in_one_word_what_is_wrong():
    async with yto_world() as world:
        assert (await world.carrier.check()).ok
        late = TurnedClock()
        late.ms -= HOUR_MS
        for changed, code in (
            ({"secret": "wrong"}, "yto_bad_signature"),
            ({"track_secret": "wrong"}, "yto_bad_signature"),
            ({"client_code": "K9"}, "yto_no_permission"),
            ({"user_id": "other"}, "yto_no_permission"),
            ({"url": "http://127.0.0.1:9"}, "sync_unreachable"),
            ({"clock": late}, "yto_clock_off"),
        ):
            told = await world.as_account(**changed).check()
            assert (told.ok, told.code) == (False, code)
        assert world.sandbox.truth()["orders"] == 0


async def test_nobody_listening_means_nothing_was_sent():
    async with yto_world() as world:
        nowhere = world.as_account(url="http://127.0.0.1:9")
        with pytest.raises(Unreachable):
            await nowhere.create(REFERENCE, nowhere.prepare(ask_for()))


async def test_address_text_of_any_kind_signs_and_arrives():
    dice = random.Random(3)
    odd = " ~*+-._!'()&=%\"\\/<>\n\t#?;:@,|€ñ字𠮷😀"
    async with yto_world() as world:
        for at in range(30):
            street = "路" + "".join(dice.choice(odd) for _ in range(12))
            await world.buy(f"WD1-{at}00-1", receiver=replace(RECEIVER, address=street))
        assert world.sandbox.truth()["orders"] == 30


@settings(max_examples=25, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
async def test_odd_json_never_becomes_a_wrong_waybill_or_a_crash(value):
    for told in (value, MADE | {"success": value}, {"data": value}, no_with(value)):
        answer = await outcome(said(told))
        assert isinstance(answer, SyncError | WaybillAnswer)
        if isinstance(answer, WaybillAnswer):
            assert answer.waybill_no == MADE["mailNo"]


def no_with(value) -> dict:
    return {"success": False, "code": value, "message": value}
