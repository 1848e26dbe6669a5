"""`waydesk link LINK`: what the operating system starts for a link. One argument, no flags.

Nothing a web page can write becomes a flag or a folder here: the argument is a link of ours as a
whole, or nothing happens.
"""

import sys
from collections.abc import Sequence

from app.desk.first import RAISE, is_wish

MISUSED = 2


def main(arguments: Sequence[str]) -> int:
    """Hand a link to the desk that is open, or open one; refuse everything else."""
    if len(arguments) != 1 or arguments[0] == RAISE or not is_wish(arguments[0]):
        sys.stderr.write("waydesk: this is no link to an order or an exception\n")
        return MISUSED
    from app.compose.desk import main as open_desk  # noqa: PLC0415 - only a good link needs Qt

    return open_desk(list(arguments))
