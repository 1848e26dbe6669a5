"""Listings: learned from what is sold, mapped once for all that waits, and taken back again."""

from itertools import count

import pytest

from app.commands.catalogue import AddProduct, MapListing, RetireProduct, UnmapListing
from app.domain.actor import worker
from app.domain.errors import BadValue, NotAllowed, NotFound
from app.domain.errors_catalogue import EditedMeanwhile, ProductRetired
from app.operations import listings as verbs
from app.store.tables import line, orders, stock_move
from app.store.tables_catalogue import listing, product
from app.store.tables_record import event
from app.store.verify import verify
from app.store.work import Book
from sync.records import LineRecord
from tests.operations.catalogue_world import (
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


def strange(external_id: str, **more):
    """An order of a listing nobody has mapped: no merchant code, a reference of its own."""
    return sold(external_id, "", ref="p99:7", title="遮光帘（新）", **more)


def the_listing(shop: Shop, ref: str = "p99:7"):
    return next(r for r in shop.all(listing) if r["ref"] == ref)


def catch_up(shop: Shop, limit: int = 50) -> int:
    with shop.book.work(worker("timer")) as work:
        done = verbs.catch_up(work, shop.door.laws.now, limit)
        if done:
            work.commit()
    return done


def test_a_listing_is_learned_once_and_kept_as_its_shop_tells_of_it_last(shop: Shop) -> None:
    shop.receive(record(), record("502"))
    assert [(r["key"], r["sku_text"]) for r in shop.all(listing)] == [
        ("ref:p1", "LN-27"),
        ("ref:p2", "HK-01"),
    ]
    renamed = LineRecord("1", "LN-27", "p1", "新名字", "", 1, 100, 100)
    shop.receive(record("503", version=record().version + 9, lines=(renamed,)))
    shop.receive(record("504", version=record().version - 9))
    assert [r["title"] for r in shop.all(listing)] == ["新名字", "窗帘挂钩"]


@pytest.mark.req("F236")
def test_one_mapping_mends_every_waiting_order_of_the_listing_at_once(shop: Shop) -> None:
    second = three_shops(shop)[1]
    shop.receive(strange("601"), strange("602"), record("603"))
    receive_at(shop, second, strange("604"))
    assert open_cases(shop) == [("unknown_sku", "遮光帘（新）")] * 3
    said = shop.do("lead", MapListing(the_listing(shop)["id"], "LN-27"))
    assert said == {"orders": 2, "left": 0}
    for external_id in ("601", "602"):
        row = shop.order(external_id)
        assert (row["held"], row["open_cases"]) == ("", 0)
    assert shop.order("604")["held_reason"] == "unknown_sku"
    assert figures(shop)["LN-27"] == (10, 2 + 1 + 1)
    assert [r["sku"] for r in shop.all(line)] == ["LN-27", "LN-27", "LN-27", "HK-01", ""]
    shop.receive(strange("605"))
    assert (shop.order("605")["held"], figures(shop)["LN-27"]) == ("", (10, 5))
    assert "item_mapped" in {r["kind"] for r in shop.all(event)}
    sound(shop)
    assert verify(shop.book).ok


def test_a_listing_may_be_a_bundle_or_a_pack_of_several(shop: Shop) -> None:
    with_bundle(shop, (("HK-01", 2), ("LN-27", 1)))
    shop.receive(strange("601", quantity=2), sold("602", "PACK", quantity=2))
    shop.do("lead", MapListing(the_listing(shop)["id"], "SET-1"))
    assert figures(shop) == {"HK-01": (10, 4), "LN-27": (10, 2)}
    pack = next(r for r in shop.all(listing) if r["sku_text"] == "PACK")
    shop.do("lead", MapListing(pack["id"], "HK-01", 3))
    assert figures(shop) == {"HK-01": (10, 10), "LN-27": (10, 2)}
    shop.flow()
    assert [shop.order(n)["state"] for n in ("601", "602")] == ["allocated"] * 2
    sound(shop)


@pytest.mark.req("F236")
def test_a_mapping_taken_back_lets_its_orders_wait_again_but_not_what_was_packed(
    shop: Shop,
) -> None:
    shop.receive(strange("601"))
    pk = the_listing(shop)["id"]
    shop.do("lead", MapListing(pk, "LN-27"))
    shop.flow()
    shop.receive(strange("602"))
    assert shop.do("lead", UnmapListing(pk, "LN-27")) == {"orders": 1, "left": 0}
    assert (shop.order("601")["state"], shop.order("601")["held"]) == ("allocated", "")
    assert shop.order("602")["held_reason"] == "unknown_sku"
    assert open_cases(shop) == [("unknown_sku", "遮光帘（新）")]
    assert figures(shop)["LN-27"] == (10, 1)
    shop.receive(strange("601", version=record().version + 7))
    assert [r["sku"] for r in shop.all(line)] == ["LN-27", ""]
    assert figures(shop)["LN-27"] == (10, 1)
    shop.do("lead", MapListing(pk, "HK-01"))
    assert (shop.order("602")["held"], figures(shop)["HK-01"]) == ("", (10, 1))
    sound(shop)


def test_mapping_to_something_else_moves_what_was_reserved(shop: Shop) -> None:
    shop.receive(strange("601"))
    pk = the_listing(shop)["id"]
    shop.do("lead", MapListing(pk, "LN-27"))
    shop.do("lead", MapListing(pk, "HK-01", 2, was="LN-27"))
    assert figures(shop) == {"HK-01": (10, 2), "LN-27": (10, 0)}
    sound(shop)


@pytest.mark.req("F236")
def test_thousands_of_waiting_orders_follow_in_pieces_and_none_is_left(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verbs, "AT_ONCE", 2)
    counted(shop, LN_27=50)
    shop.receive(*(strange(str(600 + n)) for n in range(7)))
    pk = the_listing(shop)["id"]
    assert shop.do("lead", MapListing(pk, "LN-27")) == {"orders": 2, "left": 5}
    assert the_listing(shop)["behind"] == 1
    assert [catch_up(shop, 3) for _ in range(4)] == [3, 2, 0, 0]
    assert the_listing(shop)["behind"] == 0
    assert {r["held"] for r in shop.all(orders)} == {""}
    assert open_cases(shop) == []
    sound(shop)


def test_a_step_that_dies_leaves_whole_orders_and_the_next_goes_on(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verbs, "AT_ONCE", 1)
    shop.receive(strange("601"), strange("602"), strange("603"))
    shop.do("lead", MapListing(the_listing(shop)["id"], "LN-27"))
    steps, whole = count(1), verbs.settle_stock

    def dying(*args):
        if next(steps) == 2:
            raise OSError("killed")
        whole(*args)

    with monkeypatch.context() as patched:
        patched.setattr(verbs, "settle_stock", dying)
        with pytest.raises(OSError, match="killed"):
            catch_up(shop)
    assert figures(shop)["LN-27"] == (10, 1)
    assert catch_up(shop) == 2
    assert figures(shop)["LN-27"] == (10, 3)
    sound(shop)


def test_short_orders_are_served_oldest_first_when_a_mapping_comes(shop: Shop) -> None:
    counted(shop, LN_27=1)
    shop.receive(strange("601"), strange("602"))
    shop.do("lead", MapListing(the_listing(shop)["id"], "LN-27"))
    assert [shop.order(n)["held_reason"] for n in ("601", "602")] == ["", "short_stock"]
    assert open_cases(shop) == [("short_stock", "LN-27")]


def test_who_maps_what_somebody_else_has_mapped_meanwhile_is_told_both_sides(shop: Shop) -> None:
    shop.receive(strange("601"))
    pk = the_listing(shop)["id"]
    shop.do("lead", MapListing(pk, "LN-27"))
    with pytest.raises(EditedMeanwhile) as refused:
        shop.do("lead", MapListing(pk, "HK-01"))
    assert refused.value.details == {
        "what": "遮光帘（新）",
        "by": "lead",
        "field": "sku",
        "yours": "HK-01",
        "theirs": "LN-27",
    }


def test_what_cannot_be_mapped_to_is_refused_and_nothing_moves(shop: Shop) -> None:
    shop.receive(strange("601"))
    pk = the_listing(shop)["id"]
    shop.do("lead", AddProduct("OLD", "old"))
    old = next(r for r in shop.all(product) if r["sku"] == "OLD")
    shop.do("lead", RetireProduct(old["id"], old["version"]))
    moves = shop.all(stock_move)
    for ask, why in (
        (MapListing(pk, "NEVER"), NotFound),
        (MapListing(pk, "OLD"), ProductRetired),
        (MapListing(pk, "LN-27", 0), BadValue),
        (MapListing(7, "LN-27"), NotFound),
    ):
        with pytest.raises(why):
            shop.do("lead", ask)
    with pytest.raises(NotAllowed):
        shop.do("agent", MapListing(pk, "LN-27"))
    assert shop.all(stock_move) == moves
    assert the_listing(shop)["sku"] == ""
