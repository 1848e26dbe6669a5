"""Every document Waydesk sends to Shopify is one that Shopify's own schema takes."""

import os

import pytest
from graphql import (
    OperationDefinitionNode,
    OperationType,
    build_schema,
    parse,
    validate,
)
from graphql.execution.values import get_variable_values

from sync.channels import shopify_history
from sync.records import MemoAsk, StockAsk
from sync.sandbox.shopify_sdl import SDL
from tests.sync.shopify_derive import OBJECTS, SOURCE, TARGET, VERSIONS, derive, documents, official
from tests.sync.shopify_world import parcel, sandbox, seed, straight
from tests.sync.sync_world import HandClock, pull_all

needs_official = pytest.mark.skipif(
    not os.environ.get(SOURCE), reason=f"{SOURCE} names no folder of official schemas"
)
# The mutations that take an idempotency key, by the official descriptions of 2026-07 and 2026-10.
TAKE_A_KEY = frozenset(
    {
        "inventoryActivate",
        "inventoryAdjustQuantities",
        "inventoryMoveQuantities",
        "inventorySetOnHandQuantities",
        "inventorySetQuantities",
        "inventoryShipmentAddItems",
        "inventoryShipmentCreate",
        "inventoryShipmentCreateInTransit",
        "inventoryShipmentReceive",
        "inventoryTransferCreate",
        "inventoryTransferCreateAsReadyToShip",
        "inventoryTransferDuplicate",
        "inventoryTransferSetItems",
        "locationActivate",
        "locationDeactivate",
        "orderCreateMandatePayment",
        "refundCreate",
    }
)


@pytest.fixture(scope="module")
def derived():
    return build_schema(SDL)


@pytest.mark.parametrize("name", sorted(documents()))
def test_a_document_is_valid_on_what_we_know_of_the_schema(derived, name) -> None:
    assert [error.message for error in validate(derived, parse(documents()[name]))] == []


@needs_official
@pytest.mark.parametrize("version", VERSIONS)
def test_every_document_is_valid_on_the_official_schema(version) -> None:
    schema = official(version)
    wrong = {
        name: [error.message for error in validate(schema, parse(text))]
        for name, text in documents().items()
    }
    assert {name: errors for name, errors in wrong.items() if errors} == {}


@needs_official
def test_what_we_know_of_the_schema_is_what_the_official_one_says() -> None:
    for told, file in zip(derive(official(VERSIONS[0])), (OBJECTS, TARGET), strict=True):
        assert f'"""\n{told}\n"""' in file.read_text("utf-8")


@needs_official
@pytest.mark.parametrize("version", VERSIONS)
def test_the_mutations_that_take_a_key_are_those_the_official_schema_names(version) -> None:
    fields = official(version).mutation_type.fields
    told = {n for n, f in fields.items() if "idempotent" in (f.description or "").lower()}
    assert told == TAKE_A_KEY


def mutations(text: str):
    """The fields of a document's mutation, and the fragments' none."""
    for part in parse(text).definitions:
        if isinstance(part, OperationDefinitionNode) and part.operation is OperationType.MUTATION:
            yield from part.selection_set.selections


def test_every_mutation_that_takes_a_key_is_given_one() -> None:
    seen = set()
    for name, text in documents().items():
        for field in mutations(text):
            given = {d.name.value for d in field.directives or ()}
            assert ("idempotent" in given) == (field.name.value in TAKE_A_KEY), name
            seen.add(field.name.value)
    assert seen >= {"inventorySetQuantities", "fulfillmentCreate", "orderUpdate"}


async def test_the_key_that_goes_out_is_the_effects_own() -> None:
    clock = HandClock()
    box = sandbox(clock)
    await straight(box, clock).set_stock(StockAsk("", "CUP-1", 7, "stock:42:7"))
    sent = [variables for text, variables in box.heard if "mutation SetStock" in text]
    assert [variables["key"] for variables in sent] == ["stock:42:7"]


async def every_call(clock: HandClock, monkeypatch) -> list:
    """What goes out in a whole day: read, shipped in parts, held, memo, stock, refunds, long."""
    box = sandbox(clock)
    channel = straight(box, clock)
    order = box.shop.place(seed(note="a gift"))
    long = seed(lines=[{"sku": "CUP-1", "title": f"Cup {n}", "price": "1"} for n in range(70)])
    crate = box.shop.place(long)
    places = [{"sku": "CUP-1", "title": "Cup", "price": "1", "location": n} for n in range(7)]
    box.shop.place(seed(lines=places))
    for _ in range(6):
        box.shop.refund(order, "1.00", "late", {order.lines[0].number: 0})
    await channel.check()
    _, _, cursor = await pull_all(channel)
    await pull_all(channel, cursor)
    await channel.detail(str(order.number))
    await channel.placed_between(0, clock.ms)
    await channel.ship(parcel(order, cup=1))
    await channel.ship(parcel(order, number="2", cup=1, pot=1))
    for _ in range(2):
        await channel.ship(parcel(crate, number="3"))
    bare = box.shop.place(seed())
    box.shop.fulfil_all(bare)
    await channel.ship(parcel(bare))
    await channel.write_memo(MemoAsk(str(order.number), "call", "1", "m1"))
    await channel.write_memo(MemoAsk(str(order.number), "call", "2", "m2"))
    await channel.set_stock(StockAsk("", "CUP-1", 3, "s1"))
    await channel.listings("")
    await channel.gone((str(order.number),))
    monkeypatch.setattr(shopify_history, "LONG", 1)
    await pull_all(channel)
    return box.heard


async def test_every_variable_that_goes_out_fits_the_schema(derived, monkeypatch) -> None:
    heard = await every_call(HandClock(), monkeypatch)
    for schema in (derived, *(official(v) for v in VERSIONS if os.environ.get(SOURCE))):
        sent = set()
        for text, variables in heard:
            operation = parse(text).definitions[0]
            assert isinstance(operation, OperationDefinitionNode)
            values = get_variable_values(schema, operation.variable_definitions or (), variables)
            assert not isinstance(values, list), (operation.name.value, values)
            sent.add(operation.name.value)
        # What a bulk operation is asked to do goes out inside a variable, and has no name.
        texts = [text for name, text in documents().items() if name != "HISTORY"]
        assert sent == {parse(text).definitions[0].name.value for text in texts}
        inside = next(v["query"] for text, v in heard if "BeginHistory" in text)
        assert validate(schema, parse(inside)) == []
