"""The sandbox shop refuses what Shopify refuses, each in Shopify's own form."""

import json
from typing import Any

import pytest

from sync.errors import Ambiguous
from sync.ports import Request
from sync.sandbox.faults import Fault
from sync.sandbox.http import Call
from sync.sandbox.shopify_gate import App
from sync.transport import Transport
from tests.sync.shopify_world import sandbox, seed
from tests.sync.sync_world import HandClock

STOCK = """
mutation S($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) { userErrors { code } }
}
"""
BARE = STOCK.replace(", $key: String!", "").replace(" @idempotent(key: $key)", "")
SHIP = """
mutation F($fulfillment: FulfillmentInput!) {
  fulfillmentCreate(fulfillment: $fulfillment) { fulfillment { id } userErrors { message } }
}
"""


@pytest.fixture
def box(clock: HandClock):
    return sandbox(clock)


def ask(
    box, query: str, variables: Any = None, *, version: str = "2026-07", token: str = ""
) -> Any:
    headers = {"x-shopify-access-token": token or box.gate.token()}
    body = json.dumps({"query": query, "variables": variables or {}}).encode()
    path = f"/admin/api/{version}/graphql.json"
    reply = box.handle(Call("POST", path, "", headers, body, True))
    return reply, json.loads(reply.body)


def code(told: Any) -> str:
    return told["errors"][0].get("extensions", {}).get("code", told["errors"][0]["message"])


# --- who may come in ---


def test_a_token_nobody_was_given_is_401(box) -> None:
    reply, told = ask(box, "{ shop { currencyCode } }", token="shpat_x")
    assert (reply.status, "Invalid API key" in told["errors"]) == (401, True)


def test_a_token_that_ran_out_is_401(box, clock) -> None:
    token = box.gate.token(seconds=3600)
    assert ask(box, "{ shop { currencyCode } }", token=token)[0].status == 200
    clock.turn(3600)
    assert ask(box, "{ shop { currencyCode } }", token=token)[0].status == 401


@pytest.mark.parametrize(("version", "status"), [("2026-07", 200), ("v1", 404), ("", 404)])
def test_a_version_that_is_none_is_404(box, version, status) -> None:
    path = f"/admin/api/{version}/graphql.json"
    headers = {"x-shopify-access-token": box.gate.token()}
    body = b'{"query":"{ shop { currencyCode } }"}'
    assert box.handle(Call("POST", path, "", headers, body, True)).status == status


def test_an_old_version_is_answered_by_the_oldest_one_served(box) -> None:
    reply, _ = ask(box, "{ shop { currencyCode } }", version="2024-01")
    assert reply.headers["X-Shopify-API-Version"] == "2026-07"


@pytest.mark.parametrize(
    ("query", "scope"),
    [
        ("{ orders(first: 1) { nodes { id } } }", "read_orders"),
        ("{ location { id } }", "read_locations"),
        ("{ productVariants(first: 1) { nodes { id } } }", "read_products"),
    ],
)
def test_a_field_without_its_right_is_denied_and_the_right_named(clock, query, scope) -> None:
    app = App("client", "secret")
    app.scopes = {"read_nothing"}
    _, told = ask(sandbox(clock, app), query)
    assert code(told) == "ACCESS_DENIED"
    assert scope in told["errors"][0]["message"]


def test_people_are_null_with_an_error_each_without_level_two(clock) -> None:
    box = sandbox(clock, App("client", "secret", level_2=False))
    box.shop.place(seed())
    _, told = ask(box, "{ orders(first: 1) { nodes { email shippingAddress { address1 city } } } }")
    node = told["data"]["orders"]["nodes"][0]
    assert node == {"email": None, "shippingAddress": {"address1": None, "city": "New York"}}
    assert [e["path"][-1] for e in told["errors"]] == ["email", "address1"]


# --- what may be asked ---


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("{ shop { currencyCode }", "syntax error, Expected more, found the end"),
        ("{ shop { nonsense } }", "undefinedField"),
        ("{ nonsense }", "undefinedField"),
        ("{ shop }", "selectionMismatch"),
        ("{ shop { currencyCode { x } } }", "selectionMismatch"),
        ('{ order(number: "1") { id } }', "argumentNotAccepted"),
        ("{ order { id } }", "missingRequiredArguments"),
        ('{ order(id: "1") { id } }', "INVALID_VARIABLE"),
        ("{ orders { nodes { id } } }", "BAD_REQUEST"),
        ("{ orders(first: 251) { nodes { id } } }", "BAD_REQUEST"),
        ("{ orders(first: 1, sortKey: SIZE) { nodes { id } } }", "INVALID_VARIABLE"),
        (
            "{ orders(first: 200) { nodes { lineItems(first: 50) { nodes { id } } } } }",
            "MAX_COST_EXCEEDED",
        ),
        (
            "query A { shop { currencyCode } } query B { shop { currencyCode } }",
            "syntax error, An operation name is required",
        ),
        ("query Q($x: Nothing!) { shop { currencyCode } }", "undefinedType"),
        ("query Q { order(id: $id) { id } }", "variableNotDefined"),
        ("{ shop { ...Missing } }", "u"),
    ],
)
def test_a_document_that_is_not_valid_is_not_run(box, query, found) -> None:
    _, told = ask(box, query)
    assert "data" not in told
    assert code(told) == found


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"input": None, "key": "k"},
        {"input": {"name": 1}, "key": "k"},
        {
            "input": {"name": "available", "reason": "correction", "quantities": [], "x": 1},
            "key": "k",
        },
    ],
)
def test_variables_that_do_not_fit_are_not_run(box, variables) -> None:
    assert code(ask(box, STOCK, variables)[1]) == "INVALID_VARIABLE"
    assert box.shop.writes == {}


# --- points ---


def test_a_query_over_what_the_bucket_holds_is_throttled_with_its_cost(box) -> None:
    box.gate.points.held = 0.0
    reply, told = ask(box, "{ orders(first: 50) { nodes { id } } }")
    cost = told["extensions"]["cost"]
    assert (reply.status, code(told), cost["actualQueryCost"]) == (200, "THROTTLED", None)
    assert cost["throttleStatus"]["restoreRate"] == 100.0


def test_the_actual_cost_is_taken_and_comes_back_with_time(box, clock) -> None:
    for _ in range(5):
        box.shop.place(seed())
    _, told = ask(box, "{ orders(first: 100) { nodes { id shippingAddress { city } } } }")
    cost = told["extensions"]["cost"]
    assert (cost["requestedQueryCost"], cost["actualQueryCost"]) == (202, 12)
    assert cost["throttleStatus"]["currentlyAvailable"] == 2000 - 12
    clock.turn(1)
    _, told = ask(box, "{ shop { currencyCode } }")
    assert told["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"] == 1999


# --- the search ---


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("updated_at:>='2025-11-24T12:00:00Z'", 1),
        ("updated_at:>'2025-11-24T12:00:00Z'", 0),
        ("updated_at:<='2025-11-24T12:00:00Z' AND status:open", 1),
        ("status:closed", 0),
        ("updatedat:>='2030-01-01T00:00:00Z'", 1),  # a misspelt filter finds everything
    ],
)
def test_the_search_finds_by_update_time_and_passes_over_what_it_does_not_know(
    box, query, found
) -> None:
    box.shop.place(seed())
    _, told = ask(
        box, "query Q($q: String) { orders(first: 9, query: $q) { nodes { id } } }", {"q": query}
    )
    assert len(told["data"]["orders"]["nodes"]) == found


@pytest.mark.parametrize("query", ["updated_at:>=2025-11-24", "updated_at:>='soon'", ":x"])
def test_a_date_without_quotes_or_sense_is_refused(box, query) -> None:
    box.shop.place(seed())
    _, told = ask(
        box, "query Q($q: String) { orders(first: 9, query: $q) { nodes { id } } }", {"q": query}
    )
    assert code(told) == "BAD_USER_INPUT"


def test_a_cursor_of_another_list_is_refused(box) -> None:
    _, told = ask(box, '{ orders(first: 1, after: "x") { nodes { id } } }')
    assert code(told) == "BAD_USER_INPUT"


# --- stock ---


def change(box, quantity: int = 5, **more: Any) -> dict[str, Any]:
    variant = next(iter(box.shop.variants.values()))
    row = {
        "inventoryItemId": f"gid://shopify/InventoryItem/{variant.item}",
        "locationId": "gid://shopify/Location/9001",
        "quantity": quantity,
        "changeFromQuantity": 100,
        **{k: v for k, v in more.items() if k not in ("name", "reason")},
    }
    name, reason = more.get("name", "available"), more.get("reason", "correction")
    return {"name": name, "reason": reason, "quantities": [row]}


def stock_code(told: Any) -> str:
    errors = told["data"]["inventorySetQuantities"]["userErrors"]
    return errors[0]["code"] if errors else ""


def test_stock_without_an_idempotency_key_is_refused_whole(box) -> None:
    _, told = ask(box, BARE, {"input": change(box)})
    assert "@idempotent directive is required" in told["errors"][0]["message"]
    assert box.shop.writes == {}


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({}, ""),
        ({"changeFromQuantity": 99}, "CHANGE_FROM_QUANTITY_STALE"),
        ({"changeFromQuantity": None}, ""),
        ({"quantity": -1}, "INVALID_QUANTITY_NEGATIVE"),
        ({"name": "sold"}, "INVALID_NAME"),
        ({"reason": "because"}, "INVALID_REASON"),
        ({"inventoryItemId": "gid://shopify/InventoryItem/1"}, "INVALID_INVENTORY_ITEM"),
        ({"locationId": "gid://shopify/Location/1"}, "INVALID_LOCATION"),
    ],
)
def test_stock_that_does_not_fit_is_refused_in_shopifys_codes(box, more, found) -> None:
    quantity = more.pop("quantity", 5)
    _, told = ask(box, STOCK, {"input": change(box, quantity, **more), "key": "k"})
    assert stock_code(told) == found


def test_a_key_used_twice_does_nothing_twice_and_never_something_else(box) -> None:
    asked = {"input": change(box), "key": "k"}
    first = ask(box, STOCK, asked)[1]["data"]
    assert ask(box, STOCK, asked)[1]["data"] == first
    assert box.shop.writes["stock"] == 1
    other = {"input": change(box, 6, changeFromQuantity=5), "key": "k"}
    assert stock_code(ask(box, STOCK, other)[1]) == "IDEMPOTENCY_KEY_PARAMETER_MISMATCH"


# --- fulfilments ---


def ship(box, *pieces: Any) -> str:
    rows = [
        {
            "fulfillmentOrderId": f"gid://shopify/FulfillmentOrder/{number}",
            **(
                {}
                if lines is None
                else {
                    "fulfillmentOrderLineItems": [
                        {"id": f"gid://shopify/FulfillmentOrderLineItem/{i}", "quantity": q}
                        for i, q in lines
                    ]
                }
            ),
        }
        for number, lines in pieces
    ]
    _, told = ask(box, SHIP, {"fulfillment": {"lineItemsByFulfillmentOrder": rows}})
    errors = told["data"]["fulfillmentCreate"]["userErrors"]
    return errors[0]["message"] if errors else ""


def test_a_fulfilment_of_what_is_not_left_or_not_open_is_refused(box) -> None:
    order = box.shop.place(seed())
    piece = order.pieces[0]
    row = next(iter(piece.rows.values()))
    assert "does not exist" in ship(box, (1, None))
    assert "Invalid fulfillment order line item quantity" in ship(
        box, (piece.number, [(row[0], 3)])
    )
    assert "Invalid fulfillment order line item quantity" in ship(
        box, (piece.number, [(row[0], 0)])
    )
    box.shop.hold(order, "OTHER")
    assert "unfulfillable status= on_hold" in ship(box, (piece.number, None))
    box.shop.release(order)
    assert ship(box, (piece.number, None)) == ""
    assert "unfulfillable status= closed" in ship(box, (piece.number, None))
    assert [line.fulfilled for line in order.lines] == [2, 1]


def test_two_locations_or_two_orders_in_one_fulfilment_are_refused(box) -> None:
    lines = [*seed()["lines"], {"sku": "CUP-1", "price": "1", "location": 9002}]
    order, other = box.shop.place(seed(lines=lines)), box.shop.place(seed())
    here, there = (piece.number for piece in order.pieces)
    assert "same location" in ship(box, (here, None), (there, None))
    assert "same order" in ship(box, (here, None), (other.pieces[0].number, None))


def test_a_note_or_tag_too_long_is_refused(box) -> None:
    order = box.shop.place(seed())
    gid = f"gid://shopify/Order/{order.number}"
    note = "mutation N($i: OrderInput!) { orderUpdate(input: $i) { userErrors { message } } }"
    _, told = ask(box, note, {"i": {"id": gid, "note": "x" * 5001}})
    assert told["data"]["orderUpdate"]["userErrors"]
    tags = """
mutation T($id: ID!, $t: [String!]!) { tagsAdd(id: $id, tags: $t) { userErrors { message } } }
"""
    _, told = ask(box, tags, {"id": gid, "t": ["x" * 41]})
    assert told["data"]["tagsAdd"]["userErrors"]
    assert (order.note, order.tags) == (None, [])


# --- tokens ---


def grant(box, **more: str) -> tuple[int, dict[str, Any]]:
    body = json.dumps({"client_id": "client", "client_secret": "secret", **more}).encode()
    reply = box.handle(Call("POST", "/admin/oauth/access_token", "", {}, body, True))
    return reply.status, json.loads(reply.body)


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "invalid_grant"),
        ({"grant_type": "client_credentials", "client_secret": "x"}, "invalid_client"),
        ({"grant_type": "client_credentials", "client_id": "x"}, "application_cannot_be_found"),
    ],
)
def test_a_grant_that_does_not_hold_is_refused(box, more, error) -> None:
    assert grant(box, **more) == (400, {"error": error, "error_description": error})


def test_an_old_refresh_token_is_good_until_its_successor_is_used(box) -> None:
    first = box.gate.refresh_token()
    _, one = grant(box, grant_type="refresh_token", refresh_token=first)
    _, again = grant(box, grant_type="refresh_token", refresh_token=first)
    assert again["refresh_token"] == one["refresh_token"]
    assert grant(box, grant_type="refresh_token", refresh_token=one["refresh_token"])[0] == 200
    assert grant(box, grant_type="refresh_token", refresh_token=first)[0] == 400


# --- over a real socket ---


@pytest.mark.parametrize(
    ("kind", "error"), [("cut", Ambiguous), ("reset_after", Ambiguous), ("reset_before", Ambiguous)]
)
async def test_it_hangs_up_on_request_over_real_http(box, http: Transport, kind, error) -> None:
    running = box.server()
    url = await running.start()
    box.faults.plan(Fault(kind))
    request = Request(
        "POST",
        f"{url}/admin/api/2026-07/graphql.json",
        {"X-Shopify-Access-Token": box.gate.token()},
        b'{"query":"query Q { shop { currencyCode } }"}',
    )
    with pytest.raises(error):
        await http.send(request)
    assert (await http.send(request)).status == 200
    await running.stop()
