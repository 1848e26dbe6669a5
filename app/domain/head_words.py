"""A head of the record in eight words, so that paper and a telephone can be its witness.

Eight of 2,048 words are 88 bits, the beginning of the head's hash: nobody can make another record
that bears them. The words are BIP-39's, in English (told apart by their first four letters) and in
Chinese (one character each); either list says the same head.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.domain.errors import HeadMistyped

WORDS, BITS = 8, 11
SHORT = WORDS * BITS // 8
LETTERS = 4
SIZE = 1 << BITS


@dataclass(frozen=True, slots=True)
class HeadWords:
    """The word lists, by language, each of 2,048 words."""

    lists: Mapping[str, tuple[str, ...]]
    _known: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for words in self.lists.values():
            self._known.update({_begin(word): at for at, word in enumerate(words)})

    def said(self, digest: bytes, lang: str) -> str:
        """The eight words of a hash of 32 bytes, with spaces between them."""
        number = int.from_bytes(digest[:SHORT], "big")
        words = self.lists[lang]
        places = (number >> (BITS * at) & (SIZE - 1) for at in reversed(range(WORDS)))
        return " ".join(words[place] for place in places)

    def heard(self, text: str) -> bytes:
        """The beginning of the hash that eight words stand for; either list, capitals or not.

        Raises:
            HeadMistyped: a word is in neither list, or they are not eight; it says which.
        """
        number, count = 0, 0
        for word in _spoken(text):
            count += 1
            place = self._known.get(_begin(word))
            if place is None:
                raise HeadMistyped(word=word[:20], place=count)
            number = number << BITS | place
        if count != WORDS:
            raise HeadMistyped(word="", place=count)
        return number.to_bytes(SHORT, "big")


def _begin(word: str) -> str:
    return word.casefold()[:LETTERS]


def _spoken(text: str) -> Iterable[str]:
    """The words of a typed line; Chinese ones need no space between them."""
    for part in text.replace(",", " ").replace("，", " ").replace("、", " ").split():
        yield from [part] if part.isascii() else part
