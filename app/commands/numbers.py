"""What is asked of tracking numbers got elsewhere: look at them, take them in, take them back."""

import msgspec

Said = str | int


class LookAtNumbers(msgspec.Struct, frozen=True, tag="look_at_numbers"):
    """Read numbers from a file, or from pasted text; answers :class:`NumbersSeen`, writes nothing.

    ``columns`` says which column (from 0) is which field, and stands for itself alone; () guesses.
    ``headed`` is yes, no, or "" for a guess. ``courier`` moves what no row and no form names.
    ``shop`` is the id of the one shop they are for, 0 for any.
    """

    path: str = ""
    text: str = ""
    columns: tuple[tuple[str, int], ...] = ()
    headed: str = ""
    courier: str = ""
    shop: int = 0


class SeenNumber(msgspec.Struct, frozen=True):
    """One row: what it means, and what becomes of it.

    ``verdict`` is new, change, told (a number its platform knows is replaced), same, or why it is
    refused; ``said`` fills that one's sentence. ``before`` is the number it would replace.
    """

    row: int
    order: str
    courier: str
    number: str
    verdict: str
    order_id: int = 0
    shop: str = ""
    before: str = ""
    items: tuple[tuple[str, int], ...] = ()
    said: dict[str, Said] = {}


class NumbersSeen(msgspec.Struct, frozen=True):
    """A whole file or paste: its headings, which column was taken for what, and its rows.

    ``lacking`` are the fields no column was found for: a person says where they stand.
    """

    headings: tuple[str, ...]
    columns: dict[str, int]
    headed: bool
    rows: tuple[SeenNumber, ...] = ()
    lacking: tuple[str, ...] = ()


class GivenNumber(msgspec.Struct, frozen=True):
    """One number as it was looked at: for which order, of whom, instead of which one.

    ``items`` (merchant code, quantity) say what is in the parcel where an order goes in several.
    """

    row: int
    order_id: int
    courier: str
    number: str
    before: str = ""
    items: tuple[tuple[str, int], ...] = ()


class TakeNumbers(msgspec.Struct, frozen=True, tag="take_numbers"):
    """Give these orders' parcels their numbers; answers :class:`NumbersTaken`.

    ``handed``: whoever asks says that the carrier has the parcels, so each counts as handed over.
    """

    order_ids: tuple[int, ...]
    given: tuple[GivenNumber, ...]
    handed: bool
    reason: str


class StopNumbers(msgspec.Struct, frozen=True, tag="stop_numbers"):
    """End the taking in, or back, that this person has under way, after the piece in hand."""


class TakeBackNumbers(msgspec.Struct, frozen=True, tag="take_back_numbers"):
    """Take numbers back that were taken in and told nobody; answers :class:`NumbersTaken`."""

    order_ids: tuple[int, ...]
    waybill_ids: tuple[int, ...]
    reason: str


class NumberRefused(msgspec.Struct, frozen=True):
    """A row that was refused after all: another had changed its order meanwhile."""

    row: int
    order: str
    verdict: str
    said: dict[str, Said] = {}


class NumbersTaken(msgspec.Struct, frozen=True):
    """What came of it. ``told`` parcels are to be told to their platforms."""

    done: int = 0
    same: int = 0
    told: int = 0
    waybill_ids: tuple[int, ...] = ()
    order_ids: tuple[int, ...] = ()
    refused: tuple[NumberRefused, ...] = ()
    stopped: bool = False
