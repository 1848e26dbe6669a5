"""How the sandbox prints orders: the names that community SDKs and stored messages carry.

The list tells when an order changed and little else (vdian.order.list.get); the order itself tells
all but that (vdian.order.get).
"""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from sync.sandbox.wd_shop import NUMBERS, ORI, WdItem, WdOrder

BEIJING = timezone(timedelta(hours=8))


def clock_text(seconds: int) -> str:
    """A time as the platform writes it; nothing for none."""
    if not seconds:
        return ""
    at = datetime.fromtimestamp(seconds, UTC).astimezone(BEIJING)
    return at.strftime("%Y-%m-%d %H:%M:%S")


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def row_view(order: WdOrder) -> dict[str, Any]:
    """An order as the list tells it."""
    row = {
        "order_id": order.number,
        "status": NUMBERS[order.status],
        "status2": order.status,
        "time": clock_text(order.created_s),
        "update_time": clock_text(order.updated_s),
        "seller_note": order.memo,
        "buyer_note": order.note,
        "express_no": ",".join(order.numbers),
        "buyer_info": {"name": order.receiver.get("name", "")},
    }
    return {**row, **{name: order.told[name] for name in order.told if name in row}}


def order_view(order: WdOrder) -> dict[str, Any]:
    """An order as its own interface tells it."""
    to = order.receiver
    view = {
        "order_id": order.number,
        "order_type": order.kind,
        "status": order.status,
        "status_ori": ORI.get(order.status, "60"),
        "status_desc": order.status,
        "refund_status_ori": order.refund,
        "add_time": clock_text(order.created_s),
        "pay_time": clock_text(order.pay_s),
        "send_time": clock_text(order.send_s),
        "price": _yuan(order.goods_fen),
        "total": _yuan(order.pay_fen),
        "express_fee": _yuan(order.post_fen),
        "quantity": str(sum(item.count for item in order.items)),
        "note": order.note,
        "seller_note": order.memo,
        "express_no": ",".join(order.numbers),
        "express_type": None,
        "trade_no": None,
        "buyer_info": {
            "name": to.get("name", ""),
            "phone": to.get("phone", ""),
            "province": to.get("province", ""),
            "city": to.get("city", ""),
            "region": to.get("district", ""),
            "self_address": to.get("detail", ""),
            "post": None,
        },
        "items": [_item_view(item) for item in order.items],
    }
    return {**view, **order.told}


def _item_view(item: WdItem) -> dict[str, Any]:
    return {
        "sub_order_id": int(item.sub),
        "item_id": item.sku.item_id,
        "sku_id": item.sku.sku_id,
        "item_name": f"{item.sku.name}\n",
        "sku_title": "青花" if item.sku.sku_id != "0" else "",
        "merchant_code": item.sku.code if item.sku.sku_id == "0" else "",
        "sku_merchant_code": item.sku.code if item.sku.sku_id != "0" else None,
        "price": _yuan(item.sku.fen),
        "total_price": _yuan(item.sku.fen * item.count),
        "quantity": str(item.count),
        "img": "https://si.geilicdn.com/cup.jpg?w=110&h=110",
        "is_delivered": int(bool(item.number)),
        "deliver_id": item.deliver_id,
        "can_deliver": int(not item.number),
        "refund_info": {
            "refund_no": item.refund_no,
            "refund_status": item.refund_status,
            "refund_fee": _yuan(item.refund_fen) if item.refund_no else "",
            "refund_kind": "0",
        },
    }
