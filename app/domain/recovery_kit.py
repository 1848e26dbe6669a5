"""The recovery kit: the shop's key as text on paper, to open a backup on a new computer.

Fourteen groups of five signs, the last of each a check of the four before it, so that a slip of
the pen is told by its group. The signs are Crockford's base 32: no I, L, O or U, and whoever
writes 1, l or i, or 0 or o, means the same. The kit opens everything: keep it locked away.
"""

import re
import zlib

from app.domain.errors import BadValue

_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MEANT = str.maketrans("ILO", "110")
_GROUPS = 14
_FORM = 1


def make_kit(kek: bytes) -> str:
    """Return the text to print: the groups, seven on each of two lines."""
    body = bytes([_FORM]) + kek
    body += zlib.crc32(body).to_bytes(4, "big")[:2]
    number = int.from_bytes(body, "big")
    signs = "".join(_SIGNS[number >> shift & 31] for shift in range(5 * 4 * _GROUPS - 5, -1, -5))
    groups = [signs[at : at + 4] for at in range(0, len(signs), 4)]
    checked = [group + _check(at, group) for at, group in enumerate(groups)]
    return " ".join(checked[:7]) + "\n" + " ".join(checked[7:])


def open_with_kit(text: str) -> bytes:
    """Return the shop's key from what a person typed off the paper.

    Raises:
        BadValue: ``field`` is recovery_kit; ``value`` names the group that is wrong, the number
            of signs found, or that the kit as a whole does not fit.
    """
    signs = re.sub(r"[\s-]", "", text).upper().translate(_MEANT)
    if len(signs) != 5 * _GROUPS:
        raise BadValue(field="recovery_kit", value=f"{len(signs)}/{5 * _GROUPS}")
    number = 0
    for at in range(_GROUPS):
        group, check = signs[5 * at : 5 * at + 4], signs[5 * at + 4]
        if not set(group) <= set(_SIGNS) or _check(at, group) != check:
            raise BadValue(field="recovery_kit", value=f"#{at + 1}")
        for sign in group:
            number = number << 5 | _SIGNS.index(sign)
    body = number.to_bytes(35, "big")
    if body[0] != _FORM or zlib.crc32(body[:33]).to_bytes(4, "big")[:2] != body[33:]:
        raise BadValue(field="recovery_kit", value="kit")
    return body[1:33]


def _check(at: int, group: str) -> str:
    """One sign that differs when a sign is misread, two change places, or groups do."""
    total = 7 * at
    for weight, sign in zip((1, 3, 5, 7), group, strict=True):
        total += weight * _SIGNS.index(sign)
    return _SIGNS[total % 31]
