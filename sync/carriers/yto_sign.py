"""The signature YTO's open platform asks for.

`sign` is Base64 of the MD5 of the param text with method, version and secret behind it
(open.yto.net.cn, "signing"). MD5 is YTO's choice.
"""

import base64
import hashlib

VERSION = "v1"


def sign(param: str, method: str, secret: str) -> str:
    """The sign for exactly this param of this method."""
    whole = f"{param}{method}{VERSION}{secret}".encode("utf-8", "replace")
    digest = hashlib.md5(whole, usedforsecurity=False).digest()
    return base64.b64encode(digest).decode("ascii")
