"""A number of the WeChat shop's e-waybill is taken once, for its own orders, without a name."""

import base64
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.carriers.duplicate import AlreadyThere
from sync.carriers.wechat_ewaybill_ask import house_id
from sync.carriers.wechat_ewaybill_read import refusal_of
from sync.errors import (
    Ambiguous,
    PermissionMissing,
    Rejected,
    SyncError,
    Throttled,
    TokenExpired,
)
from sync.sandbox.wechat_labels import WxBranch
from sync.waybill_records import NotFound, WaybillAnswer
from tests.sync.platform_world import Canned
from tests.sync.wechat_label_world import (
    BUYER,
    MASKED,
    ORDER,
    REFERENCE,
    SENDER,
    label_world,
    socket_world,
)

# developers.weixin.qq.com, "电子面单取号": every name of a request, and those that must be there.
PARTY = {"name", "mobile", "province", "city", "county", "street", "address"}
NAMES = {
    "": (
        {"ewaybill_order_id", "delivery_id", "site_code", "ewaybill_acct_id", "sender", "receiver"}
        | {"ec_order_list", "remark", "shop_id", "return_address", "template_id", "order_type"}
        | {"order_vas_list", "ext_info", "delivery_info"},
        {"ewaybill_order_id", "delivery_id", "ewaybill_acct_id", "sender", "receiver"}
        | {"ec_order_list", "shop_id"},
    ),
    "sender": (PARTY, PARTY),
    "receiver": (PARTY, PARTY),
    "order": (
        {"ec_order_id", "goods_list", "ewaybill_order_code", "ewaybill_order_appid"},
        {"ec_order_id", "goods_list"},
    ),
    "good": (
        {"good_name", "good_count", "product_id", "sku_id", "out_product_id", "out_sku_id"}
        | {"out_goods_info", "goods_ext", "sn_info"},
        {"good_name", "good_count"},
    ),
}


async def refusal(made, account=None, **more) -> Rejected:
    one = account or made.account()
    with pytest.raises(Rejected) as no:
        await one.create(REFERENCE, one.prepare(made.ask(**more)))
    return no.value


async def test_an_order_gets_a_number_and_the_label_only_the_platform_can_open():
    made = label_world()
    answer = await made.take()
    kept = made.box.labels.given[house_id(REFERENCE)]
    assert (answer.waybill_no, answer.courier, kept.order) == (kept.number, "zto", ORDER)
    assert answer.print_data is not None
    assert answer.print_data.component == "wechat"
    # The platform knows for whom it is, though only stars left here.
    assert json.loads(base64.b64decode(answer.print_data.content))["to"] == BUYER
    assert made.sent()[0]["receiver"]["name"] == MASKED.name


async def test_the_request_has_the_names_of_the_platforms_page_and_no_others():
    made = label_world()
    await made.take()
    whole = made.sent()[0]
    (order,) = whole["ec_order_list"]
    found = {"": whole, "sender": whole["sender"], "receiver": whole["receiver"]}
    found |= {"order": order, "good": order["goods_list"][0]}
    for place, told in found.items():
        every, needed = NAMES[place]
        assert needed <= set(told) <= every, place
    # A whole number of 64 bits goes as one: through a float it would be another order.
    assert order["ec_order_id"] == ORDER
    assert whole["ewaybill_order_id"] == house_id(REFERENCE)


def test_our_reference_is_always_the_same_unsigned_number_at_the_platform():
    references = [
        f"WD{shop}-{parcel}-{again}" for shop in "AZ" for parcel in range(50) for again in (1, 2)
    ]
    numbers = [house_id(one) for one in references]
    assert numbers == [house_id(one) for one in references]
    assert len(set(numbers)) == len(numbers)
    assert all(0 < int(one) < 2**63 for one in numbers)
    # SHA-256 of the empty text begins e3b0c44298fc1c14.
    assert house_id("") == str(0xE3B0C44298FC1C14 >> 1)


async def test_a_lost_answer_is_looked_up_under_our_reference_and_is_the_same_number():
    async with socket_world() as made:
        one = made.account()
        prepared = one.prepare(made.ask())
        for kind in ("reset_after", "cut", "garbage", "away_after"):
            made.fail_next(kind)
            with pytest.raises(Ambiguous):
                await one.create(REFERENCE, prepared)
            found = await made.account().lookup(REFERENCE)
            assert isinstance(found, WaybillAnswer)
            assert made.box.labels.truth() == {str(ORDER): [found.waybill_no]}
            # The same bytes again bring the same number, not a second one.
            again = await one.create(REFERENCE, prepared)
            assert again.waybill_no == found.waybill_no
            made.box.labels.given.clear()


async def test_what_never_arrived_is_not_found_and_may_be_sent_again():
    async with socket_world() as made:
        one = made.account()
        prepared = one.prepare(made.ask())
        made.fail_next("reset_before")
        with pytest.raises(SyncError):
            await one.create(REFERENCE, prepared)
        assert await one.lookup(REFERENCE) == NotFound(REFERENCE)
        assert (await one.create(REFERENCE, prepared)).waybill_no


async def test_an_id_the_platform_has_and_does_not_know_goes_to_a_person():
    # Seen by several shops: create says 10025019, the lookup says 10025010.
    made = label_world()
    made.box.labels.lost.add(house_id(REFERENCE))
    no = await refusal(made)
    assert (no.code, no.foreign_code) == ("wechat_ewaybill_half_known", "10025019")


async def test_an_id_that_is_another_orders_is_never_adopted():
    made = label_world()
    made.place(3727256321654030999, "another buyer")
    await made.take()
    no = await refusal(made, order=3727256321654030999)
    assert no.code == "wechat_ewaybill_id_used"


async def test_another_platforms_order_is_refused_before_anything_is_sent():
    made = label_world()
    one = made.account()
    for foreign in ({"platform": "taobao"}, {"platform": ""}, {"platform": "file:taobao"}):
        with pytest.raises(Rejected) as no:
            one.prepare(replace(made.ask(), **foreign))
        assert no.value.code == "ewaybill_foreign_order"
    assert made.box.heard == []


async def test_an_order_of_another_shop_is_refused_by_the_platform():
    made = label_world()
    no = await refusal(made, order=3727256321654099999)
    assert (no.code, no.foreign_code) == ("ewaybill_foreign_order", "10025017")
    assert made.box.labels.given == {}


@pytest.mark.parametrize(
    ("words", "expected", "code"),
    [
        ("网点电子面单余额不足", Rejected, "ewaybill_none_left"),
        ("发货地址未订购", Rejected, "ewaybill_wrong_sender"),
        ("该地址不在配送范围", Rejected, "sync_rejected"),
        # The courier's own silence, and words that promise nothing.
        ("-", Ambiguous, "wechat_ewaybill_away"),
        ("其他原因", Ambiguous, "wechat_ewaybill_away"),
        ("系统繁忙,请稍后", Ambiguous, "wechat_ewaybill_away"),
    ],
)
async def test_what_the_courier_says_is_told_and_what_it_does_not_say_leaves_it_unknown(
    words, expected, code
):
    made = label_world()
    made.box.labels.carrier_says = words
    with pytest.raises(expected) as no:
        await made.take()
    assert no.value.code == code


@pytest.mark.parametrize(
    ("foreign", "expected", "code"),
    [
        ("10025011", Ambiguous, "wechat_ewaybill_away"),
        ("10025030", Ambiguous, "wechat_ewaybill_away"),
        ("10025019", AlreadyThere, "waybill_already_there"),
        ("10025012", Rejected, "ewaybill_not_subscribed"),
        ("10025013", Rejected, "ewaybill_not_subscribed"),
        ("10025014", Rejected, "ewaybill_not_subscribed"),
        ("10025017", Rejected, "ewaybill_foreign_order"),
        ("10025106", Rejected, "wechat_ewaybill_no_form"),
        ("47001", Rejected, "sync_rejected"),
    ],
)
def test_each_code_of_the_platforms_pages_is_one_of_ours(foreign, expected, code):
    told = refusal_of(Rejected(foreign_code=foreign, text="电子面单"))
    assert (type(told), told.code) == (expected, code)


async def test_a_number_is_given_back_once_and_the_order_takes_another():
    async with socket_world() as made:
        one, first = made.account(), await made.take()
        made.fail_next("reset_after", "order/cancel")
        with pytest.raises(Ambiguous):
            await one.void(REFERENCE, first.waybill_no)
        # It refuses a second time, and the lookup says why: that counts as done.
        await one.void(REFERENCE, first.waybill_no)
        with pytest.raises(Rejected, match="wechat_ewaybill_given_back"):
            await one.lookup(REFERENCE)
        second = await made.take("WD5-1A-2")
        assert made.box.labels.truth() == {str(ORDER): [second.waybill_no]}


async def test_a_number_the_courier_has_collected_stays():
    made = label_world()
    first = await made.take()
    made.box.labels.given[house_id(REFERENCE)].collected = True
    with pytest.raises(Rejected) as no:
        await made.account().void(REFERENCE, first.waybill_no)
    assert "已揽收" in no.value.text
    with pytest.raises(Rejected):
        await made.account().void("WD5-9-9", first.waybill_no)
    assert made.box.labels.truth() == {str(ORDER): [first.waybill_no]}


async def test_the_balance_of_every_branch_is_told_and_a_courier_paid_later_has_none():
    made = label_world()
    home = {"province": "浙江省", "city": "嘉兴市", "county": "海宁市", "address": "越川路 1958 号"}
    made.box.labels.branches[0].sender = home
    made.box.labels.branches[0].left = 37
    (zto,) = await made.account().outlets()
    assert (zto.courier, zto.code, zto.left) == ("ZTO", "551212", 37)
    assert (zto.senders[0].district, zto.senders[0].address) == ("海宁市", "越川路 1958 号")
    (sf,) = await made.account(delivery_id="SF").outlets()
    assert (sf.courier, sf.left, sf.senders) == ("SF", None, ())


async def test_every_agreement_is_read_however_many_pages_there_are():
    made = label_world()
    more = [WxBranch("ZTO", str(7000 + at), str(600 + at), left=at) for at in range(44)]
    made.box.labels.branches += [*more, WxBranch("ZTO", "8001", "1", status=4)]
    found = await made.account().outlets()
    assert len(found) == 45
    assert [asked["offset"] for asked in made.sent("account/get")] == [0, 20, 40]


async def test_with_several_agreements_a_person_says_which():
    made = label_world()
    made.box.labels.branches.append(WxBranch("ZTO", "7001", "601"))
    no = await refusal(made)
    assert (no.code, no.text) == (
        "wechat_ewaybill_which_account",
        "6633984469 (551212), 7001 (601)",
    )
    answer = await made.take(account={"acct_id": "7001"})
    assert made.box.labels.given[house_id(REFERENCE)].branch.acct_id == "7001"
    assert answer.waybill_no
    assert (await refusal(made, made.account(acct_id="9"))).code == "ewaybill_not_subscribed"


async def test_a_label_is_given_again_and_in_the_form_the_shop_named():
    made = label_world()
    answer = await made.take(account={"template_id": "6634199205"})
    again = await made.account(template_id="6634199205").print_data(REFERENCE, answer.waybill_no)
    assert again == answer.print_data
    usual = await made.account().print_data(REFERENCE, answer.waybill_no)
    assert json.loads(base64.b64decode(usual.content))["form"] == "single"
    with pytest.raises(Rejected, match="wechat_ewaybill_no_form"):
        await made.account(template_id="7").print_data(REFERENCE, answer.waybill_no)
    with pytest.raises(Rejected):
        await made.account().print_data("WD5-9-9", "ZT1")


async def test_several_parcels_of_one_order_get_a_master_and_sub_numbers_where_the_courier_can():
    made = label_world()
    answer = await made.take(parcels=3, account={"delivery_id": "SF"})
    kept = made.box.labels.given[house_id(REFERENCE)]
    assert (answer.waybill_no, answer.sub_nos) == (kept.number, kept.subs)
    assert len(answer.sub_nos) == 2
    with pytest.raises(Rejected) as no:
        made.account().prepare(made.ask(parcels=2))
    assert no.value.details["field"] == "parcels"


@pytest.mark.parametrize(
    ("odd", "field"),
    [
        ({"order_id": "P12"}, "order_id"),
        ({"order_id": str(2**64)}, "order_id"),
        ({"sender": replace(SENDER, district="")}, "sender.district"),
        ({"receiver": replace(MASKED, address="")}, "receiver.address"),
        ({"goods": ()}, "goods"),
        ({"parcels": 0}, "parcels"),
    ],
)
async def test_what_the_platform_would_refuse_for_its_shape_is_said_before_anything_is_sent(
    odd, field
):
    made = label_world()
    with pytest.raises(Rejected, match="waybill_ask_refused") as no:
        made.account().prepare(replace(made.ask(), **odd))
    assert no.value.details["field"] == field
    assert made.box.heard == []


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ({"app_id": "wx0"}, "wechat_wrong_app"),
        ({"app_secret": "other"}, "wechat_wrong_secret"),
        ({"delivery_id": "YTO"}, "ewaybill_not_subscribed"),
        ({"acct_id": "1"}, "ewaybill_not_subscribed"),
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
    assert (told.ok, told.notes) == (True, ("wechat_ewaybill_few_left",))
    made.box.app.lacks.add("account/get")
    assert (await made.account().check()).code == "wechat_right_missing"
    made.box.app.lacks.clear()
    made.box.app.listed = False
    assert (await made.account().check()).code == "wechat_ip_not_listed"
    with pytest.raises(PermissionMissing):
        await made.account().outlets()


async def test_the_token_is_asked_for_once_and_anew_before_it_ends():
    made = label_world()
    one = made.account()
    await one.outlets()
    await one.outlets()
    assert made.box.asked["cgi-bin/stable_token"] == 1
    made.clock.turn(7200 - 100)
    await one.outlets()
    assert (made.box.asked["cgi-bin/stable_token"], len(made.shelf.kept)) == (2, 2)
    assert not any(asked.get("force_refresh") for asked in made.sent("cgi-bin/stable_token"))


async def test_a_token_another_program_ended_is_asked_for_again_once():
    made = label_world()
    one = made.account()
    await one.outlets()
    made.box.force_new_token()
    assert (await made.take()).waybill_no
    made.box.app.secret = "reset"
    made.box.force_new_token()
    with pytest.raises(TokenExpired):
        await one.outlets()


async def test_slow_down_means_that_nothing_was_taken():
    made = label_world()
    await made.account().outlets()
    made.fail_next("throttle")
    with pytest.raises(Throttled):
        await made.take()
    assert made.box.labels.given == {}


async def test_a_prepared_text_is_sent_under_its_own_reference_alone():
    made = label_world()
    one = made.account()
    prepared = one.prepare(made.ask())
    for odd in (b"{", b"[]", prepared.replace(house_id(REFERENCE).encode(), b"7")):
        with pytest.raises(Rejected, match="waybill_reference_mismatch"):
            await one.create(REFERENCE, odd)
    assert made.box.heard == []


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["waybill_id", "order_info", "print_info", "waybill_id_list", "status"])
            | st.sampled_from(["account_list", "site_info", "ec_order_list", "errcode"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@settings(max_examples=25, deadline=None)
@given(told=st.dictionaries(st.sampled_from(["waybill_id", "order_info", "account_list"]), JUNK))
async def test_an_odd_answer_is_never_a_number_and_never_anything_but_a_named_error(told):
    made = label_world()
    await made.account().outlets()  # the token stands
    body = json.dumps({"errcode": 0} | told).encode()
    one = made.account(http=Canned(body))
    for act in (
        one.create(REFERENCE, one.prepare(made.ask())),
        one.lookup(REFERENCE),
        one.print_data(REFERENCE, "ZT1"),
        one.outlets(),
    ):
        try:
            got = await act
        except SyncError:
            continue
        if isinstance(got, WaybillAnswer):
            assert (got.reference, bool(got.waybill_no)) == (REFERENCE, True)
