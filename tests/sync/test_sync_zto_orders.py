"""A waybill taken at ZTO is taken once: a waybill, ZTO's no, or unknown and a person's."""

import json
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.carriers.duplicate import AlreadyThere
from sync.carriers.prepared import reference_in
from sync.carriers.zto import ZtoCarrier, ZtoHands
from sync.carriers.zto_account import ZtoAccount
from sync.carriers.zto_ask import OUR_FIELD, order_text
from sync.carriers.zto_sign import is_signed, sign
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
from sync.sandbox.zto import digest_of
from sync.sandbox.zto_orders import ZtoRules
from sync.waybill_records import GoodsRecord, WaybillAnswer
from tests.sync.sf_world import RECEIVER, NoWait, TurnedClock
from tests.sync.zto_world import REFERENCE, SECRET, ask_for, zto_world

HOUR_MS = 3_600_000
ACCOUNT = ZtoAccount("app", SECRET, "test", "ZTO123")
# The answer of open.zto.com's own example.
RESULT = {
    "bigMarkInfo": {"bagAddr": "沪西", "mark": "300- H12 09"},
    "siteCode": "02100",
    "siteName": "上海",
    "billCode": "73100196611386",
    "orderCode": "250522000006047100",
    "partnerOrderCode": REFERENCE,
}
# open.zto.com, zto.open.createOrder: every field of its own example.
FIELDS = {
    "partnerType",
    "orderType",
    "partnerOrderCode",
    "accountInfo",
    "billCode",
    "senderInfo",
} | {
    *("receiveInfo", "orderVasList", "hallCode", "siteCode", "siteName", "summaryInfo", "remark"),
    *("orderItems", "cabinet"),
}
ITEM_FIELDS = {"name", "category", "material", "size", "weight", "unitprice", "quantity", "remark"}


class SaysThis:
    def __init__(self, body: bytes, status: int = 200) -> None:
        self.answer = Answer(status, {}, body)
        self.sent: list[Request] = []

    async def send(self, request: Request) -> Answer:
        self.sent.append(request)
        return self.answer


def said(code="0000", *, status=True, message="成功", result=None) -> bytes:
    told = {"result": result, "message": message, "status": status, "statusCode": code}
    return json.dumps(told, ensure_ascii=False).encode()


def carrier(body: bytes, status: int = 200) -> ZtoCarrier:
    return ZtoCarrier(ACCOUNT, ZtoHands(SaysThis(body, status), TurnedClock(), NoWait()))


async def outcome(body: bytes, status: int = 200) -> object:
    one = carrier(body, status)
    try:
        return await one.create(REFERENCE, one.prepare(ask_for()))
    except SyncError as told:
        return told


def refused_field(account=ACCOUNT, **changed) -> str:
    with pytest.raises(Rejected) as caught:
        order_text(ask_for(**changed), account)
    assert caught.value.code == "waybill_ask_refused"
    return str(caught.value.details["field"])


def test_body_and_secret_give_the_known_digest():
    assert sign(b'{"billCode":"73111392234604"}', "appsecret0123") == "NlJNdY1nbF2agsmDf/p9pg=="


@pytest.mark.parametrize("body", ["", "{}", '{"a":"张 三~*+/="}', "😀"])
def test_the_local_zto_computes_the_same_by_its_own_way(body):
    assert sign(body.encode(), SECRET) == digest_of(body.encode(), SECRET)
    assert is_signed(body, sign(body.encode(), SECRET).replace("+", " "), SECRET)
    assert not is_signed(body + " ", sign(body.encode(), SECRET), SECRET)


async def test_what_is_signed_is_what_is_sent():
    one = carrier(said(result=RESULT))
    prepared = one.prepare(ask_for())
    await one.create(REFERENCE, prepared)
    (sent,) = one._writes._http.sent
    assert sent.body == prepared
    assert sent.headers["x-dataDigest"] == sign(prepared, SECRET)
    assert sent.headers["x-appKey"] == "app"
    assert sent.url == "https://japi.zto.com/zto.open.createOrder"


def test_every_field_of_an_order_is_one_of_ztos():
    order = json.loads(order_text(ask_for(), ACCOUNT))
    assert set(order) <= FIELDS
    assert set(order["orderItems"][0]) <= ITEM_FIELDS
    assert set(order["receiveInfo"]) <= {
        f"receiver{name}"
        for name in ("Name", "Phone", "Mobile", "Province", "City", "District", "Address")
    }
    assert (order["partnerType"], order["orderType"]) == ("2", "1")
    assert order["accountInfo"] == {
        "accountId": "test",
        "accountPassword": "ZTO123",
        "type": 1,
    }
    assert order["orderItems"] == [{"name": "棉T恤", "quantity": 2, "weight": 250}]


def test_group_customer_orders_by_its_code_alone():
    order = json.loads(order_text(ask_for(), replace(ACCOUNT, customer_id="GPG1")))
    assert (order["partnerType"], order["accountInfo"]) == ("1", {"customerId": "GPG1"})


def test_same_ask_gives_the_same_bytes_and_holds_its_reference():
    assert order_text(ask_for(), ACCOUNT) == order_text(ask_for(), ACCOUNT)
    assert reference_in(order_text(ask_for(), ACCOUNT), OUR_FIELD) == REFERENCE


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"reference": "wd1"}, "reference"),
        ({"reference": "W" * 41}, "reference"),
        ({"receiver": replace(RECEIVER, name=" ")}, "receiver.name"),
        ({"receiver": replace(RECEIVER, district="")}, "receiver.district"),
        ({"sender": replace(RECEIVER, phone="")}, "sender.phone"),
        ({"goods": ()}, "goods"),
        ({"goods": (GoodsRecord("杯", 0),)}, "goods"),
        ({"parcels": 2}, "parcels"),
        ({"service": "3"}, "service"),
    ],
)
def test_what_zto_refuses_by_shape_is_refused_before_it_is_sent(changed, field):
    assert refused_field(**changed) == field


def test_account_without_a_number_pool_is_refused_by_name():
    assert refused_field(replace(ACCOUNT, account_id="")) == "account_id"
    assert SECRET not in repr(ACCOUNT)
    assert "ZTO123" not in repr(ACCOUNT)


async def test_shop_gets_a_number_and_what_sorters_read():
    async with zto_world() as world:
        answer = await world.buy()
    assert answer.waybill_no == "73110000000000"
    assert answer.sort_code == "杭州"
    assert answer.routing_mark.endswith("09")
    assert answer.receiver_digest is None


async def test_answer_of_ztos_own_example_is_read():
    told = await outcome(said(result=RESULT))
    assert (told.waybill_no, told.routing_mark, told.sort_code) == (
        "73100196611386",
        "300- H12 09",
        "沪西",
    )


@pytest.mark.req("F183")
@pytest.mark.parametrize("kind", ["late", "reset_after", "cut", "garbage", "away_after"])
async def test_lost_answer_is_unknown_and_never_a_no(kind):
    async with zto_world() as world:
        world.fail_next(kind)
        with pytest.raises(Ambiguous):
            await world.buy()
        assert world.sandbox.truth()["orders"] == 1


async def test_an_order_code_used_before_is_told_as_there_and_never_as_a_no():
    async with zto_world() as world:
        await world.buy()
        with pytest.raises(AlreadyThere):
            await world.buy()
        assert world.sandbox.truth()["orders"] == 1


async def test_no_repeat_is_promised_because_a_real_zto_may_give_a_second_number():
    async with zto_world(rules=ZtoRules(repeats_refused=False)) as world:
        first, second = await world.buy(), await world.buy()
        assert first.waybill_no != second.waybill_no
        caps = world.carrier.caps
        assert (caps.idem_window_ms, caps.lookup_by_ref, caps.void) == (0, False, False)
        with pytest.raises(Rejected) as told:
            await world.carrier.lookup(REFERENCE)
        assert told.value.code == "zto_no_lookup"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (said("S200", status=False, message="请求超时"), Ambiguous),
        (said("S202", status=False, message="发生错误"), Ambiguous),
        (said("S203", status=False, message="服务暂不可用"), Ambiguous),
        (said("S206", status=False, message="api qos limit"), Throttled),
        (said("S221", status=False, message="api qps flow limit"), Throttled),
        (said("S207", status=False, message="API不存在"), PermissionMissing),
        (said("S208", status=False, message="XX不能为空"), Rejected),
        (said("S210", status=False, message="无权限访问"), PermissionMissing),
        (said("S211", status=False, message="签名错误"), TokenExpired),
        (said("S212", status=False, message="IP黑白名单限制"), PermissionMissing),
        (said("S214", status=False, message="时间戳非法"), TokenExpired),
        (said("E404", status=False, message="鉴权失败"), PermissionMissing),
        (said("E409", status=False, message="鉴权失败"), Rejected),
        (said("E413", status=False, message="鉴权失败"), Rejected),
        (said("E416", status=False, message="不符合规则"), Rejected),
        (said("E1", status=False, message="合作商订单号已存在"), AlreadyThere),
        (said("E1", status=False, message="系统繁忙"), Ambiguous),
        (said("E1", status=False, message=""), Ambiguous),
        (said("", status=False, message="余额不足"), Rejected),
        (said("SYS000", result={}), Ambiguous),
        (said("SYS000", result=None), Ambiguous),
        (said(result=RESULT | {"partnerOrderCode": "WD1-2-1"}), Ambiguous),
        (said(status="maybe"), Ambiguous),
        (said(status=1), Ambiguous),
        (b"", Ambiguous),
        (b"<html>login</html>", Ambiguous),
        (said(result=RESULT)[:-9], Ambiguous),
        (b'{"status":true,"status":false}', Ambiguous),
    ],
)
async def test_each_answer_has_one_outcome(body, kind):
    assert type(await outcome(body)) is kind


@pytest.mark.parametrize("code", ["0000", "SYS000", "", "whatever"])
async def test_codes_of_a_yes_differ_from_service_to_service_and_status_speaks(code):
    assert isinstance(await outcome(said(code, result=RESULT, status="true")), WaybillAnswer)


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 408, 500, 502, 503])
async def test_whatever_stands_between_us_and_zto_says_nothing_about_the_waybill(status):
    assert type(await outcome(b"go away", status)) is Ambiguous


async def test_rate_limit_is_a_wait_and_nothing_was_made():
    async with zto_world(per_second=2) as world:
        await world.buy("WD1-1-1")
        await world.buy("WD1-2-1")
        with pytest.raises(Throttled):
            await world.buy("WD1-3-1")
        assert world.sandbox.truth()["orders"] == 2


async def test_text_of_another_parcel_is_never_sent():
    async with zto_world() as world:
        with pytest.raises(Rejected) as told:
            await world.carrier.create("WD1-2-1", world.carrier.prepare(ask_for()))
        assert told.value.code == "waybill_reference_mismatch"


async def test_usual_number_cannot_be_given_back_and_zto_is_not_asked():
    async with zto_world() as world:
        bought = await world.buy()
        with pytest.raises(Rejected) as told:
            await world.carrier.void(REFERENCE, bought.waybill_no)
        assert told.value.code == "zto_no_void"
        assert world.sandbox.asked["zto.open.cancelPreOrder"] == 0


async def test_booking_is_given_back_and_twice_is_fine():
    async with zto_world() as world:
        booking = world.as_account(order_type="2")
        bought = await booking.create(REFERENCE, booking.prepare(ask_for()))
        await booking.void(REFERENCE, bought.waybill_no)
        await booking.void(REFERENCE, bought.waybill_no)
        assert world.sandbox.truth()["cancelled"] == 1
        with pytest.raises(PermissionMissing):
            await booking.void(REFERENCE, "73119999999999")


@pytest.mark.parametrize("kind", ["late", "reset_after", "garbage", "away_after"])
async def test_lost_void_is_unknown_until_asked_again(kind):
    async with zto_world() as world:
        booking = world.as_account(order_type="2")
        bought = await booking.create(REFERENCE, booking.prepare(ask_for()))
        world.fail_next(kind, "zto.open.cancelPreOrder")
        with pytest.raises(Ambiguous):
            await booking.void(REFERENCE, bought.waybill_no)
        await booking.void(REFERENCE, bought.waybill_no)


async def test_check_says_in_one_word_what_is_wrong():
    async with zto_world() as world:
        assert (await world.carrier.check()).ok
        assert (await world.as_account(customer_id="GPG1").check()).ok
        for changed, code in (
            ({"app_secret": "wrong"}, "zto_bad_signature"),
            ({"app_key": "nobody"}, "zto_no_permission"),
            ({"account_password": "wrong"}, "zto_account_unbound"),
            ({"url": "http://127.0.0.1:9"}, "sync_unreachable"),
            ({"customer_id": "GPG1", "app_secret": "wrong"}, "zto_bad_signature"),
        ):
            told = await world.as_account(**changed).check()
            assert (told.ok, told.code) == (False, code)


async def test_check_warns_before_the_outlets_numbers_run_out():
    async with zto_world(rules=ZtoRules(left=99)) as world:
        assert await world.carrier.balance() == 99
        assert (await world.carrier.check()).notes == ("zto_few_left",)
        with pytest.raises(Rejected):
            await world.as_account(customer_id="GPG1").balance()


async def test_nobody_listening_means_nothing_was_sent():
    async with zto_world() as world:
        nowhere = world.as_account(url="http://127.0.0.1:9")
        with pytest.raises(Unreachable):
            await nowhere.create(REFERENCE, nowhere.prepare(ask_for()))


async def test_address_text_of_any_kind_signs_and_arrives():
    dice = random.Random(3)
    odd = " ~*+-._!'()&=%\"\\/<>\n\t#?;:@,|€ñ字𠮷😀"
    async with zto_world() as world:
        for at in range(30):
            street = "路" + "".join(dice.choice(odd) for _ in range(12))
            await world.buy(f"WD1-{at}-1", receiver=replace(RECEIVER, address=street))
        assert world.sandbox.truth()["orders"] == 30


@settings(max_examples=25, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
async def test_odd_json_never_becomes_a_wrong_waybill_or_a_crash(value):
    for body in (
        json.dumps(value).encode(),
        said(value, result=RESULT),
        said(result=value),
        said(result=RESULT | {"bigMarkInfo": value}),
    ):
        told = await outcome(body)
        assert isinstance(told, SyncError | WaybillAnswer)
        if isinstance(told, WaybillAnswer):
            assert told.waybill_no == RESULT["billCode"]
    with pytest.raises(SyncError):
        await carrier(json.dumps([value]).encode()).routes(("1",), "")


async def test_reads_that_cannot_be_read_are_malformed():
    for body in (b"[]", said(result={"available": "many"}), said(result=[])):
        with pytest.raises(Malformed):
            await carrier(body).balance()
