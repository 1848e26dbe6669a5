"""The signatures Kuaidi100 asks for: MD5 in upper case of texts laid end to end.

Queries sign param + key + customer, label orders param + t + key + secret, pushes param + salt
(api.kuaidi100.com/document; the vendor's own SDKs). MD5 is Kuaidi100's choice.
"""

import hashlib
import hmac


def query_sign(param: str, key: str, customer: str) -> str:
    """The `sign` of an instant query for exactly this text."""
    return _upper(param + key + customer)


def order_sign(param: str, moment: str, key: str, secret: str) -> str:
    """The `sign` of a label order; `moment` is the `t` sent with it, in milliseconds."""
    return _upper(param + moment + key + secret)


def is_push_signed(param: str, given: str, salt: str) -> bool:
    """Whether a push bears our salt; in either case of letters, without telling where it differs.

    The vendor's SDK signs in upper case; older papers show lower.
    """
    return hmac.compare_digest(_upper(param + salt).encode(), given.upper().encode())


def _upper(whole: str) -> str:
    told = whole.encode("utf-8", "replace")
    return hashlib.md5(told, usedforsecurity=False).hexdigest().upper()
