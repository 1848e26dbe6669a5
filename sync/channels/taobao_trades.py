"""The methods that read trades and refunds, and the fields each is asked for.

Nothing comes that is not named in `fields`; `oaid` comes only beside the five fields of the
receiver it stands for (open.taobao.com, taobao.trade.fullinfo.get).
"""

from sync.errors import Malformed, Rejected
from sync.gateways.taobao_calls import Method, TopCalls
from sync.reading import mapping, minor

# Without `type` some kinds of trade are left out in silence; these are all that are sold as goods.
TYPES = ",".join(
    (
        *("fixed", "auction", "guarantee_trade", "step", "independent_simple_trade"),
        *("independent_shop_trade", "auto_delivery", "ec", "cod", "game_equipment"),
        *("shopex_trade", "netcn_trade", "external_trade", "instant_trade", "b2c_cod"),
        *("super_market_trade", "super_market_cod_trade", "o2o_offlinetrade", "nopaid"),
    )
)
RECEIVER = (
    *("receiver_name", "receiver_address", "created", "receiver_mobile", "receiver_phone"),
    *("oaid", "receiver_country", "receiver_state", "receiver_city", "receiver_district"),
    *("receiver_town", "receiver_zip"),
)
TRADE = (
    *("tid", "tid_str", "status", "type", "shipping_type", "modified", "pay_time", "end_time"),
    *("consign_time", "buyer_nick", "buyer_open_uid", "buyer_message", "seller_memo"),
    *("seller_flag", "payment", "post_fee", "total_fee", "discount_fee", "adjust_fee"),
    *("order_tax_fee", "alipay_no", "step_trade_status", "delivery_time", "top_hold"),
    *("team_buy_hold", "share_group_hold", "ofp_hold", "is_sh_ship", "is_force_wlb"),
    *("is_brand_sale", "is_force_dc"),
)
ORDER = (
    *("oid", "oid_str", "num_iid", "sku_id", "outer_iid", "outer_sku_id", "title"),
    *("sku_properties_name", "num", "price", "payment", "total_fee", "divide_order_fee"),
    *("status", "refund_status", "refund_id", "logistics_company", "invoice_no", "pic_path"),
    *("is_free_gift", "delivery_time"),
)
REFUND = (
    *("refund_id", "tid", "oid", "status", "refund_fee", "total_fee", "num", "reason", "desc"),
    *("created", "modified", "good_status", "has_good_return", "refund_phase"),
    *("refund_version", "operation_contraint", "dispute_type", "company_name", "sid"),
)
LISTED = ("tid", "modified", "status")
TRADE_FIELDS = ",".join((*TRADE, *RECEIVER, *(f"orders.{name}" for name in ORDER)))
CHANGED = Method("taobao.trades.sold.increment.get", "trades", "trade")
ONE = Method("taobao.trade.fullinfo.get")
ONE_REFUND = Method("taobao.refund.get")


def counted(told: object) -> int:
    """How many rows there are in all (`total_results`); an answer without it counts none.

    Raises Malformed for what is no count: a window must not end because a number was misread.
    """
    if told is None:
        return 0
    found = minor(told, 0)
    if found is None or found < 0:
        raise Malformed("taobao_odd_answer", method="total_results")
    return found


async def trade_of(calls: TopCalls, tid: str, fields: str) -> tuple[dict[str, object], bytes]:
    """One trade as it stands now, and the answer it came in.

    Raises Rejected for a number that is none, or that the seller has no trade under.
    """
    if not (tid.isascii() and tid.isdigit()):
        raise Rejected("sync_bad_number", external_id=tid[:40])
    told = await calls.ask(ONE, {"tid": tid, "fields": fields})
    trade = mapping(told.data.get("trade"))
    if not trade:
        raise Rejected("taobao_no_such_trade", external_id=tid)
    return trade, told.answer.body
