"""How both home-made sandbox stores misbehave on request, and how they write JSON."""

import json
from dataclasses import replace
from typing import Any

from sync.sandbox.faults import LISTS, Fault
from sync.sandbox.http import Reply

_AFTER = {"late": "hang", "reset_after": "reset", "cut": "cut"}


def packed(value: Any) -> bytes:
    """JSON as a home-made store writes it."""
    return json.dumps(value, ensure_ascii=False).encode()


def undone(fault: Fault) -> Reply:
    """The answer of a fault that comes before anything is done."""
    if fault.kind == "reset_before":
        return Reply(200, fate="reset")
    status = 429 if fault.kind == "throttle" else 503
    wait = {"Retry-After": str(fault.seconds)} if fault.seconds else {}
    return Reply(status, b"<html>Too many</html>", wait)


def spoilt(reply: Reply, fault: Fault | None) -> Reply:
    """An answer as the fault leaves it; what was done stays done."""
    if fault is None or fault.kind in LISTS:
        return reply
    if fault.kind == "garbage":
        return replace(reply, status=200, body=b"<!DOCTYPE html><title>Wi-Fi login</title>")
    return replace(reply, fate=_AFTER[fault.kind])
