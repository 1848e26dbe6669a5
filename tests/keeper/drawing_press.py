"""A real press whose paper is a file: every line on it was drawn once."""

import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from app.domain.errors import NotFound
from app.keeper.press_loop import Draw, Drawn, run_press


def main() -> int:
    paper = Path(sys.argv[1]) / "paper"

    def line(payload: bytes) -> Drawn:
        with paper.open("ab") as sheet:
            sheet.write(payload + b"\n")
        return Drawn(payload.upper(), pages=1)

    def slow_line(payload: bytes) -> Drawn:
        time.sleep(float(payload))
        return line(payload)

    def refused(payload: bytes) -> Drawn:
        raise NotFound(what="printer", id=payload.decode())

    def broken(payload: bytes) -> Drawn:
        raise ZeroDivisionError(payload)

    def gone(payload: bytes) -> Drawn:
        os._exit(11)

    def stray(payload: bytes) -> Drawn:
        print("Qt says hello", flush=True)
        return line(payload)

    def prepare() -> Mapping[str, Draw]:
        return {
            "line": line,
            "slow": slow_line,
            "refused": refused,
            "broken": broken,
            "gone": gone,
            "stray": stray,
        }

    return run_press(sys.argv[1], prepare)
