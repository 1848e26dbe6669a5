"""What the first day may refuse: answers that prove nothing, or differ."""

from app.domain.errors import Refusal


class TypedTwoWays(Refusal):
    """A passphrase and its repetition differ."""


class PaperNotProved(Refusal):
    """No code was scanned back from a test page."""


class KitGroupWrong(Refusal):
    """What was typed back from the recovery kit is not the group asked for."""

    takes = ("number",)
