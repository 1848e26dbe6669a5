"""Phones as Chinese carriers want them: a mainland mobile in one field, all others in another."""

import re

_MOBILE = re.compile(r"(?:\+?86)?(1[0-9]{10})")


def mobile_and_other(phone: str) -> tuple[str, str]:
    """(mobile, other): the eleven digits of a mobile, or the phone as typed without spaces."""
    typed = phone.replace(" ", "")
    mobile = _MOBILE.fullmatch(typed.replace("-", ""))
    return (mobile[1], "") if mobile else ("", typed)
