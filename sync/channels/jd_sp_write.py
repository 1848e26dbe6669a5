"""What else is written to a JD shop by the newer gateway: stock and the seller's memo.

PUT sku-stocks/batch takes the whole figure (`stockNum`; its other field would add to what stands)
and a number of ours, by which the platform knows a repeat; PUT vender-remarks of an order takes
memo and flag together (open.jd.com). Each is written as what should stand.
"""

from sync.channels.jd_read import is_id
from sync.channels.jd_sp_orders import order_of
from sync.channels.jd_sp_products import sku_of
from sync.channels.jd_write import FLAGS, LONGEST_MEMO, WHOLE
from sync.errors import Rejected
from sync.gateways.jd_sign import Json
from sync.gateways.jd_sp_calls import JdSpCalls
from sync.gateways.jd_sp_sign import SpCall
from sync.reading import mapping, minor, text
from sync.records import Done, MemoAsk, StockAsk

STOCK = "/sp-product/v0/sku-stocks/batch"
MEMO = "/sp-order/v0/orders/{orderId}/vender-remarks"


async def set_stock(calls: JdSpCalls, ask: StockAsk) -> Done:
    """Set the whole stock of a SKU, found by the merchant's code if need be.

    Raises:
        Rejected: a negative number, or no SKU (or several) of this code.
    """
    if ask.quantity < 0:
        raise Rejected("sync_bad_quantity", quantity=ask.quantity)
    sku = ask.listing_ref or await sku_of(calls, ask.sku)
    if not is_id(sku):
        raise Rejected("sync_bad_number", external_id=sku[:40])
    stocks: list[Json] = [{"skuId": int(sku), "stockNum": ask.quantity}]
    asked: dict[str, Json] = {
        "updateModel": WHOLE,
        "stockRfID": ask.idempotency_key,
        "putSkuStockList": stocks,
    }
    await calls.ask(SpCall("PUT", STOCK, body=asked))
    return Done(sku)


async def write_memo(calls: JdSpCalls, ask: MemoAsk) -> Done:
    """Set memo and flag, unless they stand there; without a flag the order's own stays.

    Raises:
        Rejected: no such order, a memo of more than 500 characters, or a flag JD does not have.
    """
    memo = ask.text.strip()
    if len(memo) > LONGEST_MEMO:
        raise Rejected("jd_memo_too_long", size=len(memo), most=LONGEST_MEMO)
    if ask.flag and ask.flag not in FLAGS:
        raise Rejected("jd_no_such_flag", flag=ask.flag[:40])
    order, _ = await order_of(calls, ask.external_id)
    standing = mapping(order.get("venderRemarkInfo"))
    stands = minor(standing.get("flagId"), 0) or 0
    flag = FLAGS.get(ask.flag, stands)
    if (text(standing.get("remark")), stands) == (memo, flag):
        return Done(ask.external_id, already=True)
    body: dict[str, Json] = {"orderVenderRemarkDTO": {"remark": memo, "flagId": flag}}
    await calls.ask(SpCall("PUT", MEMO, {"orderId": ask.external_id}, body=body))
    return Done(ask.external_id)
