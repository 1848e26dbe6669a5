"""Bundles: reserved by their components, all or none, and given back exactly."""

import json

import pytest

from app.commands.catalogue import AddProduct, SetBundle
from app.commands.orders import CancelLines, CancelOrder
from app.commands.stock import AdjustStock, ReleaseLock
from app.domain.errors import LockUnknown
from app.domain.errors_catalogue import BundleRefused
from app.store.tables import line, lock, parcel_line
from app.store.tables_catalogue import line_part, product
from app.store.tables_record import case
from app.store.verify import verify
from app.store.work import Book
from tests.operations.catalogue_world import (
    SET,
    counted,
    figures,
    open_cases,
    receive_at,
    sold,
    sound,
    three_shops,
    with_bundle,
)
from tests.operations.outbound_world import Shop, open_shop, record


@pytest.fixture
def shop(book: Book) -> Shop:
    return open_shop(book)


@pytest.mark.req("F236")
def test_a_bundle_on_three_shops_with_one_left_goes_to_one_and_names_why_not_to_the_others(
    shop: Shop,
) -> None:
    with_bundle(shop)
    counted(shop, HK_01=7, LN_27=10)
    for at, channel_id in enumerate(three_shops(shop)):
        receive_at(shop, channel_id, sold(str(601 + at)))
    shop.flow()
    assert [shop.order(n)["state"] for n in ("601", "602", "603")] == ["allocated", "paid", "paid"]
    assert [shop.order(n)["held_reason"] for n in ("602", "603")] == ["short_stock"] * 2
    assert open_cases(shop) == [("short_stock", "HK-01")] * 2
    told = [json.loads(r["args_json"]) for r in shop.all(case)]
    assert told == [{"sku": "HK-01 (SET-1)", "need": 4, "have": 3, "lacking": "HK-01 (SET-1)"}] * 2
    assert figures(shop) == {"HK-01": (7, 4), "LN-27": (10, 1)}
    sound(shop)
    assert verify(shop.book).ok


@pytest.mark.req("F236")
def test_the_component_that_comes_in_lets_the_oldest_waiting_bundle_go_on(shop: Shop) -> None:
    with_bundle(shop)
    counted(shop, HK_01=3)
    shop.receive(sold("601"), sold("602"))
    assert {r["order_id"] for r in shop.all(lock)} == set()
    counted(shop, HK_01=5)
    assert [shop.order(n)["held"] for n in ("601", "602")] == ["", "locked"]
    assert figures(shop) == {"HK-01": (5, 4), "LN-27": (10, 1)}
    sound(shop)


def test_cancelling_one_of_three_bundles_gives_back_exactly_its_components(shop: Shop) -> None:
    with_bundle(shop, (("HK-01", 2), ("LN-27", 1)))
    shop.receive(sold("601", quantity=3), record("602"))
    mine = shop.order("601")["id"]
    held = [r for r in shop.all(lock) if r["order_id"] == mine]
    foreign = next(r for r in shop.all(lock) if r["order_id"] != mine)
    before = figures(shop)
    with pytest.raises(LockUnknown):
        shop.do("lead", CancelLines(mine, ((held[0]["line_id"], 1, foreign["id"]),), "less"))
    assert figures(shop) == before
    shop.do("lead", CancelLines(mine, ((held[0]["line_id"], 1, held[0]["id"]),), "less"))
    assert figures(shop) == {"HK-01": (10, 4 + 1), "LN-27": (10, 2 + 2)}
    shop.do("lead", CancelOrder(mine, "all of it"))
    assert figures(shop) == {"HK-01": (10, 1), "LN-27": (10, 2)}
    sound(shop)


@pytest.mark.req("F236")
def test_changing_a_bundle_leaves_what_is_reserved_and_counts_from_the_next_order_on(
    shop: Shop,
) -> None:
    pk = with_bundle(shop, (("HK-01", 2), ("LN-27", 1)))
    shop.receive(sold("601"))
    shop.do("lead", SetBundle(pk, 1, (("HK-01", 5),)))
    assert figures(shop) == {"HK-01": (10, 2), "LN-27": (10, 1)}
    shop.receive(sold("602"))
    assert figures(shop) == {"HK-01": (10, 7), "LN-27": (10, 1)}
    shop.receive(sold("601", version=record().version + 5, quantity=2))
    assert figures(shop) == {"HK-01": (10, 9), "LN-27": (10, 2)}
    shop.flow()
    assert [shop.order(n)["state"] for n in ("601", "602")] == ["allocated"] * 2
    sound(shop)


def test_a_bundle_that_lost_one_component_is_not_allocated(shop: Shop) -> None:
    with_bundle(shop, (("HK-01", 2), ("LN-27", 1)))
    shop.receive(sold("601"))
    hooks = next(r for r in shop.all(lock) if r["sku"] == "HK-01")
    shop.do("lead", ReleaseLock(hooks["id"], 2, "broken"))
    shop.do("lead", AdjustStock("HK-01", shop.location_id, 0, "all broken"))
    shop.flow()
    assert (shop.order("601")["state"], shop.order("601")["held"]) == ("paid", "locked")
    sound(shop)


def test_a_bundle_that_leaves_takes_its_components_off_the_shelf(shop: Shop) -> None:
    with_bundle(shop, (("HK-01", 2), ("LN-27", 1)))
    shop.receive(sold("601", quantity=2), sold("602"))
    shop.receive(sold("601", quantity=2, version=record().version + 5, raw_status="completed"))
    assert figures(shop) == {"HK-01": (6, 2), "LN-27": (8, 1)}
    shop.flow()
    assert [(r["quantity"]) for r in shop.all(parcel_line)] == [1]
    assert {(r["sku"], r["per_item"]) for r in shop.all(line_part)} == {("HK-01", 2), ("LN-27", 1)}
    assert {r["sku"] for r in shop.all(line)} == {SET}
    sound(shop)


@pytest.mark.req("F236")
@pytest.mark.parametrize(
    ("components", "why"),
    [
        ((("SET-1", 1),), "nested"),
        ((("SET-2", 1),), "itself"),
        ((("NEVER", 1),), "unknown"),
        ((("HK-01", 0),), "quantity"),
        ((("HK-01", 1), ("HK-01", 2)), "twice"),
    ],
)
def test_what_makes_no_bundle_is_refused_with_the_component_named(
    shop: Shop, components, why
) -> None:
    with_bundle(shop)
    before = shop.all(product)
    with pytest.raises(BundleRefused) as refused:
        shop.do("lead", AddProduct("SET-2", "t", components=components))
    assert refused.value.details == {"sku": components[-1][0], "why": why}
    assert shop.all(product) == before


def test_a_plain_product_inside_a_bundle_cannot_become_one_and_a_bundle_has_no_shelf(
    shop: Shop,
) -> None:
    with_bundle(shop)
    shop.do("lead", AddProduct("NEW-1", "new"))
    shop.do("lead", AddProduct("NEW-SET", "set", components=(("NEW-1", 2),)))
    new = next(r for r in shop.all(product) if r["sku"] == "NEW-1")
    with pytest.raises(BundleRefused) as refused:
        shop.do("lead", SetBundle(new["id"], new["version"], (("HK-01", 1),)))
    assert refused.value.details["why"] == "nested"
    stocked = next(r for r in shop.all(product) if r["sku"] == "LN-27")
    with pytest.raises(BundleRefused) as refused:
        shop.do("lead", SetBundle(stocked["id"], stocked["version"], (("HK-01", 1),)))
    assert refused.value.details["why"] == "has_stock"
    with pytest.raises(BundleRefused):
        shop.do("lead", AdjustStock(SET, shop.location_id, 5, "counted"))
