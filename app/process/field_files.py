"""Fields of a connection that are typed as a path: their file is read once, its text is kept."""

from collections.abc import Mapping
from pathlib import Path

from app.domain.connections import Connection
from app.domain.errors_first_day import StoreFileUnread

LARGEST = 64 * 1024


def with_texts(connection: Connection, fields: Mapping[str, str]) -> dict[str, str]:
    """The fields with each path replaced by the text of the file there.

    Raises StoreFileUnread where there is none, or none that is text of at most 64 KB.
    """
    found = dict(fields)
    for field in connection.fields:
        if field.file and found.get(field.name):
            found[field.name] = _text(Path(found[field.name]).expanduser())
    return found


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            told = file.read(LARGEST + 1)
        if len(told) > LARGEST:
            raise StoreFileUnread(file=path.name)
        return told.decode("utf-8-sig")
    except (OSError, ValueError) as broken:
        raise StoreFileUnread(file=path.name) from broken
