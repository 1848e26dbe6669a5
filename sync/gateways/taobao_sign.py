"""How a request to Taobao's open platform (TOP) proves who sends it (open.taobao.com, "API calls").

All parameters but `sign` are sorted by their bytes and joined, name and value, with nothing in
between and nothing encoded. The digest of that text goes along in capitals; the same values are
what is sent. Empty values are left out of both, as the platform's own SDK does.
"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qsl, urlencode

from sync.errors import Rejected
from sync.ports import Clock, Request
from sync.wrapped_md5 import wrapped_md5

# The platform's own clock, whatever the shop's zone: China has had no summer time since 1991.
BEIJING = timezone(timedelta(hours=8))
ZONE = "Asia/Shanghai"
FORM = {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"}
METHODS = ("md5", "hmac", "hmac-sha256")


@dataclass(frozen=True, slots=True)
class TaobaoApp:
    """The app the shop's owner let in; `sign_method` is one of METHODS."""

    key: str
    secret: str = field(repr=False)
    sign_method: str = "md5"


def top_time(ms: int) -> str:
    """A moment as the platform writes it: whole seconds, Beijing time, without a zone."""
    return datetime.fromtimestamp(ms // 1000, BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def signature(secret: str, params: Mapping[str, str], method: str) -> str:
    """The digest of `params` (without `sign`) in capital letters; `method` is one of METHODS.

    Raises:
        Rejected: a way of signing the platform does not have.
    """
    if method == "md5":
        return wrapped_md5(secret, params)
    digest = {"hmac": "md5", "hmac-sha256": "sha256"}.get(method)
    if digest is None:
        raise Rejected("taobao_bad_sign_method", text=method[:40])
    said = "".join(name + params[name] for name in sorted(params, key=str.encode))
    return hmac.new(secret.encode(), said.encode(), digest).hexdigest().upper()


def signer(app: TaobaoApp, clock: Clock) -> Callable[[Request], Request]:
    """Adds what is the same in every request, the time of now, and the digest over all of it."""

    def sign(request: Request) -> Request:
        told = parse_qsl(request.body.decode("ascii"), keep_blank_values=True)
        params = {name: value for name, value in told if value}
        params |= {
            "app_key": app.key,
            "format": "json",
            "sign_method": app.sign_method,
            "timestamp": top_time(clock.now()),
            "v": "2.0",
        }
        params["sign"] = signature(app.secret, params, app.sign_method)
        return replace(request, headers={**request.headers, **FORM}, body=form(params))

    return sign


def form(params: Mapping[str, str]) -> bytes:
    """Parameters as the body of a request."""
    return urlencode(params).encode("ascii")
