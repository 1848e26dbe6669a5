"""What is said no to where something was about to leave: at the gates."""

from __future__ import annotations

from app.domain.errors import Refusal


class RefundPending(Refusal):
    """The buyer wants the money back: nothing leaves until that is decided (F229).

    ``refund`` is the platform's number of it, "" where it names none.
    """

    takes = ("order_no", "refund")
