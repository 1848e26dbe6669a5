"""Names of JD's own pages (open.jd.com, the page of each method), as its SDKs carry them."""

ORDER = (
    "orderId venderId orderType payType orderTotalPrice orderSellerPrice orderPayment freightPrice "
    "sellerDiscount orderState orderStateRemark deliveryType invoiceEasyInfo invoiceInfo "
    "invoiceCode orderRemark orderStartTime orderEndTime consigneeInfo itemInfoList "
    "couponDetailList venderRemark balanceUsed pin realPin returnOrder paymentConfirmTime waybill "
    "logisticsId vatInfo modified directParentOrderId parentOrderId customs customsModel "
    "orderSource storeOrder idSopShipmenttype scDT serviceFee taxFee tuiHuoWuYou orderSign storeId "
    "open_id_buyer xid_buyer open_id orderMarkDesc"
)
"""Fields of an order in jingdong.pop.order.enSearch and enGet."""

ITEM = (
    "skuId outerSkuId skuName jdPrice giftPoint wareId itemTotal productNo serviceName newStoreId"
)
"""Fields of an item of an order."""

CONSIGNEE = (
    "fullname telephone mobile fullAddress province city county town provinceId cityId countyId "
    "townId encrypt_fullname encrypt_telephone encrypt_mobile encrypt_fullAddress oaid"
)
"""Fields of the receiver of an order."""

REQUEST = (
    "id buyerId buyerName checkTime applyTime applyRefundSum status checkUserName orderId reason "
    "modified"
)
"""Fields of a request to cancel."""

STATES = (
    "WAIT_SELLER_STOCK_OUT WAIT_GOODS_RECEIVE_CONFIRM WAIT_SELLER_DELIVERY PAUSE FINISHED_L "
    "TRADE_CANCELED LOCKED POP_ORDER_PAUSE"
)
"""What `order_state` of jingdong.pop.order.enSearch may name."""

PARAMETERS = {
    "jingdong.pop.order.enSearch": (
        "order_state optional_fields page page_size start_date end_date sortType dateType"
    ),
    "jingdong.pop.order.enGet": "order_id optional_fields order_state",
    "jingdong.pop.order.shipment": "orderId logiCoprId logiNo installId",
    "jingdong.fce.alpha.getVenderCarrier": "",
    "jingdong.pop.order.modifyVenderRemark": "order_id flag remark",
    "jingdong.order.venderRemark.queryByOrderId": "order_id",
    "jingdong.ware.stock.sku.set": "req",
    "jingdong.sku.read.searchSkuList": "outId pageNo page_size field skuId wareId",
    "jingdong.pop.afs.soa.refundapply.queryPageList": (
        "ids status orderId buyerId buyerName applyTimeStart applyTimeEnd checkTimeStart "
        "checkTimeEnd pageIndex pageSize storeId showSku"
    ),
    "jingdong.pop.afs.soa.refundapply.replyRefund": (
        "status id checkUserName remark rejectType outWareStatus"
    ),
    "jingdong.ldop.alpha.waybill.receive": "content",
    "jingdong.ldop.alpha.waybill.api.unbind": "providerId providerCode waybillCode",
    "jingdong.ldop.alpha.waybill.query": "providerCode waybillCode",
    "jingdong.ldop.alpha.vendor.bigshot.query": "waybillCode providerId providerCode",
    "jingdong.ldop.alpha.provider.sign.success.info.get": "venderCode",
    "jingdong.printing.printData.pullData": "param1",
}
"""Parameters of each method."""
