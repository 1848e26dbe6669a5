"""What is asked about accounts at carriers: their outlets, and how many numbers are left there."""

import msgspec


class ReadOutlets(msgspec.Struct, frozen=True, tag="read_outlets"):
    """Read an account's outlets and balances now instead of at their next time."""

    account_id: int


class WarnBelow(msgspec.Struct, frozen=True, tag="warn_below"):
    """Warn when an outlet of this account has fewer numbers left than ``numbers``; 0: never."""

    account_id: int
    numbers: int
