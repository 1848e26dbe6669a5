"""A number of Pinduoduo's e-waybill is taken once, for its own orders, and no name is seen."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.errors import (
    Ambiguous,
    PermissionMissing,
    Rejected,
    SyncError,
    Throttled,
    TokenExpired,
)
from sync.sandbox.faults import Fault
from sync.waybill_records import WaybillAnswer
from tests.sync.pdd_ewaybill_world import HOME, RECEIVER, SENDER, World, world
from tests.sync.platform_world import Canned

REFERENCE = "WD5-1A-1"
# open.pinduoduo.com, pdd.waybill.get: every name of a request, and those that must be there.
NAMES = {
    "": ({"need_encrypt", "sender", "trade_order_info_dtos", "wp_code"}, {"sender", "wp_code"}),
    "sender": ({"address", "mobile", "name", "phone"}, {"address", "name"}),
    "sender.address": (
        {"city", "country", "detail", "district", "province", "town"},
        {"city", "detail", "district", "province"},
    ),
    "order": (
        {"logistics_services", "object_id", "order_info", "package_info", "recipient"}
        | {"template_url", "user_id"},
        {"object_id", "order_info", "package_info", "template_url", "user_id"},
    ),
    "order.order_info": (
        {"order_channels_type", "trade_order_list"},
        {"order_channels_type", "trade_order_list"},
    ),
    "order.package_info": (
        {"goods_description", "id", "items", "packaging_description", "total_packages_count"}
        | {"volume", "weight"},
        {"items"},
    ),
    "order.package_info.item": ({"count", "name"}, {"count", "name"}),
    "order.recipient": ({"address", "mobile", "name", "phone"}, {"address", "name"}),
    "order.recipient.address": (
        {"city", "country", "detail", "district", "province", "town"},
        {"city", "detail", "district", "province"},
    ),
}


async def taken(made: World, order, reference: str = REFERENCE, **account) -> WaybillAnswer:
    one = made.account(**account)
    return await one.create(reference, one.prepare(made.ask(order, reference)))


async def refusal(made: World, order, account=None, **more) -> Rejected:
    one = account or made.account()
    with pytest.raises(Rejected) as no:
        await one.create(REFERENCE, one.prepare(made.ask(order, **more)))
    return no.value


async def test_an_order_gets_a_number_and_the_label_only_the_platform_can_open():
    async with world() as made:
        order = made.order()
        answer = await taken(made, order)
        kept = made.box.waybills.taken[answer.waybill_no]
        assert (answer.reference, answer.courier, kept.sn) == (REFERENCE, "zto", order.sn)
        assert answer.print_data is not None
        assert answer.print_data.content == kept.label
        assert answer.print_data.template_url.startswith("https://")
        # The platform knows for whom it is; nothing that left here says it.
        assert kept.receiver == "张小满 13812345678 市心中路 1 号"
        left = b"".join(request.body for request in made.http.sent).decode()
        assert not any(plain in left for plain in ("张小满", RECEIVER["phone"], "%E5%BC%A0"))


async def test_the_request_has_the_names_of_the_platforms_page_and_no_others():
    async with world() as made:
        await taken(made, made.order())
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
        assert order["order_info"]["order_channels_type"] == "PDD"


async def test_a_lost_answer_is_asked_for_again_by_the_same_bytes_and_is_the_same_number():
    async with world() as made:
        order, one = made.order(), made.account()
        prepared = one.prepare(made.ask(order))
        made.box.faults.plan(Fault("inner", part="waybill.get"))
        with pytest.raises(Ambiguous):
            await one.create(REFERENCE, prepared)
        answer = await one.create(REFERENCE, prepared)
        again = await made.account().create(REFERENCE, prepared)  # after a restart
        assert answer.waybill_no == again.waybill_no
        assert made.box.waybills.live_of(order.sn) == [answer.waybill_no]
        assert made.box.waybills.branches["ZTO"].left == 49


async def test_another_platforms_order_is_refused_before_anything_is_sent():
    async with world() as made:
        order, one = made.order(), made.account()
        for foreign in ({"platform": "taobao"}, {"platform": ""}, {"order_id": ""}):
            with pytest.raises(Rejected) as no:
                one.prepare(made.ask(order, **foreign))
            assert no.value.code == "ewaybill_foreign_order"
        assert made.box.calls == 0


async def test_an_order_of_another_shop_is_refused_by_the_platform():
    async with world() as made, world() as other:
        order = other.order(sn="251124-000000077000077")
        no = await refusal(made, order)  # asked for with what the other shop's channel read
        assert no.code == "ewaybill_foreign_order"
        mine = made.order()
        stolen = made.ask(order).receiver_cipher
        no = await refusal(made, mine, receiver_cipher=stolen)
        assert no.code == "ewaybill_receiver_stale"
        assert made.box.waybills.taken == {}


@pytest.mark.parametrize(
    ("why", "code"),
    [
        ("sender", "ewaybill_wrong_sender"),
        ("empty", "ewaybill_none_left"),
        ("courier", "ewaybill_not_subscribed"),
        ("outlet", "ewaybill_other_outlet"),
        ("user", "ewaybill_foreign_order"),
    ],
)
async def test_each_no_of_the_platform_says_what_to_do(why, code):
    async with world(left=0 if why == "empty" else 50) as made:
        order, account, more = made.order(), made.account(), {}
        if why == "sender":
            more["sender"] = replace(SENDER, address="仓前路 9号")
        elif why == "courier":
            account = made.account(wp_code="STO", template_url="https://x.example/1")
        elif why == "outlet":
            await taken(made, order, wp_code="YTO")
        elif why == "user":
            account = made.account(user_id="7")
        no = await refusal(made, order, account, **more)
        assert no.foreign_code.startswith("50001/WAYBILL_")
        assert no.text
        assert no.code == code


async def test_a_number_is_given_back_once_and_the_order_takes_another():
    async with world() as made:
        order, one = made.order(), made.account()
        first = await taken(made, order)
        made.box.faults.plan(Fault("inner", part="waybill.cancel"))
        with pytest.raises(Ambiguous):
            await one.void(REFERENCE, first.waybill_no)
        await one.void(REFERENCE, first.waybill_no)
        second = await taken(made, order, "WD5-1A-2")
        assert second.waybill_no != first.waybill_no
        assert made.box.waybills.live_of(order.sn) == [second.waybill_no]
        assert made.box.waybills.branches["ZTO"].back == 1


async def test_a_number_that_was_used_or_one_too_many_stays():
    async with world() as made:
        one, first = made.account(), await taken(made, made.order())
        made.box.waybills.taken[first.waybill_no].used = True
        with pytest.raises(Rejected):
            await one.void(REFERENCE, first.waybill_no)
        second = await taken(made, made.order(), "WD5-1B-1")
        branch = made.box.waybills.branches["ZTO"]
        branch.taken, branch.back = 600, 120
        with pytest.raises(Rejected) as no:
            await one.void("WD5-1B-1", second.waybill_no)
        assert no.value.code == "ewaybill_too_many_back"


async def test_the_balance_of_every_branch_is_told_and_a_courier_paid_later_has_none():
    async with world(left=37) as made:
        assert [(o.courier, o.left) for o in await made.account().outlets()] == [("ZTO", 37)]
        told = await made.account(wp_code="SF").outlets()
        assert [(one.courier, one.left, one.code) for one in told] == [("SF", None, "")]
        sender = told[0].senders[0]
        assert (sender.province, sender.district, sender.address) == (
            *(HOME["province"], HOME["district"]),
            HOME["detail"],
        )


async def test_a_label_is_given_again_by_its_number():
    async with world() as made:
        answer = await taken(made, made.order())
        again = await made.account().print_data(REFERENCE, answer.waybill_no)
        assert again == answer.print_data
        with pytest.raises(Rejected):
            await made.account().print_data(REFERENCE, "ZT0")


async def test_the_form_is_the_shops_own_or_the_couriers_first_asked_for_once():
    async with world() as made:
        one = made.account()
        for at in range(2):
            order = made.order()
            await one.create(f"WD5-{at}-1", one.prepare(made.ask(order, f"WD5-{at}-1")))
        asked = [heard["type"] for heard in made.box.heard]
        assert asked.count("pdd.cloudprint.stdtemplates.get") == 1
        own = "https://file-link.pinduoduo.com/zto_one"
        await taken(made, made.order(), "WD5-9-1", template_url=own)
        forms = [told["trade_order_info_dtos"][0]["template_url"] for told in made.sent()]
        assert forms == [own.replace("_one", "_std")] * 2 + [own]


async def test_masked_words_are_never_sent_for_a_name():
    async with world() as made:
        order, one = made.order(), made.account()
        odd = (("", "waybill_ask_refused"), ("138****5678", "ewaybill_receiver_unknown"))
        for told, code in odd:
            with pytest.raises(Rejected) as no:
                one.prepare(made.ask(order, receiver_cipher=told))
            assert no.value.code == code
        short = replace(made.ask(order).receiver, district="")
        with pytest.raises(Rejected, match="waybill_ask_refused"):
            one.prepare(made.ask(order, receiver=short))
        assert made.box.calls == 0


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ({"client_secret": "other"}, "pdd_wrong_secret"),
        ({"access_token": "no-such"}, "pdd_wrong_token"),
        ({"wp_code": "STO"}, "ewaybill_not_subscribed"),
        ({"wp_code": ""}, "ewaybill_not_subscribed"),
    ],
)
async def test_a_trial_says_in_one_sentence_what_is_wrong(broken, code):
    async with world() as made:
        if broken.get("wp_code") == "":
            made.box.waybills.branches = {}
        told = await made.account(**broken).check()
        assert (told.ok, told.code) == (False, code)
        assert made.shelf.kept == []


async def test_a_good_account_passes_its_trial_and_a_missing_right_does_not():
    async with world() as made:
        assert (await made.account().check()).ok
        made.box.gate.app.lacks.add("pdd.waybill.search")
        told = await made.account().check()
        assert (told.ok, told.code) == (False, "pdd_right_missing")
        with pytest.raises(PermissionMissing):
            await made.account().outlets()


async def test_a_worn_out_token_is_renewed_once_and_kept_before_it_is_used():
    async with world() as made:
        one = made.account(access_token=made.box.gate.token(life_s=1))
        made.clock.turn(2)
        answer = await one.create(REFERENCE, one.prepare(made.ask(made.order())))
        assert answer.waybill_no
        assert (made.box.gate.renewed, len(made.shelf.kept)) == (1, 1)
        made.box.gate.withdraw()
        with pytest.raises(TokenExpired):
            await one.outlets()


async def test_slow_down_means_that_nothing_was_taken():
    async with world() as made:
        order = made.order()
        one = made.account(template_url="https://file-link.pinduoduo.com/zto_std")
        made.box.faults.plan(Fault("throttle", part="waybill.get"))
        with pytest.raises(Throttled):
            await one.create(REFERENCE, one.prepare(made.ask(order)))
        assert made.box.waybills.taken == {}


async def test_a_prepared_text_is_sent_under_its_own_reference_alone():
    async with world() as made:
        one = made.account()
        prepared = one.prepare(made.ask(made.order()))
        for odd in (b"{", b"[]", prepared.replace(b"WD5-1A-1", b"WD5-1A-9")):
            with pytest.raises(Rejected, match="waybill_reference_mismatch"):
                await one.create(REFERENCE, odd)
        assert made.box.calls == 0


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["modules", "object_id", "waybill_code", "print_data", "cancel_result"])
            | st.sampled_from(["waybill_apply_subscription_cols", "quantity", "error_response"]),
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
        body = json.dumps({"pdd_waybill_get_response": told}).encode()
        form = "https://x.example/1"
        one = made.account(http=Canned(body), access_token="t", template_url=form)
        order = made.order()
        for act in (
            one.create(REFERENCE, one.prepare(made.ask(order))),
            one.void(REFERENCE, "ZT1"),
            one.print_data(REFERENCE, "ZT1"),
            one.outlets(),
        ):
            try:
                got = await act
            except SyncError:
                continue
            if isinstance(got, WaybillAnswer):
                assert got.reference == REFERENCE
                assert got.waybill_no
