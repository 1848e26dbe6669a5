"""What else is written to a Youzan shop: stock and the seller's memo, each set and never added.

youzan.item.quantity.update 3.0.0 sets the whole figure of a SKU (type 0; an item without SKUs has
none); its other ways, adding and taking off, are never used. youzan.skus.custom.get and
youzan.items.custom.get find what has a merchant code. youzan.trade.memo.update 3.0.0 sets the memo
and one to five stars; none cannot be set, so what stands is sent again (doc.youzanyun.com).
"""

from sync.channels.youzan_calls import Interface, YouzanCalls
from sync.channels.youzan_keys import Value
from sync.channels.youzan_read import FLAGS, text
from sync.channels.youzan_states import number
from sync.channels.youzan_trades import whole_order
from sync.errors import Rejected
from sync.reading import mapping, rows
from sync.records import Done, MemoAsk, StockAsk

STOCK = Interface("youzan.item.quantity.update", "3.0.0", writes=True)
SKUS_OF = Interface("youzan.skus.custom.get", "3.0.0")
ITEMS_OF = Interface("youzan.items.custom.get", "3.0.0")
MEMO = Interface("youzan.trade.memo.update", "3.0.0", writes=True)
SET = 0
_STARS = {name: star for star, name in FLAGS.items()}
_NO_ITEM = frozenset({"122001001", "123005001", "123004002"})
_KEPT_ELSEWHERE = "123003023"


async def set_stock(calls: YouzanCalls, ask: StockAsk) -> Done:
    """Set what may be sold of one SKU; repeating it changes nothing.

    Raises:
        Rejected: a negative number, or not exactly one SKU of this reference or merchant code.
    """
    if ask.quantity < 0:
        raise Rejected("sync_bad_quantity", quantity=ask.quantity)
    ref = ask.listing_ref or await _ref_of(calls, ask.sku)
    item, _, sku = ref.partition(":")
    if not all(each.isascii() and each.isdigit() for each in (item, sku or "0")):
        raise Rejected("sync_bad_number", external_id=ref[:40])
    params: dict[str, Value] = {"item_id": int(item), "quantity": ask.quantity, "type": SET}
    if int(sku or 0):
        params["sku_id"] = int(sku)
    try:
        await calls.ask(STOCK, params)
    except Rejected as no:
        code = no.foreign_code
        if code in _NO_ITEM:
            raise Rejected(
                "youzan_no_such_listing", foreign_code=code, sku=(ask.sku or ref)[:80]
            ) from no
        if code == _KEPT_ELSEWHERE:
            raise Rejected("youzan_stock_elsewhere", foreign_code=code, sku=ask.sku[:80]) from no
        raise
    return Done(ref)


async def _ref_of(calls: YouzanCalls, code: str) -> str:
    """What has exactly this merchant code: a SKU, else an item without SKUs."""
    if not code:
        raise Rejected("youzan_no_such_listing", sku="")
    told = (await calls.ask(SKUS_OF, {"item_no": code})).data
    found = {
        f"{text(row.get('item_id'))}:{text(row.get('sku_id'))}"
        for row in rows(told.get("skus"))
        if text(row.get("item_no")) == code
    }
    if not found:
        told = (await calls.ask(ITEMS_OF, {"item_no": code})).data
        own = (row for row in rows(told.get("items")) if text(row.get("item_no")) == code)
        found = {f"{text(row.get('item_id'))}:0" for row in own}
    if len(found) > 1:
        raise Rejected("youzan_code_twice", sku=code[:80])
    if not found:
        raise Rejected("youzan_no_such_listing", sku=code[:80])
    return found.pop()


async def write_memo(calls: YouzanCalls, ask: MemoAsk) -> Done:
    """Set memo and stars, unless they stand there; without a flag the order's own stay.

    Raises:
        Rejected: no such order, or a flag no stars stand for.
    """
    if ask.flag and ask.flag not in _STARS:
        raise Rejected("youzan_no_such_flag", flag=ask.flag[:40])
    order, _ = await whole_order(calls, ask.external_id)
    remarks = mapping(mapping(order.get("full_order_info")).get("remark_info"))
    standing = number(remarks, "star") or 0
    star, words = _STARS.get(ask.flag, standing), ask.text.strip()
    if text(remarks.get("trade_memo")) == words and star == standing:
        return Done(ask.external_id, already=True)
    params: dict[str, Value] = {"tid": ask.external_id, "memo": words}
    if star:
        params["flag"] = str(star)
    await calls.ask(MEMO, params)
    return Done(ask.external_id)
