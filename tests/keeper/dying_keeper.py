"""Keepers as they must not be: one dies, one babbles, one is of another version."""

import os
import sys
import time

from app.commands import wire


def main() -> int:
    return 9


def babble() -> int:
    os.write(1, wire.encode(wire.Hello("keeper", "", 1)) + b"Segmentation fault, or so\n" * 9)
    time.sleep(600)
    return 0


def foreign() -> int:
    os.write(1, wire.encode(wire.Hello("keeper", "", 1, version=wire.VERSION + 1)))
    sys.stdin.read()
    return 0
