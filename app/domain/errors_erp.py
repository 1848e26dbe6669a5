"""What is said no to about files for other business systems."""

from __future__ import annotations

from app.domain.errors import Refusal


class NoCustomerCode(Refusal):
    """Which customer a shop is in the other system was not said."""

    takes = ("shop",)
