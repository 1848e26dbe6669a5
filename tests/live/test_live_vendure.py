"""Our own connector against a real Vendure 3.7.3 server, through an order's life and a busy day.

Not run by default: `python3 dev.py test --live`.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
from graphql import GraphQLSchema, parse, validate

from sync.channels.vendure_access import VendureKeys
from sync.channels.vendure_walk import PAGE, Walk, read_walk, write_walk
from sync.sandbox.vendure_sdl import SDL
from sync.transport import Transport, TransportLimits, trusted
from tests.live.vendure_keeper import LiveKeeper
from tests.live.vendure_server import ready, running
from tests.sync.vendure_contract import PROMISES, Promise, parcel, round_of
from tests.sync.vendure_derive import derive, documents, official
from tests.sync.vendure_world import Shelf

pytestmark = pytest.mark.live
MANY = 200


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(ready(), tmp_path_factory.mktemp("vendure")) as address:
        yield address


@pytest.fixture(scope="module")
def opened() -> list[LiveKeeper]:
    return []


@pytest.fixture
async def keeper(site: str, opened: list[LiveKeeper]) -> AsyncIterator[LiveKeeper]:
    http = Transport(TransportLimits(), trust=trusted())
    if not opened:
        opened.append(await LiveKeeper(site, http).open())
    opened[0].http = http
    yield opened[0]
    await http.close()


@pytest.fixture(scope="module")
def schema(site: str) -> GraphQLSchema:
    return official(f"{site}/admin-api")


@pytest.mark.parametrize("name", sorted(documents()))
def test_every_document_is_valid_on_the_servers_own_schema(
    schema: GraphQLSchema, name: str
) -> None:
    assert [error.message for error in validate(schema, parse(documents()[name]))] == []


def test_what_the_sandbox_knows_of_the_schema_is_what_the_server_says(
    schema: GraphQLSchema,
) -> None:
    assert f"\n{derive(schema)}\n" == SDL


@pytest.mark.parametrize("promise", PROMISES, ids=lambda each: each.__name__)
async def test_the_real_server_and_the_connector_promise(
    promise: Promise, keeper: LiveKeeper
) -> None:
    await promise(keeper)


async def test_an_api_key_is_as_good_as_a_login(keeper: LiveKeeper) -> None:
    number = await keeper.place()
    channel = keeper.channel(keys=VendureKeys(api_key=await keeper.api_key()))
    assert (await channel.check()).ok
    assert (await channel.detail(number)).external_id == number


async def test_a_right_that_is_missing_is_named_and_no_login_is_wasted_on_it(
    keeper: LiveKeeper,
) -> None:
    name = await keeper.hire("reader@shop.example", ["ReadOrder", "ReadCatalog"])
    shelf = Shelf()
    channel = keeper.channel(keys=VendureKeys(username=name, password="open sesame"), shelf=shelf)
    told = await channel.check()
    assert (told.code, told.details["rights"]) == (
        "vendure_right_missing",
        "UpdateOrder, UpdateCatalog",
    )
    assert len(shelf.kept) == 1


async def test_nothing_is_lost_of_many_orders_that_change_while_they_are_listed(
    keeper: LiveKeeper, capsys: pytest.CaptureFixture[str]
) -> None:
    """Orders are placed, shipped, cancelled and refunded by hand between any two pages."""
    channel, began = keeper.channel(), time.monotonic()
    placed = [await keeper.place(1) for _ in range(MANY)]
    placing_s = time.monotonic() - began
    todo = list(placed)
    changed: list[str] = []
    cursor, pages, found = write_walk(Walk()), 0, {}
    began = time.monotonic()
    while True:
        batch = await channel.pull(cursor)
        pages, cursor = pages + 1, batch.next_cursor
        found |= {record.external_id: record for record in batch.records}
        if not batch.more:
            break
        changed += await _meddle(keeper, todo, placed)
    listing_s = time.monotonic() - began
    assert pages > MANY // PAGE
    assert set(placed[:MANY]) <= set(found), "lost while it was listed"
    # Six hours later, as far as the cursor knows.
    later, _ = await round_of(channel, write_walk(replace(read_walk(cursor, None), recent_ms=1)))
    known = found | later
    assert set(placed) <= set(known)
    for number in placed:
        now = await channel.detail(number)
        assert replace(known[number], raw=b"") == replace(now, raw=b""), number
    figures = {"orders": len(placed), "placing_s": placing_s, "listing_s": listing_s}
    figures |= {"pages": pages, "changed_meanwhile": len(changed)}
    with capsys.disabled():
        print("\nVendure, live:", {name: round(value, 1) for name, value in figures.items()})


async def _meddle(keeper: LiveKeeper, todo: list[str], placed: list[str]) -> list[str]:
    """Between two pages: one is shipped, one cancelled, one refunded, and a new one is placed."""
    shipped, cancelled, refunded = todo.pop(0), todo.pop(len(todo) // 2), todo.pop()
    await keeper.move(await keeper.pend(shipped, 1, f"BY-HAND-{shipped}"), "Shipped")
    await keeper.cancel(cancelled)
    await keeper.refund(refunded, 100)
    new = await keeper.place(1)
    placed.append(new)
    return [shipped, cancelled, refunded, new]


async def test_many_askers_log_in_once(keeper: LiveKeeper) -> None:
    number, shelf = await keeper.place(), Shelf()
    channel = keeper.channel(shelf=shelf)
    await asyncio.gather(*(channel.detail(number) for _ in range(8)))
    assert len(shelf.kept) == 1
    await keeper.end_sessions()
    await asyncio.gather(*(channel.detail(number) for _ in range(8)))
    assert len(shelf.kept) == 2


async def test_two_that_tell_one_parcel_at_the_same_moment_tell_it_once(keeper: LiveKeeper) -> None:
    """The server itself refuses the second: it has no more left to fulfil."""
    channel = keeper.channel()
    order = await channel.detail(await keeper.place(2))
    asked = [channel.ship(parcel(order, 2, "ONCE")) for _ in range(2)]
    await asyncio.gather(*asked, return_exceptions=True)
    assert (await channel.ship(parcel(order, 2, "ONCE"))).already
    after = await channel.detail(order.external_id)
    assert (after.raw_status, after.lines[0].quantity_shipped) == ("Shipped", 2)
