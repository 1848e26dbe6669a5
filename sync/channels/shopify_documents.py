"""Every GraphQL document Waydesk sends to Shopify, whole and by name; nothing is put together.

Each is valid on the official schemas of 2026-07 and 2026-10 (a test holds them against both). The
list an answer is read for comes first in its selection, so that one bad order cannot take its page
with it. Sizes are such that no request costs more than the 1000 points one may (channels.md 1.5),
counted as the platform counted before it made connections cheaper.
"""

API_VERSION = "2026-07"

_HOLD_FIELDS = "status requestStatus fulfillAt fulfillBy fulfillmentHolds { reason }"
_ORDER_FIELDS = """
  id
  name
  createdAt
  processedAt
  updatedAt
  cancelledAt
  cancelReason
  closed
  test
  note
  tags
  email
  phone
  currencyCode
  presentmentCurrencyCode
  displayFinancialStatus
  displayFulfillmentStatus
  requiresShipping
  totalPriceSet { shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } }
  totalShippingPriceSet { shopMoney { amount } }
  totalDiscountsSet { shopMoney { amount } }
  totalTaxSet { shopMoney { amount } }
  shippingAddress {
    name firstName lastName company phone address1 address2 city
    province provinceCode zip countryCodeV2
  }
  transactions(first: 5) { id kind status processedAt manualPaymentGateway }
  refunds(first: 5) {
    id createdAt note
    totalRefundedSet { shopMoney { amount } }
  }
"""
_LINE_FIELDS = """
  id sku title variantTitle quantity currentQuantity unfulfilledQuantity
  requiresShipping
  variant { id }
  image { url }
  originalUnitPriceSet { shopMoney { amount } }
  discountedTotalSet { shopMoney { amount } }
"""
_LINE = f"fragment LineParts on LineItem {{{_LINE_FIELDS}}}\n"
_ORDER = (
    f"fragment OrderParts on Order {{{_ORDER_FIELDS}"
    f"fulfillmentOrders(first: 5) {{ nodes {{ {_HOLD_FIELDS} }} "
    "pageInfo { hasNextPage endCursor } }\n"
    "lineItems(first: 10) { nodes { ...LineParts } pageInfo { hasNextPage endCursor } } }\n"
)

ORDERS = (
    """
query Orders($first: Int!, $after: String, $query: String) {
  orders(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) {
    nodes { ...OrderParts }
    pageInfo { hasNextPage endCursor }
  }
}
"""
    + _ORDER
    + _LINE
)
# What a round that overlaps the last one asks first: read whole, an order costs many times this.
CHANGED = """
query Changed($after: String, $query: String) {
  orders(first: 250, after: $after, query: $query, sortKey: UPDATED_AT) {
    nodes { id updatedAt }
    pageInfo { hasNextPage endCursor }
  }
}
"""
# Numbers alone, for counting: as many as a page may hold.
ORDER_IDS = """
query OrderIds($after: String, $query: String) {
  orders(first: 250, after: $after, query: $query, sortKey: UPDATED_AT) {
    nodes { id }
    pageInfo { hasNextPage endCursor }
  }
}
"""
# Asked for as a list of one, so that its own bytes are kept as those of a page are.
ORDER = "query Order($ids: [ID!]!) { nodes(ids: $ids) { ...OrderParts } }" + _ORDER + _LINE
# An order that was deleted comes as null.
PRESENT = "query Present($ids: [ID!]!) { nodes(ids: $ids) { id } }"
LINES = (
    """
query Lines($id: ID!, $after: String) {
  order(id: $id) {
    lineItems(first: 50, after: $after) {
      nodes { ...LineParts }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""
    + _LINE
)
HOW_MANY = """
query HowMany($query: String, $limit: Int) {
  ordersCount(query: $query, limit: $limit) { count }
}
"""
# What a bulk operation is asked to do: connections as edges, their sizes unasked, and nothing but
# a connection of an order below it. The search of the round takes the place of the empty one.
HISTORY = (
    f'{{ orders(query: "") {{ edges {{ node {{ {_ORDER_FIELDS}'
    f" lineItems {{ edges {{ node {{ {_LINE_FIELDS} }} }} }}"
    f" fulfillmentOrders {{ edges {{ node {{ id {_HOLD_FIELDS} }} }} }} }} }} }} }}"
)
# Grouped, so that an order stands whole in a stretch of the file.
BEGIN_HISTORY = """
mutation BeginHistory($query: String!) {
  bulkOperationRunQuery(query: $query, groupObjects: true) {
    bulkOperation { id createdAt }
    userErrors { code field message }
  }
}
"""
UNDER_WAY = """
query UnderWay {
  bulkOperations(first: 10) { nodes { id status createdAt query } }
}
"""
HISTORY_STANDS = """
query HistoryStands($id: ID!) {
  bulkOperation(id: $id) { id status errorCode url fileSize rootObjectCount }
}
"""
HOLDS = """
query Holds($id: ID!, $after: String) {
  order(id: $id) {
    fulfillmentOrders(first: 50, after: $after) {
      nodes { status requestStatus fulfillAt fulfillBy fulfillmentHolds { reason } }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""
REFUNDS = """
query Refunds($id: ID!) {
  order(id: $id) {
    refunds { id createdAt note totalRefundedSet { shopMoney { amount } } }
  }
}
"""
REFUND_LINES = """
query RefundLines($id: ID!, $after: String) {
  refund(id: $id) {
    refundLineItems(first: 50, after: $after) {
      nodes {
        quantity
        lineItem { id }
        subtotalSet { shopMoney { amount } }
        totalTaxSet { shopMoney { amount } }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""
TO_SHIP = """
query ToShip($id: ID!, $after: String) {
  order(id: $id) {
    id
    cancelledAt
    fulfillmentOrders(first: 10, after: $after) {
      nodes {
        id
        status
        assignedLocation { location { id } }
        supportedActions { action }
        fulfillmentHolds { reason }
        lineItems(first: 20) {
          nodes { id remainingQuantity lineItem { id } }
          pageInfo { hasNextPage endCursor }
        }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""
MORE_TO_SHIP = """
query MoreToShip($id: ID!, $after: String) {
  fulfillmentOrder(id: $id) {
    lineItems(first: 100, after: $after) {
      nodes { id remainingQuantity lineItem { id } }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""
SHIPPED = """
query Shipped($id: ID!) {
  order(id: $id) {
    fulfillments(first: 100) { id status trackingInfo(first: 5) { number } }
  }
}
"""
SHIPPED_LINES = """
query ShippedLines($id: ID!, $after: String) {
  fulfillment(id: $id) {
    fulfillmentLineItems(first: 100, after: $after) {
      nodes { quantity lineItem { id } }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""
# Shopify takes no idempotency key here; what is already under our tracking number is read first.
SHIP = """
mutation Fulfil($fulfillment: FulfillmentInput!) {
  fulfillmentCreate(fulfillment: $fulfillment) {
    fulfillment { id status }
    userErrors { field message }
  }
}
"""
NUMBER = """
mutation Number($id: ID!, $tracking: FulfillmentTrackingInput!) {
  fulfillmentTrackingInfoUpdate(
    fulfillmentId: $id, trackingInfoInput: $tracking, notifyCustomer: true
  ) {
    fulfillment { id }
    userErrors { field message }
  }
}
"""
MEMO = "query Memo($id: ID!) { order(id: $id) { id note tags } }"
WRITE_NOTE = """
mutation WriteNote($input: OrderInput!) {
  orderUpdate(input: $input) { order { id note } userErrors { field message } }
}
"""
ADD_TAGS = """
mutation AddTags($id: ID!, $tags: [String!]!) {
  tagsAdd(id: $id, tags: $tags) { userErrors { field message } }
}
"""
DROP_TAGS = """
mutation DropTags($id: ID!, $tags: [String!]!) {
  tagsRemove(id: $id, tags: $tags) { userErrors { field message } }
}
"""
PRIMARY = "query Primary { location { id } }"
LISTING = """
query Listing($query: String!) {
  productVariants(first: 5, query: $query) { nodes { id sku } }
}
"""
# By number, which no change moves, so that a list that changes while it is read hides nothing.
PRODUCTS = """
query Products($first: Int!, $after: String, $location: ID!) {
  productVariants(first: $first, after: $after, sortKey: ID) {
    nodes {
      id
      sku
      barcode
      selectedOptions { name value }
      requiresComponents
      product { title }
      inventoryItem {
        tracked
        requiresShipping
        harmonizedSystemCode
        countryCodeOfOrigin
        measurement { weight { unit value } }
        inventoryLevel(locationId: $location) { quantities(names: ["available"]) { quantity } }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
  productVariantsCount(limit: null) { count }
}
"""
STOCK = """
query Stock($id: ID!, $location: ID!) {
  productVariant(id: $id) {
    inventoryItem {
      id
      tracked
      inventoryLevel(locationId: $location) { quantities(names: ["available"]) { quantity } }
    }
  }
}
"""
SET_STOCK = """
mutation SetStock($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { id }
    userErrors { code field message }
  }
}
"""
ABOUT = """
query About {
  currentAppInstallation { accessScopes { handle } }
  shop { myshopifyDomain ianaTimezone currencyCode }
}
"""
ONE_ORDER = """
query OneOrder {
  orders(first: 1, sortKey: UPDATED_AT, reverse: true) {
    nodes { id requiresShipping shippingAddress { address1 } }
  }
}
"""
