"""The digest several Chinese platforms sign requests with: MD5 between two copies of a secret."""

import hashlib
from collections.abc import Mapping


def wrapped_md5(secret: str, params: Mapping[str, str]) -> str:
    """The digest of `params`, in capital letters.

    Names and values are joined in the order of the names' bytes with nothing in between, nothing
    encoded, the secret before and behind. What may not be signed (the sign itself) is left out by
    whoever calls.
    """
    said = "".join(f"{name}{params[name]}" for name in sorted(params, key=str.encode))
    text = f"{secret}{said}{secret}".encode()
    return hashlib.md5(text, usedforsecurity=False).hexdigest().upper()
