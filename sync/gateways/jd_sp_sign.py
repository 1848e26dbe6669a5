"""How a request to JD's newer gateway proves who sends it (open.jd.com, signing of SP-API).

Three headers (app, token, milliseconds), the query, the values named in the path and, where there
is one, the body are signed together, by name, nothing encoded; the body is one text, written once:
that text is signed and that text is sent. `X-JOS-Request-Identity` says that a seller asks and is
not signed. Lists in a query are joined by commas.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote, urlencode

from sync.gateways.jd_sign import JdKeys, Json
from sync.ports import Clock, Request
from sync.wrapped_md5 import wrapped_md5

SP_GATEWAY = "https://api-cn.jd.com/rest"
_JSON = "application/json;charset=utf-8"


@dataclass(frozen=True, slots=True)
class SpCall:
    """One call: `path` bears {names} whose values are `named`; a body makes it a change."""

    method: str
    path: str
    named: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Json] | None = None

    @property
    def writes(self) -> bool:
        """Whether sending it twice may do a thing twice."""
        return self.method != "GET"

    @property
    def name(self) -> str:
        """What its document calls it."""
        return f"{self.method} {self.path}"

    def request(self, gateway: str) -> Request:
        """The request, not signed yet."""
        path = self.path
        for name, value in self.named.items():
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
        asked = f"?{urlencode(self.query, quote_via=quote, safe='')}" if self.query else ""
        body = b"" if self.body is None else _written(self.body).encode()
        return Request(
            self.method, gateway.rstrip("/") + path + asked, body=body, writes=self.writes
        )


def _written(body: Mapping[str, Json]) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def sp_signer(keys: JdKeys, clock: Clock, call: SpCall, token: str) -> Callable[[Request], Request]:
    """What signs the request of this call at the moment it leaves."""

    def sign(request: Request) -> Request:
        headers = {
            "X-JOS-App-Key": keys.app_key,
            "X-JOS-Access-Token": token,
            "X-JOS-Timestamp": str(clock.now()),
        }
        body = {"body": request.body.decode()} if request.body else {}
        made = wrapped_md5(keys.app_secret, {**headers, **call.query, **call.named, **body})
        told = {"X-JOS-Sign": made, "X-JOS-Request-Identity": "vender", "Content-Type": _JSON}
        return replace(request, headers={**headers, **told})

    return sign
