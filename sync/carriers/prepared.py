"""A create request as it is stored before a byte is sent: one exact text, and for which order."""

import json
from typing import Any


def exact_text(message: dict[str, Any]) -> bytes:
    """One JSON text, without spaces, as it is signed and sent."""
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "replace")


def reference_in(prepared: bytes, field: str) -> str:
    """Our reference in `field` of a prepared text, or "" where the text cannot be read."""
    try:
        return str(json.loads(prepared)[field])
    except (ValueError, KeyError, TypeError):
        return ""
