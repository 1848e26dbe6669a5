"""What a Shopify shop sells: every variant once, at the location whose stock is written."""

import pytest

from sync.errors import Malformed, PermissionMissing, Rejected
from sync.ports import ProductList
from sync.records import KeptAside, ListingRecord
from sync.sandbox.faults import Fault
from sync.sandbox.shopify_gate import App
from tests.sync.shopify_world import sandbox, straight
from tests.sync.sync_world import HandClock


@pytest.fixture
def box(clock: HandClock):
    return sandbox(clock)


@pytest.fixture
def channel(box, clock):
    return straight(box, clock)


async def all_of(channel) -> tuple[list[ListingRecord], list[KeptAside]]:
    found, kept, cursor, more = [], [], "", True
    while more:
        page = await channel.listings(cursor)
        found += page.listings
        kept += page.kept_aside
        cursor, more = page.next_cursor, page.more
    return found, kept


@pytest.mark.req("F248")
async def test_variants_come_once_with_barcode_weight_customs_and_stock(box, channel) -> None:
    shop = box.shop
    mug = shop.stock_variant(
        *("MUG", "Mug", 7),
        barcode="4006381333931",
        weight=(0.42, "KILOGRAMS"),
        hs_code="691200",
        origin="CN",
    )
    options = (("Colour", "sand"), ("Size", "L"))
    top = shop.stock_variant("CUR-S", "Curtain", None, options=options)
    found, kept = await all_of(channel)
    assert isinstance(channel, ProductList)
    assert [one.sku for one in found] == ["CUP-1", "POT-1", "MUG", "CUR-S"]
    assert found[2:] == [
        ListingRecord(
            *(str(mug.number), "MUG", "Mug", "", "4006381333931", 420, 7, "691200", "CN")
        ),
        ListingRecord(str(top.number), "CUR-S", "Curtain", "Colour: sand, Size: L"),
    ]
    assert kept == []


async def test_what_an_order_calls_a_thing_is_what_the_list_calls_it(box, channel) -> None:
    order = box.shop.place({"lines": [{"sku": "CUP-1", "title": "Tea cup", "price": "1"}]})
    record = await channel.detail(str(order.number))
    found, _ = await all_of(channel)
    assert record.lines[0].listing_ref == found[0].ref


async def test_what_nobody_packs_is_kept_aside_with_its_title(box, channel) -> None:
    box.shop.stock_variant("CARD", "Gift card", None, ships=False)
    box.shop.stock_variant("SET", "Tea set", 3, parts=True)
    found, kept = await all_of(channel)
    assert [one.sku for one in found] == ["CUP-1", "POT-1"]
    assert [(one.reason.code, one.reason.raw) for one in kept] == [
        ("not_shipped", "Gift card"),
        ("not_shipped", "Tea set"),
    ]


async def test_the_figure_is_that_of_the_location_whose_stock_is_written(box, clock) -> None:
    box.shop.stock_variant("BOTH", "Both", 7).levels[9002] = 5
    box.shop.stock_variant("HERE", "Here", 7)
    box.shop.stock_variant("OVER", "Oversold", -4)
    figures = {}
    for location in ("", "9002"):
        found, _ = await all_of(straight(box, clock, location=location))
        figures[location] = {one.sku: one.quantity for one in found[2:]}
    assert figures == {
        "": {"BOTH": 7, "HERE": 7, "OVER": 0},
        "9002": {"BOTH": 5, "HERE": None, "OVER": None},
    }


@pytest.mark.parametrize(
    ("weight", "grams"),
    [
        ((0.42, "KILOGRAMS"), 420),
        ((420.0, "GRAMS"), 420),
        ((1.0, "POUNDS"), 454),
        ((1.0, "OUNCES"), 28),
        ((0.0, "GRAMS"), None),
    ],
)
async def test_weights_are_read_in_the_unit_they_are_told_in(box, channel, weight, grams) -> None:
    box.shop.stock_variant("MUG", "Mug", 1, weight=weight)
    found, _ = await all_of(channel)
    assert found[-1].weight_g == grams


async def test_hundreds_are_walked_by_pages_within_the_points(clock) -> None:
    box = sandbox(clock, bucket=1000, rate=50)
    for n in range(231):
        box.shop.stock_variant(f"P-{n}", f"Product {n}", n)
    channel = straight(box, clock)
    page = await channel.listings("")
    found, _ = await all_of(channel)
    skus = [one.sku for one in found]
    assert page.total == len(skus) == len(set(skus)) == 233
    sizes = [variables["first"] for text, variables in box.heard if "query Products" in text]
    assert 25 < max(sizes) <= 50


async def test_what_is_taken_off_sale_between_two_pages_hides_nothing(box, channel) -> None:
    made = [box.shop.stock_variant(f"P-{n}", "p", n) for n in range(90)]
    page = await channel.listings("")
    for variant in made[:5]:
        del box.shop.variants[variant.number]
    skus, cursor, more = [one.sku for one in page.listings], page.next_cursor, page.more
    while more:
        page = await channel.listings(cursor)
        skus += [one.sku for one in page.listings]
        cursor, more = page.next_cursor, page.more
    assert sorted(skus) == sorted(["CUP-1", "POT-1", *(f"P-{n}" for n in range(90))])


async def test_a_page_that_is_too_dear_is_asked_for_in_half(box, channel, monkeypatch) -> None:
    for n in range(90):
        box.shop.stock_variant(f"P-{n}", "p", n)
    monkeypatch.setattr("sync.sandbox.shopify.MOST_POINTS", 100)
    found, _ = await all_of(channel)
    assert len({one.ref for one in found}) == 92
    monkeypatch.setattr("sync.sandbox.shopify.MOST_POINTS", 5)
    with pytest.raises(Rejected) as dear:
        await channel.listings("")
    assert dear.value.code == "shopify_too_dear"


async def test_a_broken_page_is_told_and_the_same_cursor_goes_on(box, channel) -> None:
    box.faults.plan(Fault("garbage", part="Products"))
    with pytest.raises(Malformed):
        await channel.listings("")
    found, _ = await all_of(channel)
    assert [one.sku for one in found] == ["CUP-1", "POT-1"]


@pytest.mark.parametrize("right", ["read_products", "read_inventory", "read_locations"])
async def test_a_missing_right_is_named(clock, right) -> None:
    app = App("client", "secret")
    app.scopes -= {right, right.replace("read_", "write_")}
    with pytest.raises(PermissionMissing) as lacking:
        await straight(sandbox(clock, app), clock).listings("")
    assert lacking.value.details["scopes"] == right
