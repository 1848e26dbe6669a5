"""Who may speak to the sandbox shop: Magento's own checks, written from the rule, not from us.

Adobe's REST documentation, "OAuth-based authentication" and "OAuth error codes": all seven
parameters in the Authorization header, HMAC-SHA256 alone, a time at most ten minutes ahead (one
long past is taken), each nonce once. A bare Bearer is nobody unless the shop allows it, and nobody
may do nothing: 401 with the names of the resources, as for a right that is missing.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus, unquote, unquote_plus

from sync.sandbox.http import Call, Reply

AHEAD_S = 600
NEEDED = ("consumer_key", "nonce", "signature", "signature_method", "timestamp", "token", "version")
RIGHTS = frozenset(
    {
        "Magento_Sales::actions_view",
        "Magento_Sales::ship",
        "Magento_Sales::shipment",
        "Magento_Sales::comment",
        "Magento_Sales::sales_creditmemo",
        "Magento_InventoryApi::source",
        "Magento_InventoryApi::stock",
        "Magento_InventorySalesApi::stock",
        "Magento_CatalogInventory::cataloginventory",
        "Magento_Catalog::products",
        "Magento_Backend::store",
    }
)


@dataclass(frozen=True, slots=True)
class Integration:
    """One integration of the shop and what it may do."""

    consumer_key: str = "ck-shop"
    consumer_secret: str = field(default="cs-shop", repr=False)
    token: str = field(default="at-shop", repr=False)
    token_secret: str = field(default="ats-shop", repr=False)
    rights: frozenset[str] = RIGHTS


class Gate:
    """Checks every call; remembers the nonces."""

    def __init__(self, known: tuple[Integration, ...], now_s: Callable[[], int]) -> None:
        """Take the shop's integrations; bare tokens are refused until `bearer` is set."""
        self._known = known
        self._now_s = now_s
        self._nonces: set[str] = set()
        self.bearer = False

    def refuse(self, call: Call, right: str) -> Reply | None:
        """The refusal, or None where the call may go on."""
        kind, _, told = call.headers.get("authorization", "").partition(" ")
        found = self._oauth(call, told) if kind == "OAuth" else self._bearer(kind, told)
        if isinstance(found, Reply):
            return found
        if found is None or right not in found.rights:
            words = "The consumer isn't authorized to access %resources."
            return said(401, words, {"resources": right})
        return None

    def _bearer(self, kind: str, token: str) -> Integration | None:
        live = self._known if self.bearer and kind == "Bearer" else ()
        return next((each for each in live if each.token == token), None)

    def _oauth(self, call: Call, header: str) -> Integration | Reply:
        pairs = re.findall(r'oauth_([a-z_]+)="([^"]*)"', header)
        told = {name: unquote(value) for name, value in pairs}
        missing = [f"oauth_{name}" for name in NEEDED if not told.get(name)]
        if missing:
            return said(400, f'"{missing[0]}" is required. Enter and try again. (oauth)')
        if told["version"] != "1.0":
            return said(400, f'The "{told["version"]}" Oauth version isn\'t supported.')
        known = {each.consumer_key: each for each in self._known}
        found = known.get(told["consumer_key"])
        if found is None:
            return said(401, "A consumer having the specified key does not exist")
        if told["token"] != found.token:
            return said(401, "Specified token does not exist")
        return self._fresh(told) or self._signed(call, told, found) or found

    def _fresh(self, told: Mapping[str, str]) -> Reply | None:
        stamp = told["timestamp"]
        if not stamp.isdigit() or not 0 < int(stamp) <= self._now_s() + AHEAD_S:
            return said(400, "The oauth_timestamp value is incorrect. Verify the timestamp.")
        if told["nonce"] in self._nonces:
            return said(401, "The nonce is already being used by the consumer with ID %1.", ["1"])
        self._nonces.add(told["nonce"])
        return None

    def _signed(self, call: Call, told: Mapping[str, str], found: Integration) -> Reply | None:
        rows = [f"oauth_{n}={_raw(v)}" for n, v in told.items() if n != "signature"]
        for piece in filter(None, call.query.split("&")):
            name, _, value = piece.partition("=")
            rows.append(f"{_raw(unquote_plus(name))}={_raw(unquote_plus(value))}")
        scheme = "https" if call.secure else "http"
        path = quote(call.path, safe="/%~")
        address = f"{scheme}://{call.headers.get('host', '')}{path}"
        base = f"{call.method}&{_raw(address)}&{_raw('&'.join(sorted(rows)))}"
        key = f"{_raw(found.consumer_secret)}&{_raw(found.token_secret)}"
        made = base64.b64encode(hmac.new(key.encode(), base.encode(), hashlib.sha256).digest())
        fits = told["signature_method"] == "HMAC-SHA256" and made.decode() == told["signature"]
        return None if fits else said(401, "The signature is invalid. Verify and try again.")


def said(status: int, words: str, parameters: object = None) -> Reply:
    """A refusal in Magento's own form."""
    told = {"message": words} | ({} if parameters is None else {"parameters": parameters})
    return Reply(status, json.dumps(told).encode())


def _raw(text: str) -> str:
    """PHP's rawurlencode."""
    return quote_plus(text).replace("+", "%20").replace("%7E", "~")
