"""What a WooCommerce shop sells: every product and variation once, whatever moves meanwhile."""

import pytest

from sync.errors import Malformed, Rejected
from sync.ports import ProductList, Request
from sync.records import ListingRecord
from sync.sandbox.faults import Fault


async def all_of(channel) -> tuple[list[ListingRecord], list]:
    found, kept, cursor, more = [], [], "", True
    while more:
        page = await channel.listings(cursor)
        found += page.listings
        kept += page.kept_aside
        cursor, more = page.next_cursor, page.more
    return found, kept


@pytest.mark.req("F248")
async def test_products_and_variations_come_once_with_weight_barcode_and_stock(
    box, channel
) -> None:
    shop = box.shop
    mug = shop.stock_product("MUG", "Mug &amp; saucer", 7, weight="0.42", barcode="4006381333931")
    top = shop.stock_product("", "Linen curtain", 30, weight="1.8")
    sand = shop.stock_product("CUR-S", "", 4, top.number, options=(("Colour", "sand"),))
    ink = shop.stock_product("CUR-I", "", None, top.number, weight="2", shared=True)
    shop.stock_product("", "All of it", None, kind="grouped")
    found, kept = await all_of(channel)
    assert isinstance(channel, ProductList)
    assert found[1:] == [
        ListingRecord(
            str(mug.number), "MUG", "Mug & saucer", "", "4006381333931", weight_g=420, quantity=7
        ),
        ListingRecord(
            f"{top.number}:{sand.number}", "CUR-S", "Linen curtain", "Colour: sand", "", 1800, 4
        ),
        # One figure shared by all variations is nobody's opening stock.
        ListingRecord(f"{top.number}:{ink.number}", "CUR-I", "Linen curtain", "", "", 2000, None),
    ]
    assert [one.reason.code for one in kept] == ["not_shipped"]


async def test_hundreds_are_walked_by_pages_without_gap_or_double(box, channel) -> None:
    for n in range(231):
        box.shop.stock_product(f"P-{n}", f"Product {n}", n)
    big = box.shop.stock_product("", "Big", None)
    for n in range(123):
        box.shop.stock_product(f"V-{n}", "", n, big.number)
    found, _ = await all_of(channel)
    skus = [one.sku for one in found]
    assert len(skus) == len(set(skus)) == 1 + 231 + 123


async def test_what_is_taken_off_sale_between_two_pages_hides_nothing(box, channel) -> None:
    made = [box.shop.stock_product(f"P-{n}", "p", n) for n in range(150)]
    page = await channel.listings("")
    for product in made[:5]:
        del box.shop.products[product.number]
    skus, cursor, more = [one.sku for one in page.listings], page.next_cursor, page.more
    while more:
        page = await channel.listings(cursor)
        skus += [one.sku for one in page.listings]
        cursor, more = page.next_cursor, page.more
    assert sorted(skus) == sorted(["CUP-1", *(f"P-{n}" for n in range(150))])


@pytest.mark.parametrize(
    ("unit", "told", "grams"),
    [("kg", "0.42", 420), ("g", "420", 420), ("lbs", "1", 454), ("oz", "1", 28), ("kg", "", None)],
)
async def test_weights_are_read_in_the_shops_own_unit(box, channel, unit, told, grams) -> None:
    box.shop.weight_unit = unit
    box.shop.stock_product("MUG", "Mug", 1, weight=told)
    found, _ = await all_of(channel)
    assert found[-1].weight_g == grams


async def test_a_unit_nobody_knows_leaves_weights_unread(box, channel) -> None:
    box.shop.weight_unit = "stone"
    box.shop.stock_product("MUG", "Mug", 1, weight="3")
    found, _ = await all_of(channel)
    assert found[-1].weight_g is None


async def test_a_broken_page_is_told_and_the_same_cursor_goes_on(box, channel) -> None:
    box.faults.plan(Fault("garbage", "GET"))
    with pytest.raises(Malformed):
        await channel.listings("")
    found, _ = await all_of(channel)
    assert [one.sku for one in found] == ["CUP-1"]


async def test_the_sandbox_refuses_what_the_real_shop_refuses(box, channel) -> None:
    url = channel.url
    for query in ("per_page=101", "per_page=0", "orderby=weight", "order=up"):
        with pytest.raises(Rejected) as refused:
            await channel._connector.request(Request("GET", url(f"products?{query}")))
        assert refused.value.foreign_code == "rest_invalid_param", query
    for path in ("products/99/variations", "settings/products/woocommerce_other"):
        with pytest.raises(Rejected):
            await channel._connector.request(Request("GET", url(path)))
