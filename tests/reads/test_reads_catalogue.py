"""The catalogue's reads × every role, its pages, its figures, and what it guesses."""

import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from app.commands.catalogue import AddProduct, MapListing, RetireProduct, SetPicture
from app.commands.catalogue_import import ImportProducts
from app.domain.actor import worker
from app.reads import catalogue, listings
from app.reads.catalogue import ProductView
from app.store.tables_record import grant
from sync.records import LineRecord
from tests.operations.catalogue_world import receive_at, sold, three_shops, with_bundle
from tests.operations.outbound_world import record
from tests.reads.reading_world import Sight
from tests.worlds import CountingIds, FixedClock

# Who sees the catalogue; agents, packers and finance read it, lead and admin change it.
SEES = {
    "agent": True,
    "packer": True,
    "lead": True,
    "finance": True,
    "auditor": False,
    "admin": True,
    "staff": True,
    "owner": True,
    "nobody": False,
}


@pytest.fixture
def sight(tmp_path: Path, clock: FixedClock, ids: CountingIds) -> Iterator[Sight]:
    """Two products, a bundle of both, two listings nobody mapped, one in a second shop."""
    made = Sight(tmp_path, clock, ids)
    shop = made.shop
    with_bundle(shop, (("HK-01", 4), ("LN-27", 1)))
    second = three_shops(shop)[1]
    curtain = LineRecord("1", "ln_27", "p9", "亚麻遮光窗帘", "米白", 1, 100, 100)
    shop.receive(record("701", lines=(curtain,)), record("702", lines=(curtain,)))
    receive_at(shop, second, sold("703", "MUG", title="Stoneware mug"))
    shop.do("lead", ImportProducts("goods.csv"))
    for role in SEES:
        if role not in shop.sessions:
            shop.hire(role, *(() if role == "nobody" else (role,)))
    yield made
    made.close()


def first_id(sight: Sight) -> int:
    return catalogue.page(sight.read, sight.viewer("owner"), ProductView())[0].id


@pytest.mark.parametrize("role", list(SEES))
def test_each_role_sees_the_catalogue_or_nothing_of_it(
    sight: Sight, role: str, tmp_path: Path
) -> None:
    sight.shop.do("lead", MapListing(one(sight, "MUG").id, "HK-01"))
    viewer, book, pk = sight.viewer(role), sight.read, first_id(sight)
    listing_id = one(sight, "ln_27").id
    found = {
        "catalogue.page": len(catalogue.page(book, viewer, ProductView())),
        "catalogue.jump": len(catalogue.jump(book, viewer, ProductView(), 0)),
        "catalogue.count": catalogue.count(book, viewer, ProductView()),
        "catalogue.product": int(catalogue.product(book, viewer, pk) is not None),
        "catalogue.imports": len(catalogue.imports(book, viewer)),
        "catalogue.warehouses": len(catalogue.warehouses(book, viewer)),
        "catalogue.picture": len(catalogue.picture(book, viewer, pk)),
        "listings.to_map": len(listings.to_map(book, viewer)),
        "listings.mapped": len(listings.mapped(book, viewer)),
        "listings.of_product": len(listings.of_product(book, viewer, "HK-01")),
        "listings.listing": int(listings.listing(book, viewer, listing_id) is not None),
        "listings.waiting": listings.waiting(book, viewer),
        "listings.suggestions": len(listings.suggestions(book, viewer, listing_id)),
    }
    # Packers see released orders alone, so no order that waits.
    waiting = 0 if role == "packer" or not SEES[role] else 2
    whole = dict.fromkeys(found, 1) | {"catalogue.page": 3, "catalogue.jump": 3}
    whole |= {"catalogue.count": 3, "catalogue.picture": 0, "listings.waiting": waiting}
    assert found == (whole if SEES[role] else dict.fromkeys(found, 0))
    named = {
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in (catalogue, listings)
        for name, read in inspect.getmembers(module, inspect.isfunction)
        if read.__module__ == module.__name__ and not name.startswith("_")
    }
    assert named == set(found) | {"catalogue.escaped"}


def one(sight: Sight, text: str) -> listings.ListingRow:
    viewer = sight.viewer("owner")
    rows = (*listings.to_map(sight.read, viewer), *listings.mapped(sight.read, viewer))
    return next(row for row in rows if row.sku_text == text)


def test_who_has_one_shop_sees_its_listings_alone(sight: Sight) -> None:
    sight.shop.hire("second", "lead")
    with sight.shop.book.work(worker("test")) as work:
        row = work.rows(grant.select().order_by(grant.c.id.desc()))[0]
        other = next(r.channel_id for r in listings.to_map(sight.read, sight.viewer("owner")))
        work.update(grant, row["id"], scope="shop", scope_id=other)
        work.tell("roles_set")
        work.commit()
    viewer = sight.viewer("second")
    assert {row.channel_id for row in listings.to_map(sight.read, viewer)} == {other}
    assert listings.listing(sight.read, viewer, one(sight, "MUG").id) is None
    assert listings.waiting(sight.read, viewer) == 2


@pytest.mark.req("F236")
def test_listings_to_map_stand_with_their_waiting_orders_the_most_urgent_first(
    sight: Sight,
) -> None:
    rows = listings.to_map(sight.read, sight.viewer("lead"))
    assert [(row.sku_text, row.waiting) for row in rows] == [("ln_27", 2), ("MUG", 1)]
    assert rows[0].urgent_at is not None
    sight.shop.do("lead", MapListing(rows[0].id, "LN-27"))
    assert listings.waiting(sight.read, sight.viewer("lead")) == 1
    mapped = listings.mapped(sight.read, sight.viewer("lead"), "窗帘")
    assert [(row.sku, row.mapped_by, row.waiting) for row in mapped] == [("LN-27", "lead", 0)]


@pytest.mark.req("F236")
def test_a_suggestion_says_why_and_another_shops_mapping_counts(sight: Sight) -> None:
    viewer = sight.viewer("lead")
    found = listings.suggestions(sight.read, viewer, one(sight, "ln_27").id)
    assert (found[0].sku, found[0].why) == ("LN-27", "code_alike")
    sight.shop.do("lead", MapListing(one(sight, "MUG").id, "HK-01"))
    mug = sold("704", "MUG", ref="other", title="Becher")
    sight.shop.receive(mug)
    again = next(row for row in listings.to_map(sight.read, viewer) if row.ref == "other")
    found = listings.suggestions(sight.read, viewer, again.id)
    assert [(row.sku, row.why) for row in found] == [("HK-01", "other_shop")]


@pytest.mark.req("F236")
def test_a_bundle_can_be_sold_as_often_as_its_scarcest_component_allows(sight: Sight) -> None:
    rows = catalogue.page(sight.read, sight.viewer("agent"), ProductView())
    assert {row.sku: row.sellable for row in rows} == {"HK-01": 10, "LN-27": 10, "SET-1": 2}
    whole = catalogue.product(sight.read, sight.viewer("agent"), rows[2].id)
    assert whole is not None
    assert [(part.sku, part.quantity, part.free) for part in whole.parts] == [
        ("HK-01", 4, 10),
        ("LN-27", 1, 10),
    ]
    plain = catalogue.product(sight.read, sight.viewer("agent"), rows[0].id)
    assert plain is not None
    assert plain.inside == ("SET-1",)


def test_products_are_found_by_any_of_their_words_and_signs_mean_themselves(
    sight: Sight, tmp_path: Path
) -> None:
    sight.shop.do("lead", AddProduct("A%B_1", "100% wool", barcode="4006381333931"))
    viewer = sight.viewer("agent")

    def found(text: str, **more) -> list[str]:
        return [row.sku for row in catalogue.page(sight.read, viewer, ProductView(text, **more))]

    assert found("窗帘 遮光") == ["LN-27"]
    assert found("ln27") == ["LN-27"]
    assert found("4006381333931") == ["A%B_1"]
    assert found("%") == ["A%B_1"]
    assert found("", kind="bundle") == ["SET-1"]
    row = catalogue.page(sight.read, viewer, ProductView("wool"))[0]
    sight.shop.do("lead", RetireProduct(row.id, row.version))
    assert found("wool") == []
    assert found("wool", retired=True) == ["A%B_1"]
    Image.new("RGB", (40, 30), "red").save(tmp_path / "x.png")
    sight.shop.do("lead", SetPicture(row.id, str(tmp_path / "x.png")))
    assert catalogue.picture(sight.read, viewer, row.id)[:3] == b"\xff\xd8\xff"


def test_pages_meet_without_gap_or_double(sight: Sight) -> None:
    for n in range(7):
        sight.shop.do("lead", AddProduct(f"P-{n}", "product"))
    viewer, view = sight.viewer("agent"), ProductView()
    first = catalogue.page(sight.read, viewer, view, None, 4)
    second = catalogue.page(sight.read, viewer, view, first[-1], 4)
    third = catalogue.page(sight.read, viewer, view, second[-1], 4)
    skus = [row.sku for row in (*first, *second, *third)]
    assert skus == sorted(set(skus))
    assert len(skus) == catalogue.count(sight.read, viewer, view) == 10
    assert catalogue.jump(sight.read, viewer, view, 4, 4) == second
