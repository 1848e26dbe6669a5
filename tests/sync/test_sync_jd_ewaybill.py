"""A number of JD's e-waybill is taken for this shop's orders alone, once, and never opened."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.carriers.duplicate import AlreadyThere
from sync.carriers.jd_ewaybill_account import JdLabelAccount
from sync.carriers.jd_ewaybill_ask import content_text, order_in
from sync.carriers.jd_ewaybill_read import good, label_of, mark_of, number_of, outlets_of
from sync.errors import (
    Ambiguous,
    Malformed,
    PermissionMissing,
    Rejected,
    SyncError,
    Throttled,
    TokenExpired,
)
from sync.ports import LabelSource, Outlets
from sync.sandbox.faults import Fault
from sync.sandbox.jd_labels import NEEDED
from sync.transport import Transport, TransportLimits
from sync.waybill_records import GoodsRecord
from tests.sync.jd_label_world import (
    ACCOUNT,
    REFERENCE,
    SENDER,
    TO,
    LabelWorld,
    ask_for,
    carrier_for,
)
from tests.sync.jd_world import Canned, asked, sold

RECEIVE = "jingdong.ldop.alpha.waybill.receive"
# The interface's page and the platform's Java SDK: every field of the content and of an address.
CONTENT = {
    *NEEDED.split(),
    *("branchCode", "settlementCode", "providerId", "goodsName", "promiseCompleteTime"),
    *("promiseOutStockTime", "warehouseCode", "secondSectionCode", "thirdSectionCode", "remark"),
    *("expressPayMethod", "expressType", "serviceList"),
}
ADDRESS = {
    *("provinceName", "provinceId", "cityName", "cityId", "countryName", "countryId"),
    *("countrysideName", "countrysideId", "address", "contact", "phone", "mobile", "oaid"),
}


def told(world: LabelWorld, account: JdLabelAccount = ACCOUNT, **changed: Any) -> dict[str, Any]:
    return dict(json.loads(content_text(ask_for(sold(world.box), **changed), account)))


def test_every_field_sent_is_one_of_jds_and_none_it_needs_is_missing():
    world = LabelWorld()
    content = told(world, remark="轻放 " * 60)
    assert set(NEEDED.split()) <= set(content) <= CONTENT
    assert set(content["toAddress"]) | set(content["fromAddress"]) <= ADDRESS
    assert (content["weight"], content["salePlatform"]) == ("0.91", "0010001")
    assert len(content["remark"]) == 100
    sf = replace(ACCOUNT, provider="SF", branch="", settlement="7551234567")
    assert {"expressPayMethod", "expressType", "settlementCode"} <= set(told(world, sf))
    assert "branchCode" not in told(world, sf)


def test_the_receiver_goes_back_masked_with_the_oaid_that_stands_for_it():
    to = told(LabelWorld())["toAddress"]
    assert (to["contact"], to["mobile"], to["oaid"]) == ("张**", "138****5678", "oaid-7c1f0d")


def test_a_receiver_told_as_ciphertext_goes_back_as_ciphertext():
    cipher = json.dumps({"fullname": "Q" * 40, "mobile": "R" * 40, "fullAddress": "S" * 40})
    bare = replace(TO, name="", phone="", address="")
    to = told(LabelWorld(), receiver=bare, receiver_cipher=cipher)["toAddress"]
    assert (to["contact"], to["mobile"], to["address"]) == ("Q" * 40, "R" * 40, "S" * 40)
    assert "oaid" not in to


@pytest.mark.req("F227")
def test_an_order_of_another_platform_is_refused_before_anything_is_sent():
    world = LabelWorld()
    for platform in ("douyin", ""):
        with pytest.raises(Rejected) as caught:
            told(world, platform=platform)
        assert caught.value.code == "ewaybill_foreign_order"
    assert world.http.sent == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"order_id": "SO-1"}, "order_id"),
        ({"reference": "wd1"}, "reference"),
        ({"parcels": 2}, "parcels"),
        ({"weight_g": -1}, "weight_g"),
        ({"sender": replace(SENDER, district="")}, "sender.district"),
        ({"receiver_cipher": ""}, "receiver.cipher"),
        ({"receiver_cipher": "no json"}, "receiver.cipher"),
        ({"receiver": replace(TO, city="")}, "receiver.cityName"),
        ({"goods": (GoodsRecord(" "),)}, "goods"),
    ],
)
def test_what_jd_refuses_by_shape_is_refused_before_it_is_sent(changed, field):
    with pytest.raises(Rejected) as caught:
        told(LabelWorld(), **changed)
    assert caught.value.details["field"] == field


@pytest.mark.parametrize(
    ("account", "field"),
    [
        (replace(ACCOUNT, vendor=""), "vendor"),
        (replace(ACCOUNT, branch=""), "branch"),
        (replace(ACCOUNT, settlement="1"), "branch"),
    ],
)
def test_an_account_that_says_too_little_or_two_things_is_named(account, field):
    with pytest.raises(Rejected) as caught:
        told(LabelWorld(), account)
    assert caught.value.details["field"] == field


@pytest.mark.req("F227")
async def test_shop_gets_a_number_and_a_sealed_label_without_seeing_the_buyer():
    world = LabelWorld()
    order = sold(world.box)
    answer = await world.take(order)
    assert world.box.labels.truth()["by_order"] == {str(order.number): [answer.waybill_no]}
    assert (answer.routing_mark, answer.sort_code, answer.courier) == ("杭州", "A12-03", "yunda")
    (content,) = asked(world.box, RECEIVE)
    assert content["content"].encode() == world.carrier.prepare(ask_for(order))
    label = await world.carrier.print_data(REFERENCE, answer.waybill_no)
    assert (label.component, len(label.content)) == ("jd", 44)
    assert label.content not in repr(label)


@pytest.mark.req("F227")
async def test_another_shops_order_is_refused_by_jd_and_nothing_is_taken():
    world = LabelWorld()
    order = sold(world.box)
    world.box.labels.others.add(str(order.number))
    with pytest.raises(Rejected) as caught:
        await world.take(order)
    assert caught.value.code == "ewaybill_foreign_order"
    assert world.given() == 0


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (lambda w: setattr(w.box.labels.branches[0], "left", 0), "ewaybill_none_left"),
        (lambda w: setattr(w.box.labels.branches[0], "code", "B"), "sync_rejected"),
        (lambda w: w.box.shop.orders.clear(), "sync_rejected"),
    ],
)
async def test_a_no_of_jds_is_a_no_and_nothing_is_taken(broken, code):
    world = LabelWorld()
    order = sold(world.box)
    broken(world)
    with pytest.raises(Rejected) as caught:
        await world.take(order)
    assert caught.value.code == code
    assert caught.value.text
    assert world.given() == 0


async def test_another_buyers_oaid_never_gets_a_number():
    world = LabelWorld()
    with pytest.raises(Rejected):
        await world.take(sold(world.box), receiver_cipher='{"oaid":"another"}')
    assert world.given() == 0


@pytest.mark.req("F183")
@pytest.mark.parametrize("kind", ["late", "reset_after", "cut", "garbage"])
async def test_lost_answer_is_unknown_and_is_never_repeated_by_itself(kind):
    world = LabelWorld()
    server = world.box.server()
    url = await server.start()
    http = Transport(TransportLimits(connect_s=2, read_s=0.15, total_s=5))
    carrier = carrier_for(world.box, http, world.clock, origin=url)
    try:
        world.box.faults.plan(Fault(kind, part="waybill.receive"))
        with pytest.raises(Ambiguous) as caught:
            await world.take(sold(world.box), carrier)
    finally:
        await http.close()
        await server.stop()
    assert not isinstance(caught.value, AlreadyThere)
    assert world.given() == 1
    assert (carrier.caps.idem_window_ms, carrier.caps.lookup_by_ref) == (0, False)


async def test_a_number_without_marks_is_a_number_still():
    world = LabelWorld(lacks={"jingdong.ldop.alpha.vendor.bigshot.query"})
    answer = await world.take(sold(world.box))
    assert answer.waybill_no
    assert (answer.routing_mark, answer.courier) == ("", "yunda")


async def test_what_stands_before_the_business_is_named_and_did_nothing():
    world = LabelWorld()
    order = sold(world.box)
    world.box.faults.plan(Fault("throttle", part="waybill.receive"))
    with pytest.raises(Throttled):
        await world.take(order)
    world.box.gate.app.lacks.add(RECEIVE)
    with pytest.raises(PermissionMissing):
        await world.take(order)
    world.box.gate.withdraw()
    with pytest.raises(TokenExpired):
        await world.take(order)
    assert world.given() == 0


async def test_void_unbinds_the_number_and_twice_is_fine():
    world = LabelWorld()
    answer = await world.take(sold(world.box))
    for _ in range(2):
        await world.carrier.void(REFERENCE, answer.waybill_no)
    assert world.box.labels.truth()["unbound"] == 1
    with pytest.raises(Rejected):
        await world.carrier.print_data(REFERENCE, answer.waybill_no)


async def test_void_of_a_collected_parcel_or_of_nobodys_number_is_refused():
    world = LabelWorld()
    answer = await world.take(sold(world.box))
    world.box.labels.bills[answer.waybill_no].collected = True
    for number in (answer.waybill_no, "1"):
        with pytest.raises(Rejected):
            await world.carrier.void(REFERENCE, number)
    assert world.box.labels.truth()["unbound"] == 0


@pytest.mark.req("F227")
async def test_branches_tell_what_is_left_and_where_parcels_may_come_from():
    world = LabelWorld()
    (branch,) = await world.carrier.outlets()
    assert (branch.courier, branch.code, branch.name) == ("YUNDA", "A0001", "萧山网点")
    assert branch.left == 500
    assert branch.senders[0].address == "城厢街道市心中路 9 号"
    await world.take(sold(world.box))
    assert (await world.carrier.outlets())[0].left == 499
    (paid,) = await world.as_account(provider="SF", branch="", settlement="7551234567").outlets()
    assert (paid.left, paid.code) == (None, "7551234567")


async def test_check_says_in_one_word_what_is_wrong():
    world = LabelWorld()
    assert (await world.carrier.check()).ok
    world.box.labels.branches[0].left = 99
    assert (await world.carrier.check()).notes == ("jd_ewaybill_few_left",)
    for changed, code in (
        ({"secret": "wrong"}, "jd_wrong_key"),
        ({"app_key": "wrong"}, "jd_wrong_key"),
        ({"vendor": "2"}, "jd_ewaybill_no_branch"),
        ({"branch": "B"}, "jd_ewaybill_no_branch"),
    ):
        found = await world.as_account(**changed).check()
        assert (found.ok, found.code) == (False, code)


async def test_what_it_cannot_do_is_said_and_not_discovered():
    world = LabelWorld()
    assert isinstance(world.carrier, Outlets)
    assert isinstance(world.carrier, LabelSource)
    assert world.carrier.caps.flags == {"void", "ewaybill", "outlets"}
    assert await world.carrier.routes(("1",), "") == ()
    with pytest.raises(Rejected):
        await world.carrier.lookup(REFERENCE)
    with pytest.raises(Rejected):
        await world.carrier.create("WD1-9-9", world.carrier.prepare(ask_for(sold(world.box))))
    assert order_in(b"no json") == order_in(b"[]") == ""


def result(code: object = 0, words: object = "成功", data: object = None) -> bytes:
    info = {"statusCode": code, "statusMessage": words, "data": data}
    return json.dumps({f"{RECEIVE.replace('.', '_')}_responce": {"resultInfo": info}}).encode()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (result(1, "余额不足"), Rejected),
        (result(1, "系统繁忙，请重试"), Ambiguous),
        (result(1, ""), Ambiguous),
        (result(1, "该订单已存在运单"), AlreadyThere),
        (result("x"), Ambiguous),
        (result(0, "", {"waybillCodeList": []}), Ambiguous),
        (result(0, "", {"waybillCodeList": ["1", "2"]}), Ambiguous),
        (result(0, "", {"waybillCodeList": ["1"], "platformOrderNo": "9"}), Ambiguous),
        (b'{"error_response":{"code":"21","zh_desc":"app_key"}}', TokenExpired),
        ('{"error_response":{"code":"67","zh_desc":"后端服务不可用"}}'.encode(), Ambiguous),
        ('{"error_response":{"code":"50","zh_desc":"参数不对"}}'.encode(), Rejected),
        (b"[]", Ambiguous),
        (b"<html>", Ambiguous),
    ],
)
async def test_each_answer_has_one_outcome(body, kind):
    world = LabelWorld()
    order = sold(world.box)
    carrier = carrier_for(world.box, Canned(body), world.clock)
    with pytest.raises(SyncError) as caught:
        await world.take(order, carrier)
    assert type(caught.value) is kind


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["statusCode", "data", "waybillCodeList", "prePrintDatas", "code"]),
                inner,
                max_size=3,
            )
        ),
    )
)
def test_odd_json_never_becomes_a_wrong_number_or_a_crash(value):
    info = value if isinstance(value, dict) else {"statusCode": 0, "data": value}
    for read in (
        lambda: good(info),
        lambda: number_of(value, "1"),
        lambda: mark_of(value, "1"),
        lambda: outlets_of(value),
        lambda: outlets_of([value]),
        lambda: label_of({"code": "1", "prePrintDatas": value}, "1"),
    ):
        try:
            read()
        except SyncError:
            continue
    try:
        assert number_of({"waybillCodeList": value}, "1")
    except Ambiguous:
        return


def test_a_label_that_is_none_is_malformed():
    for none in ({}, {"code": "0"}, {"code": "1"}, {"code": "1", "prePrintDatas": [{}]}):
        with pytest.raises(Malformed):
            label_of(none, "1")
