"""One box over everything: numbers at once, names when the keeper's tokens have come."""

import re
from dataclasses import dataclass

from app.reads.board import BoardRow, some
from app.reads.book import ReadBook, marks
from app.reads.viewer import Viewer

MOST = 50
TAIL = re.compile(r"\d{4}")
_EXACT = (
    "SELECT id FROM orders WHERE external_no = ?",
    "SELECT id FROM orders WHERE number = ?",
    "SELECT order_id AS id FROM waybill WHERE carrier_no = ?",
    "SELECT order_id AS id FROM parcel WHERE public_id = ?",
)


@dataclass(frozen=True, slots=True)
class Keys:
    """What the keeper made of the typed text: every name token must match; a phone's index."""

    names: tuple[int, ...] = ()
    phone: bytes = b""


def plain(book: ReadBook, viewer: Viewer, typed: str) -> tuple[BoardRow, ...]:
    """Hits by number, prefix, merchant code, city and phone tail; no key is needed."""
    text = typed.strip()
    if not text:
        return ()
    found = _exact(book, text)
    if not found:
        found = [*_prefixed(book, text), *_by_word(book, text)]
    return _shown(book, viewer, found)


def keyed(book: ReadBook, viewer: Viewer, keys: Keys) -> tuple[BoardRow, ...]:
    """Hits by name and by whole phone, from the keeper's tokens."""
    found: list[int] = []
    if keys.phone:
        sql = "SELECT order_id AS id FROM receiver WHERE phone_index = ? ORDER BY 1 DESC LIMIT ?"
        found += _ids(book, sql, keys.phone, MOST)
    if keys.names:
        found += _by_name(book, keys.names)
    return _shown(book, viewer, found)


def pasted(book: ReadBook, viewer: Viewer, typed: str, most: int = 500) -> tuple[BoardRow, ...]:
    """Orders by many pasted numbers at once, platform's, ours or waybills, in any mixture."""
    numbers = list(dict.fromkeys(re.split(r"[\s,;，；、]+", typed.strip())))[:most]
    if len(numbers) < 2:
        return ()
    some_marks = marks(len(numbers))
    sql = (
        f"SELECT id FROM orders WHERE external_no IN ({some_marks}) OR number IN ({some_marks})"
        f" UNION SELECT order_id FROM waybill WHERE carrier_no IN ({some_marks})"
    )
    return _shown(book, viewer, _ids(book, sql, *numbers, *numbers, *numbers), most)


def _exact(book: ReadBook, text: str) -> list[int]:
    found: list[int] = []
    for sql in _EXACT:
        found += _ids(book, f"{sql} LIMIT {MOST}", text)
    return found


def _prefixed(book: ReadBook, text: str) -> list[int]:
    """Numbers that begin as typed: a range over the index, never a scan."""
    if len(text) < 3:
        return []
    high = text + "\U0010ffff"
    found = []
    for column in ("external_no", "waybill_no"):
        sql = f"SELECT id FROM orders WHERE {column} >= ? AND {column} < ? LIMIT ?"
        found += _ids(book, sql, text, high, MOST)
    return found


def _by_word(book: ReadBook, text: str) -> list[int]:
    found = []
    if TAIL.fullmatch(text):
        sql = "SELECT id FROM orders WHERE phone_tail = ? ORDER BY id DESC LIMIT ?"
        found += _ids(book, sql, text, MOST)
    sql = "SELECT DISTINCT order_id AS id FROM line WHERE sku = ? ORDER BY order_id DESC LIMIT ?"
    found += _ids(book, sql, text, MOST)
    sql = "SELECT id FROM orders WHERE city = ? OR city = ? ORDER BY id DESC LIMIT ?"
    return found + _ids(book, sql, text, f"{text}市", MOST)


def _by_name(book: ReadBook, names: tuple[int, ...]) -> list[int]:
    """Orders that bear every token; the first drives, the rest are probed by key."""
    probes = " AND ".join(
        f"EXISTS (SELECT 1 FROM name_token n{at} WHERE n{at}.token = ? AND"
        f" n{at}.order_id = n0.order_id)"
        for at in range(1, len(names))
    )
    rest = f" AND {probes}" if probes else ""
    sql = (
        f"SELECT n0.order_id AS id FROM name_token n0 WHERE n0.token = ?{rest}"
        " ORDER BY n0.order_id DESC LIMIT ?"
    )
    return _ids(book, sql, *names, MOST)


def _ids(book: ReadBook, sql: str, *values: int | str | bytes) -> list[int]:
    return [row["id"] for row in book.rows(sql, values)]


def _shown(
    book: ReadBook, viewer: Viewer, found: list[int], most: int = MOST
) -> tuple[BoardRow, ...]:
    ids = tuple(dict.fromkeys(found))[:most]
    return some(book, viewer, ids) if ids else ()
