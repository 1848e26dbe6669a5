"""A part of Waydesk that really crashes: by a fault, by a signal, or below Python."""

import ctypes
import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from app.compose import last_word
from app.compose.start import begin, flags_of
from app.compose.watch import watched

SECRETS = ("张小满 13812345678", "sk_live_aa11bb22cc33dd44")


def main() -> int:
    return last_word.run(part, "desk", ["--data", sys.argv[2]])


def part(arguments: Sequence[str]) -> int:
    how = sys.argv[1]
    flags = flags_of("desk", "crashes").parse_args(arguments)
    settings = begin("desk", flags)
    buyer, token = SECRETS
    logging.getLogger("app.shop").info("last order of %s", buyer, extra={"token": token})
    with watched(Path(settings.folder), "desk", tells=True):
        if how == "fault":
            raise KeyError(buyer + token)
        if how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if how == "native":
            ctypes.string_at(0)
        if how == "thread":
            thread = threading.Thread(target=lambda: {}[buyer])
            thread.start()
            thread.join()
    return 0
