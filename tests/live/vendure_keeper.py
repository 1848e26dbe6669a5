"""Who stands behind the counter of a real Vendure server.

Places orders at its shop API, and does in its admin API what its owner does in the dashboard. It
shares nothing with the connector.
"""

import asyncio
import json
import time
import urllib.request
from typing import Any

from sync.channels.vendure import Vendure
from sync.channels.vendure_access import VendureKeys
from sync.ports import Http
from tests.sync.vendure_world import Shelf, channel_for


def _writing(variables: str, call: str, more: str = "") -> str:
    """A mutation whose result tells its type, and the words of a refusal."""
    given = f"({variables})" if variables else ""
    told = f"__typename {more} ... on ErrorResult {{ errorCode message }}"
    return f"mutation{given} {{ {call} {{ {told} }} }}"


_AN_ORDER, _A_FULFILMENT = "... on Order { id }", "... on Fulfillment { id }"
ADD = _writing("$v: ID!, $q: Int!", "addItemToOrder(productVariantId: $v, quantity: $q)")
WHO = _writing("$i: CreateCustomerInput!", "setCustomerForOrder(input: $i)")
WHERE = _writing("$i: CreateAddressInput!", "setOrderShippingAddress(input: $i)")
HOW = _writing("$m: [ID!]!", "setOrderShippingMethod(shippingMethodId: $m)")
TURN = _writing("", 'transitionOrderToState(state: "ArrangingPayment")', _AN_ORDER)
PAY = _writing("$i: PaymentInput!", "addPaymentToOrder(input: $i)", _AN_ORDER)
CANCEL = _writing("$i: CancelOrderInput!", "cancelOrder(input: $i)")
REFUND = _writing("$i: RefundOrderInput!", "refundOrder(input: $i)")
FULFIL = _writing("$i: FulfillOrderInput!", "addFulfillmentToOrder(input: $i)", _A_FULFILMENT)
EDIT = _writing("$i: ID!", 'transitionOrderToState(id: $i, state: "Modifying")')
MOVE = _writing("$i: ID!, $s: String!", "transitionFulfillmentToState(id: $i, state: $s)")
LOGIN = _writing("", 'login(username: "superadmin", password: "superadmin")')
VARIANTS = "mutation($i: [CreateProductVariantInput!]!) { createProductVariants(input: $i) { id } }"
HISTORY = "history(options: { take: 100 }) { items { type data } }"
LEVELS = "stockLevels { stockOnHand stockAllocated }"
NAME = {"languageCode": "en", "name": "Mug"}
PLACE = {
    "fullName": "Zoë O'Neil",
    "streetLine1": "1 Main St",
    "city": "San José",
    "postalCode": "95112",
    "countryCode": "US",
}


class SystemTime:
    """The clock of this computer."""

    def now(self) -> int:
        return int(time.time() * 1000)

    def mono(self) -> float:
        return time.monotonic()


class Caller:
    """One session at one of the server's two APIs."""

    def __init__(self, address: str) -> None:
        self.address, self.token = address, ""

    async def __call__(self, text: str, **variables: Any) -> dict[str, Any]:
        return await asyncio.to_thread(self._call, text, variables)

    def _call(self, text: str, variables: dict[str, Any]) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        body = json.dumps({"query": text, "variables": variables}).encode()
        request = urllib.request.Request(self.address, body, headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            self.token = answer.headers.get("vendure-auth-token") or self.token
            told: dict[str, Any] = json.load(answer)
        assert "errors" not in told, told
        return dict(told["data"])


class LiveKeeper:
    """A Keeper (tests.sync.vendure_contract) of a real server."""

    sku = "MUG-1"

    def __init__(self, site: str, http: Http) -> None:
        self.site, self.http, self.clock = site, http, SystemTime()
        self.admin = Caller(f"{site}/admin-api")
        self.variant, self.login = "", ""
        self._carts: dict[str, Caller] = {}
        self._shelves: list[Shelf] = []

    async def open(self, stock: int = 5000) -> "LiveKeeper":
        """Put the mug on sale, and give Waydesk a login with no more rights than it asks for."""
        await self.admin(LOGIN)
        made = await self.admin(
            "mutation($i: CreateProductInput!) { createProduct(input: $i) { id } }",
            i={"translations": [{**NAME, "slug": "mug", "description": ""}]},
        )
        mug = {"productId": made["createProduct"]["id"], "sku": self.sku, "price": 1250}
        mug |= {"stockOnHand": stock, "trackInventory": "TRUE"}
        mug |= {"translations": [NAME]}
        made = await self.admin(VARIANTS, i=[mug])
        self.variant = made["createProductVariants"][0]["id"]
        rights = ["ReadOrder", "UpdateOrder", "ReadCatalog", "UpdateCatalog"]
        self.login = await self.hire("desk@shop.example", rights)
        return self

    async def hire(self, name: str, rights: list[str]) -> str:
        """An administrator with these rights; the password is "open sesame"."""
        role = await self.admin(
            "mutation($i: CreateRoleInput!) { createRole(input: $i) { id } }",
            i={"code": name, "description": name, "permissions": rights},
        )
        person = {"firstName": "Way", "lastName": "Desk", "emailAddress": name}
        person |= {"password": "open sesame", "roleIds": [role["createRole"]["id"]]}
        await self.admin(
            "mutation($i: CreateAdministratorInput!) { createAdministrator(input: $i) { id } }",
            i=person,
        )
        return name

    async def api_key(self) -> str:
        """A key with every right."""
        roles = await self.admin("{ roles { items { id code } } }")
        mine = [r["id"] for r in roles["roles"]["items"] if r["code"] == "__super_admin_role__"]
        made = await self.admin(
            "mutation($i: CreateApiKeyInput!) { createApiKey(input: $i) { apiKey } }",
            i={"roleIds": mine, "translations": [{"languageCode": "en", "name": "Waydesk"}]},
        )
        return str(made["createApiKey"]["apiKey"])

    async def cart(self, units: int = 2) -> str:
        shop = Caller(f"{self.site}/shop-api")
        await shop(ADD, v=self.variant, q=units)
        mail = f"z{time.time_ns()}@shop.example"
        name = {"firstName": "Zoë", "lastName": "O'Neil", "emailAddress": mail}
        await shop(WHO, i=name)
        await shop(WHERE, i=PLACE)
        method = (await shop("{ eligibleShippingMethods { id } }"))["eligibleShippingMethods"][0]
        await shop(HOW, m=[method["id"]])
        order = (await shop(TURN))["transitionOrderToState"]
        self._carts[order["id"]] = shop
        return str(order["id"])

    async def pay(self, order: str) -> None:
        paid = await self._carts.pop(order)(PAY, i={"method": "dummy", "metadata": {}})
        assert paid["addPaymentToOrder"]["__typename"] == "Order", paid

    async def place(self, units: int = 2) -> str:
        order = await self.cart(units)
        await self.pay(order)
        return order

    async def _order(self, order: str) -> dict[str, Any]:
        asked = "lines { id } payments { id } fulfillments { id }"
        told = await self.admin(f"query($i: ID!) {{ order(id: $i) {{ state {asked} }} }}", i=order)
        return dict(told["order"])

    async def cancel(self, order: str, units: int = 0) -> None:
        asked: dict[str, Any] = {"orderId": order, "reason": "asked for it"}
        if units:
            line = (await self._order(order))["lines"][0]["id"]
            asked["lines"] = [{"orderLineId": line, "quantity": units}]
        assert (await self.admin(CANCEL, i=asked))["cancelOrder"]["__typename"] == "Order"

    async def refund(self, order: str, amount: int) -> None:
        payment = (await self._order(order))["payments"][0]["id"]
        asked = {"amount": amount, "paymentId": payment, "reason": "asked for it"}
        asked |= {"lines": [], "shipping": 0, "adjustment": 0}
        assert (await self.admin(REFUND, i=asked))["refundOrder"]["__typename"] == "Refund"

    async def edit(self, order: str) -> None:
        await self.admin(EDIT, i=order)

    async def _fulfil(self, order: str, units: tuple[int, ...], code: str | None) -> dict[str, Any]:
        line = (await self._order(order))["lines"][0]["id"]
        told = [{"name": "method", "value": "by hand"}]
        told += [{"name": "trackingCode", "value": code}] if code else []
        asked = {
            "lines": [{"orderLineId": line, "quantity": many} for many in units],
            "handler": {"code": "manual-fulfillment", "arguments": told},
        }
        return dict((await self.admin(FULFIL, i=asked))["addFulfillmentToOrder"])

    async def pend(self, order: str, units: int, code: str | None) -> str:
        return str((await self._fulfil(order, (units,), code))["id"])

    async def fulfil_raw(self, order: str, *units: int) -> str:
        return str((await self._fulfil(order, units, None))["__typename"])

    async def move(self, fulfilment: str, state: str) -> None:
        await self.admin(MOVE, i=fulfilment, s=state)

    async def note(self, order: str, words: str, *, public: bool) -> None:
        await asyncio.to_thread(time.sleep, 1.1)
        await self.admin(
            "mutation($i: AddNoteToOrderInput!) { addNoteToOrder(input: $i) { id } }",
            i={"id": order, "note": words, "isPublic": public},
        )

    async def notes(self, order: str) -> list[str]:
        told = await self.admin(f"query($i: ID!) {{ order(id: $i) {{ {HISTORY} }} }}", i=order)
        items = told["order"]["history"]["items"]
        return [each["data"]["note"] for each in items if each["type"] == "ORDER_NOTE"]

    async def levels(self) -> tuple[int, int]:
        asked = f"query($i: ID!) {{ productVariant(id: $i) {{ {LEVELS} }} }}"
        told = await self.admin(asked, i=self.variant)
        level = told["productVariant"]["stockLevels"][0]
        return int(level["stockOnHand"]), int(level["stockAllocated"])

    async def end_sessions(self) -> None:
        """Log the connector out, as the server does by itself when a session is over."""
        for shelf in self._shelves:
            if shelf.tokens:
                caller = Caller(f"{self.site}/admin-api")
                caller.token = shelf.tokens["token"]
                await caller("mutation { logout { success } }")

    def now(self) -> int:
        return self.clock.now()

    async def later(self) -> None:
        """The server's stamps are whole seconds."""
        await asyncio.to_thread(time.sleep, 2.1)

    def channel(self, **more: Any) -> Vendure:
        shelf = more.pop("shelf", None) or Shelf()
        self._shelves.append(shelf)
        keys = more.pop("keys", None) or VendureKeys(username=self.login, password="open sesame")
        return channel_for(self.http, self.clock, self.site, keys=keys, shelf=shelf, **more)
