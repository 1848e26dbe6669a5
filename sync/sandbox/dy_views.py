"""How the sandbox prints orders and after-sales: the names of order.orderDetail and afterSale.List.

The receiver's fields of plain text are empty; masks and ciphertexts stand beside them, as the
platform tells them to apps (op.jinritemai.com).
"""

from typing import Any

from sync.sandbox.dy_shop import UNPAID, DyAfterSale, DyOrder, DyPack, DySub, DyTruth

PLACES = ("province", "city", "town", "street")


def order_view(shop: DyTruth, order: DyOrder) -> dict[str, Any]:
    """An order as both ways of asking tell it."""
    to = order.receiver
    place = {part: {"id": "330000", "name": to.get(part, "")} for part in PLACES}
    view = {
        "order_id": order.number,
        "order_level": 2,
        "order_type": 0,
        "order_status": order.status,
        "main_status": order.main or order.status,
        "create_time": order.created_s,
        "update_time": order.updated_s,
        "pay_time": order.pay_s,
        "finish_time": order.finish_s,
        "ship_time": order.packs[0].sent_s if order.packs else 0,
        "exp_ship_time": order.pay_s + 48 * 3600 if order.pay_s else 0,
        "pay_type": 2,
        "channel_payment_no": f"DY{order.number}" if order.pay_s else "",
        "order_amount": order.pay_fen,
        "pay_amount": order.pay_fen,
        "post_amount": order.post_fen,
        "promotion_amount": order.promotion_fen,
        "tax_amount": 0,
        "buyer_words": order.buyer_words,
        "seller_words": order.seller_words,
        "seller_remark_stars": order.stars,
        "doudian_open_id": f"1@#{order.number[-8:]}",
        "encrypt_post_receiver": shop.cipher(order, "name"),
        "encrypt_post_tel": shop.cipher(order, "phone"),
        "post_receiver": "",
        "post_tel": "",
        "post_addr": {**place, "detail": "", "encrypt_detail": shop.cipher(order, "detail")},
        "mask_post_receiver": _masked(to.get("name", ""), 1, 0),
        "mask_post_tel": _masked(to.get("phone", ""), 3, 4),
        "mask_post_addr": {**place, "detail": _masked(to.get("detail", ""), 2, 0)},
        "logistics_info": [_pack_view(order, pack) for pack in order.packs],
        "sku_order_list": [_sub_view(order, sub) for sub in order.subs],
    }
    return {**view, **order.told}


def _masked(plain: str, head: int, tail: int) -> str:
    stars = "*" * max(0, len(plain) - head - tail)
    return plain[:head] + stars + (plain[-tail:] if tail else "")


def _sub_view(order: DyOrder, sub: DySub) -> dict[str, Any]:
    return {
        "order_id": sub.number,
        "parent_order_id": order.number,
        "order_status": sub.status if order.status != UNPAID else UNPAID,
        "product_id": sub.sku.product_id,
        "product_id_str": str(sub.sku.product_id),
        "sku_id": sub.sku.sku_id,
        "code": sub.sku.code,
        "out_sku_id": "0",
        "product_name": sub.sku.name,
        "product_pic": "https://p9-aio.ecombdimg.com/obj/cup.jpg",
        "spec": [{"name": "颜色", "value": "青花"}],
        "item_num": sub.count,
        "origin_amount": sub.sku.fen,
        "sum_amount": sub.sku.fen * sub.count,
        "pay_amount": 0 if sub.gift else sub.sku.fen * sub.count,
        "pre_sale_type": 0,
        "given_product_type": "FREE" if sub.gift else "",
        "inventory_list": [{"warehouse_id": "1", "warehouse_type": 0, "count": sub.count}],
        "after_sale_info": {
            "after_sale_status": sub.after_status,
            "after_sale_type": sub.after_type,
            "refund_status": sub.refund_status,
        },
    }


def _pack_view(order: DyOrder, pack: DyPack) -> dict[str, Any]:
    held = [(order.sub(number), units) for number, units in pack.units.items()]
    return {
        "tracking_no": pack.tracking,
        "company": pack.company,
        "company_name": pack.company,
        "ship_time": pack.sent_s,
        "delivery_id": pack.number,
        "product_info": [
            {"sku_order_id": sub.number, "sku_id": sub.sku.sku_id, "product_count": units}
            for sub, units in held
            if sub is not None
        ],
    }


def after_sale_view(order: DyOrder, asked: DyAfterSale) -> dict[str, Any]:
    """One after-sale."""
    related = [
        {
            "sku_order_id": number,
            "aftersale_pay_amount": asked.fen // len(asked.units),
            "aftersale_item_num": units,
        }
        for number, units in asked.units.items()
    ]
    return {
        "aftersale_info": {
            "aftersale_id": asked.number,
            "aftersale_type": asked.kind,
            "aftersale_status": asked.status,
            "related_id": related[0]["sku_order_id"],
            "apply_time": asked.created_s,
            "update_time": asked.updated_s,
            "refund_amount": asked.fen,
            "aftersale_num": sum(asked.units.values()),
            "refund_status": asked.refund_status,
            "return_logistics_code": "",
            "return_logistics_company_name": "",
            "remark": "",
        },
        "order_info": {"shop_order_id": order.number, "related_order_info": related},
        "text_part": {"reason_text": "不想要了"},
    }
