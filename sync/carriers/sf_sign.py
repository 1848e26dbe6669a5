"""The signature SF's gateway asks for.

`msgDigest` is Base64 of the MD5 of the form-encoded text `msgData + timestamp + checkword`
(carriers_labels.md A1, "Signature"). The form encoder is Java's `URLEncoder`, not Python's: a
space becomes `+`; `*`, `-`, `.` and `_` stay; `~` becomes `%7E`. MD5 is SF's choice, not ours.
"""

import base64
import hashlib
from urllib.parse import quote_plus


def java_form_encode(text: str) -> str:
    """Encode as Java's URLEncoder does; a lone surrogate becomes `?`, as Java writes it."""
    return quote_plus(text, safe="*", encoding="utf-8", errors="replace").replace("~", "%7E")


def sign(msg_data: str, timestamp: str, checkword: str) -> str:
    """The `msgDigest` for exactly this text, this time stamp and the shop's checkword."""
    return sign_encoded(java_form_encode(msg_data), timestamp, checkword)


def sign_encoded(encoded: str, timestamp: str, checkword: str) -> str:
    """The same for a text that is encoded already: each character is encoded by itself."""
    whole = encoded + java_form_encode(timestamp + checkword)
    digest = hashlib.md5(whole.encode("ascii"), usedforsecurity=False).digest()
    return base64.b64encode(digest).decode("ascii")
