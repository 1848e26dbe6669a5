"""What is asked about differences that counts found."""

import msgspec


class ExplainVariance(msgspec.Struct, frozen=True, tag="explain_variance"):
    """Say why a count found another number, whose task it is, and what is done (``reason``).

    ``cause`` is a word of domain.stock_truth.VarianceCause; ``due`` a day like 2026-02-20, or "".
    """

    move_id: int
    cause: str
    owner: str
    reason: str
    due: str = ""


class FinishVariance(msgspec.Struct, frozen=True, tag="finish_variance"):
    """Say that what was to be done about a difference is done, and with which result."""

    move_id: int
    reason: str
