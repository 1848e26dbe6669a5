"""What is on a member of staff's badge: a typed prefix, chance, and a check sign (ISO 7064).

Digits and capital letters only, so that no keyboard layout does it harm, and short enough for a
Code 128 on a card. The check sign (MOD 37-36) finds a misread sign or two that changed places.
"""

from __future__ import annotations

from app.domain.scan_codes import SIGNS, check_sign

PREFIX = "WD:U:"
DRAWN = 13
"""Signs drawn by chance: 67 bits, which nobody guesses."""
CHANCE_BYTES = 9


def badge_of(chance: bytes) -> str:
    """Return the code that ``CHANCE_BYTES`` unpredictable bytes make."""
    number = int.from_bytes(chance[:CHANCE_BYTES], "big")
    signs = []
    for _ in range(DRAWN):
        number, sign = divmod(number, len(SIGNS))
        signs.append(SIGNS[sign])
    body = "".join(signs)
    return PREFIX + body + check_sign(body)


def badge_read(text: str) -> str | None:
    """Return a scanned code as it was printed, None for what is no badge or was misread."""
    code = text.strip().upper()
    body = code.removeprefix(PREFIX)
    if body == code or len(body) != DRAWN + 1 or not set(body) <= set(SIGNS):
        return None
    return code if check_sign(body[:-1]) == body[-1] else None
