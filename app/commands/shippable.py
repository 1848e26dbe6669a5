"""What is asked before something leaves: is the order still to be shipped?"""

import msgspec


class AskShippable(msgspec.Struct, frozen=True, tag="ask_shippable"):
    """Read an order again on its platform now, and say whether it is still to be shipped (F229)."""

    order_id: int


class Shippable(msgspec.Struct, frozen=True):
    """Whether an order is still to be shipped, and as of when that is known.

    ``why`` is empty for yes; else cancelled, refund (the buyer wants the money back), risk (the
    platform says not yet), shipped, unpaid, held, or pending (a word of it is unknown). ``read_at``
    is when the platform last told of it (UTC ms). ``fresh`` says that it was asked for this answer;
    else ``code`` says why it could not be, and the answer is as old as ``read_at``.
    """

    still: bool
    why: str
    read_at: int
    fresh: bool
    code: str = ""
