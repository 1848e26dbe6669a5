"""What else is written to a JD shop: stock and the seller's memo, each as what should stand.

jingdong.ware.stock.sku.set takes the whole figure (`stockNum`; its other field would add to what
stands) and a number of ours, by which the platform knows a repeat. jingdong.pop.order.
modifyVenderRemark takes memo and flag together (open.jd.com).
"""

from sync.channels.jd_read import is_id
from sync.errors import Rejected
from sync.gateways.jd_calls import JdCalls, Method
from sync.gateways.jd_refuse import said_no, says_yes
from sync.gateways.jd_sign import Json
from sync.reading import mapping, minor, rows, text
from sync.records import Done, MemoAsk, StockAsk

STOCK = Method("jingdong.ware.stock.sku.set", writes=True)
SKUS = Method("jingdong.sku.read.searchSkuList", "page", "data")
MEMO = Method("jingdong.pop.order.modifyVenderRemark", writes=True)
MEMO_NOW = Method("jingdong.order.venderRemark.queryByOrderId")
WHOLE = "fullStockIn"
LONGEST_MEMO = 500
FLAGS = {"grey": 0, "red": 1, "yellow": 2, "green": 3, "blue": 4, "purple": 5}


async def set_stock(calls: JdCalls, ask: StockAsk) -> Done:
    """Set the whole stock of a SKU, found by the merchant's code if need be.

    Raises:
        Rejected: a negative number, or no SKU (or several) of this code.
    """
    if ask.quantity < 0:
        raise Rejected("sync_bad_quantity", quantity=ask.quantity)
    sku = ask.listing_ref or await _sku_of(calls, ask.sku)
    if not is_id(sku):
        raise Rejected("sync_bad_number", external_id=sku[:40])
    stocks: list[Json] = [{"skuId": int(sku), "stockNum": ask.quantity}]
    asked: dict[str, Json] = {
        "req": {"updateModel": WHOLE, "stockRfId": ask.idempotency_key, "skuStocks": stocks}
    }
    result = (await calls.ask(STOCK, asked)).done("returnType")
    # It says yes to the whole though a SKU in it was refused.
    for row in rows(mapping(result.get("obj")).get("updateStockResult")):
        if "success" in row and not says_yes(row["success"]):
            raise said_no(row, STOCK.name)
    return Done(sku)


async def _sku_of(calls: JdCalls, code: str) -> str:
    """The one SKU with exactly this merchant's code."""
    asked: dict[str, Json] = {"outId": code, "pageNo": 1, "page_size": 20, "field": "skuId,outerId"}
    told = (await calls.ask(SKUS, asked)).rows if code else []
    found = {
        text(mapping(each.value).get("skuId"))
        for each in told
        if text(mapping(each.value).get("outerId")) == code
    } - {""}
    if len(found) != 1:
        raise Rejected("jd_two_listings" if found else "jd_no_such_listing", sku=code[:80])
    return found.pop()


async def write_memo(calls: JdCalls, ask: MemoAsk) -> Done:
    """Set memo and flag, unless they stand there; without a flag the order's own stays.

    Raises:
        Rejected: no such order, a memo of more than 500 characters, or a flag JD does not have.
    """
    memo = ask.text.strip()
    if len(memo) > LONGEST_MEMO:
        raise Rejected("jd_memo_too_long", size=len(memo), most=LONGEST_MEMO)
    if ask.flag and ask.flag not in FLAGS:
        raise Rejected("jd_no_such_flag", flag=ask.flag[:40])
    if not is_id(ask.external_id):
        raise Rejected("sync_bad_number", external_id=ask.external_id[:40])
    number = int(ask.external_id)
    told = (await calls.ask(MEMO_NOW, {"order_id": number})).result("venderRemarkQueryResult")
    standing = mapping(told.get("vender_remark"))
    stands = minor(standing.get("flag"), 0) or 0
    flag = FLAGS.get(ask.flag, stands)
    if (text(standing.get("remark")), stands) == (memo, flag):
        return Done(ask.external_id, already=True)
    asked: dict[str, Json] = {"order_id": number, "flag": flag, "remark": memo}
    (await calls.ask(MEMO, asked)).done("modifyvenderremark_result")
    return Done(ask.external_id)
