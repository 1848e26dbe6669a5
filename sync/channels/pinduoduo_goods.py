"""What a Pinduoduo shop sells, as told, into ListingRecords; the SKU a merchant code stands for.

pdd.goods.list.get (open.pinduoduo.com) lists goods with their SKUs, 100 a page from page 1, by sale
state (1: on sale) or by the code of a SKU. It is read from its last page to its first, so that
goods taken off sale meanwhile hide none behind them. `sku_quantity` is what may still be sold.
"""

from typing import Any

from sync.channels.pinduoduo_read import code
from sync.errors import Malformed, Rejected
from sync.gateways.pinduoduo_calls import PinduoduoCalls
from sync.json_text import Element
from sync.reading import mapping, minor, rows, text
from sync.records import KeptAside, ListingPage, ListingRecord, Problem

LIST = "pdd.goods.list.get"
PATH = ("goods_list_get_response", "goods_list")
PAGE, ON_SALE = 100, 1


async def page(calls: PinduoduoCalls, cursor: str) -> ListingPage:
    """The next page of what is on sale, each SKU a listing; "" begins with the last one."""
    at = _page_of(cursor)
    elements, total = await _asked(calls, at or 1)
    pages = -(-total // PAGE)
    if not at and pages > 1:
        return ListingPage((), (), str(pages), more=True, total=total)
    found: list[ListingRecord] = []
    kept: list[KeptAside] = []
    for element in elements:
        goods = mapping(element.value)
        number, skus = text(goods.get("goods_id")), rows(goods.get("sku_list"))
        if not number or not skus:
            why = "no goods_id" if not number else "no sku_list"
            kept.append(KeptAside(number, Problem("unreadable", "goods", why), element.raw))
        found += [_listing(goods, number, sku) for sku in skus if number]
    after = (at or 1) - 1
    return ListingPage(tuple(found), tuple(kept), str(after), more=after > 0, total=total)


def _page_of(cursor: str) -> int:
    if cursor and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 9):
        raise Malformed("sync_bad_cursor")
    return int(cursor or 0)


async def _asked(calls: PinduoduoCalls, number: int) -> tuple[list[Element], int]:
    asked = {"is_onsale": ON_SALE, "page": number, "page_size": PAGE}
    elements, rest = await calls.listed(LIST, asked, PATH)
    total = minor(rest.get("total_count"), 0)
    if total is None or total < 0:
        raise Malformed("pdd_odd_answer", interface=LIST)
    return elements, total


def _listing(goods: dict[str, Any], number: str, sku: dict[str, Any]) -> ListingRecord:
    quantity = minor(sku.get("sku_quantity"), 0)
    return ListingRecord(
        ref=f"{number}:{text(sku.get('sku_id'))}",
        sku=text(sku.get("outer_id")),
        title=text(goods.get("goods_name")),
        variant=text(sku.get("spec")),
        quantity=None if quantity is None else max(0, quantity),
    )


async def listing_of(calls: PinduoduoCalls, sku: str) -> str:
    """The one SKU with exactly this merchant code, as `goods:sku`.

    Raises:
        Rejected: there is none, or there are several.
    """
    elements, _ = await calls.listed(LIST, {"outer_id": sku, "page": 1, "page_size": PAGE}, PATH)
    found = [
        f"{text(goods.get('goods_id'))}:{text(row.get('sku_id'))}"
        for goods in (mapping(each.value) for each in elements)
        for row in rows(goods.get("sku_list"))
        if text(row.get("outer_id")) == sku and code(row, "is_sku_onsale") != 0
    ]
    if len(found) != 1:
        raise Rejected("pdd_two_listings" if found else "pdd_no_such_listing", sku=sku[:80])
    return found[0]
