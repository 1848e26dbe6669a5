"""What a table shows: columns declared as data, cells as values ready to be painted."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Generic, TypeVar

R = TypeVar("R")


class Kind(IntEnum):
    """How a cell is drawn."""

    TEXT = 0
    CHECK = 1
    TILE = 2  # a tile with the first character, then two lines
    DOT = 3  # a dot in the tone, then the text
    PILL = 4  # the text in a tinted pill when the tone asks for it
    TAG = 5  # a small tag
    FLAG = 6  # the seller's flag, then the text


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: a first and a second line, a tone, and how each is written.

    `mono` writes the first line in the face of numbers; `mark` is what a tile or flag shows.
    """

    first: str = ""
    second: str = ""
    tone: str = ""
    mark: str = ""
    mono: bool = False
    quiet: bool = False

    @property
    def text(self) -> str:
        """Both lines, for reading aloud and copying."""
        return " · ".join(part for part in (self.first, self.second) if part)


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """One column: its heading's word, how wide it is, what it sorts by, and what it shows.

    Attributes:
        width: pixels it needs; what is left over is shared by `grow`.
        drop: on a narrow screen columns with the highest number go first; 0 always stays.
        sort: the column of the board's order, empty where nobody may sort.
    """

    key: str
    word: str
    cell: Callable[[R], Cell]
    width: int
    kind: Kind = Kind.TEXT
    sort: str = ""
    grow: int = 0
    right: bool = False
    drop: int = 0


AnyColumn = Column[Any]
