"""What the sandbox knows of Amazon's models: what we ask for, and what stands in orders.

Derived from github amzn/selling-partner-api-models (Apache-2.0), commit 34dc93f, by
`python -m tests.sync.amazon_derive`; not written by hand.
"""

MODEL = """
searchOrders = GET /orders/2026-01-01/orders { createdAfter query:date-time, createdBefore
  query:date-time, lastUpdatedAfter query:date-time, lastUpdatedBefore query:date-time,
  fulfillmentStatuses query:[PENDING_AVAILABILITY | PENDING | UNSHIPPED | PARTIALLY_SHIPPED |
  SHIPPED | CANCELLED | UNFULFILLABLE], marketplaceIds query:[string]<=50, fulfilledBy
  query:[MERCHANT | AMAZON], maxResultsPerPage query:integer, paginationToken query:string,
  includedData query:[BUYER | RECIPIENT | PROCEEDS | EXPENSE | PROMOTION | CANCELLATION |
  FULFILLMENT | PACKAGES | TAX | PAYMENT | FULFILLMENT_ORDERS] }
getOrder = GET /orders/2026-01-01/orders/{orderId} { orderId! path:string, includedData
  query:[BUYER | RECIPIENT | PROCEEDS | EXPENSE | PROMOTION | CANCELLATION | FULFILLMENT |
  PACKAGES | TAX | PAYMENT | FULFILLMENT_ORDERS] }
confirmShipment = POST /orders/v0/orders/{orderId}/shipmentConfirmation { orderId! path:string,
  payload! body:ConfirmShipmentRequest }
getListingsItem = GET /listings/2021-08-01/items/{sellerId}/{sku} { sellerId! path:string, sku!
  path:string, marketplaceIds! query:[string], issueLocale query:string, includedData
  query:[summaries | attributes | issues | offers | fulfillmentAvailability | procurement |
  relationships | productTypes] }
patchListingsItem = PATCH /listings/2021-08-01/items/{sellerId}/{sku} { sellerId! path:string,
  sku! path:string, marketplaceIds! query:[string], includedData query:[identifiers | issues],
  mode query:VALIDATION_PREVIEW |, issueLocale query:string, body! body:ListingsItemPatchRequest
  }
getSubscription = GET /notifications/v1/subscriptions/{notificationType} { notificationType!
  path:string, payloadVersion query:string }
createSubscription = POST /notifications/v1/subscriptions/{notificationType} { body!
  body:CreateSubscriptionRequest, notificationType! path:string }
getDestinations = GET /notifications/v1/destinations {  }
createDestination = POST /notifications/v1/destinations { body! body:CreateDestinationRequest }

AddressExtendedFields = { streetName string, streetNumber string, complement string,
  neighborhood string }
Alias = { aliasId! string, aliasType! string }
Asin = string
AssociatedOrder = { orderId string, associationType string }
AssociatedOrderItem = { orderId string, orderItemId string, associationType string }
BusinessHour = { dayOfWeek SUN | MON | TUE | WED | THU | FRI | SAT, timeWindows [TimeWindow] }
Buyer = { buyerName string, buyerEmail string, buyerCompanyName string, buyerPurchaseOrderNumber
  string }
ConfirmShipmentOrderItem = { orderItemId! string, quantity! integer, transparencyCodes
  TransparencyCodeList }
ConfirmShipmentOrderItemsList = [ConfirmShipmentOrderItem]
ConfirmShipmentRequest = { packageDetail! PackageDetail, codCollectionMethod DirectPayment |,
  marketplaceId! MarketplaceId }
ConstraintType = MANDATORY |
CreateDestinationRequest = { resourceSpecification! DestinationResourceSpecification, name!
  string }
CreateSubscriptionRequest = { payloadVersion! string, destinationId! string, processingDirective
  ProcessingDirective }
CustomerAddress = { name string, companyName string, addressLine1 string, addressLine2 string,
  addressLine3 string, city string, districtOrCounty string, stateOrRegion string, municipality
  string, postalCode string, countryCode string, phone string, extendedFields
  AddressExtendedFields, addressType string }
DateTimeRange = { earliestDateTime date-time, latestDateTime date-time }
Decimal = string
DeliveryPreference = { dropOffLocation string, addressInstruction string, deliveryTime
  PreferredDeliveryTime, deliveryCapabilities [PreferredDeliveryCapability] }
DestinationResourceSpecification = { sqs SqsResource, eventBridge
  EventBridgeResourceSpecification }
EventBridgeResourceSpecification = { region! string, accountId! string }
EventFilter = object
ExceptionDate = { exceptionDate string, exceptionDateType CLOSED | OPEN, timeWindows
  [TimeWindow] }
FulfillmentOrder = { fulfillmentOrderId! string }
FulfillmentStatus = PENDING_AVAILABILITY | PENDING | UNSHIPPED | PARTIALLY_SHIPPED | SHIPPED |
  CANCELLED | UNFULFILLABLE
GetOrderResponse = { order! Order }
GiftOption = { giftMessage string, giftWrapLevel string }
HourMinute = { hour integer, minute integer }
ItemCancellation = { cancellationRequest ItemCancellationRequest, cancellationExecution
  ItemCancellationExecution }
ItemCancellationExecution = { cancelledBy string, cancelReason string }
ItemCancellationRequest = { requester string, cancelReason string }
ItemCondition = { conditionType string, conditionSubtype string, conditionNote string }
ItemCustomization = { customizedUrl string }
ItemExpense = { pointsCost ItemPointsCost }
ItemFulfillment = { quantityFulfilled integer, quantityUnfulfilled integer, picking ItemPicking,
  packing ItemPacking, shipping ItemShipping }
ItemInternationalShipping = { iossNumber string }
ItemPacking = { giftOption GiftOption, serialNumberRequirement SerialNumberRequirement }
ItemPicking = { substitutionPreference ItemSubstitutionPreference }
ItemPointsCost = { pointsGranted PointsGranted }
ItemPrice = { unitPrice Money, priceDesignation string }
ItemProceeds = { proceedsTotal Money, breakdowns [ItemProceedsBreakdown] }
ItemProceedsBreakdown = { type! string, subtotal! Money, detailedBreakdowns
  [ItemProceedsDetailedBreakdown] }
ItemProceedsDetailedBreakdown = { subtype string, value Money }
ItemProduct = { asin Asin, title string, sellerSku SKU, condition ItemCondition, price
  ItemPrice, serialNumbers [string], customization ItemCustomization }
ItemPromotion = { breakdowns [ItemPromotionBreakdown] }
ItemPromotionBreakdown = { promotionId string }
ItemShipping = { scheduledDeliveryWindow DateTimeRange, shippingConstraints
  ItemShippingConstraints, internationalShipping ItemInternationalShipping }
ItemShippingConstraints = { palletDelivery ConstraintType, cashOnDelivery ConstraintType,
  signatureConfirmation ConstraintType, recipientIdentityVerification ConstraintType,
  recipientAgeVerification ConstraintType }
ItemSubstitutionOption = { asin string, quantityOrdered integer, sellerSku string, title string,
  measurement Measurement }
ItemSubstitutionPreference = { substitutionType! CUSTOMER_PREFERENCE | AMAZON_RECOMMENDED |
  DO_NOT_SUBSTITUTE, substitutionOptions [ItemSubstitutionOption] }
ItemTax = { taxCalculationBreakdowns [ItemTaxCalculationBreakdown], taxCollections
  [ItemTaxCollection] }
ItemTaxCalculationBreakdown = { reportingScheme string }
ItemTaxCollection = { model string, responsibleParty string }
ListingsItemPatchRequest = { productType! string, patches! [PatchOperation] }
MarketplaceId = string
Measurement = { unit! OUNCES | POUNDS | KILOGRAMS | GRAMS | MILLIGRAMS | INCHES | FEET | METERS
  | CENTIMETERS | MILLIMETERS | SQUARE_METERS | SQUARE_CENTIMETERS | SQUARE_FEET | SQUARE_INCHES
  | GALLONS | PINTS | QUARTS | FLUID_OUNCES | LITERS | CUBIC_METERS | CUBIC_FEET | CUBIC_INCHES
  | CUBIC_CENTIMETERS | COUNT, value! number }
MerchantAddress = { name string, addressLine1 string, addressLine2 string, addressLine3 string,
  city string, districtOrCounty string, stateOrRegion string, municipality string, postalCode
  string, countryCode string }
Money = { amount! Decimal, currencyCode! string }
Order = { orderId! string, orderAliases [Alias], createdTime! date-time, lastUpdatedTime!
  date-time, programs [string], associatedOrders [AssociatedOrder], salesChannel! SalesChannel,
  buyer Buyer, recipient Recipient, proceeds OrderProceeds, payment OrderPayment, tax OrderTax,
  fulfillment OrderFulfillment, orderItems! [OrderItem], packages [OrderPackage],
  fulfillmentOrders [FulfillmentOrder] }
OrderFulfillment = { fulfillmentStatus! FulfillmentStatus, fulfilledBy string,
  fulfillmentServiceLevel string, shipByWindow DateTimeRange, deliverByWindow DateTimeRange,
  labelPrintingWindow DateTimeRange }
OrderItem = { orderItemId! string, quantityOrdered! integer, measurement Measurement,
  associatedOrderItems [AssociatedOrderItem], programs [string], product! ItemProduct, proceeds
  ItemProceeds, expense ItemExpense, promotion ItemPromotion, cancellation ItemCancellation,
  fulfillment ItemFulfillment, tax ItemTax }
OrderPackage = { packageReferenceId! string, createdTime date-time, packageStatus PackageStatus,
  carrier string, shipTime date-time, shippingService string, trackingNumber string,
  shipFromAddress MerchantAddress, packageItems [PackageItem] }
OrderPayment = { paymentExecutions [PaymentExecution] }
OrderProceeds = { grandTotal Money, breakdowns [OrderProceedsBreakdown] }
OrderProceedsBreakdown = { type! string, status string, subtotal! Money }
OrderTax = { taxRegistrations [OrderTaxRegistration], taxInvoicing OrderTaxInvoicing }
OrderTaxInvoicing = { buyerInvoicePreference string, invoiceStatus string }
OrderTaxRegistration = { entityType string, legalName string, taxRegistrationType string,
  taxRegistrationNumber string, taxRegistrationAddress CustomerAddress,
  taxRegistrationAttributes [TaxRegistrationAttribute] }
PackageDetail = { packageReferenceId! PackageReferenceId, carrierCode! string, carrierName
  string, shippingMethod string, trackingNumber! string, shipDate! date-time,
  shipFromSupplySourceId string, orderItems! ConfirmShipmentOrderItemsList }
PackageItem = { orderItemId! string, quantity! integer, transparencyCodes [string] }
PackageReferenceId = string
PackageStatus = { status! PENDING | IN_TRANSIT | SHIPPED | DELIVERED | CANCELLED |
  UNDELIVERABLE, detailedStatus string }
Pagination = { nextToken string }
PatchOperation = { op! add | replace | merge | delete, path! string, value [object] }
PaymentExecution = { paymentMethod string, paymentAmount Money, acquirerId string, cardBrand
  string, authorizationCode string }
PointsGranted = { pointsNumber integer, pointsMonetaryValue Money }
PreferredDeliveryCapability = string
PreferredDeliveryTime = { businessHours [BusinessHour], exceptionDates [ExceptionDate] }
ProcessingDirective = { eventFilter EventFilter, filterExpression string }
Recipient = { deliveryAddress CustomerAddress, deliveryPreference DeliveryPreference }
SKU = string
SalesChannel = { channelName! string, marketplaceId string, marketplaceName string }
SearchOrdersResponse = { orders! [Order], pagination Pagination, lastUpdatedBefore date-time,
  createdBefore date-time }
SerialNumberRequirement = { requirementType string }
SqsResource = { arn! string }
TaxRegistrationAttribute = { key string, value string }
TimeWindow = { startTime HourMinute, endTime HourMinute }
TransparencyCode = string
TransparencyCodeList = [TransparencyCode]
"""
