"""What a scanner can read: our own typed codes, and everything else.

`WD:O:` is an order, `WD:P:` a parcel, `WD:C:` something to do, `WD:U:` a badge. Digits, capital
letters and colons only, so that no keyboard layout does them harm, with a check sign at the end
(ISO 7064 MOD 37-36): a misread code is known as misread and never taken for another thing.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

MARK = "WD:"
SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LONGEST = 80
"""Signs of a code; what is longer is no code of anything in a shop."""


class CodeKind(StrEnum):
    """What a code is of; the letter behind ``WD:``."""

    ORDER = "O"
    PARCEL = "P"
    COMMAND = "C"
    BADGE = "U"
    FOREIGN = ""
    """Not ours: a waybill's number, an EAN, a merchant code, a platform's order number."""
    MISREAD = "?"
    """Ours by its beginning, and its check sign does not fit."""


class BenchCommand(StrEnum):
    """What can be scanned instead of pressed at the packing and weighing stations."""

    FINISH = "FINISH"
    AGAIN = "AGAIN"
    ASIDE = "ASIDE"
    FORCE = "FORCE"
    MEMO = "MEMO"
    LEAVE = "LEAVE"


@dataclass(frozen=True, slots=True)
class Code:
    """A code as it was read: what it is of, and what it says of it."""

    kind: CodeKind
    body: str


def code_of(kind: CodeKind, body: str) -> str:
    """The code to print for an order's number, a parcel's own id or a command.

    Raises ValueError for a body with other signs than digits and letters.
    """
    plain = body.upper()
    if not plain or not set(plain) <= set(SIGNS):
        raise ValueError(body)
    return f"{MARK}{kind.value}:{plain}{check_sign(plain)}"


def read(text: str) -> Code:
    """Read a scanned code; full-width signs of a Chinese keyboard count as the plain ones."""
    told = plain(text)
    head, letter, body = told[: len(MARK)], told[3:4], told[5:]
    ours = {kind.value for kind in CodeKind if kind.value.isalpha()}
    if head.upper() != MARK or told[4:5] != ":" or letter.upper() not in ours:
        return Code(CodeKind.FOREIGN, told)
    body = body.upper()
    if len(body) < 2 or not set(body) <= set(SIGNS) or check_sign(body[:-1]) != body[-1]:
        return Code(CodeKind.MISREAD, told)
    return Code(CodeKind(letter.upper()), body[:-1])


def plain(text: str) -> str:
    """A code as it was meant, without blanks around it, at most :data:`LONGEST` signs."""
    return unicodedata.normalize("NFKC", text).strip()[:LONGEST]


def is_same(scanned: str, known: str) -> bool:
    """Whether a scanned code is this barcode or merchant code.

    Case counts as little as a scanner's keyboard layout leaves of it. A UPC of twelve digits is
    the EAN of thirteen that begins with a nought (GS1 General Specifications, 4.14).
    """
    one, other = plain(scanned).upper(), plain(known).upper()
    if not one or not other:
        return False
    both = one.isdigit() and other.isdigit() and {len(one), len(other)} <= {12, 13, 14}
    return one.lstrip("0") == other.lstrip("0") if both else one == other


def check_sign(body: str) -> str:
    """ISO 7064 MOD 37-36: the sign that makes the weighted sum come out as one."""
    product = 36
    for sign in body:
        total = (product + SIGNS.index(sign)) % 36 or 36
        product = total * 2 % 37
    return SIGNS[(37 - product) % 36]
