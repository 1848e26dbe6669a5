"""What is written to a home-made store is written once, and only to that store."""

import asyncio
import json

import pytest

from sync.errors import Ambiguous, Malformed, PermissionMissing, Rejected
from sync.records import MemoAsk, ShipAsk, StockAsk
from sync.sandbox.faults import Fault
from sync.sandbox.http import LocalServer, Reply
from tests.sync.own_world import (
    GARDEN_FILE,
    TEA_FILE,
    garden,
    garden_channel,
    tea,
    tea_channel,
)

PARCEL = ("sf", "顺丰速运", "SF1234567890123")


def parcel(number: str, *lines: tuple[str, int], key: str = "k-1") -> ShipAsk:
    return ShipAsk(number, *PARCEL, lines, key)


@pytest.fixture
async def teahouse(clock, hasty):
    box = tea(clock)
    server = LocalServer(box.handle)
    box.place("T1")
    yield box, tea_channel(await server.start(), hasty, clock)
    await server.stop()


@pytest.fixture
async def nursery(clock, hasty):
    box = garden(clock)
    server = LocalServer(box.handle)
    box.place("G-1")
    yield box, garden_channel(await server.start(), hasty, clock)
    await server.stop()


@pytest.mark.parametrize("kind", ["reset_after", "cut", "garbage"])
async def test_a_lost_answer_is_looked_up_and_the_parcel_told_once(teahouse, kind) -> None:
    box, channel = teahouse
    box.faults.plan(Fault(kind, "POST"))
    with pytest.raises(Ambiguous):
        await channel.ship(parcel("T1"))
    done = await channel.ship(parcel("T1"))
    assert done.already
    assert box.orders["T1"].parcels == [{"express": "SHUNFENG", "express_no": PARCEL[2]}]
    assert box.writes == 1


async def test_a_store_that_never_answers_after_it_did_it_is_told_once(teahouse) -> None:
    box, channel = teahouse
    box.faults.plan(Fault("late", "POST"))
    with pytest.raises(Ambiguous):
        await channel.ship(parcel("T1"))
    assert (await channel.ship(parcel("T1"))).already
    assert box.writes == 1


@pytest.mark.parametrize("kind", ["reset_after", "cut"])
async def test_a_store_that_knows_our_key_is_told_again_with_the_same(nursery, kind) -> None:
    box, channel = nursery
    box.orders["G-1"].told["state"] = "to_send"
    box.faults.plan(Fault(kind, "PUT"))
    tried = await asyncio.gather(channel.ship(parcel("G-1")), return_exceptions=True)
    # A 204 has no body to be cut: that one is a whole answer.
    assert kind == "cut" or isinstance(tried[0], Ambiguous)
    await channel.ship(parcel("G-1"))
    assert box.orders["G-1"].sent == [PARCEL[2]]
    assert set(box.keys) == {"k-1"}


async def test_a_part_of_an_order_is_told_as_a_part(teahouse) -> None:
    box, channel = teahouse
    await channel.ship(parcel("T1", ("1", 2)))
    (told,) = box.orders["T1"].parcels
    assert told["items"] == [{"id": "1", "num": 2}]


async def test_a_part_is_not_told_to_a_store_that_knows_whole_orders_alone(nursery) -> None:
    box, channel = nursery
    assert "ship_lines" not in channel.caps.flags
    with pytest.raises(Rejected) as told:
        await channel.ship(parcel("G-1", ("a", 1)))
    assert (told.value.code, told.value.details["row"]) == ("own_shop_cannot", "ship_part")
    assert [call.method for call in box.calls] == ["GET"]
    # A parcel with every unit of the order is the whole order, however it is told.
    await channel.ship(parcel("G-1", ("a", 2), ("b", 1)))
    assert box.orders["G-1"].sent == [PARCEL[2]]


async def test_a_cancelled_order_is_not_shipped_and_the_stores_words_are_kept(teahouse) -> None:
    box, channel = teahouse
    box.orders["T1"].told["status"] = "已取消"
    with pytest.raises(Rejected) as told:
        await channel.ship(parcel("T1"))
    assert told.value.text == "订单状态为已取消，不能发货"
    assert told.value.foreign_code == "4100"
    assert box.orders["T1"].parcels == []


async def test_a_code_that_means_already_is_done(clock, http) -> None:
    answer = Reply(409, json.dumps({"problem": {"kind": "gone_already"}}).encode())
    server = LocalServer(lambda _call: answer)
    channel = garden_channel(await server.start(), http, clock)
    assert (await channel.ship(parcel("G-1"))).already
    await server.stop()


async def test_stock_is_a_whole_number_in_both_stores(teahouse, nursery) -> None:
    (tea_box, tea_shop), (garden_box, garden_shop) = teahouse, nursery
    await tea_shop.set_stock(StockAsk("7", "TEA-1", 42, "s-1"))
    await garden_shop.set_stock(StockAsk("", "ROSE-R", 0, "s-1"))
    assert (tea_box.stock["TEA-1"], garden_box.left["ROSE-R"]) == (42, 0)
    with pytest.raises(Rejected, match="sync_bad_quantity"):
        await tea_shop.set_stock(StockAsk("7", "TEA-1", -1, "s-2"))
    with pytest.raises(Rejected) as told:
        await garden_shop.set_stock(StockAsk("", "TULIP", 3, "s-3"))
    assert told.value.details["row"] == "stock"


HOSTILE = '"}, "status": "已取消", "x": "{waybill}\n\\'


async def test_a_hostile_memo_is_written_letter_by_letter(teahouse, nursery) -> None:
    (tea_box, tea_shop), (garden_box, garden_shop) = teahouse, nursery
    for shop, number in ((tea_shop, "T1"), (garden_shop, "G-1")):
        await shop.write_memo(MemoAsk(number, HOSTILE, "red", "m-1"))
        await shop.write_memo(MemoAsk(number, HOSTILE, "red", "m-1"))
    assert tea_box.orders["T1"].told["seller_note"] == HOSTILE
    assert tea_box.orders["T1"].told["status"] == "待发货"
    assert garden_box.orders["G-1"].remarks == [{"remark": HOSTILE, "colour": "red"}]


async def test_a_hostile_number_cannot_leave_its_place_in_the_path(nursery) -> None:
    box, channel = nursery
    with pytest.raises(Rejected):
        await channel.write_memo(MemoAsk("../plants/ROSE-R?x=#", "x", "", "m-1"))
    with pytest.raises(Rejected):
        await channel.ship(parcel(".."))
    assert [call.path for call in box.calls] == ["/v1/orders/../plants/ROSE-R?x=#/remarks"]
    assert box.left["ROSE-R"] == 100


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_to_another_host_gets_neither_the_key_nor_a_call(
    clock, http, status
) -> None:
    elsewhere = garden(clock)
    other = LocalServer(elsewhere.handle)
    away = await other.start()
    server = LocalServer(lambda _call: Reply(status, b"", {"Location": f"{away}/v1/orders"}))
    channel = garden_channel(await server.start(), http, clock)
    result = await channel.check()
    assert result.code == "sync_redirected"
    with pytest.raises(Rejected):
        await channel.ship(parcel("G-1"))
    assert elsewhere.calls == []
    await server.stop()
    await other.stop()


async def test_a_token_that_only_reads_is_told_apart_from_a_wrong_one(clock, http) -> None:
    box = garden(clock)
    box.place("G-1")
    server = LocalServer(box.handle)
    url = await server.start()
    with pytest.raises(PermissionMissing):
        await garden_channel(url, http, clock, key="garden-reader").ship(parcel("G-1"))
    await server.stop()


async def test_plain_http_beyond_this_computer_sends_nothing(http, clock) -> None:
    """The file is refused; were it not, nothing would leave either."""
    channel = garden_channel("https://shop.example", http, clock)
    object.__setattr__(channel.plan, "address", "http://shop.example/v1")
    assert (await channel.check()).code in {"own_shop_elsewhere", "sync_not_encrypted"}


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        ("none", {}),
        ("basic", {"authorization": "Basic Z2FyZGVuLXRva2VuOnMz"}),
        ("bearer", {"authorization": "Bearer garden-token"}),
        ('header"\nname = "X-Api-Key', {"x-api-key": "garden-token"}),
    ],
)
async def test_each_way_to_say_who_calls(clock, http, kind, sent) -> None:
    seen = []
    server = LocalServer(lambda call: (seen.append(call), Reply(200, b"[]"))[1])
    url = await server.start()
    text = GARDEN_FILE.replace('kind = "bearer"', f'kind = "{kind}"')
    channel = garden_channel(url, http, clock, text)
    object.__setattr__(channel._keys, "secret", "s3")
    await channel.pull("")
    told = {name: seen[0].headers.get(name) for name in ("authorization", "x-api-key")}
    assert {name: value for name, value in told.items() if value} == sent
    await server.stop()


async def test_a_key_in_the_query_is_put_there_once_a_page(clock, http) -> None:
    seen = []
    link = {"Link": '</v1/orders?after=1&api_key=leaked>; rel="next"'}
    server = LocalServer(lambda call: (seen.append(call.query), Reply(200, b"[]", link))[1])
    url = await server.start()
    kind = 'kind = "query"\nname = "api_key"'
    channel = garden_channel(url, http, clock, GARDEN_FILE.replace('kind = "bearer"', kind))
    first = await channel.pull("")
    assert "garden-token" not in first.next_cursor
    with pytest.raises(Malformed):
        await channel.pull(first.next_cursor)
    assert seen == ["api_key=garden-token", "after=1&api_key=garden-token"]
    await server.stop()


@pytest.mark.parametrize("key", ["a\r\nX-Evil: 1", "schlüssel"])
async def test_a_key_that_can_be_none_is_named_and_never_sent(clock, http, key) -> None:
    box = garden(clock)
    server = LocalServer(box.handle)
    channel = garden_channel(await server.start(), http, clock, key=key)
    assert (await channel.check()).code == "own_shop_wrong_key"
    assert box.calls == []
    await server.stop()


def test_the_sample_declares_what_it_can_do() -> None:
    assert "ship_lookup" in tea_channel("https://x.example", None, None, TEA_FILE).caps.flags
