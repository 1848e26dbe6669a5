"""How the sandbox prints its orders and after-sales: the fields of the platform's pages, by name.

Amounts are numbers of yuan, times Beijing text, states numbers (pdd.order.information.get,
pdd.refund.list.increment.get).
"""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from sync.sandbox.pdd_shop import PddItem, PddOrder, PddRefund, PddTruth

BEIJING = timezone(timedelta(hours=8))


def clock_text(seconds: int) -> str:
    """Beijing text of epoch seconds; "" for none."""
    if not seconds:
        return ""
    told = datetime.fromtimestamp(seconds, UTC).astimezone(BEIJING)
    return f"{told:%Y-%m-%d %H:%M:%S}"


def yuan(fen: int) -> float:
    """Yuan as a JSON number."""
    return round(fen / 100, 2)


def order_view(shop: PddTruth, order: PddOrder) -> dict[str, Any]:
    """One order, as the lists and the detail tell it."""
    told = {**_states(order), **_money(order), **_receiver(shop, order), **_parcels(order)}
    told |= {
        "order_sn": order.sn,
        "created_time": clock_text(order.created_s),
        "confirm_time": clock_text(order.confirm_s),
        "pay_time": clock_text(order.pay_s),
        "updated_at": clock_text(order.updated_s),
        "last_ship_time": clock_text(order.confirm_s + 48 * 3600 if order.confirm_s else 0),
        "receive_time": clock_text(order.receive_s),
        "buyer_memo": order.buyer_memo,
        "remark": order.remark,
        "remark_tag": order.tag or None,
        "remark_tag_name": order.tag_name or None,
        "pay_no": "" if order.confirm_status != 1 else f"XP{order.sn.replace('-', '')}",
        "pay_type": "WEIXIN",
        "item_list": [_item(item) for item in order.items],
        "gift_list": [{**_item(item), "order_sn": order.sn} for item in order.gifts],
        "step_order_info": None,
        "order_tag_list": [{"name": "free_sf", "value": 0}],
    }
    return {**told, **order.told}


def _states(order: PddOrder) -> dict[str, Any]:
    return {
        "order_status": order.order_status,
        "refund_status": order.refund_status,
        "after_sales_status": order.after_sales_status,
        "confirm_status": order.confirm_status,
        "group_status": order.group_status,
        "risk_control_status": order.risk,
        "is_lucky_flag": 1,
        "is_pre_sale": 0,
        "trade_type": 0,
        "mkt_biz_type": 0,
        "stock_out_handle_status": -1,
        "self_contained": 0,
    }


def _money(order: PddOrder) -> dict[str, Any]:
    return {
        "pay_amount": yuan(order.pay_fen),
        "goods_amount": yuan(order.goods_fen),
        "discount_amount": yuan(order.discount_fen),
        "platform_discount": yuan(order.discount_fen),
        "seller_discount": yuan(0),
        "capital_free_discount": yuan(0),
        "order_change_amount": yuan(0),
        "postage": yuan(order.postage_fen),
    }


def _receiver(shop: PddTruth, order: PddOrder) -> dict[str, Any]:
    """Ciphertexts while they are told, masks always; the phone's stands in contact_mobile."""
    who, shown = order.receiver, shop.shows_receiver(order)
    phone = who.get("phone", "")
    return {
        "country": "中国",
        "country_id": 0,
        "province": who.get("province", ""),
        "city": who.get("city", ""),
        "town": who.get("town", ""),
        "receiver_name": shop.cipher(order, "name") if shown else "",
        "receiver_phone": "",
        "contact_mobile": shop.cipher(order, "phone") if shown else "",
        "receiver_address": shop.cipher(order, "address") if shown else "",
        "address": shop.cipher(order, "address") if shown else "",
        "receiver_name_mask": f"{who.get('name', '')[:1]}*" if who.get("name") else "",
        "receiver_phone_mask": f"{phone[:3]}****{phone[-4:]}" if phone else "",
        "receiver_address_mask": f"{who.get('address', '')[:2]}****" if who.get("address") else "",
        "address_mask": "",
        "open_address_id": f"oa{order.sn}" if shown else "",
    }


def _parcels(order: PddOrder) -> dict[str, Any]:
    def of(kind: int) -> list[dict[str, Any]]:
        return [
            {"logistics_id": company, "tracking_number": number}
            for company, number, told in order.extra
            if told == kind
        ]

    return {
        "logistics_id": order.company,
        "tracking_number": order.tracking,
        "shipping_time": clock_text(order.shipping_s),
        "extra_delivery_list": of(1),
        "resend_delivery_list": of(2),
        "gift_delivery_list": of(3),
    }


def _item(item: PddItem) -> dict[str, Any]:
    return {
        "goods_id": item.goods_id,
        "sku_id": item.sku_id,
        "outer_goods_id": "",
        "outer_id": item.outer_id,
        "goods_name": item.name,
        "goods_spec": item.spec,
        "goods_price": yuan(item.fen),
        "goods_count": item.count,
        "goods_img": "https://img.example/cup.jpg",
    }


def goods_view(shop: PddTruth, item: PddItem) -> dict[str, Any]:
    """One thing on sale with its one SKU, as pdd.goods.list.get tells it."""
    quantity = shop.stock[(str(item.goods_id), str(item.sku_id))]
    on_sale = int(item.outer_id not in shop.off_sale)
    sku = {
        "sku_id": item.sku_id,
        "outer_id": item.outer_id,
        "outer_goods_id": "",
        "spec": item.spec,
        "sku_quantity": quantity,
        "reserve_quantity": 0,
        "is_sku_onsale": on_sale,
    }
    return {
        "goods_id": item.goods_id,
        "goods_name": item.name,
        "goods_quantity": quantity,
        "goods_reserve_quantity": 0,
        "is_more_sku": 0,
        "is_onsale": on_sale,
        "sku_list": [sku],
    }


def refund_view(order: PddOrder, refund: PddRefund) -> dict[str, Any]:
    """One after-sale, as its list tells it."""
    item = order.items[0]
    return {
        "id": refund.number,
        "order_sn": order.sn,
        "after_sales_status": refund.status,
        "after_sales_type": refund.kind,
        "after_sale_reason": refund.reason,
        "created_time": clock_text(refund.created_s),
        "updated_time": clock_text(refund.updated_s),
        "confirm_time": clock_text(order.confirm_s),
        "refund_amount": f"{refund.fen / 100:.2f}",
        "order_amount": f"{order.pay_fen / 100:.2f}",
        "discount_amount": f"{order.discount_fen / 100:.2f}",
        "goods_id": item.goods_id,
        "sku_id": str(refund.sku_id),
        "goods_name": item.name,
        "goods_number": str(refund.count),
        "goods_price": f"{item.fen / 100:.2f}",
        "outer_id": item.outer_id,
        "outer_goods_id": "",
        "tracking_number": "",
        "shipping_name": "",
        "dispute_refund_status": 0,
        "speed_refund_flag": 0,
    }
