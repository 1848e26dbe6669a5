"""How JD's newer gateway tells what its shop holds (open.jd.com, the pages of each interface)."""

from typing import Any

from sync.sandbox.jd_sp_shop import RECEIVER, JdSpTruth, SpAfterSale, SpItem, SpOrder, SpShipment

_GONE = ("WAIT_GOODS_RECEIVE_CONFIRM", "FINISHED_L")


def order_view(shop: JdSpTruth, order: SpOrder) -> dict[str, Any]:
    """An order with every field; whole figures are numbers, amounts yuan, times milliseconds."""
    goods = sum(shop.skus[item.sku].price * item.count for item in order.items)
    told = {
        "orderId": order.number,
        "parentOrderId": 0,
        "rootOrderId": order.number,
        "venderId": 100001,
        "orderType": 22,
        "orderTypeDesc": "SOP",
        "orderSource": "1",
        "orderSourceDesc": "京东",
        "orderStatus": order.state,
        "orderStatusDesc": order.state,
        "createdTime": order.placed_ms,
        "modifiedTime": order.changed_ms,
        "outboundTime": order.shipments[0].at_ms if order.shipments else None,
        "finishedTime": order.changed_ms if order.state == "FINISHED_L" else None,
        "xidBuyer": "o*AARx",
        "buyerRemark": {"remark": ""},
        "venderRemarkInfo": {"remark": order.memo, "flagId": order.flag, "flagDesc": ""},
        "consigneeInfo": dict(RECEIVER),
        "skuItemInfoList": [_item(shop, order, item) for item in order.items],
        **_prices(order, round(goods, 2)),
        "transportInfo": _transport(order),
        "orderFlag": {"popOrder": True, "eclpOrder": False, "clpsOrder": False},
        "promiseCalendarInfo": {"promisePickTime": order.placed_ms + 172_800_000},
        "specialStatusReasonInfo": None,
    }
    return {**told, **order.told}


def _prices(order: SpOrder, goods: float) -> dict[str, Any]:
    """What is to be paid, what was, and what the seller gets; yuan."""
    paid = {"paymentType": 4, "paymentTypeDesc": "在线支付", "shouldPayAmount": goods}
    paid |= {"paymentConfirmTime": order.placed_ms + 60_000, "actualPayAmount": goods}
    paid |= {"payDiscountAmount": 0, "freightFee": 0, "serviceFeeInfo": {"serviceFee": 0}}
    seller = {"totalOriginalPriceAmount": goods, "totalSellerReceivableAmount": goods}
    return {
        "paymentInfo": {**paid, "taxInfo": {"taxFee": None}},
        "sellerTradePriceInfo": {**seller, "totalSellerDiscountAmount": 0},
    }


def _item(shop: JdSpTruth, order: SpOrder, item: SpItem) -> dict[str, Any]:
    sku = shop.skus[item.sku]
    mine = [
        {
            "afsOrderId": each.number,
            "afsOrderStatus": each.state[0],
            "afsOrderStatusDesc": "",
            "refundStatus": each.refund,
            "refundStatusDesc": "",
        }
        for each in shop.after_sales.values()
        if each.order == order.number and each.item is item
    ]
    return {
        "skuId": item.sku,
        "outerSkuId": sku.code,
        "skuUuid": item.uuid,
        "skuName": sku.name,
        "productId": item.sku // 7,
        "skuType": 1,
        "num": item.count,
        "jdPrice": sku.price,
        "giftPoint": 0,
        "productNo": "",
        "skuSpec": "白色",
        "skuImg": "jfs/t1/1/2/3.jpg",
        "giftRefUuid": "",
        "afsInfoList": mine,
        "serviceInfoList": [],
    }


def _transport(order: SpOrder) -> dict[str, Any]:
    whole = [each for each in order.shipments if not each.units]
    parts = [each for each in order.shipments if each.units]
    return {
        "deliveryType": 1,
        "deliveryTypeDesc": "",
        "logisticsId": "|".join(each.company for each in whole),
        "waybillCode": "|".join(each.waybill for each in whole),
        "partialShipmentList": [_part(order, each) for each in parts],
    }


def _part(order: SpOrder, shipment: SpShipment) -> dict[str, Any]:
    skus = {item.uuid: item.sku for item in order.items}
    return {
        "shipmentId": shipment.number,
        "logisticsId": shipment.company,
        "waybillCode": shipment.waybill,
        "packageNum": 1,
        "shipmentTime": shipment.at_ms,
        "shipmentModifyTime": shipment.at_ms,
        "skuList": [
            {"skuUuid": uuid, "skuId": skus[uuid], "num": count}
            for uuid, count in shipment.units.items()
        ],
    }


def after_sale_view(shop: JdSpTruth, each: SpAfterSale) -> dict[str, Any]:
    """An after-sale as list and detail tell it."""
    order = shop.orders[str(each.order)]
    sku = shop.skus[each.item.sku]
    waybill = {"waybillType": 2, "waybillTypeDesc": "客户发货", "waybillCode": each.waybill}
    paid = each.yuan if each.refund == 20 else None
    return {
        "afsOrderId": each.number,
        "orderId": each.order,
        "orderInfo": {"orderId": each.order, "orderWarehouseStatus": int(order.state in _GONE)},
        "afsOrderBaseInfo": {
            "buId": "100001",
            "applyTime": each.applied_ms,
            "createTime": each.applied_ms,
            "modifiedTime": each.changed_ms,
        },
        "afsOrderStatusInfo": {"mainStatus": each.state[0], "subStatus": each.state[1]},
        "customerApplyInfo": {
            "customerExpect": each.expect[0],
            "customerExpectDesc": each.expect[1],
            "applyReasonFirstCidDesc": "不想要了",
        },
        "skuInfoList": [
            {
                "skuId": sku.sku,
                "skuUuid": each.item.uuid,
                "skuName": sku.name,
                "skuNum": each.item.count,
                "skuType": 10,
            }
        ],
        "refundInfo": {
            "refundStatus": each.refund,
            "applyRefundAmount": each.yuan,
            "actualRefundAmount": paid,
        },
        "waybillInfoList": [{**waybill, "providerName": "顺丰快递"}] if each.waybill else [],
    }
