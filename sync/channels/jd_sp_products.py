"""What a JD shop sells by the newer gateway, as told, into ListingRecords; whose code a SKU bears.

GET skus lists every SKU, page by page from 1, or those of some merchant's codes (open.jd.com,
listSkus). It is read from its last page to its first, so that a SKU that is deleted meanwhile hides
none behind it. A SKU's own name says what sets it apart from its sisters.
"""

from collections.abc import Mapping
from typing import Any

from sync.channels.jd_read import is_id
from sync.errors import Malformed, Rejected
from sync.gateways.jd_sp_calls import JdSpCalls, SpTold
from sync.gateways.jd_sp_sign import SpCall
from sync.reading import mapping, minor, text
from sync.records import KeptAside, ListingPage, ListingRecord, Problem

SKUS = "/sp-product/v0/skus"
SKU_FIELDS = ("skuId", "outerId", "skuName", "productName", "stockNum", "upc")
PAGE = 50


async def page(calls: JdSpCalls, cursor: str) -> ListingPage:
    """The next page of what the shop sells; "" begins with the last one."""
    if cursor and not (cursor.isascii() and cursor.isdigit() and 0 < int(cursor[:9]) < 10**8):
        raise Malformed("sync_bad_cursor")
    at = int(cursor[:9] or 0)
    told = await _asked(calls, at or 1)
    total = told.counted(at or 1, PAGE)
    pages = -(-total // PAGE)
    if not at and pages > 1:
        return ListingPage((), (), str(pages), more=True, total=total)
    found: list[ListingRecord] = []
    kept: list[KeptAside] = []
    for element in told.rows:
        sku = mapping(element.value)
        if is_id(text(sku.get("skuId"))):
            found.append(_listing(sku))
        else:
            kept.append(KeptAside("", Problem("unreadable", "sku", "no skuId"), element.raw))
    after = (at or 1) - 1
    return ListingPage(tuple(found), tuple(kept), str(after or ""), more=after > 0, total=total)


async def _asked(calls: JdSpCalls, number: int, **more: str) -> SpTold:
    asked = {"page": str(number), "pageSize": str(PAGE), "scopeSet": ",".join(SKU_FIELDS)}
    return await calls.ask(SpCall("GET", SKUS, query={**asked, **more}))


def _listing(sku: Mapping[str, Any]) -> ListingRecord:
    quantity = minor(sku.get("stockNum"), 0)
    return ListingRecord(
        ref=text(sku.get("skuId")),
        sku=text(sku.get("outerId")),
        title=text(sku.get("skuName")) or text(sku.get("productName")),
        barcode=text(sku.get("upc")),
        quantity=None if quantity is None else max(0, quantity),
    )


async def sku_of(calls: JdSpCalls, code: str) -> str:
    """The one SKU with exactly this merchant's code; a comma would make two of it.

    Raises:
        Rejected: there is none, or there are several.
    """
    found: set[str] = set()
    if code and "," not in code:
        for element in (await _asked(calls, 1, outerIdList=code)).rows:
            row = mapping(element.value)
            if text(row.get("outerId")) == code and text(row.get("skuId")):
                found.add(text(row.get("skuId")))
    if len(found) != 1:
        raise Rejected("jd_two_listings" if found else "jd_no_such_listing", sku=code[:80])
    return found.pop()
