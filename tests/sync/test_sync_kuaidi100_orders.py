"""A waybill bought through Kuaidi100 is bought once: a waybill, its no, or unknown."""

import asyncio
import json
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.carriers.duplicate import AlreadyThere
from sync.carriers.kuaidi100 import Kuaidi100Carrier
from sync.carriers.kuaidi100_account import Kuaidi100Account
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
from sync.sandbox.kuaidi100_orders import LabelRules
from sync.waybill_records import WaybillAnswer
from tests.sync.kuaidi100_world import (
    CUSTOMER,
    KEY,
    RECEIVER,
    REFERENCE,
    SECRET,
    ask_for,
    connector,
    kuaidi100_world,
)
from tests.sync.sf_world import TurnedClock

HOUR_MS = 3_600_000
# The shape of a published answer: mark, package, the courier's own order number.
DATA = {
    "pkgName": "廊坊临空转运中心",
    "kuaidinum": "JT0016322576092",
    "bulkpen": "710  R702-00 026",
    "kdComOrderNum": "01745833873064PT1bzn",
}


class SaysThis:
    def __init__(self, body: bytes, status: int = 200) -> None:
        self.answer = Answer(status, {}, body)

    async def send(self, request: Request) -> Answer:
        return self.answer


def said(code=200, *, success=None, message="", **more) -> bytes:
    told = {"code": code, "message": message, "time": 1, **more}
    told |= {} if success is None else {"success": success}
    return json.dumps(told, ensure_ascii=False).encode()


def carrier(body: bytes, status: int = 200) -> Kuaidi100Carrier:
    account = Kuaidi100Account(KEY, SECRET, CUSTOMER, "jtexpress", partner_id="P")
    return connector(account, SaysThis(body, status), TurnedClock())


async def outcome(body: bytes, status: int = 200) -> object:
    one = carrier(body, status)
    try:
        return await one.create(REFERENCE, one.prepare(ask_for()))
    except SyncError as told:
        return told


async def test_shop_gets_a_number_and_what_sorters_read():
    async with kuaidi100_world() as world:
        answer = await world.buy()
    assert answer.waybill_no.startswith("YT77")
    assert (answer.reference, answer.courier) == (REFERENCE, "yto")
    assert (answer.sort_code, answer.receiver_digest) == ("杭州集", None)
    assert answer.routing_mark
    assert answer.sub_nos == ()


@pytest.mark.req("F259")
async def test_parcels_of_one_order_get_one_main_and_sub_numbers():
    async with kuaidi100_world() as world:
        answer = await world.buy(parcels=3)
        assert len({answer.waybill_no, *answer.sub_nos}) == 3
        assert world.sandbox.truth()["numbers_given"] == 3


@pytest.mark.req("F183")
@pytest.mark.parametrize("kind", ["late", "reset_after", "cut", "garbage", "away_after"])
async def test_lost_answer_is_unknown_and_the_same_text_brings_the_same_waybill(kind):
    async with kuaidi100_world() as world:
        world.fail_next(kind)
        with pytest.raises(Ambiguous):
            await world.buy()
        again = await world.buy()
        truth = world.sandbox.truth()
        assert truth["by_reference"] == {REFERENCE: [[again.waybill_no]]}
        assert truth["numbers_given"] == 1


@pytest.mark.parametrize("kind", ["unavailable", "reset_before", "away_before"])
async def test_failure_on_their_side_is_unknown_even_where_nothing_was_made(kind):
    async with kuaidi100_world() as world:
        world.fail_next(kind)
        with pytest.raises(Ambiguous):
            await world.buy()
        await world.buy()
        assert world.sandbox.truth()["numbers_given"] == 1


async def test_request_stuck_on_the_way_never_makes_a_second_waybill():
    async with kuaidi100_world() as world:
        world.fail_next("lands_late")
        with pytest.raises(Ambiguous):
            await world.buy()
        bought = await world.buy()
        world.clock.ms += 31_000
        assert (await world.buy()).waybill_no == bought.waybill_no
        assert world.sandbox.truth()["numbers_given"] == 1


async def test_repeats_are_promised_for_no_longer_than_kuaidi100_remembers():
    async with kuaidi100_world() as world:
        first = await world.buy()
        world.clock.ms += world.carrier.caps.idem_window_ms - 1
        assert (await world.buy()).waybill_no == first.waybill_no
        world.clock.ms += 1
        assert (await world.buy()).waybill_no != first.waybill_no


async def test_many_parcels_with_a_tenth_of_answers_lost_get_one_waybill_each():
    kinds = ("reset_after", "cut", "garbage", "away_after", "away_before", "unavailable")
    async with kuaidi100_world(dict.fromkeys(kinds, 0.02), read_s=1.0) as world:

        async def one(reference: str) -> tuple[str, str]:
            prepared = world.carrier.prepare(ask_for(reference))
            while True:
                try:
                    return reference, (await world.carrier.create(reference, prepared)).waybill_no
                except Ambiguous:
                    continue

        got = dict(await asyncio.gather(*(one(f"WD1-{at}-1") for at in range(60))))
        truth = world.sandbox.truth()
        assert truth["by_reference"] == {name: [[number]] for name, number in got.items()}
        assert truth["numbers_given"] == len(set(got.values())) == 60


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (said(-1, success=False, message="服务器异常"), Ambiguous),
        (said(30001, success=False, message="参数错误：recMan"), Rejected),
        (said(30001, success=False, message="系统繁忙，请稍后重试"), Ambiguous),
        (said(30002, success=False, message="验签失败"), TokenExpired),
        (said(30003, success=False, message="账号不存在"), PermissionMissing),
        (said(30004, success=False, message="余额不足"), PermissionMissing),
        (said(30009, success=False, message="未找到"), Rejected),
        (said(501, success=False, message="重复提交"), AlreadyThere),
        (said(503, success=False, message="验证签名失败"), TokenExpired),
        (said(601, success=False, message="key已过期"), PermissionMissing),
        (said(40404, success=False, message="什么"), Ambiguous),
        (said(30001, success=False), Ambiguous),
        (said(200, data={}), Ambiguous),
        (said(200, data=[DATA]), Ambiguous),
        (said(200, success=False, data=DATA), Ambiguous),
        (said(30001, success=True, data=DATA), Ambiguous),
        (said(None, data=DATA), Ambiguous),
        (b"", Ambiguous),
        (b"<html>login</html>", Ambiguous),
        (b"[]", Ambiguous),
        (said(200, data=DATA)[:-9], Ambiguous),
        (b'{"code":200,"code":30001}', Ambiguous),
        (b'{"code":NaN}', Ambiguous),
    ],
)
async def test_each_answer_has_one_outcome(body, kind):
    assert type(await outcome(body)) is kind


@pytest.mark.parametrize("code", [200, "200", 30011])
async def test_the_first_waybill_given_again_is_adopted_as_it_was_published(code):
    told = await outcome(said(code, success=True, data=DATA))
    assert isinstance(told, WaybillAnswer)
    assert (told.waybill_no, told.routing_mark) == ("JT0016322576092", "710  R702-00 026")
    assert (told.sort_code, told.courier) == ("廊坊临空转运中心", "jt")


async def test_sub_numbers_are_read_from_one_text():
    told = await outcome(said(data=DATA | {"childNum": "1, 2,,1,JT0016322576092"}))
    assert isinstance(told, WaybillAnswer)
    assert told.sub_nos == ("1", "2")


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 408, 500, 502, 503])
async def test_whatever_stands_between_us_and_kuaidi100_says_nothing_about_the_waybill(status):
    assert type(await outcome(b"go away", status)) is Ambiguous
    assert type(await outcome(b"", 429)) is Throttled


async def test_text_of_another_parcel_is_never_sent():
    async with kuaidi100_world() as world:
        with pytest.raises(Rejected) as told:
            await world.carrier.create("WD1-2-1", world.carrier.prepare(ask_for()))
        assert told.value.code == "waybill_reference_mismatch"
        assert world.sandbox.asked["order"] == 0


async def test_void_gives_the_waybill_back_and_twice_is_fine():
    async with kuaidi100_world() as world:
        bought = await world.buy()
        await world.carrier.void(REFERENCE, bought.waybill_no)
        await world.carrier.void(REFERENCE, bought.waybill_no)
        assert world.sandbox.truth()["cancelled"] == 1


async def test_courier_that_wants_its_own_order_number_again_gets_it():
    async with kuaidi100_world() as world:
        jt = world.as_account(company="jtexpress")
        bought = await world.buy(carrier=jt)
        anew = world.as_account(company="jtexpress")
        with pytest.raises(Rejected) as told:
            await anew.void(REFERENCE, bought.waybill_no)
        assert "kdComOrderNum" in told.value.text
        await jt.void(REFERENCE, bought.waybill_no)
        assert world.sandbox.truth()["cancelled"] == 1


@pytest.mark.parametrize("kind", ["late", "reset_after", "garbage", "away_after"])
async def test_lost_void_is_unknown_until_asked_again(kind):
    async with kuaidi100_world() as world:
        bought = await world.buy()
        world.fail_next(kind, "cancel")
        with pytest.raises(Ambiguous):
            await world.carrier.void(REFERENCE, bought.waybill_no)
        await world.carrier.void(REFERENCE, bought.waybill_no)
        assert world.sandbox.truth()["cancelled"] == 1


async def test_void_after_pickup_or_of_nobodys_waybill_is_refused():
    async with kuaidi100_world() as world:
        bought = await world.buy()
        with pytest.raises(Rejected):
            await world.carrier.void("WD1-3-1", "YT1")
        world.clock.ms += 3 * HOUR_MS
        with pytest.raises(Rejected) as told:
            await world.carrier.void(REFERENCE, bought.waybill_no)
        assert "揽收" in told.value.text


async def test_lookup_is_not_promised_and_says_so():
    async with kuaidi100_world() as world:
        assert not world.carrier.caps.lookup_by_ref
        with pytest.raises(Rejected) as told:
            await world.carrier.lookup(REFERENCE)
        assert told.value.code == "kuaidi100_no_lookup"


async def test_check_says_in_one_word_what_is_wrong_and_makes_nothing():
    async with kuaidi100_world() as world:
        assert (await world.carrier.check()).ok
        assert (await world.as_account(company="shunfeng").check()).ok
        for changed, code in (
            ({"key": "wrong"}, "kuaidi100_bad_signature"),
            ({"secret": "wrong"}, "kuaidi100_bad_signature"),
            ({"customer": "wrong"}, "kuaidi100_bad_signature"),
            ({"partner_id": "wrong"}, "kuaidi100_account_refused"),
            ({"company": "pigeon"}, "kuaidi100_unknown_courier"),
            ({"orders_url": "http://127.0.0.1:9/"}, "sync_unreachable"),
        ):
            told = await world.as_account(**changed).check()
            assert (told.ok, told.code) == (False, code)
        assert world.sandbox.truth()["orders"] == 0


async def test_used_up_balance_stops_the_account_and_not_the_order():
    async with kuaidi100_world(rules=LabelRules(left=0)) as world:
        with pytest.raises(PermissionMissing) as told:
            await world.buy()
        assert told.value.code == "kuaidi100_no_balance"


async def test_nobody_listening_means_nothing_was_sent():
    async with kuaidi100_world() as world:
        nowhere = world.as_account(orders_url="http://127.0.0.1:9/label")
        with pytest.raises(Unreachable):
            await nowhere.create(REFERENCE, nowhere.prepare(ask_for()))


async def test_address_text_of_any_kind_signs_and_arrives():
    dice = random.Random(3)
    odd = " ~*+-._!'()&=%\"\\/<>\n\t#?;:@,|€ñ字𠮷😀"
    async with kuaidi100_world() as world:
        for at in range(25):
            street = "路" + "".join(dice.choice(odd) for _ in range(12))
            await world.buy(f"WD1-{at}-1", receiver=replace(RECEIVER, address=street))
        assert world.sandbox.truth()["live"] == 25


@settings(max_examples=15, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
async def test_odd_json_never_becomes_a_wrong_waybill_or_a_crash(value):
    for body in (
        json.dumps(value).encode(),
        said(value, data=DATA),
        said(200, data=value),
        said(30001, success=value, message=value),
    ):
        told = await outcome(body)
        assert isinstance(told, SyncError | WaybillAnswer)
        if isinstance(told, WaybillAnswer):
            assert told.waybill_no == DATA["kuaidinum"]
    with pytest.raises(SyncError):
        await carrier(json.dumps([value]).encode()).routes(("1",), "")
