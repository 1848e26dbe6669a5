"""The ten traps of a real WooCommerce 10.5.0 server (channels.md 2), each met by the connector."""

import random
from urllib.parse import parse_qs, urlsplit

import pytest

from sync.channels.woocommerce_sign import WooKey, basic
from sync.connector import with_headers
from sync.errors import Rejected
from sync.ports import Request
from sync.records import ShipAsk, StockAsk
from sync.sandbox.faults import Fault
from sync.sandbox.woo_auth import ApiKey
from sync.sandbox.woocommerce import WooSandbox, WooSetup
from tests.sync.sync_world import NOON, HandClock, Straight, pull_all, seed, stocked, woo

HOUR = 3600


def shop_in(zone: str, clock) -> WooSandbox:
    setup = WooSetup((ApiKey("ck_shop", "cs_shop"),), zone=zone)
    return stocked(WooSandbox(setup, clock.now_s, random.Random(1)))


async def asked(box: WooSandbox, clock, nonce, query: str) -> list[int]:
    """What the server lists for a query of our own."""
    channel = woo("http://shop.example", Straight(box), clock, nonce)
    elements, _ = await channel._connector.json_list(
        Request("GET", channel.url(f"orders?orderby=id&order=asc&per_page=100&{query}"))
    )
    return [element.value["id"] for element in elements]


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "UTC"])
async def test_trap_1_changes_are_found_east_and_west_of_utc(zone, clock, nonce) -> None:
    box = shop_in(zone, clock)
    old = box.shop.place(seed(created_s=NOON // 1000 - 20 * HOUR))
    new = box.shop.place(seed(created_s=NOON // 1000 - HOUR))
    channel = woo(
        "http://shop.example", Straight(box), clock, nonce, start_ms=NOON - 2 * HOUR * 1000
    )
    records, _, _ = await pull_all(channel)
    assert [record.external_id for record in records] == [str(new.number)]
    assert old.number != new.number


async def test_trap_1_is_in_the_sandbox_z_with_the_flag_loses_orders_in_the_east(
    clock, nonce
) -> None:
    since = "modified_after=2025-11-24T10:00:00Z"
    east = shop_in("Asia/Shanghai", clock)
    placed = east.shop.place(seed(created_s=NOON // 1000 - HOUR)).number
    assert await asked(east, clock, nonce, f"{since}&dates_are_gmt=true") == []
    assert await asked(east, clock, nonce, since) == [placed]
    bare = since.removesuffix("Z")
    assert await asked(east, clock, nonce, f"{bare}&dates_are_gmt=true") == [placed]
    west = shop_in("America/New_York", clock)
    older = west.shop.place(seed(created_s=NOON // 1000 - 4 * HOUR)).number
    assert await asked(west, clock, nonce, f"{since}&dates_are_gmt=true") == [older]
    assert await asked(west, clock, nonce, since) == []


async def test_trap_2_orders_of_the_same_second_as_the_bound_are_read(box, channel, clock) -> None:
    await pull_all(channel)
    _, _, cursor = await pull_all(channel)
    clock.turn(5)
    twins = [box.shop.place(seed()).number for _ in range(3)]
    records, _, cursor = await pull_all(channel, cursor)
    assert [int(record.external_id) for record in records] == twins
    late = box.shop.place(seed(created_s=clock.now_s())).number
    records, _, _ = await pull_all(channel, cursor)
    assert late in [int(record.external_id) for record in records]


@pytest.mark.parametrize("off_hours", [-30, 3, 30])
async def test_trap_2_the_servers_clock_bounds_the_round_not_ours(
    box, clock, nonce, off_hours
) -> None:
    ours = HandClock(clock.ms + off_hours * HOUR * 1000)
    channel = woo("https://shop.example", Straight(box, secure=True), ours, nonce)
    for _ in range(3):
        box.shop.place(seed())
    clock.turn(HOUR)
    _, _, cursor = await pull_all(channel)
    clock.turn(60)
    placed = box.shop.place(seed()).number
    records, _, _ = await pull_all(channel, cursor)
    assert [int(record.external_id) for record in records] == [placed]


async def test_trap_2_an_order_of_the_starting_second_itself_is_read(
    box, server, http, clock, nonce
) -> None:
    placed = box.shop.place(seed()).number
    channel = woo(server.url, http, clock, nonce, start_ms=clock.ms)
    records, _, _ = await pull_all(channel)
    assert [int(record.external_id) for record in records] == [placed]


async def test_trap_3_shipping_twice_writes_one_parcel(box, channel) -> None:
    order = box.shop.place(seed())
    ask = ShipAsk(str(order.number), "sf", "顺丰速运", "SF1234567890123", (), "key-1", "")
    first = await channel.ship(ask)
    second = await channel.ship(ask)
    assert (first.already, second.already) == (False, True)
    truth = box.truth()
    assert truth["shipped"] == {str(order.number): ["SF1234567890123"]}
    assert truth["noted_twice"] == []
    assert truth["writes"] == {"order": 1, "note": 1}
    assert box.shop.writes["fulfillment"] == 0


async def test_trap_3_is_in_the_sandbox_native_fulfilments_double(clock, nonce) -> None:
    setup = WooSetup((ApiKey("ck_shop", "cs_shop"),), fulfillments=True)
    box = stocked(WooSandbox(setup, clock.now_s, random.Random(1)))
    order = box.shop.place(seed())
    channel = woo("http://shop.example", Straight(box), clock, nonce)
    url = channel.url(f"orders/{order.number}/fulfillments")
    for _ in range(2):
        answer = await channel._connector.request(Request("POST", url, {}, b"{}", writes=True))
        assert answer.status == 201
    assert len(box.desk.fulfilled[order.number]) == 2
    assert order.status == "processing"


async def test_trap_4_stock_is_written_absolute_and_whole(box, channel) -> None:
    product = box.shop.by_sku("CUP-1")
    done = await channel.set_stock(StockAsk(str(product.number), "CUP-1", 41, "k"))
    await channel.set_stock(StockAsk("", "CUP-1", 41, "k"))
    assert product.stock == 41
    assert done.external_ref == str(product.number)


async def test_trap_4_is_in_the_sandbox_a_fraction_is_refused(box, channel) -> None:
    number = box.shop.by_sku("CUP-1").number
    url = channel.url(f"products/{number}")
    with pytest.raises(Rejected) as refused:
        await channel._connector.request(Request("PUT", url, {}, b'{"stock_quantity":1.5}'))
    assert refused.value.details["status"] == 400


async def test_trap_5_plain_http_is_signed_and_basic_would_not_be_seen(
    box, channel, server, http, nonce
) -> None:
    assert (await channel.check()).ok
    bare = Request("GET", f"{server.url}/wp-json/wc/v3/orders")
    with_basic = with_headers(bare, Authorization=basic(WooKey("ck_shop", "cs_shop", nonce)))
    answers = [await http.send(request) for request in (bare, with_basic)]
    assert [answer.status for answer in answers] == [401, 401]
    assert answers[0].body == answers[1].body
    assert b"woocommerce_rest_cannot_view" in answers[0].body


async def test_trap_6_pages_are_asked_by_number_and_the_link_is_never_followed(
    clock, nonce
) -> None:
    box = shop_in("Asia/Shanghai", clock)
    for _ in range(250):
        box.shop.place(seed())
    urls = []

    class Watched(Straight):
        async def send(self, request):
            answer = await super().send(request)
            urls.append((request.url, answer.headers.get("link", "")))
            return answer

    records, _, _ = await pull_all(woo("http://shop.example", Watched(box), clock, nonce))
    assert len({record.external_id for record in records}) == 250
    nonces = [parse_qs(urlsplit(url).query)["oauth_nonce"][0] for url, _ in urls]
    assert len(set(nonces)) == len(nonces)
    links = [link for _, link in urls if link]
    assert links
    assert all(nonces[0] in links[0] and url not in links for url, _ in urls)


async def test_trap_6_is_in_the_sandbox_a_followed_link_is_refused(box, channel, http) -> None:
    for _ in range(3):
        box.shop.place(seed())
    request = channel._connector._signed.sign(Request("GET", channel.url("orders?per_page=1")))
    answer = await http.send(request)
    link = answer.headers["link"].partition(">")[0].removeprefix("<")
    host = urlsplit(request.url).netloc
    followed = link.replace(f"//{urlsplit(link).netloc}/", f"//{host}/")
    refused = await http.send(Request("GET", followed))
    assert refused.status == 401


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("per_page=101", 400),
        ("modified_after=yesterday", 400),
        ("status=no-such", 400),
        ("orderby=modified", 400),
        ("page=0", 400),
    ],
)
async def test_trap_7_what_the_server_refuses_is_refused(channel, query, status) -> None:
    with pytest.raises(Rejected) as refused:
        await channel._connector.request(Request("GET", channel.url(f"orders?{query}")))
    assert refused.value.details["status"] == status
    assert refused.value.foreign_code == "rest_invalid_param"


async def test_trap_7_past_the_end_is_empty_and_a_missing_order_is_a_definite_no(
    box, channel
) -> None:
    box.shop.place(seed())
    elements, _ = await channel._connector.json_list(Request("GET", channel.url("orders?page=9")))
    assert elements == []
    with pytest.raises(Rejected) as refused:
        await channel.detail("999999")
    assert refused.value.details["status"] == 404


async def test_trap_8_a_trashed_order_comes_as_evidence_of_cancellation(
    box, channel, clock
) -> None:
    kept, gone = box.shop.place(seed()), box.shop.place(seed())
    clock.turn(3600)
    _, _, cursor = await pull_all(channel)
    box.shop.trash(gone)
    records, _, _ = await pull_all(channel, cursor)
    assert [(record.external_id, record.trashed) for record in records] == [
        (str(gone.number), True)
    ]
    assert records[0].raw_status == "trash"
    assert records[0].problems == ()
    assert kept.status == "processing"


async def test_trap_10_paying_takes_stock_and_cancelling_gives_it_back(box) -> None:
    product = box.shop.by_sku("CUP-1")
    order = box.shop.place(seed())
    assert product.stock == 98
    box.shop.set_status(order, "cancelled")
    assert product.stock == 100
    box.shop.set_status(order, "processing")
    box.shop.set_status(order, "completed")
    assert product.stock == 98


async def test_a_twin_and_a_shuffled_page_change_nothing(box, channel) -> None:
    numbers = {str(box.shop.place(seed()).number) for _ in range(30)}
    for kind in ("duplicate", "reorder"):
        box.faults.plan(Fault(kind))
        records, _, _ = await pull_all(channel)
        told = [record.external_id for record in records]
        assert set(told) == numbers
        assert len(told) == len(numbers)
    assert box.faults.done == {"duplicate": 1, "reorder": 1}
