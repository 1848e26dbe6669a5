"""Every GraphQL document Waydesk sends to a Vendure server's Admin API.

Tests hold each against the schema of Vendure 3.7.3. What may be null, may be missing or depends on
a shop's own fields is not asked for.
"""

_ORDER = """
fragment OrderParts on Order {
  id
  code
  type
  state
  createdAt
  updatedAt
  orderPlacedAt
  currencyCode
  total
  totalWithTax
  shippingWithTax
  customer { firstName lastName emailAddress phoneNumber }
  shippingAddress {
    fullName company streetLine1 streetLine2 city province postalCode countryCode phoneNumber
  }
  discounts { amountWithTax }
  lines {
    id
    quantity
    orderPlacedQuantity
    unitPriceWithTax
    proratedUnitPriceWithTax
    proratedLinePriceWithTax
    featuredAsset { preview }
    productVariant { id sku name product { name } }
  }
  payments {
    id
    state
    amount
    transactionId
    createdAt
    updatedAt
    refunds { id state total reason createdAt updatedAt lines { orderLineId quantity } }
  }
  fulfillments { id state trackingCode updatedAt lines { orderLineId quantity } }
  newest: history(options: { sort: { createdAt: DESC }, take: 1 }) { items { createdAt } }
  notes: history(
    options: { filter: { type: { eq: "ORDER_NOTE" } }, sort: { createdAt: DESC }, take: 20 }
  ) { items { id isPublic data updatedAt } }
}
"""

ORDERS = (
    """
query Orders($options: OrderListOptions!) {
  orders(options: $options) { totalItems items { ...OrderParts } }
}
"""
    + _ORDER
)

ORDER_IDS = """
query OrderIds($options: OrderListOptions!) {
  orders(options: $options) { totalItems items { id orderPlacedAt } }
}
"""

TO_SHIP = """
query ToShip($id: ID!) {
  order(id: $id) {
    id
    state
    lines { id quantity }
    fulfillments { id state trackingCode lines { orderLineId quantity } }
  }
}
"""

FULFIL = """
mutation Fulfil($input: FulfillOrderInput!) {
  addFulfillmentToOrder(input: $input) {
    __typename
    ... on Fulfillment { id state }
    ... on ErrorResult { errorCode message }
  }
}
"""

MOVE = """
mutation Move($id: ID!, $state: String!) {
  transitionFulfillmentToState(id: $id, state: $state) {
    __typename
    ... on Fulfillment { id state }
    ... on FulfillmentStateTransitionError { transitionError fromState }
    ... on ErrorResult { errorCode message }
  }
}
"""

NOTES = """
query Notes($id: ID!) {
  order(id: $id) {
    id
    history(
      options: { filter: { type: { eq: "ORDER_NOTE" } }, sort: { createdAt: DESC }, take: 100 }
    ) { items { id isPublic data } }
  }
}
"""

ADD_NOTE = """
mutation AddNote($input: AddNoteToOrderInput!) {
  addNoteToOrder(input: $input) { id }
}
"""

CHANGE_NOTE = """
mutation ChangeNote($input: UpdateOrderNoteInput!) {
  updateOrderNote(input: $input) { id }
}
"""

_STOCK = """
fragment StockParts on ProductVariant {
  id
  sku
  trackInventory
  stockLevels { stockLocationId stockOnHand stockAllocated }
}
"""

STOCK = (
    """
query Stock($id: ID!) {
  productVariant(id: $id) { ...StockParts }
}
"""
    + _STOCK
)

STOCK_OF_SKU = (
    """
query StockOfSku($sku: String!) {
  productVariants(options: { filter: { sku: { eq: $sku } }, take: 3 }) {
    items { ...StockParts }
  }
}
"""
    + _STOCK
)

SET_STOCK = (
    """
mutation SetStock($input: [UpdateProductVariantInput!]!) {
  updateProductVariants(input: $input) { ...StockParts }
}
"""
    + _STOCK
)

VARIANTS = """
query Variants($skip: Int!, $take: Int!) {
  productVariants(options: { skip: $skip, take: $take, sort: { id: ASC } }) {
    totalItems
    items {
      id
      sku
      name
      trackInventory
      product { name }
      options { name group { name } }
      stockLevels { stockLocationId stockOnHand stockAllocated }
    }
  }
}
"""

SETTINGS = """
query Settings {
  globalSettings { trackInventory serverConfig { moneyStrategyPrecision } }
}
"""

PLACES = """
query Places {
  stockLocations(options: { take: 1000, sort: { id: ASC } }) { items { id } }
}
"""

ABOUT = """
query About {
  activeChannel { code token }
}
"""

LOGIN = """
mutation Login($username: String!, $password: String!) {
  login(username: $username, password: $password) {
    __typename
    ... on CurrentUser { id }
    ... on ErrorResult { errorCode message }
  }
}
"""
