"""What is said no to about whose account takes an order's number."""

from __future__ import annotations

from app.domain.errors import Refusal


class ForeignOrder(Refusal):
    """Every carrier account here is a platform's own e-waybill, and the order is another's.

    ``carrier`` is the account that was at hand, ``platform`` where the order is from.
    """

    takes = ("order_no", "platform", "carrier")


class PlatformLabel(Refusal):
    """Only the platform's own print component can draw this label, for it alone knows the buyer."""

    takes = ("waybill_no", "carrier")


class NoCarrierAccount(Refusal):
    """No carrier account is connected: there is nobody to ask for a waybill."""
