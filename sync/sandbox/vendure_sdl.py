"""What the sandbox knows of Vendure's Admin API: the part our documents use, of 3.7.3.

Derived from the server's own introspection by `python -m tests.sync.vendure_derive`; not written by
hand.
"""

SDL = """
type Asset {
  preview: String!
}
type Channel {
  code: String!
  token: String!
}
type CreateFulfillmentError implements ErrorResult {
  errorCode: ErrorCode!
  message: String!
}
type CurrentUser {
  id: ID!
}
type Customer {
  emailAddress: String!
  firstName: String!
  lastName: String!
  phoneNumber: String
}
type Discount {
  amountWithTax: Money!
}
type EmptyOrderLineSelectionError implements ErrorResult {
  errorCode: ErrorCode!
  message: String!
}
interface ErrorResult {
  errorCode: ErrorCode!
  message: String!
}
type Fulfillment {
  id: ID!
  lines: [FulfillmentLine!]!
  state: String!
  trackingCode: String
  updatedAt: DateTime!
}
type FulfillmentLine {
  orderLineId: ID!
  quantity: Int!
}
type FulfillmentStateTransitionError implements ErrorResult {
  errorCode: ErrorCode!
  fromState: String!
  message: String!
  transitionError: String!
}
type GlobalSettings {
  serverConfig: ServerConfig!
  trackInventory: Boolean!
}
type HistoryEntry {
  createdAt: DateTime!
  data: JSON!
  id: ID!
  isPublic: Boolean!
  updatedAt: DateTime!
}
type HistoryEntryList {
  items: [HistoryEntry!]!
}
type InsufficientStockOnHandError implements ErrorResult {
  errorCode: ErrorCode!
  message: String!
}
type InvalidCredentialsError implements ErrorResult {
  errorCode: ErrorCode!
  message: String!
}
type InvalidFulfillmentHandlerError implements ErrorResult {
  errorCode: ErrorCode!
  message: String!
}
type ItemsAlreadyFulfilledError implements ErrorResult {
  errorCode: ErrorCode!
  message: String!
}
type Mutation {
  addFulfillmentToOrder(input: FulfillOrderInput!): AddFulfillmentToOrderResult!
  addNoteToOrder(input: AddNoteToOrderInput!): Order!
  login(username: String!, password: String!): NativeAuthenticationResult!
  transitionFulfillmentToState(id: ID!, state: String!): TransitionFulfillmentToStateResult!
  updateOrderNote(input: UpdateOrderNoteInput!): HistoryEntry!
  updateProductVariants(input: [UpdateProductVariantInput!]!): [ProductVariant]!
}
type NativeAuthStrategyError implements ErrorResult {
  errorCode: ErrorCode!
  message: String!
}
type Order {
  code: String!
  createdAt: DateTime!
  currencyCode: CurrencyCode!
  customer: Customer
  discounts: [Discount!]!
  fulfillments: [Fulfillment!]
  history(options: HistoryEntryListOptions): HistoryEntryList!
  id: ID!
  lines: [OrderLine!]!
  orderPlacedAt: DateTime
  payments: [Payment!]
  shippingAddress: OrderAddress
  shippingWithTax: Money!
  state: String!
  total: Money!
  totalWithTax: Money!
  type: OrderType!
  updatedAt: DateTime!
}
type OrderAddress {
  city: String
  company: String
  countryCode: String
  fullName: String
  phoneNumber: String
  postalCode: String
  province: String
  streetLine1: String
  streetLine2: String
}
type OrderLine {
  featuredAsset: Asset
  id: ID!
  orderPlacedQuantity: Int!
  productVariant: ProductVariant!
  proratedLinePriceWithTax: Money!
  proratedUnitPriceWithTax: Money!
  quantity: Int!
  unitPriceWithTax: Money!
}
type OrderList {
  items: [Order!]!
  totalItems: Int!
}
type Payment {
  amount: Money!
  createdAt: DateTime!
  id: ID!
  refunds: [Refund!]!
  state: String!
  transactionId: String
  updatedAt: DateTime!
}
type Product {
  name: String!
}
type ProductOption {
  group: ProductOptionGroup!
  name: String!
}
type ProductOptionGroup {
  name: String!
}
type ProductVariant {
  id: ID!
  name: String!
  options: [ProductOption!]!
  product: Product!
  sku: String!
  stockLevels: [StockLevel!]!
  trackInventory: GlobalFlag!
}
type ProductVariantList {
  items: [ProductVariant!]!
  totalItems: Int!
}
type Query {
  activeChannel: Channel!
  globalSettings: GlobalSettings!
  order(id: ID!): Order
  orders(options: OrderListOptions): OrderList!
  productVariant(id: ID!): ProductVariant
  productVariants(options: ProductVariantListOptions): ProductVariantList!
  stockLocations(options: StockLocationListOptions): StockLocationList!
}
type Refund {
  createdAt: DateTime!
  id: ID!
  lines: [RefundLine!]!
  reason: String
  state: String!
  total: Money!
  updatedAt: DateTime!
}
type RefundLine {
  orderLineId: ID!
  quantity: Int!
}
type ServerConfig {
  moneyStrategyPrecision: Int!
}
type StockLevel {
  stockAllocated: Int!
  stockLocationId: ID!
  stockOnHand: Int!
}
type StockLocation {
  id: ID!
}
type StockLocationList {
  items: [StockLocation!]!
}
union AddFulfillmentToOrderResult =
  CreateFulfillmentError
  | EmptyOrderLineSelectionError
  | Fulfillment
  | FulfillmentStateTransitionError
  | InsufficientStockOnHandError
  | InvalidFulfillmentHandlerError
  | ItemsAlreadyFulfilledError
input AddNoteToOrderInput {
  id: ID!
  note: String!
  isPublic: Boolean!
}
scalar CurrencyCode
scalar DateTime
scalar ErrorCode
input FulfillOrderInput {
  lines: [OrderLineInput!]!
  handler: ConfigurableOperationInput!
}
enum GlobalFlag { TRUE FALSE INHERIT }
input HistoryEntryListOptions {
  skip: Int
  take: Int
  sort: HistoryEntrySortParameter
  filter: HistoryEntryFilterParameter
}
scalar JSON
scalar Money
union NativeAuthenticationResult =
  CurrentUser
  | InvalidCredentialsError
  | NativeAuthStrategyError
input OrderListOptions {
  skip: Int
  take: Int
  sort: OrderSortParameter
  filter: OrderFilterParameter
}
enum OrderType { Regular Seller Aggregate }
input ProductVariantListOptions {
  skip: Int
  take: Int
  sort: ProductVariantSortParameter
  filter: ProductVariantFilterParameter
}
input StockLocationListOptions {
  skip: Int
  take: Int
  sort: StockLocationSortParameter
}
union TransitionFulfillmentToStateResult =
  Fulfillment
  | FulfillmentStateTransitionError
input UpdateOrderNoteInput {
  noteId: ID!
  note: String
  isPublic: Boolean
}
input UpdateProductVariantInput {
  id: ID!
  stockLevels: [StockLevelInput!]
}
input OrderLineInput {
  orderLineId: ID!
  quantity: Int!
}
input ConfigurableOperationInput {
  code: String!
  arguments: [ConfigArgInput!]!
}
input HistoryEntrySortParameter {
  createdAt: SortOrder
}
input HistoryEntryFilterParameter {
  type: StringOperators
}
input OrderSortParameter {
  id: SortOrder
  orderPlacedAt: SortOrder
}
input OrderFilterParameter {
  id: IDOperators
  type: StringOperators
  state: StringOperators
  orderPlacedAt: DateOperators
  updatedAt: DateOperators
  _and: [OrderFilterParameter!]
  _or: [OrderFilterParameter!]
}
input ProductVariantSortParameter {
  id: SortOrder
}
input ProductVariantFilterParameter {
  sku: StringOperators
}
input StockLocationSortParameter {
  id: SortOrder
}
input StockLevelInput {
  stockLocationId: ID!
  stockOnHand: Int!
}
input ConfigArgInput {
  name: String!
  value: String!
}
enum SortOrder { ASC DESC }
input StringOperators {
  eq: String
  notEq: String
  in: [String!]
  notIn: [String!]
}
input IDOperators {
  eq: String
  notEq: String
  in: [String!]
  notIn: [String!]
}
input DateOperators {
  eq: DateTime
  before: DateTime
  after: DateTime
  isNull: Boolean
}
schema { query: Query mutation: Mutation }
"""
