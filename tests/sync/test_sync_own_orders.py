"""Orders of a home-made store come in whole, as its file says they are read."""

import json

import pytest

from sync.channels.own_shop_file import plan_of
from sync.channels.own_shop_read import read_order
from sync.errors import Malformed, SyncError, Throttled
from sync.json_text import read_json
from sync.sandbox.faults import Fault
from sync.sandbox.http import LocalServer
from tests.sync.own_world import (
    TEA_FILE,
    garden,
    garden_channel,
    spoilt,
    tea,
    tea_channel,
)
from tests.sync.sync_world import NOON, pull_all


@pytest.fixture
async def teahouse(clock):
    box = tea(clock)
    server = LocalServer(box.handle)
    yield box, await server.start()
    await server.stop()


@pytest.fixture
async def nursery(clock):
    box = garden(clock)
    server = LocalServer(box.handle)
    yield box, await server.start()
    await server.stop()


@pytest.mark.req("F058")
async def test_an_order_of_the_tea_shop_comes_in_whole(teahouse, http, clock) -> None:
    box, url = teahouse
    refund = {"refund_sn": "R1", "money": "9.90", "why": "碎了", "at": "2025-11-24 20:00:00"}
    box.place("T1", refunds=[refund], buyer_note="请快点", pay_status="2")
    (record,), kept, _ = await pull_all(tea_channel(url, http, clock))
    assert kept == []
    assert (record.external_id, record.raw_status, record.raw_payment) == (
        "T1",
        "paid",
        "partly_refunded",
    )
    assert record.placed.utc_ms == NOON
    assert record.placed.zone == "Asia/Shanghai"
    assert (record.currency, record.total_minor, record.freight_minor) == ("CNY", 2780, 800)
    (line,) = record.lines
    assert (line.sku, line.quantity, line.unit_price_minor, line.total_minor) == (
        "TEA-1",
        2,
        990,
        1980,
    )
    got = record.receiver
    assert (got.name, got.phone, got.country) == ("李雷", "13900139000", "CN")
    assert (got.province, got.district, got.address) == ("广东省", "天河区", "中山路1号502室")
    assert record.buyer_message == "请快点"
    assert record.payment_proofs == ("settled", "callback")
    assert record.transaction_ref == "PT1"
    assert [(r.external_id, r.amount_minor, r.created.utc_ms) for r in record.refunds] == [
        ("R1", 990, NOON)
    ]
    assert json.loads(record.raw)["order_sn"] == "T1"
    assert record.problems == ()


@pytest.mark.req("F058")
async def test_an_order_of_the_nursery_is_read_by_itself(nursery, http, clock) -> None:
    box, url = nursery
    box.place("G-1")
    (record,), _, _ = await pull_all(garden_channel(url, http, clock))
    assert (record.currency, record.total_minor, record.tax_minor) == ("EUR", 1840, 294)
    assert [(line.external_id, line.quantity, line.total_minor) for line in record.lines] == [
        ("a", 2, 900),
        ("b", 1, 450),
    ]
    assert record.receiver.name == "Ada Byron"
    assert record.receiver.address == "Allee 7"
    assert record.receiver.phone == "+4930123456"
    assert record.payment_proofs == ("settled",)
    assert (record.placed.utc_ms, record.placed.zone) == (NOON, "UTC")
    assert record.problems == ()
    assert json.loads(record.raw)["boxes"]


@pytest.mark.req("F009")
async def test_a_word_the_file_does_not_know_keeps_its_stores_name(teahouse, http, clock) -> None:
    box, url = teahouse
    box.place("T1", status="paid", pay_status=9)
    (record,), _, _ = await pull_all(tea_channel(url, http, clock))
    # The store's own "paid" is not ours until its file says so.
    assert (record.raw_status, record.raw_payment) == ("teahouse:paid", "teahouse:9")
    assert [p.raw for p in record.problems if p.code == "unknown_status"] == ["paid", "9"]


def read(text: str, **more):
    plan = plan_of(text)
    told = {"order_sn": "T1", "status": "待发货", "pay_status": 1, "items": [{"num": 1}]}
    told |= {"created_at": "2025-11-24 20:00:00", "amount": {"total": "1.00"}, **more}
    return read_order(told, b"", plan)


@pytest.mark.parametrize(
    ("told", "minor", "codes"),
    [
        ("12.50", 1250, []),
        (12, 1200, []),
        ("12.5", 1250, []),
        ("12.505", 0, ["impossible_amount"]),
        ("-1", 0, ["impossible_amount"]),
        (True, 0, ["impossible_amount"]),
        (None, 0, ["missing_field"]),
    ],
)
def test_money_as_text_is_read_to_the_cent_or_not_at_all(told, minor, codes) -> None:
    record = read(TEA_FILE, amount={"total": told})
    assert record.total_minor == minor
    assert [problem.code for problem in record.problems] == codes


@pytest.mark.parametrize(
    ("fractions", "told", "minor", "codes"),
    [
        ("refuse", "12.5", 0, ["impossible_amount"]),
        ("round", "12.5", 1250, []),
        ("round", "12.499999999999998", 1250, ["rounded_amount"]),
        ("round", "12.3449", 1234, ["rounded_amount"]),
        ("round", "1e30", 0, ["impossible_amount"]),
    ],
)
def test_a_float_is_refused_or_rounded_and_told(fractions, told, minor, codes) -> None:
    text = spoilt(TEA_FILE, fractions=f'"{fractions}"')
    record = read(text, amount=read_json(f'{{"total": {told}}}'.encode()))
    assert record.total_minor == minor
    assert [p.code for p in record.problems if "amount" in p.code] == codes


@pytest.mark.parametrize(
    ("told", "minor", "codes"),
    [(1250, 1250, []), ("1250", 1250, []), ("12.50", 0, ["impossible_amount"])],
)
def test_whole_cents_are_whole(told, minor, codes) -> None:
    text = TEA_FILE.replace('format = "decimal"', 'format = "minor"')
    record = read(text, amount={"total": told})
    assert (record.total_minor, [p.code for p in record.problems]) == (minor, codes)


@pytest.mark.req("F086")
@pytest.mark.parametrize(
    ("spelt", "told", "ms", "codes"),
    [
        ("iso", "2025-11-24 20:00:00", NOON, []),
        ("iso", "2025-11-24T12:00:00Z", NOON, []),
        ("unix", NOON // 1000, NOON, []),
        ("unix_ms", str(NOON), NOON, []),
        ("unix", NOON, None, ["bad_time"]),
        ("%d.%m.%Y %H:%M", "24.11.2025 20:00", NOON, []),
        ("%d.%m.%Y %H:%M", "11/24/2025", None, ["bad_time"]),
        ("iso", "gestern", None, ["bad_time"]),
    ],
)
def test_a_time_is_read_as_the_file_says_and_kept_as_it_stood(spelt, told, ms, codes) -> None:
    text = TEA_FILE.replace('format = "iso" ', f'format = "{spelt}" ')
    record = read(text, created_at=told)
    assert (record.placed.utc_ms, record.placed.raw) == (ms, str(told))
    assert [problem.code for problem in record.problems] == codes


async def test_what_has_no_number_is_kept_aside_whole(teahouse, http, clock) -> None:
    box, url = teahouse
    box.place("T1", order_sn=None)
    box.place("T2")
    records, kept, _ = await pull_all(tea_channel(url, http, clock))
    assert [record.external_id for record in records] == ["T2"]
    assert b'"order_sn": null' in kept[0].raw


async def test_an_order_the_store_will_not_show_is_kept_aside(nursery, http, clock) -> None:
    box, url = nursery
    box.place("G-1")
    box.place("G-2", boxes="?")
    box.orders["G-1"].told["ref"] = "G-9"  # the list and the order do not agree
    records, kept, _ = await pull_all(garden_channel(url, http, clock))
    assert [record.external_id for record in records] == ["G-2"]
    assert [(k.external_id, k.reason.raw) for k in kept] == [("G-1", "sync_not_an_order")]


async def test_only_what_changed_is_asked_for_again(teahouse, http, clock) -> None:
    box, url = teahouse
    channel = tea_channel(url, http, clock)
    box.place("T1")
    clock.turn(3600)
    _, _, cursor = await pull_all(channel)
    clock.turn(3600)
    box.place("T2")
    records, _, _ = await pull_all(channel, cursor)
    assert [record.external_id for record in records] == ["T2"]
    # The list is inclusive and asked for ten minutes twice, in the store's own zone.
    assert "updated_after=2025-11-24+20%3A50%3A00" in box.calls[-1].query


async def test_an_exclusive_bound_is_asked_a_second_earlier(nursery, http, clock) -> None:
    box, url = nursery
    channel = garden_channel(url, http, clock)
    box.place("G-1")
    _, _, cursor = await pull_all(channel)
    await channel.pull(cursor)
    asked = [call for call in box.calls if call.path == "/v1/orders"][-1]
    assert asked.query == f"since={NOON // 1000 - 601}"


@pytest.mark.parametrize("kind", ["throttle", "unavailable"])
async def test_a_store_that_asks_for_a_pause_gets_it(teahouse, http, clock, kind) -> None:
    box, url = teahouse
    box.faults.plan(Fault(kind, seconds=7))
    with pytest.raises(Throttled) as told:
        await tea_channel(url, http, clock).pull("")
    assert told.value.retry_after_ms == 7000


async def test_a_login_page_with_200_moves_nothing(teahouse, http, clock) -> None:
    box, url = teahouse
    box.faults.plan(Fault("garbage"))
    with pytest.raises(Malformed):
        await tea_channel(url, http, clock).pull("")


async def test_a_code_in_a_good_answer_is_a_refusal(teahouse, http, clock) -> None:
    _, url = teahouse
    channel = tea_channel(url, http, clock, TEA_FILE.replace("with = ", "without = "))
    with pytest.raises(SyncError) as told:
        await channel.pull("")
    assert told.value.details["text"] == "参数错误"
    assert told.value.details["foreign_code"] == "4000"
