"""The first reading of a shop with many orders: by a bulk operation instead of page by page.

Page by page, an order costs its points one by one; a bulk operation costs ten, and the platform
makes a file of all of them (shopify.dev, "Perform bulk operations with the GraphQL Admin API").
It is asked for once: where one of ours is under way already, from before a crash, that is
followed. How far its file is read stands in the cursor, so a restart goes on where it was.

What cannot be had in bulk is had page by page, from the beginning: an operation that fails or
whose file expires twice, one that somebody cancelled, a file that is not what it should be.
What a failed operation had made until then (`partialDataUrl`) is not read: an order that lacks
lines in it would count as known, and its whole self, no newer, would not put that right.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from sync.channels.shopify_calls import Document, ShopifyCalls, within
from sync.channels.shopify_documents import (
    BEGIN_HISTORY,
    HISTORY,
    HISTORY_STANDS,
    HOW_MANY,
    UNDER_WAY,
)
from sync.channels.shopify_file import HistoryFile
from sync.channels.shopify_read import gid, number_of
from sync.channels.shopify_refuse import user_errors
from sync.channels.shopify_walk import Walk, query_of, write_walk
from sync.errors import Malformed, PermissionMissing, Rejected
from sync.json_text import Element, read_json
from sync.overlap import next_since
from sync.ports import Sleep
from sync.reading import mapping, minor, moment_ms, rows, text

# On the least plan this many take about five minutes page by page (3.6 a second by the sandbox's
# points); fewer are there sooner without an operation that must be queued, made and waited for.
LONG = 1000
TRIES = 2
LONGEST_PAUSE_S = 60
MOST_WAITS = 30
_KEY = "history"
_GOING = frozenset({"CREATED", "RUNNING", "CANCELING"})
_BUSY = frozenset({"OPERATION_IN_PROGRESS", "LIMIT_REACHED"})
_HOW_MANY, _UNDER_WAY = Document(HOW_MANY), Document(UNDER_WAY)
_STANDS, _BEGIN = Document(HISTORY_STANDS), Document(BEGIN_HISTORY, writes=True)


@dataclass(frozen=True, slots=True)
class History:
    """How far a history is read. `operation` is its number, "" while none was asked for.

    `began_ms` is the shop's time when the operation was made; `at` the byte of its file that is
    read next and `seen` the orders before it; `waits` and `tries` count pauses and operations.
    """

    since_ms: int | None
    operation: str = ""
    began_ms: int | None = None
    at: int = 0
    seen: int = 0
    waits: int = 0
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """What one step brought: orders, and the cursor after them. More always wait."""

    orders: tuple[Element, ...]
    cursor: str


def read_history(cursor: str) -> History | None:
    """The history a cursor stands for; None where it is that of a walk."""
    if _KEY not in cursor:
        return None
    try:
        return History(**mapping(read_json(cursor.encode()))[_KEY])
    except (TypeError, KeyError) as strange:
        raise Malformed("sync_bad_cursor") from strange


def write_history(history: History) -> str:
    """The cursor text of a history."""
    return json.dumps({_KEY: asdict(history)}, separators=(",", ":"))


def _document(since_ms: int | None) -> str:
    told = query_of(Walk(since_ms=since_ms)) or ""
    return HISTORY.replace('query: ""', f'query: "{told}"')


class HistoryReader:
    """Reads the history of one shop, step by step."""

    def __init__(self, calls: ShopifyCalls, file: HistoryFile, sleep: Sleep) -> None:
        """Take the way to the shop and to its file."""
        self._calls, self._file, self._sleep = calls, file, sleep

    async def begin(self, since_ms: int | None) -> History | None:
        """The history to read, where a first round finds so many orders; else None."""
        asked = {"query": query_of(Walk(since_ms=since_ms)), "limit": LONG}
        told = (await self._calls.ask(_HOW_MANY, asked)).data
        count = minor(within(told, ("ordersCount",)).get("count"), 0) or 0
        return History(since_ms) if count >= LONG else None

    async def step(self, history: History) -> Part:
        """One step on: ask for the operation, wait for it, or read a stretch of its file."""
        if not history.operation:
            return await self._asked_for(history)
        stands = await self._stands(history.operation)
        status = text(stands.get("status"))
        if status in _GOING:
            return await self._waited(history)
        if status == "COMPLETED":
            return await self._read(history, stands)
        again = status in ("FAILED", "EXPIRED", "") and stands.get("errorCode") != "ACCESS_DENIED"
        return _again(history) if again else _page_by_page(history)

    async def _stands(self, operation: str) -> Mapping[str, Any]:
        asked = {"id": gid("BulkOperation", operation)}
        return within((await self._calls.ask(_STANDS, asked)).data, ("bulkOperation",))

    async def _asked_for(self, history: History) -> Part:
        document = _document(history.since_ms)
        try:
            made = await self._under_way(document)
            if made is None:
                payload = await self._calls.payload(_BEGIN, {"query": document})
                if _BUSY & {code for code, _ in user_errors(payload)}:
                    return await self._waited(history)
                made = mapping(payload.get("bulkOperation"))
        except (Rejected, PermissionMissing):
            return _page_by_page(history)
        operation, began_ms = (
            number_of(made.get("id")),
            moment_ms(text(made.get("createdAt")), "UTC"),
        )
        if not operation or began_ms is None:
            return _page_by_page(history)
        return _then(replace(history, operation=operation, began_ms=began_ms, waits=0))

    async def _under_way(self, document: str) -> Mapping[str, Any] | None:
        """The operation of ours that runs already, as after a crash; the newest stands first."""
        told = (await self._calls.ask(_UNDER_WAY, {})).data
        for each in rows(within(told, ("bulkOperations",)).get("nodes")):
            if text(each.get("status")) in ("CREATED", "RUNNING") and each.get("query") == document:
                return each
        return None

    async def _waited(self, history: History) -> Part:
        """Wait a little longer each time; another's operation is not waited for without end."""
        if not history.operation and history.waits >= MOST_WAITS:
            return _page_by_page(history)
        await self._sleep(min(2 ** min(history.waits + 1, 6), LONGEST_PAUSE_S))
        return _then(replace(history, waits=history.waits + 1))

    async def _read(self, history: History, stands: Mapping[str, Any]) -> Part:
        """The next orders of the file; an operation that found nothing has none."""
        url, made = text(stands.get("url")), minor(stands.get("rootObjectCount"), 0)
        if not url:
            return _done(history) if not made else _again(history)
        try:
            found, at, more = await self._file.orders(url, history.at)
        except Rejected:
            return _again(history)
        except Malformed:
            return _page_by_page(history)
        read = replace(history, at=at, seen=history.seen + len(found))
        if more:
            return _then(read, found)
        short = made is not None and read.seen < made
        return replace(_page_by_page(read) if short else _done(read), orders=tuple(found))


def _then(history: History, orders: list[Element] | None = None) -> Part:
    return Part(tuple(orders or ()), write_history(history))


def _again(history: History) -> Part:
    """Ask for a new operation, whose file begins anew; or no more."""
    if history.tries + 1 >= TRIES:
        return _page_by_page(history)
    return _then(History(history.since_ms, tries=history.tries + 1))


def _page_by_page(history: History) -> Part:
    return Part((), write_walk(Walk(history.since_ms)))


def _done(history: History) -> Part:
    """Go on page by page with what changed since the operation was made."""
    began = history.began_ms
    return Part((), write_walk(Walk(None if began is None else next_since(began, 0)[0])))
