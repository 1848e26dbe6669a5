"""Field names of JD's newer gateway (SP-API), as the models of a public SDK carry them.

github kylin987/jd-sp-api-sdk (MIT), generated from JD's own OpenAPI description of 2026-03-18: the
name of each model, and the names of its fields.
"""

FIELDS = {
    "ListOrdersRequest": (
        "bizType endTime orderStatus orderType page pageSize scopeSet sortBy sortOrder "
        "startTime xidBuyer"
    ),
    "GetOrdersRequest": "scopeSet",
    "OrdersPaginationData": "currentPage hasNextPage pageSize totalItems totalPages",
    "ListOrdersResponse": "data errorList extension paginationData success",
    "OrdersOrderDTO": (
        "appointmentCalendar buyerRemark consigneeInfo createdTime finalConsigneeInfo "
        "finishedTime globalInfo invoiceInfo jdFulfillmentInfo modifiedTime nonStandardInfo "
        "orderExt orderFlag orderId orderSource orderSourceDesc orderStatus orderStatusDesc "
        "orderType orderTypeDesc outPlatformOrder outboundTime parentOrderId paymentDetailList "
        "paymentInfo physicalStore promiseCalendarInfo rootOrderId sellerTradePriceInfo "
        "skuItemInfoList socializedStoreInfo specialStatusReasonInfo stepPaymentInfo "
        "tradeVenderInfo transportInfo venderId venderRemarkInfo venderStoreInfo xidBuyer"
    ),
    "OrdersSkuItemDTO": (
        "afsInfoList giftPoint giftRefUuid itemExt jdPrice num outerSkuId productId productNo "
        "serviceInfoList skuId skuImg skuName skuSpec skuType skuUuid storeId thirdCategoryId"
    ),
    "OrdersAfterSalesInfoDTO": (
        "afsOrderId afsOrderStatus afsOrderStatusDesc refundStatus refundStatusDesc"
    ),
    "OrdersConsigneeInfoDTO": (
        "cityId cityName countyId countyName fullAddress fullName mobile oaid provinceId "
        "provinceName telephone townId townName"
    ),
    "OrdersPaymentInfoDTO": (
        "actualPayAmount freightFee payDiscountAmount paymentConfirmTime paymentType "
        "paymentTypeDesc serviceFeeInfo shouldPayAmount taxInfo"
    ),
    "OrdersTaxInfoDTO": "taxFee",
    "OrdersSellerTradePriceInfoDTO": (
        "totalOriginalPriceAmount totalSellerDiscountAmount totalSellerReceivableAmount"
    ),
    "OrdersTransportInfoDTO": (
        "deliveryType deliveryTypeDesc logisticsId partialShipmentList waybillCode"
    ),
    "OrdersPartialShipmentDTO": (
        "logisticsId packageNum shipmentId shipmentModifyTime shipmentTime skuList waybillCode"
    ),
    "OrdersPartialShipmentSkuDTO": "num skuId skuUuid virtualGoodsFulfilmentList",
    "OrdersOrderFlagDTO": (
        "authentiCheckOrder clpsOrder consolidatorOrder easyReturnOrder eclpOrder flagExtMap "
        "globalOrder homeDelivery indexOrder jdShipment partialShipment popOrder preSaleOrder "
        "returnOrder tryBeforePayLater xinJiangConsolidatorOrder"
    ),
    "OrdersOrderVenderRemarkDTO": "createdTime flagDesc flagId modifiedTime remark",
    "OrdersPromiseCalendarDTO": "promisePickTime",
    "OrdersBuyerRemarkDTO": "remark",
    "PostOrdersShipmentsRequest": "orderShipmentDTO",
    "OrdersShipmentsOrderShipmentDTO": (
        "deliveryAddressId mergeShipmentFlag orderId packageInfoList shipmentType vcSource venderId"
    ),
    "OrdersShipmentsPackageFacetDTO": (
        "companyId companyScope outboundGoodsFacetDTOList selfDeliveryFacetDTO shipmentId "
        "waybillCode"
    ),
    "OrdersShipmentsOutboundGoodsFacetDTO": "skuId skuNum skuUuid virtualGoodsFacetDTOList",
    "PutOrdersVenderRemarksRequest": "orderVenderRemarkDTO",
    "OrdersVenderRemarksOrderVenderRemarkDTO": "flag flagId orderId remark venderId",
    "ListCarriersRequest": "scopeSet",
    "CarriersCarrierDTO": "id operationType providerCode providerName providerType",
    "OrdersError": "code details message",
    "BatchPutSkuStocksRequest": "putSkuStockList stockOperationType stockRfID updateModel",
    "SkuStocksSkuStockDTO": (
        "appBookingNum dcId incrStockNum notForSaleNum orderBookingNum orderTransferNum "
        "reserveNum skuId stockNum storeId transferOutNum unpaidBookingNum warehouseId"
    ),
    "ListSkusRequest": (
        "brandIdList categoryIdList colType createEndTime createStartTime itemNum maxStockNum "
        "minStockNum modifiedEndTime modifiedStartTime outerIdList page pageSize productIdList "
        "productName scopeSet skuIdList skuName skuStatusList sortBy sortType validSet"
    ),
    "SkusSkuDTO": (
        "brandDTO categoryDTO commentSummaryDTO createTime enable featureList gaeaFlag "
        "healthScoreDTO inclusiveArrivalPrice itemNum jdPrice modifiedTime offlineTime "
        "onlineTime outerId productId productName reserveDTO saleAttributeDTOList salerCode "
        "skuId skuImage skuName skuStatus standardId stockNum upc"
    ),
    "ListAfsOrdersRequest": (
        "afsOrderId afsOrderTag applyEndTime applyStartTime approveEndTime approveStartTime "
        "customerExpect customerName customerPin customerTel mainStatus orderId orderType "
        "overEndTime overStartTime page pageSize processResult refundStatus resolvedFlag skuId "
        "subStatus timeoutFlag transferFeedbackReasonIdList updateEndTime updateStartTime "
        "upgradeFlag waybillCode xidBuyer"
    ),
    "GetAfsOrdersRequest": "scopeSet",
    "AfsOrdersAfsOrderDTO": (
        "afsOrderBaseInfo afsOrderContactInfo afsOrderFlagInfo afsOrderId afsOrderOvertimeInfo "
        "afsOrderRejectInfo afsOrderStatusInfo afsOrderTrackInfoList approveInfo approveNotes "
        "changeInfo collectionInfo customerApplyInfo customerInfo deliveryWareInfo identityType "
        "invoiceInfo negotiationInfo orderId orderInfo pickInfo processInfo questionInfo "
        "receiveInfo refundInfo relationInfo returnInfo sellerXid skuInfoList upgradeInfo "
        "waybillInfoList"
    ),
    "AfsOrdersAfsOrderBaseInfoDTO": (
        "afsCount afsOrderFinishTime applyName applyTime applyXid buId createTime modifiedTime "
        "xidBuyer"
    ),
    "AfsOrdersAfsOrderStatusInfoDTO": "mainStatus mainStatusDesc subStatus subStatusDesc",
    "AfsOrdersRefundInfoDTO": (
        "actualRefundAmount actualRefundDetail applyRefundAmount applyRefundDetail "
        "estimateRefundDetail refundStatus refundStatusDesc refundType refundTypeDesc"
    ),
    "AfsOrdersSkuInfoDTO": "partCode skuId skuName skuNum skuType skuTypeDesc skuUuid",
    "AfsOrdersWaybillDTO": "providerId providerName waybillCode waybillType waybillTypeDesc",
    "AfsOrdersCustomerApplyInfoDTO": (
        "applyReasonFirstCid applyReasonFirstCidDesc applyReasonSecondCid "
        "applyReasonSecondCidDesc customerExpect customerExpectDesc expectPickType "
        "expectPickTypeDesc originCustomerExpect originCustomerExpectDesc"
    ),
    "AfsOrdersQuestionInfoDTO": (
        "questionDesc questionPic questionTypeFirstCid questionTypeFirstCidDesc "
        "questionTypeSecondCid questionTypeSecondCidDesc questionVideo questionVideoImage"
    ),
    "AfsOrdersBaseOrderInfoDTO": (
        "orderId orderType orderTypeDesc orderTypeName orderWarehouseStatus "
        "orderWarehouseStatusDesc"
    ),
    "AfsOrdersRelationInfoDTO": (
        "bAfsServiceInfo newOrderId orderId parentAfsServiceId returnOrderId serviceIdList "
        "srcOrderId"
    ),
}

PATHS = frozenset(
    {
        "GET /sp-order/v0/orders",
        "GET /sp-order/v0/orders/{orderId}",
        "POST /sp-order/v0/orders/{orderId}/shipments",
        "PUT /sp-order/v0/orders/{orderId}/shipments",
        "PUT /sp-order/v0/orders/{orderId}/vender-remarks",
        "GET /sp-order/v0/carriers",
        "GET /sp-aftercare/v0/afs-orders",
        "GET /sp-aftercare/v0/afs-orders/{afsOrderId}",
        "PUT /sp-product/v0/sku-stocks/batch",
        "GET /sp-product/v0/skus",
    }
)
"""Method and path of each interface that is called, as the SDK has them."""


def fields(model: str) -> set[str]:
    """The names of a model's fields."""
    return set(FIELDS[model].split())
