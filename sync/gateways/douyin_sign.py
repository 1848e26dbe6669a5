"""Who we are to Douyin shop: each request's body and five of its parameters signed by HMAC-SHA256.

op.jinritemai.com, guide on signing: the business parameters are one JSON text, keys sorted at every
level, nothing escaped that need not be; it is the body, and what is signed is that text with
app_key, method, timestamp and v, names and values joined, between two copies of the secret.
access_token and sign_method are sent and not signed. The path is the method with "/" for its dot.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from sync.ports import Clock, Request

HOST = "https://openapi-fxg.jinritemai.com"
VERSION, SIGN_METHOD = "2", "hmac-sha256"
Value = str | int | bool | list["Value"] | dict[str, "Value"]


@dataclass(frozen=True, slots=True)
class DouyinKeys:
    """What a person typed: the app's key and secret, and the shop's number or the two tokens.

    An app of the shop's own gets its tokens by `shop_id`; any other app is given them once, when
    the shop's owner authorises it.
    """

    app_key: str
    app_secret: str = field(repr=False)
    shop_id: str = ""
    access_token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)


def written(params: Mapping[str, Value]) -> str:
    """The business parameters as the one text that is signed and sent."""
    return json.dumps(params, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def signature(keys: DouyinKeys, method: str, text: str, timestamp: str) -> str:
    """The sign of a call of `method` whose body is `text`; `timestamp` in epoch seconds."""
    named = f"app_key{keys.app_key}method{method}param_json{text}timestamp{timestamp}v{VERSION}"
    secret = keys.app_secret
    signed = f"{secret}{named}{secret}".encode()
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def signer(
    keys: DouyinKeys, clock: Clock, method: str, text: str, token: str
) -> Callable[[Request], Request]:
    """What signs the call at the moment it leaves."""

    def sign(request: Request) -> Request:
        stamp = str(clock.now() // 1000)
        params = {
            "app_key": keys.app_key,
            "method": method,
            "timestamp": stamp,
            "v": VERSION,
            "sign_method": SIGN_METHOD,
            "sign": signature(keys, method, text, stamp),
        }
        if token:
            params["access_token"] = token
        url = f"{request.url}/{method.replace('.', '/')}?{urlencode(params)}"
        headers = {"Content-Type": "application/json;charset=utf-8"}
        return replace(request, url=url, headers=headers, body=text.encode())

    return sign
