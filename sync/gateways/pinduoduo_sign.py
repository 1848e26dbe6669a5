"""Who we are to Pinduoduo: every parameter signed by MD5 between two copies of the secret.

open.pinduoduo.com, developer guide part 3: all parameters but `sign`, sorted by name, name and
value joined without anything between, the secret before and behind, MD5 in upper case hex. A list
or an object is written as JSON once, and that text is what is signed and what is sent. The time is
whole epoch seconds, within ten minutes of the platform's.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from sync.ports import Clock, Request
from sync.wrapped_md5 import wrapped_md5

GATEWAY = "https://gw-api.pinduoduo.com/api/router"
Value = str | int | bool | list["Value"] | dict[str, "Value"]


@dataclass(frozen=True, slots=True)
class PinduoduoKeys:
    """What a person typed: the app's id and secret, and the tokens the shop's owner granted."""

    client_id: str
    client_secret: str = field(repr=False)
    access_token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)


def written(value: Value) -> str:
    """A parameter as the one text that is signed and sent."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int):
        return str(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def signer(
    keys: PinduoduoKeys, clock: Clock, asked: Mapping[str, str], token: str
) -> Callable[[Request], Request]:
    """What signs the request of these parameters at the moment it leaves."""

    def sign(request: Request) -> Request:
        params = {
            **asked,
            "client_id": keys.client_id,
            "timestamp": str(clock.now() // 1000),
            "data_type": "JSON",
            "version": "V1",
        }
        if token:
            params["access_token"] = token
        params["sign"] = wrapped_md5(keys.client_secret, params)
        headers = {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"}
        return replace(request, headers=headers, body=urlencode(params).encode("ascii"))

    return sign
