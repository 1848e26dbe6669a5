"""How people are shown on screens: 张**, 138****5678, province and city and ****.

A mask never shows more than these, however short the text, and masking twice changes nothing that
matters (security.md 3.5). Notes are masked before they are stored: phones, e-mail addresses and
anything that could be a payment card number (security.md 3.4).
"""

from __future__ import annotations

import re

from app.domain.waybill_numbers import luhn

#: stands where a mask stood once the personal data behind it is gone; screens say it in words
ERASED = "erased"
STARS = "**"
FOUR = "****"
_TELLING = 2  # characters of a name that tell it from any other word
# A platform masks as we do, with more or fewer stars.
_MASKED = re.compile(r"([0-9]{0,3})\*{2,}([0-9]{0,4})")
_EXTENSION = re.compile(r"\s*(?:-|转|ext\.?|x|#)\s*(\d{1,6})$", re.IGNORECASE)
_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
# 11 digits that begin as Chinese mobiles do, or an international number with its plus sign;
# blanks and hyphens between are how people type them.
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[\s-]?)?1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}(?!\d)", re.ASCII)
_ABROAD = re.compile(r"\+\d(?:[\s().-]?\d){6,14}", re.ASCII)
_LANDLINE = re.compile(r"(?<![\d-])0\d{2,3}-\d{7,8}(?!\d)", re.ASCII)
_CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)", re.ASCII)


def mask_name(text: str) -> str:
    """Return the first character and two stars: 张三 and 张三丰 both read 张**."""
    clean = text.strip()
    return clean[0] + STARS if clean else ""


def mask_phone(text: str) -> str:
    """Return 138****5678; a privacy number keeps its extension masked too (-****).

    Numbers of fewer than eight digits show two digits at the end and nothing else; one that came
    masked from a platform stays as it is.
    """
    clean = text.strip()
    if not clean:
        return ""
    extension = _EXTENSION.search(clean)
    body = clean[: extension.start()] if extension else clean
    digits = "".join(re.findall(r"[0-9]", body))
    tail = f"-{FOUR}" if extension and digits else ""
    masked = _MASKED.fullmatch(body)
    if masked:
        return masked[1] + FOUR + masked[2] + tail
    if len(digits) < 8:
        return FOUR + (digits[-2:] if len(digits) >= 5 else "") + tail
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    return digits[:3] + FOUR + digits[-4:] + tail


def phone_tail(text: str) -> str:
    """Return the last four digits, which people ask for and screens may show; empty when short."""
    shown = mask_phone(text).split("-")[0]
    tail = shown.rpartition(FOUR)[2]
    return tail if len(tail) == 4 else ""


def mask_email(text: str) -> str:
    """Return z***@example.com; text without an at-sign is hidden whole."""
    clean = text.strip()
    user, at, host = clean.rpartition("@")
    if not clean:
        return ""
    return f"{user[0]}***@{host}" if at and user and host else FOUR


def mask_address(province: str, city: str, rest: str) -> str:
    """Return province, city and four stars where there is more; a city like its province once."""
    parts = list(dict.fromkeys(part.strip() for part in (province, city) if part.strip()))
    return "".join(parts) + (FOUR if rest.strip() else "")


def mask_card(digits: str) -> str:
    """Return the first six and last four digits of a card number."""
    return digits[:6] + "*" * (len(digits) - 10) + digits[-4:]


def _hide_card(found: re.Match[str]) -> str:
    digits = "".join(re.findall(r"[0-9]", found[0]))
    is_phone = len(digits) == 13 and digits.startswith("861")
    return mask_card(digits) if luhn(digits) and not is_phone else found[0]


def mask_note(text: str, name: str = "", address: str = "") -> str:
    """Return free text with phones, e-mail addresses and card numbers masked.

    The name and street of the order it belongs to are masked too where they are given; another
    person's name is a word like any other, and stays.
    """
    for known, mask in ((name.strip(), mask_name(name)), (address.strip(), FOUR)):
        if len(known) >= _TELLING:
            text = text.replace(known, mask)
    hidden = _EMAIL.sub(lambda found: mask_email(found[0]), text)
    hidden = _CARD.sub(_hide_card, hidden)
    for pattern in (_ABROAD, _MOBILE, _LANDLINE):
        hidden = pattern.sub(lambda found: _phone_in_note(found[0]), hidden)
    return hidden


def _phone_in_note(text: str) -> str:
    """Return a phone found in free text, masked as everywhere; a landline is no extension."""
    digits = "".join(re.findall(r"[0-9]", text))
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    return digits[:3] + FOUR + digits[-4:]
