"""The one outcome of a create that carriers have and channels have not: "you asked that before".

It is an `Ambiguous`, so that code which knows only the tree of sync.errors does the safe thing and
looks the reference up; code that knows it may look up at once, without waiting.
"""

from sync.errors import Ambiguous


class AlreadyThere(Ambiguous):
    """The carrier already has an order under our reference: look it up and adopt its waybill."""

    code = "waybill_already_there"
