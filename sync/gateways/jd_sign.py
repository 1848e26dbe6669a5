"""How a request to JD's gateway proves who sends it (open.jd.com, signing of JOS interfaces).

The business parameters are one JSON text, `360buy_param_json`, written once: that text is signed
and that text is sent. The time is Beijing's with its milliseconds and zone, within six minutes of
the platform's. Everything that is sent is signed, but the sign itself.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from urllib.parse import urlencode

from sync.ports import Clock, Request
from sync.wrapped_md5 import wrapped_md5

GATEWAY = "https://api.jd.com/routerjson"
RENEWAL = "https://open-oauth.jd.com/oauth2/refresh_token"
BEIJING = timezone(timedelta(hours=8))
ZONE = "Asia/Shanghai"
FORM = {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"}
Json = str | int | bool | list["Json"] | dict[str, "Json"]


@dataclass(frozen=True, slots=True)
class JdKeys:
    """What a person typed: the app, and the tokens the shop's owner granted it.

    `ends_ms` is when the typed token ends, in UTC milliseconds; None where nobody said.
    """

    app_key: str
    app_secret: str = field(repr=False)
    access_token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    ends_ms: int | None = None


def jd_time(ms: int) -> str:
    """A moment as the platform's lists take it: whole seconds, Beijing time, without a zone."""
    return datetime.fromtimestamp(ms // 1000, BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def stamp(ms: int) -> str:
    """A moment as a request bears it: with its milliseconds and its zone."""
    return f"{jd_time(ms)}.{ms % 1000:03d}+0800"


def written(params: Mapping[str, Json]) -> str:
    """Business parameters as the one text that is signed and sent."""
    return json.dumps(params, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def signer(
    keys: JdKeys, clock: Clock, asked: Mapping[str, str], token: str
) -> Callable[[Request], Request]:
    """What signs the request of these parameters at the moment it leaves."""

    def sign(request: Request) -> Request:
        params = {
            **asked,
            "access_token": token,
            "app_key": keys.app_key,
            "timestamp": stamp(clock.now()),
            "v": "2.0",
        }
        params["sign"] = wrapped_md5(keys.app_secret, params)
        return replace(request, headers=FORM, body=urlencode(params).encode("ascii"))

    return sign
