"""What is asked about accounts at carriers: their outlets, their numbers, and which is usual."""

import msgspec


class ReadOutlets(msgspec.Struct, frozen=True, tag="read_outlets"):
    """Read an account's outlets and balances now instead of at their next time."""

    account_id: int


class WarnBelow(msgspec.Struct, frozen=True, tag="warn_below"):
    """Warn when an outlet of this account has fewer numbers left than ``numbers``; 0: never."""

    account_id: int
    numbers: int


class ChooseCarriers(msgspec.Struct, frozen=True, tag="choose_carriers"):
    """Take numbers from one account first, and from another while the first is not in use (F186).

    ``usual`` and ``backup`` are ids of accounts; 0 leaves it to the oldest that is in use.
    """

    usual: int
    backup: int = 0
    reason: str = ""
