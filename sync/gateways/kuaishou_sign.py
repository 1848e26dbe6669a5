"""How a request to Kuaishou's shop gateway proves who sends it.

All parameters but the sign, sorted by name, are joined as name=value by &, `signSecret` is put
behind, and the HMAC-SHA256 of that text under the same secret is sent in Base64. The business
parameters are one JSON text, `param`: it is written once, signed and sent; signing comes before any
encoding for the way. Time is epoch milliseconds (open.kwaixiaodian.com, "API调用说明").
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from sync.ports import Clock, Request

HOST = "https://openapi.kwaixiaodian.com"
FORM = {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"}


@dataclass(frozen=True, slots=True)
class KuaishouKeys:
    """What a person typed: the app, its two secrets, and the tokens its shop's owner granted."""

    app_key: str
    app_secret: str = field(repr=False)
    sign_secret: str = field(repr=False)
    access_token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)


def written(param: Mapping[str, Any]) -> str:
    """Business parameters as the one text that is signed and sent."""
    return json.dumps(param, ensure_ascii=False, separators=(",", ":"))


def sign_of(params: Mapping[str, str], sign_secret: str) -> str:
    """The sign of these parameters."""
    joined = "&".join(f"{name}={params[name]}" for name in sorted(params))
    said = f"{joined}&signSecret={sign_secret}".encode()
    return base64.b64encode(hmac.new(sign_secret.encode(), said, hashlib.sha256).digest()).decode()


def signer(
    keys: KuaishouKeys, clock: Clock, method: str, param: str, token: str
) -> Callable[[Request], Request]:
    """What signs one call at the moment it leaves: into a GET's address, else into the body."""

    def sign(request: Request) -> Request:
        params = {
            "access_token": token,
            "appkey": keys.app_key,
            "method": method,
            "param": param,
            "signMethod": "HMAC_SHA256",
            "timestamp": str(clock.now()),
            "version": "1",
        }
        told = urlencode({**params, "sign": sign_of(params, keys.sign_secret)})
        if request.method == "GET":
            return replace(request, url=f"{request.url}?{told}")
        return replace(request, headers=FORM, body=told.encode("ascii"))

    return sign
