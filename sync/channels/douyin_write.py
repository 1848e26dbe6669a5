"""What else is written to a Douyin shop: stock and the seller's memo, each set and never added.

sku.syncStock sets the whole figure (`incremental` false); its other way, adding a difference, is
never used. sku.stockNum finds the SKU of a merchant code. order.addOrderRemark sets the memo, and a
flag of the six where `is_add_star` says so; what stands is sent again, for whether a memo without a
flag takes the flag away is written nowhere (op.jinritemai.com).
"""

from sync.channels.douyin_read import FLAGS
from sync.channels.douyin_trades import order_of
from sync.errors import Rejected
from sync.gateways.douyin_calls import Call, DouyinCalls
from sync.gateways.douyin_sign import Value
from sync.reading import mapping, minor, text
from sync.records import Done, MemoAsk, StockAsk

STOCK, STOCK_OF, MEMO = "sku.syncStock", "sku.stockNum", "order.addOrderRemark"
TOO_LONG = "isv.business-failed:50056"
_STARS = {name: star for star, name in FLAGS.items()} | {"grey": 0}
_REGIONAL = 1


async def set_stock(calls: DouyinCalls, ask: StockAsk) -> Done:
    """Set what may be sold of one SKU; repeating it changes nothing.

    Raises:
        Rejected: a negative number, or no SKU of this reference or merchant code.
    """
    if ask.quantity < 0:
        raise Rejected("sync_bad_quantity", quantity=ask.quantity)
    ref = ask.listing_ref or await _sku_of(calls, ask.sku)
    product, _, sku = ref.rpartition(":")
    if not all(each.isascii() and each.isdigit() for each in (product or "0", sku)):
        raise Rejected("sync_bad_number", external_id=ref[:40])
    asked: dict[str, Value] = {
        "sku_id": int(sku),
        "incremental": False,
        "stock_num": ask.quantity,
    }
    if product:
        asked["product_id"] = int(product)
    await calls.ask(Call(STOCK, asked, writes=True))
    return Done(ref)


async def _sku_of(calls: DouyinCalls, code: str) -> str:
    """The number of the SKU with exactly this merchant code; the platform lets none stand twice."""
    if not code:
        raise Rejected("douyin_no_such_listing", sku="")
    told = mapping((await calls.ask(Call(STOCK_OF, {"code": code}))).data)
    found = text(told.get("sku_id"))
    if not found or text(told.get("code")) != code:
        raise Rejected("douyin_no_such_listing", sku=code[:80])
    if minor(told.get("sku_type"), 0) == _REGIONAL:
        raise Rejected("douyin_regional_stock", sku=code[:80])
    return found


async def write_memo(calls: DouyinCalls, ask: MemoAsk) -> Done:
    """Set memo and flag, unless they stand there; without a flag the order's own stays.

    Raises:
        Rejected: no such order, a flag Douyin has none of, or a memo longer than it takes.
    """
    if ask.flag and ask.flag not in _STARS:
        raise Rejected("douyin_no_such_flag", flag=ask.flag[:40])
    order, _ = await order_of(calls, ask.external_id)
    standing = minor(order.get("seller_remark_stars"), 0) or 0
    star, words = _STARS.get(ask.flag, standing), ask.text.strip()
    if text(order.get("seller_words")) == words and star == standing:
        return Done(ask.external_id, already=True)
    asked: dict[str, Value] = {"order_id": ask.external_id, "remark": words}
    asked |= {"is_add_star": "true", "star": str(star)}
    try:
        await calls.ask(Call(MEMO, asked, writes=True))
    except Rejected as refused:
        if refused.foreign_code.endswith(TOO_LONG):
            raise Rejected(
                "douyin_memo_too_long", size=len(words), foreign_code=refused.foreign_code
            ) from refused
        raise
    return Done(ask.external_id)
