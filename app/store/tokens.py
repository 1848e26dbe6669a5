"""Cuts a name into the pieces by which it can be found without being readable.

A name is a row of units: a Chinese character, or a word in letters. Its pieces are
- every two neighbouring characters (``张小`` and ``小伟`` of 张小伟);
- every run of two to four units as typed on a keyboard (``zhangxiao``, ``zhangxiaowei``) and by
  first letters (``zxw``), with each reading of a character that has several (单: dan, shan, chan);
- each word in letters, and a one-character name as it is.

What a person types is cut into pieces that must ALL be there. Only `app.store.keys` turns pieces
into tokens, with a key: this file knows nothing secret.
"""

import re
import unicodedata
from itertools import pairwise, product

from pypinyin import Style, pinyin

_UNIT = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]|[^\W\d_]+|\d+")
_LONGEST_RUN = 4
_MOST_READINGS = 3
_MOST_SPELLINGS = 12


class NamePieces:
    """Cuts names and questions; remembers how each character is read, as looking up is slow."""

    def __init__(self) -> None:
        self._readings: dict[str, tuple[str, ...]] = {}

    def of_name(self, name: str) -> tuple[str, ...]:
        """Return every piece ``name`` can be found by, each once, in a fixed order."""
        units = _units(name)
        pieces: dict[str, None] = dict.fromkeys(self._whole(units))
        for left, right in pairwise(units):
            if _is_character(left) and _is_character(right):
                pieces[f"c:{left}{right}"] = None
        for length in range(2, min(_LONGEST_RUN, len(units)) + 1):
            for start in range(len(units) - length + 1):
                pieces.update(dict.fromkeys(self._spelled(units[start : start + length])))
        return tuple(pieces)

    def of_question(self, typed: str) -> tuple[str, ...]:
        """Return the pieces of which a name must have all; none when nothing can be asked."""
        units = _units(typed)
        if not units:
            return ()
        if all(map(_is_character, units)):
            if len(units) == 1:
                return (f"c:{units[0]}",)
            pairs = pairwise(units)
            return tuple(dict.fromkeys(f"c:{left}{right}" for left, right in pairs))
        return (f"l:{''.join(self._read(unit)[0] for unit in units[:_LONGEST_RUN])}",)

    def _whole(self, units: tuple[str, ...]) -> list[str]:
        """Pieces of one unit: words in letters, and the only character of a name."""
        words = [f"l:{unit}" for unit in units if not _is_character(unit)]
        if len(units) == 1 and not words:
            words = [f"c:{units[0]}", *(f"l:{said}" for said in self._read(units[0]))]
        return words

    def _spelled(self, run: tuple[str, ...]) -> list[str]:
        """The run as it is typed: whole syllables, and first letters."""
        ways = list(product(*map(self._read, run)))[:_MOST_SPELLINGS]
        typed = [f"l:{''.join(way)}" for way in ways]
        if any(map(_is_character, run)):
            typed += [f"l:{''.join(syllable[0] for syllable in way)}" for way in ways]
        return typed

    def _read(self, unit: str) -> tuple[str, ...]:
        """How a unit is typed in letters; a word is typed as it is."""
        if not _is_character(unit):
            return (unit,)
        known = self._readings.get(unit)
        if known is None:
            said = pinyin(unit, style=Style.NORMAL, heteronym=True, errors=lambda text: text)
            known = tuple(dict.fromkeys(said[0]))[:_MOST_READINGS] if said else (unit,)
            self._readings[unit] = known
        return known


def _units(text: str) -> tuple[str, ...]:
    folded = unicodedata.normalize("NFKC", text).casefold().replace("ü", "v")
    return tuple(_UNIT.findall(folded))


def _is_character(unit: str) -> bool:
    return len(unit) == 1 and ord(unit) >= 0x3400
