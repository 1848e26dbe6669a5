"""How a request to Xiaohongshu's shop gateway proves who sends it.

Signed are the system's parameters alone: method?appId=…&timestamp=…&version=… with the app's secret
behind, as MD5. Time is epoch seconds, as text. All parameters, those of the system and those of the
method, stand side by side in one JSON body (open.xiaohongshu.com, "签名算法", "系统参数说明").
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sync.ports import Clock, Request

HOST = "https://ark.xiaohongshu.com"
PATH = "/ark/open_api/v3/common_controller"
VERSION = "2.0"
JSON_BODY = {"Content-Type": "application/json;charset=utf-8"}


@dataclass(frozen=True, slots=True)
class XhsKeys:
    """What a person typed: the app, its secret, and the tokens its shop's owner granted."""

    app_id: str
    app_secret: str = field(repr=False)
    access_token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)


def sign_of(method: str, app_id: str, timestamp: str, version: str, app_secret: str) -> str:
    """The sign of one request."""
    said = f"{method}?appId={app_id}&timestamp={timestamp}&version={version}{app_secret}"
    return hashlib.md5(said.encode()).hexdigest()  # noqa: S324 - the platform's own


def signer(
    keys: XhsKeys, clock: Clock, method: str, params: Mapping[str, Any], token: str
) -> Callable[[Request], Request]:
    """What writes and signs one call at the moment it leaves; "" as token is left out."""

    def sign(request: Request) -> Request:
        now = str(clock.now() // 1000)
        system = {
            "method": method,
            "appId": keys.app_id,
            "timestamp": now,
            "version": VERSION,
            "sign": sign_of(method, keys.app_id, now, VERSION, keys.app_secret),
        } | ({"accessToken": token} if token else {})
        told = json.dumps({**params, **system}, ensure_ascii=False, separators=(",", ":"))
        return replace(request, headers=JSON_BODY, body=told.encode("utf-8", "replace"))

    return sign
