"""A create request as it is stored before a byte is sent: one exact text, and for which order."""

import json
from typing import Any


def exact_text(message: dict[str, Any]) -> bytes:
    """One JSON text, without spaces, as it is signed and sent."""
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "replace")


def reference_in(prepared: bytes, field: str, within: str = "") -> str:
    """Our reference in `field` of a prepared text, or "" where the text cannot be read.

    `within` names the object the field stands in, where it is not the whole.
    """
    try:
        told = json.loads(prepared)
        return str((told[within] if within else told)[field])
    except (ValueError, KeyError, TypeError):
        return ""
