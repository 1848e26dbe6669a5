"""What is said no to at the packing and weighing stations."""

from __future__ import annotations

from app.domain.errors import Refusal


class CodeMisread(Refusal):
    """A code of ours whose check sign does not fit: the scanner read it wrong."""

    takes = ("read",)


class NothingPacksThis(Refusal):
    """No parcel answers to a code, and no order waits for exactly this one thing."""

    takes = ("read",)


class NotBeingPacked(Refusal):
    """A parcel's check was not begun, or is over: a scan of the parcel opens it."""

    takes = ("order_no",)


class PackingIncomplete(Refusal):
    """A box is to be closed and things are missing; ``missing`` names them."""

    takes = ("order_no", "missing", "n")


class MemoChanged(Refusal):
    """The seller's memo changed after the label was printed, and nobody at the bench read it."""

    takes = ("order_no", "order_id")


class NotVerified(Refusal):
    """A parcel is to be weighed out or handed over before its packing check is whole."""

    takes = ("order_no",)


class ParcelGone(Refusal):
    """A parcel left the house already."""

    takes = ("order_no",)


class CheckFirst(Refusal):
    """The shop verifies first: the label comes when the check is whole (F034)."""

    takes = ("order_no",)
