"""How the sandbox prints orders and refunds: the names of Youzan's own pages.

youzan.trades.sold.get 4.0.4, youzan.trade.get 4.0.2, youzan.trade.refund.search and .get 3.0.1
(doc.youzanyun.com). The list shows no refunds and no parcels; the whole order does.
"""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from sync.sandbox.yz_shop import STATES, YzItem, YzOrder, YzRefund, YzTruth

_BEIJING = timezone(timedelta(hours=8))
SEALED = ("name", "phone", "detail")


def clock_text(seconds: int) -> str:
    """A time as the platform writes it; nothing for none."""
    if not seconds:
        return ""
    at = datetime.fromtimestamp(seconds, UTC).astimezone(_BEIJING)
    return at.strftime("%Y-%m-%d %H:%M:%S")


def yuan(fen: int) -> str:
    """An amount as the platform writes it."""
    return f"{fen // 100}.{fen % 100:02d}"


def row_view(shop: YzTruth, order: YzOrder, *, sealed: bool) -> dict[str, Any]:
    """An order as the list tells it."""
    to = dict(order.receiver)
    if sealed:
        to |= {name: shop.cipher(order, name) for name in SEALED}
    full = {
        "order_info": _head(order),
        "source_info": {"source": {"platform": "wx", "wx_entrance": "merchant_xcx"}},
        "buyer_info": {"yz_open_id": f"oid{order.tid[-8:]}", "fans_nickname": "小满"},
        "pay_info": {
            "total_fee": yuan(order.goods_fen),
            "post_fee": yuan(order.post_fen),
            "payment": yuan(order.pay_fen),
            "transaction": [f"YZ{order.tid[-12:]}"] if order.pay_s else [],
            "outer_transactions": [f"42000{order.tid[-12:]}"] if order.pay_s else [],
            "phase_payments": [],
        },
        "remark_info": {
            "buyer_message": order.message,
            "star": order.star or None,
            "trade_memo": order.memo or None,
        },
        "address_info": {
            "receiver_name": to.get("name", ""),
            "receiver_tel": to.get("phone", ""),
            "delivery_province": to.get("province", ""),
            "delivery_city": to.get("city", ""),
            "delivery_district": to.get("district", ""),
            "delivery_address": to.get("detail", ""),
            "delivery_postal_code": "",
            "self_fetch_info": "",
        },
        "orders": [_item_view(order, item) for item in order.items],
        "child_info": None,
    }
    return {"full_order_info": {**full, **order.told}}


def _head(order: YzOrder) -> dict[str, Any]:
    asked = any(each.status not in ("CLOSED", "SELLER_REFUSE_BUYER") for each in order.refunds)
    return {
        "tid": order.tid,
        "status": order.status,
        "type": 0,
        "created": clock_text(order.created_s),
        "update_time": clock_text(order.updated_s),
        "pay_time": clock_text(order.pay_s),
        "consign_time": clock_text(order.parcels[-1].sent_s) if order.parcels else "",
        "success_time": clock_text(order.success_s),
        "refund_state": order.refund_state,
        "express_type": order.express_type,
        "close_type": order.close_type,
        "pay_type": 10 if order.pay_s else 0,
        "order_tags": {"is_payed": bool(order.pay_s), "is_feedback": asked or None},
        "order_extra": {"is_from_cart": "true", "risk_control_mark": order.risk or None},
    }


def _item_view(order: YzOrder, item: YzItem) -> dict[str, Any]:
    goods = max(1, order.goods_fen)
    cost = 0 if item.gift else item.sku.fen * item.count
    # What was taken off and the postage are spread over the items by their cost.
    paid = cost * order.pay_fen // goods
    return {
        "oid": item.oid,
        "item_type": 0,
        "title": item.sku.name,
        "num": item.count,
        "item_id": item.sku.item_id,
        "sku_id": item.sku.sku_id,
        "outer_item_id": item.sku.code,
        "outer_sku_id": item.sku.code if item.sku.sku_id else "",
        "sku_properties_name": json.dumps([{"k": "颜色", "v": "青花"}], ensure_ascii=False),
        "price": yuan(item.sku.fen),
        "discount_price": yuan(item.sku.fen),
        "total_fee": yuan(cost),
        "payment": yuan(paid),
        "is_present": item.gift,
        "is_pre_sale": "null",
        "pic_path": "https://img.yzcdn.cn/upload_files/cup.jpg",
        "item_tags": {"is_deliver_goods": item.sent >= item.count},
    }


def whole_view(shop: YzTruth, order: YzOrder, *, sealed: bool) -> dict[str, Any]:
    """An order as its own interface tells it."""
    parcels = [
        {
            "express_state": 1,
            "express_type": 1,
            "oids": [{"oid": oid} for oid in parcel.units],
            "dists": [
                {
                    "dist_id": parcel.dist_id,
                    "create_time": clock_text(parcel.sent_s),
                    "express_info": {"express_id": parcel.company, "express_no": parcel.number},
                }
            ],
        }
        for parcel in order.parcels
    ]
    refunds = [
        {
            "refund_id": each.refund_id,
            "refund_type": 1,
            "refund_state": STATES[each.status],
            "refund_fee": yuan(each.fen),
            "refund_time": clock_text(each.modified_s) if each.status == "SUCCESS" else "",
            "oids": [{"oid": oid} for oid in each.oids],
        }
        for each in order.refunds
    ]
    row = row_view(shop, order, sealed=sealed)
    return {**row, "delivery_order": parcels, "refund_order": refunds, "order_promotion": {}}


def refund_row(order: YzOrder, refund: YzRefund) -> dict[str, Any]:
    """A refund as the search tells it: without its version."""
    return {
        "refund_id": refund.refund_id,
        "tid": order.tid,
        "kdt_id": 42583152,
        "status": refund.status,
        "refund_type": "BUYER_APPLY_REFUND",
        "return_goods": refund.demand == 2,
        "reason": 51,
        "refund_fee": yuan(refund.fen),
        "created": clock_text(refund.created_s),
        "modified": clock_text(refund.modified_s),
        "cs_status": 1,
    }


def refund_view(order: YzOrder, refund: YzRefund) -> dict[str, Any]:
    """A refund as its own interface tells it."""
    first = order.item(refund.oids[0])
    return {
        **refund_row(order, refund),
        "demand": refund.demand,
        "oid": refund.oids[0],
        "item_num": first.count if first is not None else 0,
        "version": refund.version,
        "desc": "拍错了",
        "logistics": {"logistics_no": "", "company_code": ""},
    }
