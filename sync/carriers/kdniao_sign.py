"""The signature Kdniao asks for, on requests and on its own pushes.

`DataSign` is Base64 of the 32 lower-case hex letters of MD5(RequestData + API key): of the hex
text, not of the digest's sixteen bytes (kdniao.com/documents, "DataSign"). MD5 is Kdniao's choice.
"""

import base64
import hashlib
import hmac


def sign(request_data: str, api_key: str) -> str:
    """The `DataSign` for exactly this text, before any form encoding."""
    whole = (request_data + api_key).encode("utf-8", "replace")
    digest = hashlib.md5(whole, usedforsecurity=False).hexdigest()
    return base64.b64encode(digest.encode("ascii")).decode("ascii")


def is_signed(request_data: str, given: str, api_key: str) -> bool:
    """Whether a push bears our key; compared without telling where it differs."""
    return hmac.compare_digest(sign(request_data, api_key).encode(), given.encode())
