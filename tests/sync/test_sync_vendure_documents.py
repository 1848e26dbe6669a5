"""Every document Waydesk sends to Vendure is one that Vendure 3.7.3's own schema takes."""

import pytest
from graphql import OperationDefinitionNode, build_schema, parse, validate
from graphql.execution.values import get_variable_values

from sync.channels.vendure_walk import OPEN_EVERY_MS, OVERLAP_MS
from sync.records import MemoAsk, ShipAsk, StockAsk
from sync.sandbox.vendure_sdl import SDL
from tests.sync.sync_world import HandClock, pull_all
from tests.sync.vendure_derive import documents
from tests.sync.vendure_world import sandbox, straight


@pytest.fixture(scope="module")
def schema():
    return build_schema(SDL)


@pytest.mark.parametrize("name", sorted(documents()))
def test_a_document_is_valid_on_the_servers_schema(schema, name) -> None:
    assert [error.message for error in validate(schema, parse(documents()[name]))] == []


async def a_day(clock: HandClock) -> list:
    """What goes out in a whole day: read, shipped, its number changed, memo, stock, listing."""
    box = sandbox(clock)
    channel, order = straight(box, clock), box.shop.place()
    await channel.check()
    _, _, cursor = await pull_all(channel)
    clock.turn((OPEN_EVERY_MS + OVERLAP_MS) / 1000)
    await pull_all(channel, cursor)
    await channel.detail(order["id"])
    await channel.placed_between(0, clock.ms)
    await channel.ship(ShipAsk(order["id"], "ups", "UPS", "A", (), "k"))
    await channel.ship(ShipAsk(order["id"], "ups", "UPS", "B", (), "k", replaces="A"))
    for text in ("one", "two"):
        await channel.write_memo(MemoAsk(order["id"], text, "", text))
    variant = next(iter(box.shop.variants))
    await channel.set_stock(StockAsk(variant, "", 3, "s"))
    await channel.set_stock(StockAsk("", "MUG-1", 4, "s"))
    await channel.listings("")
    return box.heard


async def test_every_variable_that_goes_out_fits_the_schema(schema) -> None:
    sent = set()
    for text, variables in await a_day(HandClock()):
        operation = parse(text).definitions[0]
        assert isinstance(operation, OperationDefinitionNode)
        values = get_variable_values(schema, operation.variable_definitions or (), variables)
        assert not isinstance(values, list), (operation.name.value, values)
        sent.add(text)
    assert sent == set(documents().values())
