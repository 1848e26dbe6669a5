"""AWS Signature Version 4, as a queue of the seller's own wants it.

Only for one POST with a body and no query, which is all that is asked of a queue (AWS General
Reference, "Create a signed AWS API request"). Amazon's selling partner API itself is not signed.
"""

import hashlib
import hmac
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from sync.ports import Request

_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class AwsKeys:
    """An access key of AWS that may read one queue; the secret is never shown in a log."""

    key_id: str
    secret: str = field(repr=False)
    region: str
    service: str


def signed(request: Request, keys: AwsKeys, now_ms: int) -> Request:
    """The request with `Host`, `X-Amz-Date` and `Authorization`, over the bytes that leave."""
    stamp = datetime.fromtimestamp(now_ms / 1000, UTC).strftime("%Y%m%dT%H%M%SZ")
    split = urlsplit(request.url)
    headers = {**request.headers, "Host": split.netloc, "X-Amz-Date": stamp}
    told = {name.lower(): " ".join(value.split()) for name, value in headers.items()}
    names = ";".join(sorted(told))
    canonical = "\n".join(
        (
            request.method,
            split.path or "/",
            "",
            *(f"{name}:{told[name]}" for name in sorted(told)),
            "",
            names,
            hashlib.sha256(request.body).hexdigest(),
        )
    )
    scope = f"{stamp[:8]}/{keys.region}/{keys.service}/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    words = "\n".join((_ALGORITHM, stamp, scope, digest))
    signature = hmac.new(_key(keys, stamp[:8]), words.encode(), hashlib.sha256).hexdigest()
    headers["Authorization"] = (
        f"{_ALGORITHM} Credential={keys.key_id}/{scope}, "
        f"SignedHeaders={names}, Signature={signature}"
    )
    return replace(request, headers=headers)


def _key(keys: AwsKeys, day: str) -> bytes:
    key = f"AWS4{keys.secret}".encode()
    for part in (day, keys.region, keys.service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key
