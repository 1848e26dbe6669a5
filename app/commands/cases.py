"""What is asked of exceptions and of what could not be sent."""

import msgspec


class ClaimCase(msgspec.Struct, frozen=True, tag="claim_case"):
    """Make an exception mine."""

    case_id: int


class SettleCase(msgspec.Struct, frozen=True, tag="settle_case"):
    """Close an exception with what was done."""

    case_id: int
    reason: str


class ReplayEffect(msgspec.Struct, frozen=True, tag="replay_effect"):
    """Try a dead upload again, with the same key."""

    outbox_id: int


class PushAgain(msgspec.Struct, frozen=True, tag="push_again"):
    """Try the upload an exception is about once more (F010); answers :class:`Pushed`.

    Harmless to repeat: what is under way or has arrived is not sent again.
    """

    case_id: int


class Pushed(msgspec.Struct, frozen=True):
    """Whether the upload was taken up again, and how it stands: ready, leased, unknown or done."""

    again: bool
    state: str


class ExportOrders(msgspec.Struct, frozen=True, tag="export_orders"):
    """Write a tab's orders to a file; answers :class:`Counted` (F095, F176).

    Masked and few: a ``.csv``. With a ``passphrase`` (8 letters or more), which is needed for
    names and phones in ``clear`` and beyond the day's limit of rows, an encrypted ``.zip``.
    """

    tab: str
    path: str
    reason: str
    passphrase: str = ""
    clear: bool = False


class Counted(msgspec.Struct, frozen=True):
    """How many rows a command wrote."""

    rows: int


class EndReconcile(msgspec.Struct, frozen=True, tag="end_reconcile"):
    """After a restore: say that the carriers were asked, so that printing goes on."""

    reason: str
