"""Putting values into the addresses and bodies a store's file gives.

A body is JSON that was parsed when the file was read; values go into its texts and are written as
JSON afterwards, so that nothing a value holds can end a text or add a field. A value in an address
is percent-encoded whole, so that it cannot leave its place in the path, let alone the host.
"""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from sync.errors import Rejected

MARK = re.compile(r"\{([a-z_0-9]+)\}")
Values = Mapping[str, Any]


def marks_in(told: Any) -> set[str]:
    """The names of all placeholders in a text, or in the texts of a parsed body (not its keys)."""
    if isinstance(told, str):
        return set(MARK.findall(told))
    if isinstance(told, dict):
        return marks_in(list(told.values()))
    return {name for each in told for name in marks_in(each)} if isinstance(told, list) else set()


def filled(told: Any, values: Values) -> Any:
    """A parsed body with its placeholders filled; a text that is one placeholder keeps its type."""
    if isinstance(told, str):
        alone = MARK.fullmatch(told)
        return values[alone.group(1)] if alone else filled_text(told, values)
    if isinstance(told, dict):
        return {key: filled(value, values) for key, value in told.items()}
    return [filled(value, values) for value in told] if isinstance(told, list) else told


def filled_text(told: str, values: Values) -> str:
    """A text with its placeholders filled, once: what a value holds is never filled again."""
    return MARK.sub(lambda mark: str(values[mark.group(1)]), told)


def filled_body(told: Any, values: Values) -> bytes:
    """The body to send."""
    return json.dumps(filled(told, values), ensure_ascii=False).encode("utf-8", "replace")


def filled_path(told: str, values: Values) -> str:
    """The path to call.

    Raises:
        Rejected: a value is empty or means "here" or "up" in a path.
    """

    def one(mark: re.Match[str]) -> str:
        value = str(values[mark.group(1)])
        if value.strip(".") == "":
            raise Rejected("sync_bad_number", external_id=value[:40])
        return quote(value.encode("utf-8", "replace"), safe="")

    return MARK.sub(one, told)


def with_query(url: str, query: Mapping[str, str]) -> str:
    """The address with a query behind it."""
    if not query:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"
