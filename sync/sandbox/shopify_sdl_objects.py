"""What the sandbox knows of Shopify's schema: the part our documents use, of 2026-07.

Here are its objects.

Derived from npm @shopify/dev-mcp 1.16.0 (ISC), `admin_2026-07.json.gz`, by
`python -m tests.sync.shopify_derive`; not written by hand.
"""

OBJECTS = """
type AccessScope {
  handle: String!
}

type AppInstallation {
  accessScopes: [AccessScope!]!
}

type BulkOperation implements Node {
  createdAt: DateTime!
  errorCode: BulkOperationErrorCode
  fileSize: UnsignedInt64
  id: ID!
  query: String!
  rootObjectCount: UnsignedInt64!
  status: BulkOperationStatus!
  url: URL
}

type BulkOperationConnection {
  nodes: [BulkOperation!]!
}

type BulkOperationRunQueryPayload {
  bulkOperation: BulkOperation
  userErrors: [BulkOperationUserError!]!
}

type BulkOperationUserError {
  code: BulkOperationUserErrorCode
  field: [String!]
  message: String!
}

type Count {
  count: Int!
}

type Fulfillment implements Node {
  fulfillmentLineItems(after: String, first: Int, last: Int): FulfillmentLineItemConnection!
  id: ID!
  status: FulfillmentStatus!
  trackingInfo(first: Int): [FulfillmentTrackingInfo!]!
}

type FulfillmentCreatePayload {
  fulfillment: Fulfillment
  userErrors: [UserError!]!
}

type FulfillmentHold {
  reason: FulfillmentHoldReason!
}

type FulfillmentLineItem {
  lineItem: LineItem!
  quantity: Int
}

type FulfillmentLineItemConnection {
  nodes: [FulfillmentLineItem!]!
  pageInfo: PageInfo!
}

type FulfillmentOrder implements Node {
  assignedLocation: FulfillmentOrderAssignedLocation!
  fulfillAt: DateTime
  fulfillBy: DateTime
  fulfillmentHolds: [FulfillmentHold!]!
  id: ID!
  lineItems(after: String, first: Int, last: Int): FulfillmentOrderLineItemConnection!
  requestStatus: FulfillmentOrderRequestStatus!
  status: FulfillmentOrderStatus!
  supportedActions: [FulfillmentOrderSupportedAction!]!
}

type FulfillmentOrderAssignedLocation {
  location: Location
}

type FulfillmentOrderConnection {
  edges: [FulfillmentOrderEdge!]!
  nodes: [FulfillmentOrder!]!
  pageInfo: PageInfo!
}

type FulfillmentOrderEdge {
  node: FulfillmentOrder!
}

type FulfillmentOrderLineItem implements Node {
  id: ID!
  lineItem: LineItem!
  remainingQuantity: Int!
}

type FulfillmentOrderLineItemConnection {
  nodes: [FulfillmentOrderLineItem!]!
  pageInfo: PageInfo!
}

type FulfillmentOrderSupportedAction {
  action: FulfillmentOrderAction!
}

type FulfillmentTrackingInfo {
  number: String
}

type FulfillmentTrackingInfoUpdatePayload {
  fulfillment: Fulfillment
  userErrors: [UserError!]!
}

type Image {
  url: URL!
}

type InventoryAdjustmentGroup implements Node {
  id: ID!
}

type InventoryItem implements Node {
  countryCodeOfOrigin: CountryCode
  harmonizedSystemCode: String
  id: ID!
  inventoryLevel(locationId: ID!): InventoryLevel
  measurement: InventoryItemMeasurement!
  requiresShipping: Boolean!
  tracked: Boolean!
}

type InventoryItemMeasurement {
  weight: Weight
}

type InventoryLevel {
  quantities(names: [String!]!): [InventoryQuantity!]!
}

type InventoryQuantity {
  quantity: Int!
}

type InventorySetQuantitiesPayload {
  inventoryAdjustmentGroup: InventoryAdjustmentGroup
  userErrors: [InventorySetQuantitiesUserError!]!
}

type InventorySetQuantitiesUserError {
  code: InventorySetQuantitiesUserErrorCode
  field: [String!]
  message: String!
}

type LineItem implements Node {
  currentQuantity: Int!
  discountedTotalSet: MoneyBag!
  id: ID!
  image: Image
  originalUnitPriceSet: MoneyBag!
  quantity: Int!
  requiresShipping: Boolean!
  sku: String
  title: String!
  unfulfilledQuantity: Int!
  variant: ProductVariant
  variantTitle: String
}

type LineItemConnection {
  edges: [LineItemEdge!]!
  nodes: [LineItem!]!
  pageInfo: PageInfo!
}

type LineItemEdge {
  node: LineItem!
}

type Location implements Node {
  id: ID!
}

type MailingAddress {
  address1: String
  address2: String
  city: String
  company: String
  countryCodeV2: CountryCode
  firstName: String
  lastName: String
  name: String
  phone: String
  province: String
  provinceCode: String
  zip: String
}

type MoneyBag {
  presentmentMoney: MoneyV2!
  shopMoney: MoneyV2!
}

type MoneyV2 {
  amount: Decimal!
  currencyCode: CurrencyCode!
}

interface Node {
  id: ID!
}

type Order implements Node {
  cancelReason: OrderCancelReason
  cancelledAt: DateTime
  closed: Boolean!
  createdAt: DateTime!
  currencyCode: CurrencyCode!
  displayFinancialStatus: OrderDisplayFinancialStatus
  displayFulfillmentStatus: OrderDisplayFulfillmentStatus!
  email: String
  fulfillmentOrders(after: String, first: Int, last: Int): FulfillmentOrderConnection!
  fulfillments(first: Int): [Fulfillment!]!
  id: ID!
  lineItems(after: String, first: Int, last: Int): LineItemConnection!
  name: String!
  note: String
  phone: String
  presentmentCurrencyCode: CurrencyCode!
  processedAt: DateTime!
  refunds(first: Int): [Refund!]!
  requiresShipping: Boolean!
  shippingAddress: MailingAddress
  tags: [String!]!
  test: Boolean!
  totalDiscountsSet: MoneyBag
  totalPriceSet: MoneyBag!
  totalShippingPriceSet: MoneyBag!
  totalTaxSet: MoneyBag
  transactions(first: Int): [OrderTransaction!]!
  updatedAt: DateTime!
}

type OrderConnection {
  edges: [OrderEdge!]!
  nodes: [Order!]!
  pageInfo: PageInfo!
}

type OrderEdge {
  node: Order!
}

type OrderTransaction implements Node {
  id: ID!
  kind: OrderTransactionKind!
  manualPaymentGateway: Boolean!
  processedAt: DateTime
  status: OrderTransactionStatus!
}

type OrderUpdatePayload {
  order: Order
  userErrors: [UserError!]!
}

type PageInfo {
  endCursor: String
  hasNextPage: Boolean!
}

type Product {
  title: String!
}

type ProductVariant implements Node {
  barcode: String
  id: ID!
  inventoryItem: InventoryItem!
  product: Product!
  requiresComponents: Boolean!
  selectedOptions: [SelectedOption!]!
  sku: String
}

type ProductVariantConnection {
  nodes: [ProductVariant!]!
  pageInfo: PageInfo!
}

type Refund implements Node {
  createdAt: DateTime
  id: ID!
  note: String
  refundLineItems(after: String, first: Int, last: Int): RefundLineItemConnection!
  totalRefundedSet: MoneyBag!
}

type RefundLineItem {
  lineItem: LineItem!
  quantity: Int!
  subtotalSet: MoneyBag!
  totalTaxSet: MoneyBag!
}

type RefundLineItemConnection {
  nodes: [RefundLineItem!]!
  pageInfo: PageInfo!
}

type SelectedOption {
  name: String!
  value: String!
}

type Shop {
  currencyCode: CurrencyCode!
  ianaTimezone: String!
  myshopifyDomain: String!
}

type TagsAddPayload {
  userErrors: [UserError!]!
}

type TagsRemovePayload {
  userErrors: [UserError!]!
}

type UserError {
  field: [String!]
  message: String!
}

type Weight {
  unit: WeightUnit!
  value: Float!
}

"""
