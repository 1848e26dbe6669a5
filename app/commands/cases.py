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
    """Write a tab's newest orders to a file; answers :class:`Exported` (F095, F176).

    Masked and few: a ``.csv``. With a ``passphrase`` (8 letters or more), which is needed for
    names and phones in ``clear`` and beyond the day's limit of rows, an encrypted ``.zip``.

    ``template`` (system/document, or a template file#document) writes a document of another
    business system instead, its path ending as that one does; ``customer`` is the code of the
    customer the orders are booked for there, "" where the template says it for each shop.
    """

    tab: str
    path: str
    reason: str
    passphrase: str = ""
    clear: bool = False
    template: str = ""
    customer: str = ""


class Reserved(msgspec.Struct, frozen=True):
    """What the door lets in: which file, of how many rows at most, and in whose name.

    Attributes:
        money: whether that person may see amounts.
    """

    file_id: int
    rows: int
    by: str
    operator_id: int
    money: bool


class Exported(msgspec.Struct, frozen=True):
    """How many orders a file holds; ``stopped`` when it was stopped and there is no file."""

    rows: int
    stopped: bool = False


class StopExport(msgspec.Struct, frozen=True, tag="stop_export"):
    """Stop the exports that whoever asks has under way at this computer."""


class Stopping(msgspec.Struct, frozen=True):
    """The files whose writing is to stop."""

    file_ids: tuple[int, ...]


class EndReconcile(msgspec.Struct, frozen=True, tag="end_reconcile"):
    """After a restore: say that the carriers were asked, so that printing goes on."""

    reason: str
