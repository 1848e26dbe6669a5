"""Foreign text made legible for paper: what cannot be seen is removed or shown, never obeyed.

Rule: security.md 3.9, rows "Bidi, zero-width, control" and "ZPL". Names and addresses come from
buyers; they may hold control bytes, direction overrides or characters that only look like others.
"""

import re
import unicodedata

MARK = "□"
"""Stands on paper for a control or direction character, so that a trick is seen by the packer."""

_PLAIN = re.compile(r"[\x20-\x7e\u4e00-\u9fa5，。（）：；！？、×·…／－【】《》]*\Z")
_BLANK = re.compile(r"[\s\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_UNSEEN = re.compile(r"[\u00ad\u180e\u200b-\u200d\u2060\ufeff\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_TRICK = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2061-\u206f\ud800-\udfff\ufff0-\ufffd]"
)
_RADICAL = re.compile(r"[\u2e80-\u2fdf]")
_SAME_SHAPE = str.maketrans(
    {
        "\u2010": "-",
        "\u2011": "-",
        "\u2012": "–",
        "\u2022": "·",
        "\u2027": "·",
        "\u30fb": "·",
        "\u2215": "/",
        "\u22ef": "…",
        "\u2329": "〈",
        "\u232a": "〉",
        "\u301c": "～",
    }
)


def legible(text: str) -> str:
    """Return the text as it may stand on paper: one line, composed, without hidden characters.

    Line breaks and every kind of blank become one space; zero-width characters and variation
    selectors vanish; control and direction characters become a visible □.
    """
    if _PLAIN.match(text) and "  " not in text:
        return text.strip()
    text = _BLANK.sub(" ", unicodedata.normalize("NFC", text))
    text = _TRICK.sub(MARK, _UNSEEN.sub("", text))
    text = _RADICAL.sub(lambda hit: unicodedata.normalize("NFKC", hit.group()), text)
    return text.translate(_SAME_SHAPE).strip()


def grouped(number: str) -> str:
    """Return a waybill number in groups that a person can read out: `SF 102 357 447 0215`.

    A letter prefix is set apart and its digits stand in threes with the rest in the last group;
    a number of digits alone stands in fours. Anything else is returned as it is.
    """
    found = re.fullmatch(r"([A-Z]*)([0-9]{6,})", number)
    if found is None:
        return number
    prefix, digits = found.groups()
    if not prefix:
        return " ".join(re.findall(r"\d{1,4}", digits))
    head = digits[: len(digits) - 3 - len(digits) % 3]
    return " ".join([prefix, *re.findall(r"\d{3}", head), digits[len(head) :]])
