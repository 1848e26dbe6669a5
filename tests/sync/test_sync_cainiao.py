"""A number of Cainiao's e-waybill is taken once, for its own trades, and no name is seen."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.errors import Ambiguous, PermissionMissing, Rejected, SyncError, Throttled, TokenExpired
from sync.sandbox.faults import Fault
from sync.waybill_records import WaybillAnswer
from tests.sync.cainiao_world import HOME, SENDER, World, world
from tests.sync.taobao_world import RECEIVER, Canned

REFERENCE = "WD5-1A-1"
# open.taobao.com, cainiao.waybill.ii.get: every name of a request, and those that must be there.
NAMES = {
    "": (
        {"cp_code", "product_code", "sender", "trade_order_info_dtos", "store_code"}
        | {"resource_code", "dms_sorting", "three_pl_timing", "need_encrypt"}
        | {"multi_packages_shipment"},
        {"cp_code", "sender", "trade_order_info_dtos"},
    ),
    "sender": ({"address", "mobile", "name", "phone", "oaid", "caid"}, {"address", "name"}),
    "sender.address": (
        {"city", "detail", "district", "province", "town"},
        {"detail", "province"},
    ),
    "order": (
        {"logistics_services", "object_id", "order_info", "package_info", "recipient"}
        | {"template_url", "user_id"},
        {"object_id", "order_info", "package_info", "recipient", "template_url", "user_id"},
    ),
    "order.order_info": (
        {"order_channels_type", "trade_order_list", "out_trade_order_list"}
        | {"out_trade_sub_order_list"},
        {"order_channels_type", "trade_order_list"},
    ),
    "order.package_info": (
        {"id", "items", "volume", "weight", "total_packages_count", "packaging_description"}
        | {"goods_description"},
        {"items"},
    ),
    "order.package_info.item": ({"count", "name"}, {"count", "name"}),
    "order.recipient": (
        {"address", "mobile", "name", "phone", "oaid", "tid", "caid"},
        {"address", "name"},
    ),
    "order.recipient.address": (
        {"city", "detail", "district", "province", "town"},
        {"detail", "province"},
    ),
}


async def taken(made: World, trade, reference: str = REFERENCE, **account) -> WaybillAnswer:
    one = made.account(**account)
    return await one.create(reference, one.prepare(await made.ask(trade, reference)))


async def refusal(made: World, trade, account=None, **more) -> Rejected:
    one = account or made.account()
    prepared = one.prepare(await made.ask(trade, **more))
    with pytest.raises(Rejected) as no:
        await one.create(REFERENCE, prepared)
    return no.value


async def test_a_trade_gets_a_number_and_the_label_only_the_platform_can_open():
    async with world() as made:
        trade = made.trade()
        answer = await taken(made, trade)
        kept = made.box.waybills.taken[answer.waybill_no]
        assert (answer.reference, answer.courier, kept.tid) == (REFERENCE, "zto", str(trade.tid))
        assert answer.print_data is not None
        assert answer.print_data.content == kept.label
        assert answer.print_data.template_url.startswith("http://cloudprint.cainiao.com/")
        # The platform knows for whom it is; nothing that left here says it.
        assert kept.receiver == "张伟 13800138000 中山路 1 号"
        sent = json.dumps(made.sent(), ensure_ascii=False)
        assert not any(plain in sent for plain in ("张伟", RECEIVER["receiver_mobile"], "路 1 号"))


async def test_the_request_has_the_names_of_the_platforms_page_and_no_others():
    async with world() as made:
        await taken(made, made.trade(), channel="TM")
        whole = made.sent()[0]
        order = whole["trade_order_info_dtos"][0]
        found = {
            "": whole,
            "sender": whole["sender"],
            "sender.address": whole["sender"]["address"],
            "order": order,
            "order.order_info": order["order_info"],
            "order.package_info": order["package_info"],
            "order.package_info.item": order["package_info"]["items"][0],
            "order.recipient": order["recipient"],
            "order.recipient.address": order["recipient"]["address"],
        }
        assert set(found) == set(NAMES)
        for place, told in found.items():
            every, needed = NAMES[place]
            assert needed <= set(told) <= every, place
        assert order["order_info"]["order_channels_type"] == "TM"


@pytest.mark.parametrize("lost", ["away_after", "garbage"])
async def test_a_lost_answer_is_asked_for_again_by_the_same_bytes_and_is_the_same_number(lost):
    async with world() as made:
        trade, one = made.trade(), made.account()
        prepared = one.prepare(await made.ask(trade))
        made.box.faults.plan(Fault(lost, part="ii.get"))
        with pytest.raises(Ambiguous):
            await one.create(REFERENCE, prepared)
        answer = await one.create(REFERENCE, prepared)
        again = await made.account().create(REFERENCE, prepared)  # after a restart
        assert answer.waybill_no == again.waybill_no
        assert made.box.waybills.live_of(trade.tid) == [answer.waybill_no]
        assert made.box.waybills.branches["ZTO"].left == 49


async def test_another_platforms_order_is_refused_before_anything_is_sent():
    async with world() as made:
        ask = await made.ask(made.trade())
        calls, one = made.box.calls.total(), made.account()
        for foreign in ({"platform": "pinduoduo"}, {"platform": ""}, {"order_id": ""}):
            with pytest.raises(Rejected) as no:
                one.prepare(replace(ask, **foreign))
            assert no.value.code == "ewaybill_foreign_order"
        assert made.box.calls.total() == calls


async def test_a_trade_of_another_seller_and_a_receiver_of_another_trade_are_refused():
    async with world() as made:
        mine, other = made.trade(), made.trade(receiver_name="李四")
        no = await refusal(made, mine, order_id="3141592653589793999")
        assert no.code == "ewaybill_foreign_order"
        stolen = (await made.receiver(other)).cipher
        assert stolen
        no = await refusal(made, mine, receiver_cipher=stolen)
        assert no.code == "ewaybill_receiver_stale"
        assert made.box.waybills.taken == {}


@pytest.mark.parametrize(
    ("why", "code"),
    [
        ("sender", "ewaybill_wrong_sender"),
        ("empty", "ewaybill_none_left"),
        ("user", "ewaybill_foreign_order"),
        ("courier", "ewaybill_not_subscribed"),
    ],
)
async def test_each_no_of_the_platform_says_what_to_do(why, code):
    async with world(left=0 if why == "empty" else 50) as made:
        trade, account, more = made.trade(), made.account(), {}
        if why == "sender":
            more["sender"] = replace(SENDER, address="仓前路 9号")
        elif why == "courier":
            account = made.account(cp_code="STO", template_url="http://x.example/1")
        elif why == "user":
            account = made.account(user_id="7")
        no = await refusal(made, trade, account, **more)
        assert no.code == code
        assert no.foreign_code.startswith("isv.")
        assert no.text


async def test_a_number_is_given_back_once_and_the_trade_takes_another():
    async with world() as made:
        trade, one = made.trade(), made.account()
        first = await taken(made, trade)
        made.box.faults.plan(Fault("away_after", part="ii.cancel"))
        with pytest.raises(Ambiguous):
            await one.void(REFERENCE, first.waybill_no)
        await one.void(REFERENCE, first.waybill_no)
        second = await taken(made, trade, "WD5-1A-2")
        assert made.box.waybills.live_of(trade.tid) == [second.waybill_no]
        assert made.box.waybills.branches["ZTO"].back == 1
        made.box.waybills.taken[second.waybill_no].used = True
        with pytest.raises(Rejected):
            await one.void("WD5-1A-2", second.waybill_no)


async def test_the_balance_of_every_branch_is_told_and_a_courier_paid_later_has_none():
    async with world(left=37) as made:
        assert [(o.courier, o.left) for o in await made.account().outlets()] == [("ZTO", 37)]
        told = await made.account(cp_code="SF").outlets()
        assert [(one.courier, one.left, one.code) for one in told] == [("SF", None, "")]
        sender = told[0].senders[0]
        assert (sender.province, sender.district) == (HOME["province"], HOME["district"])
        assert sender.address == HOME["detail"]
        assert await made.account(cp_code="EMS").outlets() == ()


async def test_a_label_is_given_again_by_its_number():
    async with world() as made:
        answer = await taken(made, made.trade())
        assert await made.account().print_data(REFERENCE, answer.waybill_no) == answer.print_data
        with pytest.raises(Rejected) as no:
            await made.account().print_data(REFERENCE, "ZT0")
        assert no.value.text == "面单号不存在"


async def test_the_form_is_the_sellers_own_or_the_couriers_first_asked_for_once():
    async with world() as made:
        one = made.account()
        for at in range(2):
            ask = await made.ask(made.trade(), f"WD5-{at}-1")
            await one.create(ask.reference, one.prepare(ask))
        assert made.box.calls["cainiao.cloudprint.stdtemplates.get"] == 1
        first = made.sent()[0]["trade_order_info_dtos"][0]["template_url"]
        own = first[:-1] + str(int(first[-1]) + 1)
        await taken(made, made.trade(), "WD5-9-1", template_url=own)
        forms = [told["trade_order_info_dtos"][0]["template_url"] for told in made.sent()]
        assert forms == [first, first, own]


async def test_masked_words_without_the_platforms_sign_for_the_buyer_are_never_sent():
    async with world() as made:
        ask, one = await made.ask(made.trade()), made.account()
        calls = made.box.calls.total()
        odd = (("", "waybill_ask_refused"), ("138****5678", "ewaybill_receiver_unknown"))
        for told, code in (*odd, ("o" * 129, "ewaybill_receiver_unknown")):
            with pytest.raises(Rejected) as no:
                one.prepare(replace(ask, receiver_cipher=told))
            assert no.value.code == code
        assert made.box.calls.total() == calls


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ({"app_secret": "other"}, "taobao_wrong_key"),
        ({"session": "no-such"}, "taobao_session_over"),
        ({"cp_code": "STO"}, "ewaybill_not_subscribed"),
    ],
)
async def test_a_trial_says_in_one_sentence_what_is_wrong(broken, code):
    async with world() as made:
        assert (await made.account().check()).ok
        told = await made.account(**broken).check()
        assert (told.ok, told.code) == (False, code)


async def test_an_app_without_the_right_and_a_clock_that_is_off_are_told_apart():
    async with world() as made:
        made.box.gate.app.may = frozenset({"taobao.trades.sold.get"})
        with pytest.raises(PermissionMissing):
            await made.account().outlets()
        made.box.gate.app.may = None
        one = made.account()
        made.box.gate.now_ms = lambda: made.clock.ms + 3_600_000
        told = await one.check()
        assert (told.ok, told.code) == (False, "taobao_clock_off")


async def test_a_session_that_ran_out_is_renewed_once_and_kept_before_it_is_used():
    async with world() as made:
        one = made.account(
            session=made.box.gate.session(1), refresh_token=made.box.gate.refresh_token()
        )
        made.clock.turn(2)
        assert (await one.outlets())[0].left == 50
        assert len(made.shelf.kept) == 1
        fixed = made.account(session=made.box.gate.session(1))
        made.clock.turn(2)
        with pytest.raises(TokenExpired):
            await fixed.outlets()


async def test_slow_down_means_that_nothing_was_taken():
    async with world() as made:
        one, ask = made.account(), await made.ask(made.trade())
        made.box.faults.plan(Fault("throttle", part="ii.get"))
        with pytest.raises(Throttled):
            await one.create(REFERENCE, one.prepare(ask))
        assert made.box.waybills.taken == {}


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["modules", "object_id", "waybill_code", "print_data", "cancel_result"])
            | st.sampled_from(["waybill_cloud_print_response", "quantity", "error_response"])
            | st.sampled_from(
                ["waybill_apply_subscription_cols", "waybill_apply_subscription_info"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@settings(max_examples=25, deadline=None)
@given(told=JUNK)
async def test_an_odd_answer_is_never_a_number_and_never_anything_but_a_named_error(told):
    async with world() as made:
        ask = await made.ask(made.trade())
        form = "http://x.example/1"
        for act in ("create", "void", "label", "outlets"):
            root = {"create": "get", "void": "cancel", "label": "query_by_waybillcode"}
            name = f"cainiao_waybill_ii_{root.get(act, 'search')}_response"
            http = Canned(json.dumps({name: told}).encode())
            one = made.account(http=http, template_url=form)
            try:
                if act == "create":
                    got = await one.create(REFERENCE, one.prepare(ask))
                    assert (got.reference, bool(got.waybill_no)) == (REFERENCE, True)
                elif act == "void":
                    await one.void(REFERENCE, "ZT1")
                elif act == "label":
                    await one.print_data(REFERENCE, "ZT1")
                else:
                    await one.outlets()
            except SyncError:
                continue
