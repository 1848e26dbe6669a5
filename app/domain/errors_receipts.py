"""What can be said no to about goods that come in.

Title and remedy stand in ``resources/words/errors_receipts.toml``.
"""

from app.domain.errors import Refusal


class PaperTaken(Refusal):
    """This supplier's paper was taken in before, as ``number``."""

    takes = ("supplier", "paper_no", "number")
