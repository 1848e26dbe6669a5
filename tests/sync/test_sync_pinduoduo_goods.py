"""What a Pinduoduo shop sells: every SKU once, whatever is taken off sale meanwhile."""

import json

import pytest

from sync.errors import Malformed
from sync.ports import ProductList
from sync.records import ListingRecord
from tests.sync.pinduoduo_world import sandbox, straight
from tests.sync.platform_world import Canned


@pytest.fixture
def box(clock):
    return sandbox(clock)


async def all_of(shop, between=lambda: None):
    found, kept, cursor, more = [], [], "", True
    while more:
        page = await shop.listings(cursor)
        found += page.listings
        kept += page.kept_aside
        cursor, more = page.next_cursor, page.more
        between()
    return found, kept


@pytest.mark.req("F248")
async def test_what_is_on_sale_comes_with_its_code_and_what_may_be_sold(box, clock) -> None:
    shop = straight(box, clock)
    box.shop.off_sale.add("POT-1")
    item = box.shop.goods["CUP-1"]
    found, kept = await all_of(shop)
    ref = f"{item.goods_id}:{item.sku_id}"
    assert (found, kept) == ([ListingRecord(ref, "CUP-1", "青花茶杯", "默认", quantity=100)], [])
    assert isinstance(shop, ProductList)


async def test_goods_taken_off_sale_while_they_are_read_hide_none_behind_them(box, clock) -> None:
    for number in range(330):
        box.shop.stock_goods(f"T-{number}", "茶", 100, 1)
    gone = iter([f"T-{number}" for number in range(60)])

    def sell_out():
        for _ in range(12):
            box.shop.off_sale.add(next(gone))

    found, _ = await all_of(straight(box, clock), sell_out)
    still = {code for code in box.shop.goods if code not in box.shop.off_sale}
    assert still <= {listing.sku for listing in found}
    pages = [params["page"] for params in box.heard]
    assert pages == ["1", "4", "3", "2", "1"]


async def test_goods_that_cannot_be_read_are_kept_aside(box, clock) -> None:
    rows = [{"goods_id": 5, "sku_list": []}, {"goods_name": "x", "sku_list": [{}]}, 7]
    told = {"goods_list_get_response": {"goods_list": rows, "total_count": 3}}
    shop = straight(box, clock, http=Canned(json.dumps(told).encode()))
    page = await shop.listings("")
    assert (page.listings, page.more) == ((), False)
    assert [each.external_id for each in page.kept_aside] == ["5", "", ""]


@pytest.mark.parametrize("cursor", ["x", "-1", "9" * 40])
async def test_a_cursor_nobody_wrote_is_refused(box, clock, cursor) -> None:
    with pytest.raises(Malformed, match="sync_bad_cursor"):
        await straight(box, clock).listings(cursor)
