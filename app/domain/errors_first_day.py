"""What the first day may refuse."""

from app.domain.errors import Refusal


class TypedTwoWays(Refusal):
    """A passphrase and its repetition differ."""


class PaperNotProved(Refusal):
    """No code was scanned back from a test page."""


class DemoNotStarted(Refusal):
    """The demonstration's window did not come; `why` is the last thing its process said."""

    takes = ("why",)


class KitOnPaperOnly(Refusal):
    """The recovery kit was to be printed into a file."""


class KitOfOtherData(Refusal):
    """A recovery kit, whole and well typed, that opens other data than this backup."""

    takes = ("file",)


class StoreFileRefused(Refusal):
    """The file of a store of one's own cannot be used; `rows` names each row that is wrong."""

    takes = ("count", "rows")


class StoreFileUnread(Refusal):
    """The file of a store of one's own is not there, or no text."""

    takes = ("file",)


class KitGroupWrong(Refusal):
    """What was typed back from the recovery kit is not the group asked for."""

    takes = ("number",)
