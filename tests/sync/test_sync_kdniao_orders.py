"""A waybill bought through Kdniao is bought once: a waybill, Kdniao's no, or unknown."""

import asyncio
import json
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.carriers.duplicate import AlreadyThere
from sync.carriers.kdniao import KdniaoCarrier, KdniaoHands
from sync.carriers.kdniao_account import KdniaoAccount
from sync.errors import (
    Ambiguous,
    Malformed,
    PermissionMissing,
    Rejected,
    SyncError,
    Throttled,
    TokenExpired,
    Unreachable,
)
from sync.ports import Answer, Request
from sync.sandbox.kdniao_orders import KdniaoRules
from sync.waybill_records import WaybillAnswer
from tests.sync.kdniao_world import KEY, RECEIVER, REFERENCE, ask_for, kdniao_world
from tests.sync.sf_world import NoWait, TurnedClock

HOUR_MS = 3_600_000
ORDER = {
    # The shape of an answer captured from Kdniao: the mark, the package, its own number.
    "MarkDestination": "113 C107 M07 ",
    "LogisticCode": "772002014605245",
    "ShipperCode": "STO",
    "PackageName": "北京顺义集散包 ",
    "OrderCode": REFERENCE,
    "KDNOrderCode": "KDN1909042250000548",
}


class SaysThis:
    def __init__(self, body: bytes, status: int = 200) -> None:
        self.answer = Answer(status, {}, body)
        self.sent: list[Request] = []

    async def send(self, request: Request) -> Answer:
        self.sent.append(request)
        return self.answer


def said(code="100", *, success=True, reason="", **more) -> bytes:
    told = {"EBusinessID": "1", "Success": success, "Reason": reason, **more}
    return json.dumps(told | ({"ResultCode": code} if code else {}), ensure_ascii=False).encode()


def carrier(body: bytes, status: int = 200) -> KdniaoCarrier:
    account = KdniaoAccount("1", KEY, "STO", customer="c", password="p", site="s")
    return KdniaoCarrier(account, KdniaoHands(SaysThis(body, status), TurnedClock(), _no_wait))


def _no_wait(_kind: str) -> NoWait:
    return NoWait()


async def outcome(body: bytes, status: int = 200) -> object:
    one = carrier(body, status)
    try:
        return await one.create(REFERENCE, one.prepare(ask_for()))
    except SyncError as told:
        return told


async def test_shop_gets_a_number_and_what_sorters_read():
    async with kdniao_world() as world:
        answer = await world.buy()
    assert answer.waybill_no.startswith("7311")
    assert answer.reference == REFERENCE
    assert answer.routing_mark
    assert answer.sort_code == "杭州转"
    assert answer.courier == "zto"
    assert answer.receiver_digest is None
    assert answer.sub_nos == ()


@pytest.mark.req("F259")
async def test_parcels_of_one_order_get_one_main_and_sub_numbers():
    async with kdniao_world() as world:
        answer = await world.buy(parcels=3)
        assert len({answer.waybill_no, *answer.sub_nos}) == 3
        assert world.sandbox.truth()["numbers_given"] == 3


@pytest.mark.req("F183")
@pytest.mark.parametrize("kind", ["late", "reset_after", "cut", "garbage", "away_after"])
async def test_lost_answer_is_unknown_and_the_same_text_brings_the_same_waybill(kind):
    async with kdniao_world() as world:
        world.fail_next(kind)
        with pytest.raises(Ambiguous) as told:
            await world.buy()
        assert not isinstance(told.value, AlreadyThere)
        again = await world.buy()
        truth = world.sandbox.truth()
        assert truth["by_reference"] == {REFERENCE: [again.waybill_no]}
        assert truth["numbers_given"] == 1


@pytest.mark.parametrize("kind", ["unavailable", "reset_before", "away_before"])
async def test_failure_on_their_side_is_unknown_even_where_nothing_was_made(kind):
    async with kdniao_world() as world:
        world.fail_next(kind)
        with pytest.raises(Ambiguous):
            await world.buy()
        await world.buy()
        assert world.sandbox.truth()["numbers_given"] == 1


async def test_request_stuck_on_the_way_never_makes_a_second_waybill():
    async with kdniao_world() as world:
        world.fail_next("lands_late")
        with pytest.raises(Ambiguous):
            await world.buy()
        bought = await world.buy()
        world.clock.ms += 31_000
        assert (await world.buy()).waybill_no == bought.waybill_no
        assert world.sandbox.truth()["numbers_given"] == 1


@pytest.mark.req("F183")
@pytest.mark.parametrize("repeats", ["105", "106-bare"])
async def test_a_repeat_that_brings_no_number_is_told_as_there_and_never_as_a_no(repeats):
    async with kdniao_world(rules=KdniaoRules(repeats=repeats)) as world:
        await world.buy()
        with pytest.raises(AlreadyThere):
            await world.buy()
        assert world.sandbox.truth()["numbers_given"] == 1


async def test_many_parcels_with_a_tenth_of_answers_lost_get_one_waybill_each():
    kinds = ("reset_after", "cut", "garbage", "away_after", "away_before", "unavailable")
    async with kdniao_world(dict.fromkeys(kinds, 0.02), read_s=1.0, per_second=None) as world:

        async def one(reference: str) -> tuple[str, str]:
            prepared = world.carrier.prepare(ask_for(reference))
            while True:
                try:
                    return reference, (await world.carrier.create(reference, prepared)).waybill_no
                except Ambiguous:
                    continue

        gate = asyncio.Semaphore(8)

        async def gated(reference: str) -> tuple[str, str]:
            async with gate:
                return await one(reference)

        got = dict(await asyncio.gather(*(gated(f"WD1-{at}-1") for at in range(150))))
        truth = world.sandbox.truth()
        assert truth["by_reference"] == {name: [number] for name, number in got.items()}
        assert truth["numbers_given"] == len(set(got.values())) == 150
        assert sum(truth["faults"].values()) > 8


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (said("101", success=False, reason="缺少必要参数"), Rejected),
        (said("101", success=False), Rejected),
        (said("102", success=False, reason="校验问题"), Rejected),
        (said("102", success=False, reason="数据签名错误"), TokenExpired),
        (said("103", success=False, reason="格式问题"), Rejected),
        (said("104", success=False, reason="用户问题"), PermissionMissing),
        (said("105", success=False, reason="客户号余额不足"), Rejected),
        (said("105", success=False, reason="该订单号已存在，请勿重复操作"), AlreadyThere),
        (said("105", success=False, reason="系统繁忙，请稍后再试"), Ambiguous),
        (said("105", success=False, reason="请求过于频繁"), Throttled),
        (said("106", success=False, reason="该订单号已下单成功"), AlreadyThere),
        (said("106", success=True, reason="该订单号已下单成功"), AlreadyThere),
        (said("", success=False, reason="缺少参数[缺少货物信息]"), Rejected),
        (said("", success=False), Ambiguous),
        (said("9999", success=False, reason="什么"), Ambiguous),
        (said("100"), Ambiguous),
        (said("100", Order=ORDER | {"OrderCode": "WD1-2-1"}), Ambiguous),
        (said("100", success=False), Ambiguous),
        (said("105", success=True), Ambiguous),
        (said("100", success="maybe"), Ambiguous),
        (b"", Ambiguous),
        (b"<html>login</html>", Ambiguous),
        (b"[]", Ambiguous),
        (said("100", Order=ORDER)[:-9], Ambiguous),
        (b'{"Success":true,"Success":false}', Ambiguous),
        (b'{"Success":true,"ResultCode":NaN}', Ambiguous),
    ],
)
async def test_each_answer_has_one_outcome(body, kind):
    assert type(await outcome(body)) is kind


async def test_the_first_waybill_given_again_is_adopted_as_it_was_captured():
    told = await outcome(said("106", reason="该订单号已下单成功", Order=ORDER))
    assert (told.waybill_no, told.routing_mark) == ("772002014605245", "113 C107 M07")
    assert (told.sort_code, told.courier) == ("北京顺义集散包", "sto")


async def test_a_sorting_code_stands_before_the_package():
    told = await outcome(said("100", success="true", Order=ORDER | {"SortingCode": "C107"}))
    assert told.sort_code == "C107"


@pytest.mark.parametrize("listed", [["1", 2, "1"], "1,2,772002014605245", "1,,2"])
async def test_sub_numbers_are_read_from_a_list_and_from_one_text(listed):
    assert (await outcome(said(Order=ORDER, SubOrders=listed))).sub_nos == ("1", "2")


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 408, 500, 502, 503])
async def test_whatever_stands_between_us_and_kdniao_says_nothing_about_the_waybill(status):
    assert type(await outcome(b"go away", status)) is Ambiguous


async def test_rate_limit_is_a_wait_and_nothing_was_made():
    async with kdniao_world(per_second=3) as world:
        for at in range(3):
            await world.buy(f"WD1-{at}-1")
        with pytest.raises(Throttled):
            await world.buy("WD1-9-1")
        world.clock.ms += 1000
        await world.buy("WD1-9-1")


async def test_text_of_another_parcel_is_never_sent():
    async with kdniao_world() as world:
        with pytest.raises(Rejected) as told:
            await world.carrier.create("WD1-2-1", world.carrier.prepare(ask_for()))
        assert told.value.code == "waybill_reference_mismatch"
        assert world.sandbox.asked["1007"] == 0


async def test_void_gives_the_waybill_back_and_twice_is_fine():
    async with kdniao_world() as world:
        bought = await world.buy()
        await world.carrier.void(REFERENCE, bought.waybill_no)
        await world.carrier.void(REFERENCE, bought.waybill_no)
        assert world.sandbox.truth()["cancelled"] == 1


@pytest.mark.parametrize("kind", ["late", "reset_after", "garbage", "away_after"])
async def test_lost_void_is_unknown_until_asked_again(kind):
    async with kdniao_world() as world:
        bought = await world.buy()
        world.fail_next(kind, "1147")
        with pytest.raises(Ambiguous):
            await world.carrier.void(REFERENCE, bought.waybill_no)
        await world.carrier.void(REFERENCE, bought.waybill_no)
        assert world.sandbox.truth()["cancelled"] == 1


async def test_void_after_pickup_or_of_another_waybill_is_refused():
    async with kdniao_world() as world:
        bought, other = await world.buy(), await world.buy("WD1-2-1")
        for reference, number in ((REFERENCE, other.waybill_no), ("WD1-3-1", "1")):
            with pytest.raises(Rejected):
                await world.carrier.void(reference, number)
        world.clock.ms += 3 * HOUR_MS
        with pytest.raises(Rejected) as told:
            await world.carrier.void(REFERENCE, bought.waybill_no)
        assert "揽收" in told.value.text


async def test_lookup_is_not_promised_and_says_so():
    async with kdniao_world() as world:
        assert not world.carrier.caps.lookup_by_ref
        with pytest.raises(Rejected) as told:
            await world.carrier.lookup(REFERENCE)
        assert told.value.code == "kdniao_no_lookup"


async def test_balance_is_what_the_outlet_has_left():
    async with kdniao_world(rules=KdniaoRules(left=7)) as world:
        assert await world.carrier.balance() == 7
        with pytest.raises(Rejected) as told:
            await world.as_account(shipper="SF").balance()
        assert told.value.code == "kdniao_no_balance"


async def test_check_says_in_one_word_what_is_wrong():
    async with kdniao_world() as world:
        assert await world.carrier.check() == (await world.as_account(shipper="SF").check())
        assert (await world.carrier.check()).ok
        for changed, code in (
            ({"api_key": "wrong"}, "kdniao_bad_signature"),
            ({"business_id": "9"}, "kdniao_user_refused"),
            ({"shipper": "JD"}, "kdniao_unknown_courier"),
            ({"customer": ""}, "kdniao_refused"),
            ({"orders_url": "http://127.0.0.1:9/"}, "sync_unreachable"),
            ({"shipper": "SF", "api_key": "wrong"}, "kdniao_bad_signature"),
        ):
            told = await world.as_account(**changed).check()
            assert (told.ok, told.code) == (False, code)
        assert world.sandbox.truth()["orders"] == 0


async def test_check_warns_before_the_outlets_numbers_run_out():
    async with kdniao_world(rules=KdniaoRules(left=99)) as world:
        told = await world.carrier.check()
        assert (told.ok, told.notes) == (True, ("kdniao_few_left",))


async def test_nobody_listening_means_nothing_was_sent():
    async with kdniao_world() as world:
        nowhere = world.as_account(orders_url="http://127.0.0.1:9/api")
        with pytest.raises(Unreachable):
            await nowhere.create(REFERENCE, nowhere.prepare(ask_for()))


async def test_address_text_of_any_kind_signs_and_arrives():
    dice = random.Random(3)
    odd = " ~*+-._!'()&=%\"\\/<>\n\t#?;:@,|€ñ字𠮷😀"
    async with kdniao_world(per_second=None) as world:
        for at in range(40):
            street = "路" + "".join(dice.choice(odd) for _ in range(12))
            await world.buy(f"WD1-{at}-1", receiver=replace(RECEIVER, address=street))
        assert world.sandbox.truth()["live"] == 40


@settings(max_examples=25, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
async def test_odd_json_never_becomes_a_wrong_waybill_or_a_crash(value):
    for body in (
        json.dumps(value).encode(),
        said(value, Order=ORDER),
        said(Order=value, SubOrders=value),
        said("105", success=False, reason=value),
    ):
        told = await outcome(body)
        assert isinstance(told, SyncError | WaybillAnswer)
        if isinstance(told, WaybillAnswer):
            assert told.waybill_no == ORDER["LogisticCode"]
    with pytest.raises(SyncError):
        await carrier(json.dumps([value]).encode()).routes(("1",), "")


async def test_reads_that_cannot_be_read_are_malformed_and_change_nothing():
    with pytest.raises(Malformed):
        await carrier(b"[]").balance()
    with pytest.raises(Malformed):
        await carrier(said("100", AvailableNum="many")).balance()
