"""The signature ZTO asks for, on requests and on its own pushes.

`x-dataDigest` is Base64 of the MD5 of the body with the app's secret behind it; a push's
`data_digest` is the same over its `data` (open.zto.com, "signing"). MD5 is ZTO's choice.
"""

import base64
import hashlib
import hmac


def sign(body: bytes, secret: str) -> str:
    """The digest for exactly these bytes."""
    digest = hashlib.md5(body + secret.encode("utf-8"), usedforsecurity=False).digest()
    return base64.b64encode(digest).decode("ascii")


def is_signed(data: str, given: str, secret: str) -> bool:
    """Whether a push bears our secret; a `+` that a form turned into a space is one again."""
    proper = sign(data.encode("utf-8", "replace"), secret)
    return hmac.compare_digest(proper.encode(), given.replace(" ", "+").encode())
