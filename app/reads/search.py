"""One box over everything: numbers at once, names when the keeper's tokens have come."""

import re
from dataclasses import dataclass

from app.reads.board import BoardRow, some
from app.reads.book import ReadBook, marks
from app.reads.viewer import Viewer

MOST = 50
TAIL = re.compile(r"\d{4}")
# What is looked through, the order's alias being ``o``, and the column hits are sorted by.
_EXACT = (
    ("FROM orders o WHERE o.external_no = ?", "o.id"),
    ("FROM orders o WHERE o.number = ?", "o.id"),
    ("FROM waybill w CROSS JOIN orders o ON o.id = w.order_id WHERE w.carrier_no = ?", "o.id"),
    ("FROM parcel p CROSS JOIN orders o ON o.id = p.order_id WHERE p.public_id = ?", "o.id"),
)
_BY_TAIL = ("FROM orders o WHERE o.phone_tail = ?", "o.id")
_BY_CITY = ("FROM orders o WHERE o.city IN (?, ?)", "o.id")
_BY_SKU = (
    "FROM line l CROSS JOIN orders o ON o.id = l.order_id WHERE l.sku = ?",
    "l.order_id",
)
_BY_PHONE = (
    "FROM receiver r CROSS JOIN orders o ON o.id = r.order_id WHERE r.phone_index = ?",
    "r.order_id",
)
Search = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Keys:
    """What the keeper made of the typed text: every name token must match; a phone's index.

    ``names_before`` and ``phones_before`` are the same under an older data key, while some rows
    still stand under it.
    """

    names: tuple[int, ...] = ()
    phone: bytes = b""
    names_before: tuple[tuple[int, ...], ...] = ()
    phones_before: tuple[bytes, ...] = ()


def plain(book: ReadBook, viewer: Viewer, typed: str) -> tuple[BoardRow, ...]:
    """Hits by number, prefix, merchant code, city and phone tail; no key is needed."""
    text = typed.strip()
    if not text:
        return ()
    look = _Look(book, viewer)
    found = [pk for one in _EXACT for pk in look.ids(one, text)]
    if not found:
        found = [*_prefixed(look, text), *_by_word(look, text)]
    return _shown(book, viewer, found)


def keyed(book: ReadBook, viewer: Viewer, keys: Keys) -> tuple[BoardRow, ...]:
    """Hits by name and by whole phone, from the keeper's tokens."""
    look = _Look(book, viewer)
    found: list[int] = []
    for phone in filter(None, (keys.phone, *keys.phones_before)):
        found += look.ids(_BY_PHONE, phone)
    for names in filter(None, (keys.names, *keys.names_before)):
        found += _by_name(look, names)
    return _shown(book, viewer, found)


def pasted(book: ReadBook, viewer: Viewer, typed: str, most: int = 500) -> tuple[BoardRow, ...]:
    """Orders by many pasted numbers at once, platform's, ours or waybills, in any mixture."""
    numbers = list(dict.fromkeys(re.split(r"[\s,;，；、]+", typed.strip())))[:most]
    if len(numbers) < 2:
        return ()
    some_marks = marks(len(numbers))
    inner = (
        f"SELECT id FROM orders WHERE external_no IN ({some_marks}) OR number IN ({some_marks})"
        f" UNION SELECT order_id FROM waybill WHERE carrier_no IN ({some_marks})"
    )
    found = _Look(book, viewer).ids(
        (f"FROM orders o WHERE o.id IN ({inner})", "o.id"), *numbers, *numbers, *numbers, most=most
    )
    return _shown(book, viewer, found, most)


class _Look:
    """Runs the searches of one person: what is out of sight never takes the place of a hit."""

    def __init__(self, book: ReadBook, viewer: Viewer) -> None:
        self._book = book
        self._where, self._values = viewer.scope()

    def ids(self, search: Search, *values: int | str | bytes, most: int = MOST) -> list[int]:
        """The last orders a search finds, each once."""
        sql, by = search
        whole = f"SELECT DISTINCT {by} AS id {sql} AND {self._where} ORDER BY {by} DESC LIMIT ?"
        return [row["id"] for row in self._book.rows(whole, [*values, *self._values, most])]

    def first(self, search: Search, *values: str) -> list[int]:
        """The first orders a search finds, in the order of its column."""
        sql, by = search
        whole = f"SELECT o.id {sql} AND {self._where} ORDER BY {by} LIMIT ?"
        return [row["id"] for row in self._book.rows(whole, [*values, *self._values, MOST])]


def _prefixed(look: _Look, text: str) -> list[int]:
    """Numbers that begin as typed: a range over the index, never a scan."""
    if len(text) < 3:
        return []
    found = []
    for column in ("external_no", "waybill_no"):
        sql = f"FROM orders o WHERE o.{column} >= ? AND o.{column} < ?"
        found += look.first((sql, f"o.{column}"), text, text + "\U0010ffff")
    return found


def _by_word(look: _Look, text: str) -> list[int]:
    found = look.ids(_BY_TAIL, text) if TAIL.fullmatch(text) else []
    return [*found, *look.ids(_BY_SKU, text), *look.ids(_BY_CITY, text, f"{text}市")]


def _by_name(look: _Look, names: tuple[int, ...]) -> list[int]:
    """Orders that bear every token; the first drives, the rest are probed by key."""
    probes = "".join(
        f" AND EXISTS (SELECT 1 FROM name_token n{at} WHERE n{at}.token = ? AND"
        f" n{at}.order_id = n0.order_id)"
        for at in range(1, len(names))
    )
    sql = f"FROM name_token n0 CROSS JOIN orders o ON o.id = n0.order_id WHERE n0.token = ?{probes}"
    return look.ids((sql, "n0.order_id"), *names)


def _shown(
    book: ReadBook, viewer: Viewer, found: list[int], most: int = MOST
) -> tuple[BoardRow, ...]:
    ids = tuple(dict.fromkeys(found))[:most]
    return some(book, viewer, ids) if ids else ()
