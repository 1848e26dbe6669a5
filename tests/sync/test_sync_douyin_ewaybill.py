"""A number of Douyin's e-waybill is taken once, for this shop's orders alone, and never opened."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.carriers.douyin_ewaybill_ask import asked_for, order_text, pack_id
from sync.carriers.douyin_ewaybill_read import answer_of, form_of, label_of, outlets_of
from sync.errors import (
    Ambiguous,
    Malformed,
    PermissionMissing,
    Rejected,
    SyncError,
    Throttled,
    TokenExpired,
)
from sync.ports import Carrier, LabelSource, Outlets
from sync.waybill_records import GoodsRecord, PartyRecord, WaybillAnswer
from tests.sync.douyin_label_world import (
    REFERENCE,
    SENDER,
    ask_for,
    label_world,
    sealed,
    socket_world,
)
from tests.sync.douyin_world import PLACE, RECEIVER

ASKED = ("6917", "WD1_7_1")
FORM = "https://forms.test/one.xml"
# The official SDK's names (op.jinritemai.com; its Go SDK of 2023-02-21 for logistics.*).
ORDER = {"sender_info", "logistics_code", "order_infos", "user_id", "delivery_req", "order_channel"}
INFO = set(
    "order_id pack_id service_list product_type pay_method pay_amount pod_model_address "  # noqa: SIM905
    "receiver_info items sender_fetch_time is_sign_back remark extra total_pack_count total_weight "
    "total_length total_width total_height volume warehouse net_info shipping_code "
    "special_delivery_type_code special_delivery_type_value package_weight combine_orders".split()
)
ADDRESS = {
    *("country_code", "province_name", "city_name", "district_name", "street_name"),
    *("detail_address", "province_code", "city_code", "district_code", "street_code"),
}
CONTACT = {"name", "phone", "mobile"}
ITEM = {"item_name", "item_specs", "item_count", "item_volume", "item_weight", "item_net_weight"}


def prepared(world: Any, order: Any, **changed: Any) -> dict[str, Any]:
    told = world.carrier.prepare(ask_for(world.box, order, **changed))
    return dict(json.loads(told))


def test_every_field_sent_is_one_of_douyins():
    world = label_world()
    whole = prepared(world, world.place(), remark="轻放 " * 60, parcels=3, service="PK")
    assert set(whole) <= ORDER
    (info,) = whole["order_infos"]
    assert set(info) <= INFO
    for side in (whole["sender_info"], info["receiver_info"]):
        assert set(side["address"]) <= ADDRESS
        assert set(side["contact"]) <= CONTACT
    assert all(set(item) <= ITEM for item in info["items"])
    assert (info["total_pack_count"], len(info["remark"])) == (3, 100)


def test_the_receiver_goes_back_sealed_as_it_came_and_no_star_is_sent():
    world = label_world()
    order = world.place()
    to = prepared(world, order)["order_infos"][0]["receiver_info"]
    assert to["contact"] == {
        "name": world.box.shop.cipher(order, "name"),
        "mobile": world.box.shop.cipher(order, "phone"),
    }
    assert to["address"]["detail_address"] == world.box.shop.cipher(order, "detail")
    assert "*" not in json.dumps(to["address"] | {"detail_address": ""})


@pytest.mark.req("F227")
def test_an_order_of_another_platform_is_refused_before_anything_is_sent():
    world = label_world()
    for platform in ("pinduoduo", ""):
        with pytest.raises(Rejected) as told:
            prepared(world, world.place(), platform=platform)
        assert told.value.code == "ewaybill_foreign_order"
    assert world.box.calls == 0


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"order_id": "SO-1"}, "order_id"),
        ({"reference": "wd1"}, "reference"),
        ({"parcels": 0}, "parcels"),
        ({"sender": replace(SENDER, city="")}, "sender.city"),
        ({"receiver_cipher": '{"encrypt_post_receiver":"##x##"}'}, "receiver.cipher"),
        ({"receiver_cipher": "no json"}, "receiver.cipher"),
        ({"receiver_cipher": "", "receiver": PartyRecord("张", "")}, "receiver.phone"),
        ({"goods": ()}, "goods"),
        ({"goods": (GoodsRecord(" "),)}, "goods"),
    ],
)
def test_what_douyin_refuses_by_shape_is_refused_before_it_is_sent(changed, field):
    world = label_world()
    with pytest.raises(Rejected) as told:
        prepared(world, world.place(), **changed)
    assert told.value.details["field"] == field


def test_a_parcel_id_has_douyins_form_and_tells_parcels_and_generations_apart():
    ids = [
        pack_id(f"WD1-{parcel}-{at}")
        for parcel in ("3W5E11264SGSF", "3W5E11264SGSG")
        for at in (1, 2, 12)
    ]
    assert len(set(ids)) == 6
    assert all(len(one) <= 15 and one.replace("_", "").isalnum() for one in ids)


def test_bytes_are_sent_as_they_were_stored():
    world = label_world()
    told = world.carrier.prepare(ask_for(world.box, world.place(), remark='轻放 "<&>"'))
    assert json.dumps(json.loads(told), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert asked_for(told)[1] == pack_id(REFERENCE)
    assert asked_for(b"no json") == asked_for(b'{"order_infos":[]}') == ("", "")


@pytest.mark.req("F227")
async def test_shop_gets_a_number_and_a_sealed_label_without_seeing_the_buyer():
    world = label_world()
    order = world.place()
    answer = await world.take(order)
    assert world.http.sent[-1].body == world.carrier.prepare(ask_for(world.box, order))
    assert world.box.labels.truth()["by_order"] == {order.number: [answer.waybill_no]}
    assert (answer.routing_mark, answer.sort_code) == ("杭州-萧山", "571-A12 03")
    assert (answer.courier, answer.reference) == ("zto", REFERENCE)
    label = await world.carrier.print_data(REFERENCE, answer.waybill_no)
    content = json.loads(label.content)
    assert label.component == "douyin"
    # The form of one sheet, though that of two is listed first.
    assert label.template_url.endswith("/zhongtong_1.xml")
    assert set(content) == {"encryptedData", "signature"}
    assert content["encryptedData"] not in repr(label)
    sent = b"".join(request.body for request in world.http.sent)
    assert RECEIVER["name"].encode() not in sent
    assert RECEIVER["phone"].encode() not in sent


async def test_a_courier_without_a_form_has_no_label_and_says_so():
    world = label_world()
    answer = await world.take(world.place())
    world.box.labels.formless.add("zhongtong")
    with pytest.raises(Rejected) as told:
        await world.carrier.print_data(REFERENCE, answer.waybill_no)
    assert (told.value.code, told.value.text) == ("douyin_ewaybill_no_form", "zhongtong")
    world.box.labels.formless.clear()
    assert (await world.carrier.print_data(REFERENCE, answer.waybill_no)).content


async def test_a_receiver_nobody_hides_is_sent_as_it_is():
    world = label_world()
    to = PartyRecord(
        *(RECEIVER["name"], RECEIVER["phone"], "CN", "浙江省", "杭州市", "萧山区"),
        PLACE["detail"],
    )
    answer = await world.take(world.place(), receiver_cipher="", receiver=to)
    assert answer.waybill_no


@pytest.mark.req("F259")
async def test_parcels_of_one_order_get_one_main_and_sub_numbers():
    world = label_world()
    answer = await world.take(world.place(), parcels=3)
    assert len({answer.waybill_no, *answer.sub_nos}) == 3
    assert world.given() == 3


@pytest.mark.req("F227")
async def test_another_shops_order_is_refused_by_douyin_and_nothing_is_taken():
    world = label_world()
    order = world.place()
    world.box.labels.others.add(order.number)
    with pytest.raises(Rejected) as told:
        await world.take(order)
    assert told.value.code == "ewaybill_foreign_order"
    assert told.value.foreign_code.endswith(":15000")
    assert world.given() == 0


@pytest.mark.req("F183")
@pytest.mark.parametrize("kind", ["late", "reset_after", "cut", "garbage", "inner"])
async def test_lost_answer_is_unknown_and_the_same_text_brings_the_same_number(kind):
    async with socket_world() as world:
        order = world.place()
        world.fail_next(kind)
        with pytest.raises(Ambiguous):
            await world.take(order)
        again = await world.take(order)
        assert world.box.labels.truth()["by_order"] == {order.number: [again.waybill_no]}
        assert world.given() == 1


async def test_a_second_number_is_another_generation_and_the_first_stays():
    world = label_world()
    order = world.place()
    first, again = await world.take(order), await world.take(order)
    assert first == again
    other = await world.take(order, reference="WD1-3W5E11264SGSF-2")
    assert other.waybill_no != first.waybill_no
    assert world.given() == 2


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (lambda w: w.box.labels.branches[0].senders.clear(), "ewaybill_wrong_sender"),
        (lambda w: setattr(w.box.labels.branches[0], "left", 0), "ewaybill_none_left"),
        (lambda w: w.box.shop.orders.clear(), "sync_rejected"),
    ],
)
async def test_a_no_of_douyins_is_a_no_and_nothing_is_taken(broken, code):
    world = label_world()
    order = world.place()
    ask = ask_for(world.box, order)
    broken(world)
    with pytest.raises(Rejected) as told:
        await world.carrier.create(REFERENCE, world.carrier.prepare(ask))
    assert told.value.code == code
    assert told.value.text
    assert world.given() == 0


async def test_another_buyers_ciphertext_never_gets_a_number():
    world = label_world()
    mine, other = world.place(), world.place()
    with pytest.raises(Rejected):
        await world.take(mine, receiver_cipher=sealed(world.box, other))
    assert world.given() == 0


async def test_what_stands_before_the_business_is_named_and_did_nothing():
    world = label_world()
    order = world.place()
    world.fail_next("throttle")
    with pytest.raises(Throttled):
        await world.take(order)
    world.box.setup.app.lacks.add("logistics.newCreateOrder")
    with pytest.raises(PermissionMissing):
        await world.take(order)
    world.box.gate.withdraw()
    with pytest.raises(TokenExpired):
        await world.take(order)
    assert world.given() == 0


async def test_a_worn_out_token_is_renewed_on_the_way():
    world = label_world()
    await world.take(world.place())
    world.clock.ms += 8 * 86_400_000
    await world.take(world.place())
    assert world.given() == 2


async def test_void_gives_the_number_back_and_twice_is_fine():
    world = label_world()
    answer = await world.take(world.place())
    for _ in range(2):
        await world.carrier.void(REFERENCE, answer.waybill_no)
    assert world.box.labels.truth()["cancelled"] == 1
    with pytest.raises(Rejected):
        await world.carrier.print_data(REFERENCE, answer.waybill_no)


async def test_void_of_a_collected_parcel_or_of_nobodys_number_is_refused():
    world = label_world()
    answer = await world.take(world.place())
    world.box.labels.by_number[answer.waybill_no].collected = True
    with pytest.raises(Rejected) as told:
        await world.carrier.void(REFERENCE, answer.waybill_no)
    assert told.value.code == "douyin_ewaybill_kept"
    with pytest.raises(Rejected):
        await world.carrier.void(REFERENCE, "1")


async def test_lost_void_is_unknown_until_asked_again():
    async with socket_world() as world:
        answer = await world.take(world.place())
        world.fail_next("late", "cancelOrder")
        with pytest.raises(Ambiguous):
            await world.carrier.void(REFERENCE, answer.waybill_no)
        await world.carrier.void(REFERENCE, answer.waybill_no)
        assert world.box.labels.truth()["cancelled"] == 1


@pytest.mark.req("F227")
async def test_branches_tell_what_is_left_and_where_parcels_may_come_from():
    world = label_world()
    (branch,) = await world.carrier.outlets()
    assert (branch.courier, branch.code, branch.name) == ("zhongtong", "57101", "杭州萧山")
    assert branch.left == 500
    assert branch.senders[0].address == SENDER.address
    await world.take(world.place())
    assert (await world.carrier.outlets())[0].left == 499
    (paid,) = await world.as_account(company="shunfeng").outlets()
    assert paid.left is None


async def test_check_says_in_one_word_what_is_wrong():
    world = label_world()
    assert (await world.carrier.check()).ok
    world.box.labels.branches[0].left = 99
    assert (await world.carrier.check()).notes == ("douyin_ewaybill_few_left",)
    for changed, code in (
        ({"app_secret": "wrong"}, "douyin_wrong_secret"),
        ({"app_key": "1"}, "douyin_wrong_app"),
        ({"company": "yunda"}, "douyin_ewaybill_no_branch"),
    ):
        told = await world.as_account(**changed).check()
        assert (told.ok, told.code) == (False, code)


async def test_what_it_cannot_do_is_said_and_not_discovered():
    world = label_world()
    assert isinstance(world.carrier, Outlets)
    assert isinstance(world.carrier, LabelSource)
    named: Carrier = world.carrier
    assert named.caps.flags == {"void", "ewaybill", "outlets"}
    assert await named.routes(("1",), "") == ()
    with pytest.raises(Rejected):
        await named.lookup(REFERENCE)
    with pytest.raises(Rejected):
        await named.create("WD1-9-9", named.prepare(ask_for(world.box, world.place())))


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({}, Ambiguous),
        ({"ebill_infos": [{"order_id": "6917", "track_no": ""}]}, Ambiguous),
        ({"ebill_infos": [{"order_id": "6918", "track_no": "7"}]}, Ambiguous),
        ({"ebill_infos": [{"order_id": "6917", "pack_id": "X", "track_no": "7"}]}, Ambiguous),
        ({"err_infos": [{"order_id": "6917", "err_code": "20001", "err_msg": "地址"}]}, Rejected),
        ({"err_infos": [{"order_id": "6917", "err_code": "4029", "err_msg": "x"}]}, Ambiguous),
        ({"err_infos": [{"order_id": "6917", "err_code": "9", "err_msg": "请重试"}]}, Ambiguous),
        ({"err_infos": [{"order_id": "6917", "err_code": "9", "err_msg": ""}]}, Ambiguous),
    ],
)
def test_each_answer_has_one_outcome(told, kind):
    with pytest.raises(SyncError) as caught:
        answer_of(told, REFERENCE, ASKED, "zhongtong")
    assert type(caught.value) is kind


@pytest.mark.parametrize("told", [None, [], {}, {"waybill_infos": [{"track_no": "7"}]}])
def test_a_label_that_is_none_is_malformed(told):
    with pytest.raises(Malformed):
        label_of(told, "7", FORM)
    with pytest.raises(Malformed):
        outlets_of(told, "zhongtong")


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["ebill_infos", "err_infos", "order_id", "track_no", "amount"]),
                inner,
                max_size=3,
            )
        ),
    )
)
def test_odd_json_never_becomes_a_wrong_number_or_a_crash(value):
    good = {"order_id": "6917", "pack_id": "WD1_7_1", "track_no": "731", "sort_code": value}
    for told in (value, {"ebill_infos": [value, good]}, {"err_infos": value}):
        try:
            answer = answer_of(told, REFERENCE, ASKED, "zhongtong")
        except SyncError:
            continue
        assert isinstance(answer, WaybillAnswer)
        assert answer.waybill_no
    for read in (
        lambda: label_of(value, "7", FORM),
        lambda: outlets_of({"netsites": [value]}, "sf"),
        lambda: form_of({"template_data": [value]}, "sf"),
    ):
        try:
            read()
        except SyncError:
            continue


def test_secrets_never_show_in_what_is_printed():
    shown = repr(label_world().carrier._account)
    assert "test-app-secret" not in shown
    assert order_text.__doc__
