"""One sentence says what is wrong with a store's file, its key or its address; pushes are held."""

import json
import re
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.channels.own_shop_file import ORDER_STATES, PAYMENT_STATES
from sync.channels.own_shop_sign import OwnKeys, signer
from sync.errors import Malformed, Rejected, SyncError
from sync.ports import Answer, Request
from sync.sandbox.faults import Fault
from tests.sync.own_world import (
    HOUSE,
    SECRET,
    TEA_FILE,
    garden,
    garden_channel,
    tea,
    tea_channel,
)
from tests.sync.sync_world import HandClock, Straight, pull_all

URL = "https://shop.example"


@pytest.fixture
def box(clock):
    made = tea(clock)
    made.place("T1")
    return made


async def said(channel) -> tuple[str, dict]:
    result = await channel.check()
    assert result.ok is (result.code == "")
    return result.code, dict(result.details)


async def test_a_good_file_and_key_change_nothing_when_checked(box, clock) -> None:
    assert await said(tea_channel(URL, Straight(box), clock)) == ("", {})
    assert box.writes == 0
    nursery = garden(clock)
    nursery.place("G-1")
    assert await said(garden_channel(URL, Straight(nursery), clock)) == ("", {})


async def test_a_store_without_orders_works_with_a_note(clock) -> None:
    result = await tea_channel(URL, Straight(tea(clock)), clock).check()
    assert (result.ok, result.notes) == (True, ("own_shop_no_orders",))


@pytest.mark.parametrize("keys", [{"key": "nobody"}, {"secret": "wrong"}])
async def test_a_wrong_key_is_named(box, clock, keys) -> None:
    code, details = await said(tea_channel(URL, Straight(box), clock, **keys))
    assert (code, details["site"]) == ("own_shop_wrong_key", "shop.example")
    nursery = garden_channel(URL, Straight(garden(clock)), clock, key="wrong")
    assert (await said(nursery))[0] == "own_shop_wrong_key"


ROWS = [  # (what stands in the sample, what stands there instead), (the code, the row it names)
    (('path = "/orders"', 'path = "/order"'), ("own_shop_no_path", "list")),
    (('path = "/orders/{id}"', 'path = "/order/{id}"'), ("own_shop_no_path", "detail")),
    (('each = "data.list"', 'each = "data.rows"'), ("own_shop_nothing_there", "list.each")),
    (('at = "data"', 'at = "order"'), ("own_shop_nothing_there", "detail.at")),
    (
        ('external_id = "order_sn"', 'external_id = "sn"'),
        ("own_shop_nothing_there", "order.external_id"),
    ),
    (('total = "amount.total"', 'total = "amount.sum"'), ("own_shop_nothing_there", "order.total")),
    (('each = "items"', 'each = "goods"'), ("own_shop_nothing_there", "lines.each")),
    (('sku = "sku"', 'sku = "code"'), ("own_shop_nothing_there", "lines.sku")),
    (('"待发货" = "paid"', '"待打包" = "paid"'), ("own_shop_status_unknown", "status")),
    (('"1" = "paid"', '"7" = "paid"'), ("own_shop_status_unknown", "payment")),
]


@pytest.mark.parametrize(("change", "named"), ROWS)
async def test_a_row_that_does_not_fit_the_store_is_named(box, clock, change, named) -> None:
    assert change[0] in TEA_FILE
    text = TEA_FILE.replace(*change, 1)
    found, details = await said(tea_channel(URL, Straight(box), clock, text))
    assert (found, details["row"]) == named


async def test_a_path_that_leads_to_a_web_page_is_named(clock) -> None:
    box = tea(clock)
    box.faults.plan(Fault("garbage"))
    assert (await said(tea_channel(URL, Straight(box), clock)))[0] == "own_shop_not_json"


@pytest.mark.parametrize("off_s", [301, -301])
async def test_a_clock_that_is_off_is_refused_by_the_store_and_told(box, off_s) -> None:
    late = HandClock()
    late.turn(off_s)
    code, _ = await said(tea_channel(URL, Straight(box), late))
    assert code == "own_shop_wrong_key"


def test_a_signature_is_the_one_openssl_makes() -> None:
    """GET, /api/orders, no query, 1763985600, n1, no body, a line each, under "tea-secret"."""
    plan = tea_channel(URL, None, HandClock()).plan
    keys = OwnKeys("tea-app", "tea-secret", (), lambda: "n1")
    sent = signer(plan.address, plan.auth, keys, HandClock())(Request("GET", f"{URL}/api/orders"))
    assert sent.headers["X-Sign"] == OPENSSL


OPENSSL = "cb4667dddedefa026760c3551eb0f5f9936297bdeca9a30fa939e978398a4e76"


# --- pushes ---


def shops(clock):
    tea_box, garden_box = tea(clock), garden(clock)
    tea_box.place("T1")
    garden_box.place("G-1")
    yield tea_box, tea_channel(URL, Straight(tea_box), clock), "T1"
    yield garden_box, garden_channel(URL, Straight(garden_box), clock), "G-1"


def test_a_push_of_the_store_is_a_hint_which_order_to_read(clock) -> None:
    for box, channel, number in shops(clock):
        headers, body = box.push(number, SECRET)
        hint = channel.read_push(headers, body)
        assert (hint.kind, hint.external_id) == ("order", number)
        assert hint.event_id == channel.read_push(headers, body).event_id != ""


def test_a_push_signed_otherwise_or_not_at_all_is_not_believed(clock) -> None:
    for box, channel, number in shops(clock):
        headers, body = box.push(number, "another")
        with pytest.raises(Rejected, match="push_not_ours"):
            channel.read_push(headers, body)
        headers, body = box.push(number, SECRET)
        with pytest.raises(Rejected, match="push_not_ours"):
            channel.read_push(headers, body.replace(b"-1", b"-2").replace(b"T1", b"T2"))
        with pytest.raises(Rejected, match="push_unsigned"):
            channel.read_push({}, body)


def test_a_push_is_believed_for_five_minutes(clock) -> None:
    box, channel, number = next(shops(clock))
    headers, body = box.push(number, SECRET)
    clock.turn(300)
    assert channel.read_push(headers, body).external_id == "T1"
    clock.turn(1)
    with pytest.raises(Rejected, match="own_shop_push_old"):
        channel.read_push(headers, body)


def test_a_push_without_an_order_is_malformed_and_a_huge_one_refused(clock) -> None:
    box, channel, number = list(shops(clock))[1]
    box.orders[number].ref = ""
    headers, body = box.push("", SECRET)
    with pytest.raises(Malformed):
        channel.read_push(headers, body)
    with pytest.raises(Rejected, match="push_too_big"):
        channel.read_push(headers, b" " * (1024 * 1024 + 1))


# --- words ---


def test_every_code_has_its_words_and_no_words_stand_for_a_code_nobody_raises() -> None:
    files = (HOUSE / "sync/channels").glob("own_shop*.py")
    told = "".join(file.read_text("utf-8") for file in files)
    codes = set(re.findall(r'"(own_shop_[a-z_]+)"', told))
    words = tomllib.loads((HOUSE / "resources/words/errors_sync_own_shop.toml").read_text("utf-8"))
    assert set(words["errors"]) == codes


@pytest.mark.req("F009")
def test_every_word_a_file_may_translate_to_has_a_row_in_the_editable_map() -> None:
    rules = tomllib.loads((HOUSE / "resources/rules/status_own_shop.toml").read_text("utf-8"))
    assert {row["raw"] for row in rules["order"]} == set(ORDER_STATES)
    assert {row["raw"] for row in rules["payment"]} == set(PAYMENT_STATES)
    assert all(row["raw"] == row["to"] for row in rules["order"] + rules["payment"])


# --- hostile answers ---

JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**25), 10**25)
    | st.floats(allow_nan=False, allow_infinity=False, width=32)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=4,
)
NAMES = st.sampled_from(
    ["order_sn", "status", "amount", "items", "receiver", "created_at", "refunds", "pay_status"]
)


class Canned:
    """A way out that always gives one answer."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    async def send(self, request: Request):
        del request
        return Answer(200, {}, self.body)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.dictionaries(NAMES, JUNK) | JUNK, max_size=5))
async def test_hostile_orders_are_read_with_problems_or_kept_aside_never_lost(orders) -> None:
    body = json.dumps({"code": 0, "data": {"list": orders, "total": len(orders)}}).encode()
    channel = tea_channel(URL, Canned(body), HandClock())
    batch = await channel.pull("")
    kept = {aside.raw for aside in batch.kept_aside}
    numbers = {record.external_id for record in batch.records}
    for one in orders:
        number = one.get("order_sn") if isinstance(one, dict) else None
        assert json.dumps(one).encode() in kept or str(number).strip() in numbers
    for record in batch.records:
        assert 0 <= record.total_minor <= 10**15
        assert record.problems


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b'{"code": 0}',
        b'{"code": 0, "data": {"list": {"a": 1}}}',
        b'{"code": 0, "data": {"list": [1, ',
        b'{"code": NaN, "data": {"list": []}}',
        b'{"code": 0, "code": 1, "data": {"list": []}}',
        b"\xff\xfe",
        b'{"data": ' + b"[" * 5000,
    ],
)
async def test_an_answer_that_is_no_list_of_orders_moves_nothing(body) -> None:
    channel = tea_channel(URL, Canned(body), HandClock())
    with pytest.raises(SyncError):
        await channel.pull("")


async def test_one_broken_order_does_not_take_its_page_with_it() -> None:
    good = json.dumps({"order_sn": "T2", "status": "待发货"}).encode()
    bad = b'{"order_sn": "T1", "amount": NaN}, {"order_sn": "T3", "order_sn": "T3"}'
    body = b'{"code": 0, "data": {"total": 3, "list": [' + bad + b", " + good + b"]}}"
    records, kept, _ = await pull_all(tea_channel(URL, Canned(body), HandClock()))
    assert [record.external_id for record in records] == ["T2"]
    assert len(kept) == 2
