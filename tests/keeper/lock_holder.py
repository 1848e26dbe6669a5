"""Takes a lock, says so, and waits to be killed."""

import sys
import time
from pathlib import Path

from app.process.locks import try_lock


def main() -> int:
    held = try_lock(Path(sys.argv[1]))
    print("held" if held else "refused", flush=True)
    time.sleep(600)
    return 0
