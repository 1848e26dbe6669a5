"""What else is written to a Pinduoduo shop: stock and the seller's memo, each set and never added.

pdd.goods.quantity.update sets the whole figure (`update_type` 1); its other way, adding a
difference, would count twice when an answer is lost, and is never used. pdd.order.note.update sets
the note, and a coloured tag with a name of at most three characters: both or neither
(open.pinduoduo.com).
"""

from sync.channels.pinduoduo_goods import listing_of
from sync.channels.pinduoduo_read import FLAGS, code
from sync.channels.pinduoduo_ship import order_of
from sync.errors import Rejected
from sync.gateways.pinduoduo_calls import PinduoduoCalls
from sync.gateways.pinduoduo_refuse import said_no
from sync.gateways.pinduoduo_sign import Value
from sync.reading import text
from sync.records import Done, MemoAsk, StockAsk

STOCK = "pdd.goods.quantity.update"
MEMO = "pdd.order.note.update"
FULL = 1
TAG_NAMES = {1: "红色", 2: "黄色", 3: "绿色", 4: "蓝色", 5: "紫色"}
_TAGS = {name: tag for tag, name in FLAGS.items()}


async def set_stock(calls: PinduoduoCalls, ask: StockAsk) -> Done:
    """Set what may be sold of one SKU; repeating it changes nothing.

    Raises:
        Rejected: a negative number, or no SKU of this reference or merchant code.
    """
    if ask.quantity < 0:
        raise Rejected("sync_bad_quantity", quantity=ask.quantity)
    ref = ask.listing_ref or await listing_of(calls, ask.sku)
    goods, _, sku = ref.partition(":")
    if not all(number.isascii() and number.isdigit() for number in (goods, sku)):
        raise Rejected("sync_bad_number", external_id=ref[:40])
    asked: dict[str, Value] = {
        "goods_id": goods,
        "sku_id": sku,
        "quantity": ask.quantity,
        "update_type": FULL,
    }
    told = await calls.write(STOCK, asked)
    if told.get("is_success") is not True:
        raise said_no(told, STOCK)
    return Done(ref)


async def write_memo(calls: PinduoduoCalls, ask: MemoAsk) -> Done:
    """Set memo and flag, unless they stand there; without a flag the order's tag stays.

    Raises:
        Rejected: no such order, or a flag Pinduoduo has no colour for.
    """
    if ask.flag and ask.flag not in _TAGS:
        raise Rejected("pdd_no_such_flag", flag=ask.flag[:40])
    order = await order_of(calls, ask.external_id)
    standing = code(order, "remark_tag") or 0
    tag = _TAGS.get(ask.flag, standing)
    if text(order.get("remark")) == ask.text.strip() and tag == standing:
        return Done(ask.external_id, already=True)
    asked: dict[str, Value] = {"order_sn": ask.external_id, "note": ask.text.strip()}
    if tag in TAG_NAMES:
        # A name the shop gave the tag itself is not written over.
        named = text(order.get("remark_tag_name")) if tag == standing else ""
        asked |= {"tag": tag, "tag_name": named[:3] or TAG_NAMES[tag]}
    told = await calls.write(MEMO, asked)
    if told.get("success") is not True:
        raise said_no(told, MEMO)
    return Done(ask.external_id)
