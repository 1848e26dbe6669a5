"""Brings every way a phone number is written to one, so that typing it finds its orders.

The rules are the Chinese ones where the country is not said (cn_addresses README, "Phones"):
mobile numbers, privacy numbers with an extension (11+4), the 15-digit 700 privacy numbers, and
land lines. Masked numbers and a platform's ciphertext are not numbers: they are never compared.
"""

import re
import unicodedata

_MOBILE = re.compile(r"1[3-9]\d{9}")
_WITH_EXTENSION = re.compile(r"(1\d{10})(?:-|转|#|,|x|ext\.?|\[|\()(\d{3,4})[\])]?")
_PRIVACY_700 = re.compile(r"700\d{12}")
_LAND_LINE = re.compile(r"0(\d{9,11})")
_NOT_COMPARABLE = re.compile(r"[*•]|\$\$|##|~~")
_NOISE = re.compile(r"[\s.()/·-]+")


def canonical_phone(written: str) -> str:
    """Return the number as E.164 (``;ext=`` behind it for a privacy number), "" when it is none.

    Without a country code a Chinese form is read as Chinese; any other is kept as its digits.
    """
    folded = unicodedata.normalize("NFKC", written).strip().lower()
    if not folded or _NOT_COMPARABLE.search(folded):
        return ""
    tight = re.sub(r"\s+", "", folded)
    head = re.sub(r"^(?:\+86|0086)-?", "", tight)
    extended = _WITH_EXTENSION.fullmatch(head)
    if extended:
        return f"+86{extended[1]};ext={extended[2]}"
    return _without_extension(_NOISE.sub("", folded))


def _without_extension(tight: str) -> str:
    if tight.startswith("00"):
        tight = "+" + tight[2:]
    if tight.startswith("+"):
        digits = tight[1:]
        return f"+{digits}" if digits.isdecimal() else ""
    if not tight.isdecimal():
        return ""
    if len(tight) == 13 and tight.startswith("86") and _MOBILE.fullmatch(tight[2:]):
        return f"+{tight}"
    if _MOBILE.fullmatch(tight) or _PRIVACY_700.fullmatch(tight):
        return f"+86{tight}"
    land_line = _LAND_LINE.fullmatch(tight)
    return f"+86{land_line[1]}" if land_line else tight
