"""A number of Xiaohongshu's e-waybill is taken once, for its own orders, without a name."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.carriers.xhs_ewaybill import BRANCHES
from sync.errors import (
    Ambiguous,
    PermissionMissing,
    Rejected,
    SyncError,
    Throttled,
    TokenExpired,
)
from sync.gateways.xhs_refuse import error_of
from sync.gateways.xhs_sign import XhsKeys, sign_of
from sync.sandbox.xhs_labels import XhsBranch
from sync.waybill_records import PrintData, WaybillAnswer
from tests.sync.platform_world import Canned
from tests.sync.xhs_label_world import (
    BUYER,
    ORDER,
    REFERENCE,
    SENDER,
    label_world,
    socket_world,
)

# open.xiaohongshu.com, "批量取号": every name of a request, and those that must be there.
PARTY = ({"name", "mobile", "phone", "address", "openAddressId"}, set())
PLACE = {"province", "city", "district", "town", "detail"}
NAMES = {
    "": (
        {"cpCode", "sender", "tradeOrderInfoList", "sellerName", "branchCode", "customerCode"}
        | {"extraInfo", "brandCode", "productCode", "callDoorPickUp", "doorPickUpTime"}
        | {"doorPickUpEndTime", "billVersion", "payMethod", "returnsRecipient", "accessToken"},
        {"cpCode", "sender", "tradeOrderInfoList", "sellerName", "branchCode", "customerCode"},
    ),
    "sender": ({"name", "mobile", "phone", "address"}, {"name", "address"}),
    "sender.address": (PLACE, {"province", "city", "detail"}),
    "each": (
        {"logisticsServices", "objectId", "orderInfo", "packageInfo", "recipient", "templateId"}
        | {"deliverExtendInfo"},
        {"objectId", "orderInfo", "packageInfo", "recipient", "templateId"},
    ),
    "orderInfo": (
        {"orderChannelsType", "tradeOrderList", "buyerMemo", "sellerMemo", "xhsOrderId"}
        | {"xhsOrderList"},
        {"orderChannelsType", "tradeOrderList"},
    ),
    "packageInfo": (
        {"id", "items", "volume", "weight", "length", "width", "height", "totalPackagesCount"}
        | {"packagingDescription", "goodsDescription", "goodValue"},
        {"id", "items"},
    ),
    "item": ({"count", "name", "specification"}, {"count", "name"}),
    "recipient": PARTY,
    "recipient.address": (PLACE, set()),
}


async def refusal(made, account=None, **more) -> Rejected:
    one = account or made.account()
    with pytest.raises(Rejected) as no:
        await one.create(REFERENCE, one.prepare(made.ask(**more)))
    return no.value


def buyer_of(label: PrintData) -> str:
    (sealed,) = json.loads(label.content)
    return json.loads(bytes.fromhex(sealed["encryptedData"]))["to"]


async def test_an_order_gets_a_number_and_the_label_only_the_platform_can_open():
    made = label_world()
    answer = await made.take()
    (kept,) = made.box.labels.given.values()
    assert (answer.waybill_no, answer.courier, kept.order) == (kept.number, "zto", ORDER)
    assert answer.print_data is not None
    assert answer.print_data.component == "xiaohongshu"
    assert answer.print_data.template_url.endswith("/644703/")
    # The platform knows for whom it is, though nobody here does.
    assert buyer_of(answer.print_data) == BUYER


async def test_the_request_has_the_names_of_the_platforms_page_and_no_others():
    made = label_world()
    await made.take(account={"product": "1"})
    (whole,) = made.sent()
    (each,) = whole["tradeOrderInfoList"]
    found = {"": whole, "sender": whole["sender"], "sender.address": whole["sender"]["address"]}
    found |= {"each": each, "item": each["packageInfo"]["items"][0]}
    found |= {name: each[name] for name in ("orderInfo", "packageInfo", "recipient")}
    found["recipient.address"] = each["recipient"]["address"]
    for place, told in found.items():
        every, needed = NAMES[place]
        assert needed <= set(told) <= every, place
    # What a repeat is known by is ours alone; the order is named beside it.
    assert each["orderInfo"]["tradeOrderList"] == [REFERENCE]
    assert each["orderInfo"]["xhsOrderId"] == ORDER
    assert (whole["billVersion"], each["templateId"]) == (2, 644703)


async def test_the_receiver_is_the_orders_own_address_key_and_no_name_or_star_leaves():
    made = label_world()
    await made.take()
    recipient = made.sent()[0]["tradeOrderInfoList"][0]["recipient"]
    assert recipient.pop("openAddressId") == made.box.labels.address_key(ORDER)
    assert not any(recipient.pop("address").values())
    assert not any(recipient.values())
    sent = json.dumps(made.box.heard, ensure_ascii=False)
    assert not any(word in sent for word in ("梅", "13312341155", "崂山", "**"))


async def test_an_address_the_buyer_changed_is_the_one_that_is_printed():
    made = label_world()
    one = made.account()
    prepared = one.prepare(made.ask())
    made.box.labels.moved_in[ORDER] = 1
    made.box.labels.orders[ORDER] = "梅小满 13312341155 新路 2 号"
    answer = await one.create(REFERENCE, prepared)
    assert buyer_of(answer.print_data) == "梅小满 13312341155 新路 2 号"


async def test_a_lost_answer_is_asked_for_by_the_same_text_and_is_the_same_number():
    async with socket_world() as made:
        one = made.account()
        prepared = one.prepare(made.ask())
        for kind in ("reset_after", "cut", "garbage", "away_after"):
            made.fail_next(kind)
            with pytest.raises(Ambiguous):
                await one.create(REFERENCE, prepared)
            (kept,) = made.box.labels.given.values()
            # Meanwhile the buyer moves: it stays one parcel.
            made.box.labels.moved_in[ORDER] = made.box.labels.moved_in.get(ORDER, 0) + 1
            again = await made.account().create(REFERENCE, prepared)
            assert again.waybill_no == kept.number
            made.box.labels.given.clear()
        assert one.caps.idem_window_ms
        assert not one.caps.lookup_by_ref


@pytest.mark.parametrize("kind", ["again", "silent"])
async def test_an_answer_without_a_number_leaves_it_unknown(kind):
    made = label_world()
    if kind == "silent":
        made.box.labels.silent = True
    else:
        made.fail_next(kind)
    with pytest.raises(Ambiguous):
        await made.take()


async def test_another_platforms_order_is_refused_before_anything_is_sent():
    made = label_world()
    one = made.account()
    for foreign in ({"platform": "taobao"}, {"platform": ""}, {"platform": "file:taobao"}):
        with pytest.raises(Rejected) as no:
            one.prepare(replace(made.ask(), **foreign))
        assert no.value.code == "ewaybill_foreign_order"
    assert made.box.heard == []


async def test_an_order_of_another_shop_is_refused_though_the_platform_would_take_it():
    made = label_world()
    made.box.labels.others["P790600755242479999"] = BUYER
    no = await refusal(made, order="P790600755242479999")
    assert (no.code, no.foreign_code) == ("ewaybill_foreign_order", "-1")
    assert made.sent() == []


async def test_what_the_platform_refuses_is_told_in_our_words():
    made = label_world()
    assert (await refusal(made, made.account(courier="yunda"))).code == "ewaybill_not_subscribed"
    assert (await refusal(made, made.account(form="644801"))).code == "xhs_ewaybill_no_form"
    made.box.labels.branches[0].left = 0
    assert (await refusal(made)).code == "ewaybill_none_left"
    assert made.box.labels.given == {}


async def test_a_parcel_leaves_from_an_address_agreed_on_as_the_platform_writes_it():
    made = label_world()
    one = made.account()
    for street in ("临浦镇仓前路 9 号", "仓前路9号"):
        made.box.heard.clear()
        at = replace(SENDER, address=street)
        await one.create(REFERENCE, one.prepare(made.ask(sender=at)))
        sent = made.sent()[0]["sender"]["address"]
        assert (sent["town"], sent["detail"]) == ("临浦镇", "仓前路 9 号")
    moved = replace(SENDER, address="新仓 1 号")
    no = await refusal(made, one, sender=moved)
    assert (no.code, no.text) == ("ewaybill_wrong_sender", "浙江省 杭州市 萧山区 新仓 1 号")
    # Once it is agreed on, the next one leaves from there: the addresses are asked for anew.
    new = {"province": "浙江省", "city": "杭州市", "district": "萧山区", "detail": "新仓 1 号"}
    made.box.labels.branches[0].senders.append(new)
    assert (await one.create(REFERENCE, one.prepare(made.ask(sender=moved)))).waybill_no


async def test_with_several_branches_or_forms_a_person_says_which():
    made = label_world()
    shop = made.box.labels
    shop.branches.append(XhsBranch("zto", "57102", senders=shop.branches[0].senders))
    no = await refusal(made)
    assert (no.code, no.text) == ("xhs_ewaybill_which_branch", "57101, 57102")
    answer = await made.take(account={"branch": "57102"})
    (kept,) = shop.given.values()
    assert (kept.branch.branch, kept.number) == ("57102", answer.waybill_no)
    shop.forms[644999] = ("zto", "76*130", "")
    no = await refusal(made, made.account(branch="57101"))
    assert (no.code, no.text) == (
        "xhs_ewaybill_which_form",
        "644703 zto 76*130, 644999 zto 76*130",
    )
    assert (await made.take("WD5-1A-2", account={"branch": "57101", "form": "644999"})).print_data
    named = made.account(branch="57101", form="10*10")
    assert (await refusal(made, named)).code == "xhs_ewaybill_no_form"


async def test_sf_is_asked_by_its_brand_and_monthly_number():
    made = label_world()
    answer = await made.take(account={"courier": "shunfeng", "brand": "SF"})
    (whole,) = made.sent()
    assert (whole["branchCode"], whole["customerCode"], whole["brandCode"]) == (
        "",
        "5710001234",
        "SF",
    )
    assert (answer.courier, whole["tradeOrderInfoList"][0]["templateId"]) == ("sf", 644801)


async def test_a_number_is_given_back_once_and_the_order_takes_another():
    async with socket_world() as made:
        one, first = made.account(), await made.take()
        made.fail_next("reset_after", "express.cancelEbillOrder")
        with pytest.raises(Ambiguous):
            await one.void(REFERENCE, first.waybill_no)
        # A second time it says that it is done, and that counts as done.
        await one.void(REFERENCE, first.waybill_no)
        second = await made.take("WD5-1A-2")
        assert made.box.truth()["by_order"] == {ORDER: [second.waybill_no]}


async def test_a_number_that_moves_or_that_nobody_knows_stays():
    made = label_world()
    first = await made.take()
    (kept,) = made.box.labels.given.values()
    kept.moved = True
    with pytest.raises(Rejected) as no:
        await made.account().void(REFERENCE, first.waybill_no)
    assert "路由" in no.value.text
    with pytest.raises(Rejected):
        await made.account().void(REFERENCE, "ZT1")
    assert made.box.truth()["by_order"] == {ORDER: [first.waybill_no]}


async def test_a_label_is_given_again_and_for_no_other_number():
    made = label_world()
    answer = await made.take()
    assert await made.account().print_data(REFERENCE, answer.waybill_no) == answer.print_data
    with pytest.raises(Rejected):
        await made.account().print_data(REFERENCE, "ZT1")


async def test_the_balance_of_every_branch_is_told_and_a_courier_paid_later_has_none():
    made = label_world()
    made.box.labels.branches[0].left = 37
    (zto,) = await made.account().outlets()
    assert (zto.courier, zto.code, zto.left) == ("zto", "57101", 37)
    assert (zto.senders[0].district, zto.senders[0].address) == ("萧山区", "临浦镇仓前路 9 号")
    (sf,) = await made.account(courier="shunfeng", brand="SF").outlets()
    assert (sf.courier, sf.code, sf.left) == ("shunfeng", "5710001234", None)


@pytest.mark.parametrize(
    ("odd", "field"),
    [
        ({"order_id": "A-12"}, "order_id"),
        ({"reference": "W" * 24}, "reference"),
        ({"sender": replace(SENDER, city="")}, "sender.city"),
        ({"goods": ()}, "goods"),
        ({"parcels": 2}, "parcels"),
    ],
)
async def test_what_the_platform_would_refuse_for_its_shape_is_said_before_anything_is_sent(
    odd, field
):
    made = label_world()
    with pytest.raises(Rejected, match="waybill_ask_refused") as no:
        made.account().prepare(replace(made.ask(), **odd))
    assert no.value.details["field"] == field
    with pytest.raises(Rejected):
        made.account(courier="jd").prepare(made.ask())
    assert made.box.heard == []


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ({"app_id": "0"}, "xhs_wrong_app"),
        ({"app_secret": "other"}, "xhs_wrong_secret"),
        ({"access_token": "other"}, "xhs_token_stale"),
        ({"courier": "yunda"}, "ewaybill_not_subscribed"),
        ({"branch": "1"}, "ewaybill_not_subscribed"),
        ({"form": "100*180"}, "xhs_ewaybill_no_form"),
    ],
)
async def test_a_trial_says_in_one_sentence_what_is_wrong(broken, code):
    made = label_world()
    told = await made.account(**broken).check()
    assert (told.ok, told.code) == (False, code)


async def test_a_good_account_passes_its_trial_and_says_when_few_numbers_are_left():
    made = label_world()
    assert (await made.account().check()).notes == ()
    made.box.labels.branches[0].left = 99
    told = await made.account().check()
    assert (told.ok, told.notes) == (True, ("xhs_ewaybill_few_left",))
    made.box.app.lacks.add("express.queryEbillSubscribes")
    assert (await made.account().check()).code == "xhs_right_missing"
    with pytest.raises(PermissionMissing):
        await made.account().outlets()


async def test_a_token_is_renewed_once_and_the_new_pair_is_kept_before_it_is_used():
    made = label_world()
    made.tokens = made.box.pair(life_ms=60_000)
    made.clock.turn(61)
    one = made.account()
    # A trial does not spend the one refresh token there is.
    assert (await one.check()).code == "xhs_token_stale"
    assert (await made.take()).waybill_no
    await made.account().outlets()
    assert made.box.asked["oauth.refreshToken"] == 1
    assert made.shelf.tokens["refresh_token"] not in ("", made.tokens[1])
    # Not before its last half hour, when another pair would come for it.
    made.clock.turn(7 * 86_400 - 26 * 60)
    await made.account().outlets()
    assert made.box.asked["oauth.refreshToken"] == 1
    made.clock.turn(2 * 60)
    await made.account().outlets()
    assert (made.box.asked["oauth.refreshToken"], len(made.shelf.kept)) == (2, 2)


async def test_a_refresh_token_used_elsewhere_or_none_at_all_asks_for_a_new_grant():
    made = label_world()
    for refresh, code in (("spent", "xhs_refresh_refused"), ("", "xhs_token_stale")):
        with pytest.raises(TokenExpired) as no:
            await made.account(access_token="old", refresh_token=refresh).outlets()
        assert no.value.code == code


async def test_slow_down_means_that_nothing_was_taken():
    made = label_world()
    made.fail_next("throttle")
    with pytest.raises(Throttled):
        await made.take()
    assert made.box.labels.given == {}


@pytest.mark.parametrize(
    ("said", "expected", "code"),
    [
        ({"error_code": 301, "error_msg": "objectId超长"}, Rejected, "sync_rejected"),
        ({"error_code": 302, "error_msg": "请求重复"}, Ambiguous, "sync_server_error"),
        ({"error_code": 401, "error_msg": "面单不存在"}, Rejected, "sync_rejected"),
        ({"error_code": 402, "error_msg": "重复提交"}, Ambiguous, "sync_server_error"),
        ({"error_code": 501, "error_msg": "异常"}, Ambiguous, "sync_server_error"),
        ({"error_code": 504, "error_msg": "异常"}, Ambiguous, "sync_server_error"),
        ({"code": 500, "msg": "Internal Server Error"}, Ambiguous, "sync_server_error"),
        ({"code": 401, "msg": "获取mercuryUser失败：accessToken expired"}, TokenExpired, None),
        (
            {"code": 401, "msg": "获取mercuryUser失败：应用无权限调用该接口"},
            PermissionMissing,
            None,
        ),
        ({"errorCode": 401, "errorMsg": ""}, Ambiguous, "sync_server_error"),
    ],
)
def test_each_published_code_is_one_of_ours_under_either_name(said, expected, code):
    told = error_of(said, "express.createEbillOrders")
    assert type(told) is expected
    assert code in (None, told.code)


async def test_a_prepared_text_is_sent_under_its_own_reference_alone():
    made = label_world()
    one = made.account()
    prepared = one.prepare(made.ask())
    for odd in (b"{", b"[]", prepared.replace(REFERENCE.encode(), b"7")):
        with pytest.raises(Rejected, match="waybill_reference_mismatch"):
            await one.create(REFERENCE, odd)
    assert made.box.heard == []


def test_a_sign_is_that_of_the_platforms_own_sdk():
    # From the tests of a public SDK, computed with the platform's Java code.
    expected = "15dd91e56a77df52c8a652a43a7c131e"
    told = sign_of("oauth.getAccessToken", "test-app", "1700000000", "1.0", "secret-key")
    assert told == expected
    assert "s3" not in repr(XhsKeys("k", "s3", "s3", "s3"))


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["wayBillList", "objectId", "waybillCode", "printData", "success"])
            | st.sampled_from(["subscribeList", "templateList", "usage", "senderAddressList"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@settings(max_examples=25, deadline=None)
@given(told=JUNK)
async def test_an_odd_answer_is_never_a_number_and_never_anything_but_a_named_error(told):
    made = label_world()
    agreed = made.box.labels.serve(BRANCHES, {"billVersion": 2, "cpCode": "zto"})
    order = {"orderId": ORDER, "openAddressId": "a" * 32}
    good = [json.dumps({"success": True, "data": one}).encode() for one in (agreed, order)]
    odd = json.dumps({"success": True, "data": told}).encode()
    for bodies in ((*good, odd), (good[0], odd), (odd,)):
        one = made.account(form="644703", http=Canned(*bodies))
        prepared = one.prepare(made.ask())
        for act in (one.create(REFERENCE, prepared), one.outlets(), one.print_data("", "ZT1")):
            try:
                got = await act
            except SyncError:
                continue
            if isinstance(got, WaybillAnswer):
                assert (got.reference, bool(got.waybill_no)) == (REFERENCE, True)
