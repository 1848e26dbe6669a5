"""What can be said no to about how shops sell from the shelf.

Title and remedy of each stand in ``resources/words/errors_selling.toml``.
"""

from app.domain.errors import Refusal


class PoolsOverdrawn(Refusal):
    """The shops' shares of a code would be more than all of it."""

    takes = ("sku", "percent")


class NoStockUpload(Refusal):
    """The shop's platform takes no stock figures."""

    takes = ("shop",)
