"""What the book remembers under a name: one sealed row each, written and replaced in one way."""

from typing import Any

import msgspec

from app.store.tables_record import setting
from app.store.work import Work


def put(work: Work, key: str, value: Any) -> None:
    """Remember a value as JSON, in place of what stood there; the caller tells who is to know."""
    put_text(work, key, msgspec.json.encode(value).decode())


def put_text(work: Work, key: str, text: str) -> None:
    """Remember a text as it stands (something closed with the shop's keys)."""
    if work.find(setting, key) is None:
        work.insert(setting, {"key": key, "value_json": text})
    else:
        work.update(setting, key, value_json=text)
