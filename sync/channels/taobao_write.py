"""Stock and memos, each written as what should stand, so that a repeat changes nothing."""

from sync.channels.taobao_read import FLAGS, listing_ref
from sync.channels.taobao_trades import trade_of
from sync.errors import Rejected
from sync.gateways.taobao_calls import Method, TopCalls
from sync.reading import mapping, minor, rows, text
from sync.records import Done, MemoAsk, StockAsk

STOCK = Method("taobao.item.quantity.update", writes=True)
MEMO = Method("taobao.trade.memo.update", writes=True)
BY_SKU = Method("taobao.skus.custom.get")
BY_ITEM = Method("taobao.items.custom.get")
FULL = "1"  # the whole figure; "2" would add to what stands there
LONGEST_MEMO = 1000
# What the shop's flag is there; the platform's 5 is called pink in one place, purple in another.
NUMBERS = {word: str(number) for number, word in FLAGS.items()} | {"purple": "5", "grey": "0"}


async def set_stock(calls: TopCalls, ask: StockAsk) -> Done:
    """Set the whole figure of an item or of one of its SKUs.

    Raises:
        Rejected: a negative number, or no listing (or several) under this code.
    """
    if ask.quantity < 0:
        raise Rejected("sync_bad_quantity", quantity=ask.quantity)
    ref = ask.listing_ref or await _listing_of(calls, ask.sku)
    item, _, sku = ref.partition(":")
    if not all(part.isascii() and part.isdigit() for part in (item, sku or "0")):
        raise Rejected("sync_bad_number", external_id=ref[:40])
    asked = {"num_iid": item, "sku_id": sku, "quantity": str(ask.quantity), "type": FULL}
    await calls.ask(STOCK, asked)
    return Done(ref)


async def _listing_of(calls: TopCalls, code: str) -> str:
    """The one listing with exactly this code: among the SKUs, then among the items."""
    if not code:
        raise Rejected("taobao_no_such_listing", sku="")
    told = await calls.ask(BY_SKU, {"outer_id": code, "fields": "sku_id,num_iid,outer_id,status"})
    found = {
        listing_ref(row.get("num_iid"), row.get("sku_id"))
        for row in rows(mapping(told.data.get("skus")).get("sku"))
        if text(row.get("outer_id")) == code and text(row.get("status")) != "delete"
    } - {""}
    if not found:
        told = await calls.ask(BY_ITEM, {"outer_id": code, "fields": "num_iid,outer_id"})
        found = {
            listing_ref(row.get("num_iid"), "")
            for row in rows(mapping(told.data.get("items")).get("item"))
            if text(row.get("outer_id")) == code
        } - {""}
    if len(found) != 1:
        raise Rejected("taobao_two_listings" if found else "taobao_no_such_listing", sku=code[:80])
    return found.pop()


async def write_memo(calls: TopCalls, ask: MemoAsk) -> Done:
    """Set memo and flag of a trade, where they do not stand already.

    Raises:
        Rejected: no such trade, or a memo of more than a thousand bytes.
    """
    memo = ask.text.strip()
    if len(memo.encode()) > LONGEST_MEMO:
        raise Rejected("taobao_memo_too_long", size=len(memo.encode()), most=LONGEST_MEMO)
    trade, _ = await trade_of(calls, ask.external_id, "tid,seller_memo,seller_flag")
    flag = NUMBERS.get(ask.flag, "0")
    stands = text(trade.get("seller_memo")), str(minor(trade.get("seller_flag"), 0) or 0)
    if stands == (memo, flag):
        return Done(ask.external_id, already=True)
    asked = {"tid": ask.external_id, "memo": memo, "flag": flag}
    # An empty memo is ignored unless the platform is told to take the old one away.
    await calls.ask(MEMO, asked if memo else {**asked, "reset": "true"})
    return Done(ask.external_id)
