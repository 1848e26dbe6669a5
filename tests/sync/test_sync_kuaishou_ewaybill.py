"""A number of Kuaishou's e-waybill is taken once, for its own orders, without a name."""

import base64
import json
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

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
from sync.gateways.kuaishou_refuse import error_of
from sync.gateways.kuaishou_sign import KuaishouKeys, sign_of
from sync.sandbox.kuaishou_labels import KsBranch
from sync.waybill_records import WaybillAnswer
from tests.sync.kuaishou_label_world import (
    BUYER,
    ORDER,
    REFERENCE,
    SENDER,
    label_world,
    socket_world,
)
from tests.sync.platform_world import Canned

# open.kwaixiaodian.com, open.express.ebill.get, as two public SDKs carry it: the names of one
# request and those it needs.
NAMES = {
    "": (
        {"requestId", "packageCode", "tradeOrderCode", "orderChannel", "expressCompanyCode"}
        | {"payMethod", "totalPackageQuantity", "totalPackageWeight", "itemList"}
        | {"senderContract", "senderAddress", "receiverContract", "receiverAddress"}
        | {"merchantCode", "merchantName", "netSiteCode", "netSiteName", "settleAccount"}
        | {"expressProductCode", "templateUrl", "extData", "tradeOrderRemark", "orderRemark"}
        | {"totalPackageVolume", "totalPackageLength", "totalPackageWidth", "totalPackageHeight"}
        | {"isSignBack", "reserveTime", "reserveEndTime", "podModelAddress"},
        {"requestId", "packageCode", "tradeOrderCode", "orderChannel", "expressCompanyCode"}
        | {"payMethod", "itemList", "senderContract", "senderAddress", "receiverContract"}
        | {"receiverAddress", "merchantCode", "merchantName"},
    ),
    "contract": ({"name", "mobile", "telephone"}, {"name"}),
    "address": (
        {"provinceName", "provinceCode", "cityName", "cityCode", "districtName", "districtCode"}
        | {"streetName", "streetCode", "detailAddress"},
        {"provinceName", "cityName", "districtName", "detailAddress"},
    ),
}
WAYS = "receiverContract", "receiverAddress", "senderContract", "senderAddress"


async def refusal(made, account=None, **more) -> Rejected:
    one = account or made.account()
    with pytest.raises(Rejected) as no:
        await one.create(REFERENCE, one.prepare(made.ask(**more)))
    return no.value


async def test_an_order_gets_a_number_and_the_label_only_the_platform_can_open():
    made = label_world()
    answer = await made.take()
    (kept,) = made.box.labels.given.values()
    assert (answer.waybill_no, answer.courier, kept.order) == (kept.number, "zto", ORDER)
    assert answer.print_data is not None
    assert (answer.print_data.component, answer.print_data.template_url) == (
        "kuaishou",
        "https://t/1",
    )
    sealed = json.loads(answer.print_data.content)
    assert set(sealed) == {"encryptedData", "signature", "key", "ver"}
    # The platform knows for whom it is, though nobody here does.
    assert json.loads(base64.b64decode(sealed["encryptedData"]))["to"] == " ".join(BUYER)


async def test_the_request_has_the_names_of_the_platforms_page_and_no_others():
    made = label_world()
    await made.take(account={"product": "标快", "site_name": "萧山一部"})
    (whole,) = made.sent()[0]["getEbillOrderRequest"]
    found = {"": [whole], "contract": [whole[WAYS[0]], whole[WAYS[2]]]}
    found["address"] = [whole[WAYS[1]], whole[WAYS[3]]]
    for place, several in found.items():
        every, needed = NAMES[place]
        for told in several:
            assert needed <= set(told) <= every, place
    assert (whole["requestId"], whole["packageCode"]) == ("WD5-1A-1", "WD5_1A_1")


async def test_the_receiver_is_the_orders_own_ciphertext_and_no_name_or_star_leaves():
    made = label_world()
    one = made.account()
    prepared = one.prepare(made.ask())
    assert "receiver" not in prepared.decode()
    await one.create(REFERENCE, prepared)
    (whole,) = made.sent()[0]["getEbillOrderRequest"]
    box = made.box.labels
    assert whole["receiverContract"] == {
        "name": box.cipher(ORDER, "encryptedConsignee"),
        "mobile": box.cipher(ORDER, "encryptedMobile"),
    }
    sent = "".join(json.dumps(asked, ensure_ascii=False) for _part, asked in made.box.heard)
    assert not any(word in sent for word in (*BUYER, "*"))


async def test_a_lost_answer_is_asked_for_by_the_same_text_and_is_the_same_number():
    async with socket_world() as made:
        one = made.account()
        prepared = one.prepare(made.ask())
        for kind in ("reset_after", "cut", "garbage", "away_after"):
            made.fail_next(kind)
            with pytest.raises(Ambiguous):
                await one.create(REFERENCE, prepared)
            (kept,) = made.box.labels.given.values()
            again = await made.account().create(REFERENCE, prepared)
            assert again.waybill_no == kept.number
            made.box.labels.given.clear()
        assert one.caps.idem_window_ms
        assert not one.caps.lookup_by_ref


async def test_an_answer_without_a_number_leaves_it_unknown():
    made = label_world()
    made.box.labels.silent = True
    with pytest.raises(Ambiguous, match="kuaishou_ewaybill_no_number"):
        await made.take()


async def test_another_platforms_order_is_refused_before_anything_is_sent():
    made = label_world()
    one = made.account()
    for foreign in ({"platform": "taobao"}, {"platform": ""}, {"platform": "file:taobao"}):
        with pytest.raises(Rejected) as no:
            one.prepare(replace(made.ask(), **foreign))
        assert no.value.code == "ewaybill_foreign_order"
    assert made.box.heard == []


async def test_an_order_of_another_shop_is_refused_before_a_number_is_asked_for():
    made = label_world()
    no = await refusal(made, order=2133100099999999)
    assert (no.code, no.foreign_code) == ("ewaybill_foreign_order", "300900")
    assert made.sent() == []


async def test_an_order_without_ciphertexts_gets_no_number():
    made = label_world()
    made.box.labels.plain.add(ORDER)
    assert (await refusal(made)).code == "kuaishou_ewaybill_no_receiver"
    assert made.sent() == []


async def test_what_the_platform_refuses_is_told_in_our_words():
    made = label_world()
    branch = made.box.labels.branches[0]
    assert (await refusal(made, made.account(site_code="9"))).code == "ewaybill_not_subscribed"
    branch.senders.append({"provinceName": "浙江省", "cityName": "宁波市"})
    assert (await refusal(made)).code == "ewaybill_wrong_sender"
    branch.senders.clear()
    branch.left = 0
    assert (await refusal(made)).code == "ewaybill_none_left"
    assert made.box.labels.given == {}


async def test_a_number_is_given_back_once_and_the_order_takes_another():
    async with socket_world() as made:
        one, first = made.account(), await made.take()
        made.fail_next("reset_after", "open.express.ebill.cancel")
        with pytest.raises(Ambiguous):
            await one.void(REFERENCE, first.waybill_no)
        # A second time it says that it is done, and that counts as done.
        await one.void(REFERENCE, first.waybill_no)
        second = await made.take("WD5-1A-2")
        assert made.box.truth()["by_order"] == {str(ORDER): [second.waybill_no]}


async def test_a_number_the_courier_has_collected_or_nobody_knows_stays():
    made = label_world()
    first = await made.take()
    (kept,) = made.box.labels.given.values()
    kept.collected = True
    with pytest.raises(Rejected) as no:
        await made.account().void(REFERENCE, first.waybill_no)
    assert "已揽收" in no.value.text
    with pytest.raises(Rejected):
        await made.account().void(REFERENCE, "ZT1")
    assert made.box.truth()["by_order"] == {str(ORDER): [first.waybill_no]}


async def test_the_balance_of_every_branch_is_told_and_a_courier_paid_later_has_none():
    made = label_world()
    home = {"provinceName": "浙江省", "cityName": "杭州市", "districtName": "萧山区"}
    branches = made.box.labels.branches
    branches[0].senders = [home | {"streetName": "临浦镇", "detailAddress": "仓前路 9 号"}]
    branches[0].left = 37
    branches.append(KsBranch("ZTO", "57102", left=3))
    first, second = await made.account().outlets()
    assert (first.courier, first.code, first.left, second.left) == ("ZTO", "57101", 37, 3)
    assert (first.senders[0].district, first.senders[0].address) == ("萧山区", "临浦镇仓前路 9 号")
    sf = made.account(courier="SF", site_code="", settle_account="5710001234")
    (told,) = await sf.outlets()
    assert (told.courier, told.left, told.senders) == ("SF", None, ())
    answer = await sf.create(REFERENCE, sf.prepare(made.ask()))
    assert answer.courier == "sf"


@pytest.mark.parametrize(
    ("odd", "field"),
    [
        ({"order_id": "P12"}, "order_id"),
        ({"order_id": "1" * 33}, "order_id"),
        ({"sender": replace(SENDER, district="")}, "sender.district"),
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
        made.account(site_code="").prepare(made.ask())
    assert made.box.heard == []


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ({"app_key": "ks0"}, "kuaishou_wrong_app"),
        ({"sign_secret": "other"}, "kuaishou_wrong_secret"),
        ({"access_token": "other"}, "kuaishou_token_stale"),
        ({"courier": "YTO"}, "ewaybill_not_subscribed"),
        ({"site_code": "1"}, "ewaybill_not_subscribed"),
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
    assert (told.ok, told.notes) == (True, ("kuaishou_ewaybill_few_left",))
    made.box.app.lacks.add("open.express.subscribe.query")
    assert (await made.account().check()).code == "kuaishou_right_missing"
    with pytest.raises(PermissionMissing):
        await made.account().outlets()


async def test_a_token_is_renewed_once_and_the_new_pair_is_kept_before_it_is_used():
    made = label_world()
    made.tokens = made.box.pair(life_s=60)
    made.clock.turn(61)
    one = made.account()
    # A trial does not spend the one refresh token there is.
    assert (await one.check()).code == "kuaishou_token_stale"
    assert (await made.take()).waybill_no
    await made.account().outlets()
    assert made.box.asked["oauth2.refresh_token"] == 1
    assert made.shelf.tokens["refresh_token"] not in ("", made.tokens[1])
    made.clock.turn(172_800 - 300)
    await made.account().outlets()
    assert (made.box.asked["oauth2.refresh_token"], len(made.shelf.kept)) == (2, 2)


async def test_a_refresh_token_used_elsewhere_or_none_at_all_asks_for_a_new_grant():
    made = label_world()
    for refresh, code in (("spent", "kuaishou_refresh_refused"), ("", "kuaishou_token_stale")):
        with pytest.raises(TokenExpired) as no:
            await made.account(access_token="old", refresh_token=refresh).outlets()
        assert no.value.code == code
    made.box.app.revoked = True
    with pytest.raises(TokenExpired) as no:
        await made.account(refresh_token="").outlets()
    assert no.value.details["foreign_code"] == "24"


@pytest.mark.parametrize("kind", ["throttle", "quota"])
async def test_slow_down_means_that_nothing_was_taken(kind):
    made = label_world()
    made.fail_next(kind)
    with pytest.raises(Throttled) as slow:
        await made.take()
    assert slow.value.retry_after_ms == (3_600_000 if kind == "quota" else 5_000)
    assert made.box.labels.given == {}


@pytest.mark.parametrize(
    ("result", "words", "expected", "code"),
    [
        (24, "AUTHORIZATION_REVOKED", TokenExpired, "kuaishou_token_stale"),
        (100200101, "unauthorized_client", TokenExpired, "kuaishou_wrong_app"),
        (100200106, "scope", PermissionMissing, "kuaishou_right_missing"),
        (100200500, "server_error", Ambiguous, "sync_server_error"),
        (1017, "exceed quota limit", Throttled, "sync_throttled"),
        (2, "", Ambiguous, "sync_server_error"),
        (300900, "该地址不在配送范围", Rejected, "sync_rejected"),
    ],
)
def test_each_published_code_is_one_of_ours(result, words, expected, code):
    told = error_of({"result": result, "error_msg": words}, "open.express.ebill.get")
    assert (type(told), told.code) == (expected, code)


async def test_a_prepared_text_is_sent_under_its_own_reference_alone():
    made = label_world()
    one = made.account()
    prepared = one.prepare(made.ask())
    for odd in (b"{", b"[]", prepared.replace(REFERENCE.encode(), b"7")):
        with pytest.raises(Rejected, match="waybill_reference_mismatch"):
            await one.create(REFERENCE, odd)
    assert made.box.heard == []


def test_a_sign_is_that_of_the_platforms_rule():
    # HMAC-SHA256 of "a=1&b=中&signSecret=s3" under "s3", as `openssl dgst -hmac` gives it.
    expected = "WuEurso2/slgWqFwolWAV4dPtIP8VZSsAu1CM8eE4kQ="
    assert sign_of({"b": "中", "a": "1"}, "s3") == expected
    assert "s3" not in repr(KuaishouKeys("k", "s3", "s3", "s3", "s3"))


async def test_what_is_signed_is_what_is_sent_and_only_a_read_is_in_the_address():
    made = label_world()
    await made.take()
    read, write = made.http.sent
    assert (read.method, write.method, urlsplit(write.url).query) == ("GET", "POST", "")
    for told in (urlsplit(read.url).query, write.body.decode()):
        params = dict(parse_qsl(told))
        sign = params.pop("sign")
        assert sign_of(params, made.box.app.sign_secret) == sign
        assert made.box.app.sign_secret not in told


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["requestId", "data", "waybillCode", "printData", "orderBaseInfo"])
            | st.sampled_from(["orderAddress", "senderAddress", "availableQuantity", "result"]),
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
    base = {"orderBaseInfo": {"sellerOpenId": "s"}, "orderAddress": {}}
    base["orderAddress"] = {f"encrypted{one}": "c" for one in ("Consignee", "Mobile", "Address")}
    good, odd = (json.dumps({"result": 1, "data": one}).encode() for one in (base, told))
    for bodies in ((good, odd), (odd,)):
        one = made.account(http=Canned(*bodies))
        for act in (one.create(REFERENCE, one.prepare(made.ask())), one.outlets()):
            try:
                got = await act
            except SyncError:
                continue
            if isinstance(got, WaybillAnswer):
                assert (got.reference, bool(got.waybill_no)) == (REFERENCE, True)
