"""The file of a bulk operation: fetched in stretches, and orders put together from its lines.

One JSON object a line; what belongs to an order follows it and names it in `__parentId`
(shopify.dev, "Perform bulk operations with the GraphQL Admin API"). The file lies at another
host, under an address that is its own key: our token is never sent there, and a host that points
elsewhere is not followed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sync.channels.shopify_read import number_of
from sync.connector import Connector, Signed, refusal
from sync.errors import Malformed, Rejected, SyncError
from sync.json_text import Element, read_json
from sync.limits import Unlimited
from sync.ports import Answer, Clock, Http, Request
from sync.reading import mapping, text

# About sixty orders: a transaction of the book that keeps no command waiting.
STRETCH = 256 * 1024
LONGEST = 16 * 1024 * 1024
PARENT = "__parentId"
_KINDS = {"LineItem": "lineItems", "FulfillmentOrder": "fulfillmentOrders"}
_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some bytes of a file, and whether they are its last."""

    body: bytes
    last: bool


class HistoryFile:
    """Fetches stretches of the file at an address."""

    def __init__(self, http: Http, clock: Clock) -> None:
        """Take the way out; it has no token to give away."""
        signed = Signed(lambda request: request, _refuse)
        self._connector = Connector(http, clock, signed, Unlimited())

    async def orders(self, url: str, at: int) -> tuple[list[Element], int, bool]:
        """The orders that stand whole from byte `at` on, where the next begins, and if any does.

        Raises:
            Rejected: the address is good no more, or points elsewhere.
            Malformed: no file of orders.
        """
        size = STRETCH
        while True:
            stretch = await self._stretch(url, at, size)
            found, taken = orders_in(stretch)
            if taken or stretch.last:
                return found, at + taken, not stretch.last
            if size >= LONGEST:
                raise Malformed("sync_answer_too_big", limit_bytes=LONGEST)
            size *= 2

    async def _stretch(self, url: str, at: int, size: int) -> Stretch:
        wanted = {"Range": f"bytes={at}-{at + size - 1}", "Accept-Encoding": "identity"}
        answer = await self._connector.request(Request("GET", url, wanted))
        if answer.status != 206:
            return Stretch(answer.body[at : at + size], at + size >= len(answer.body))
        told = _RANGE.fullmatch(answer.headers.get("content-range", ""))
        if told is None or int(told[1]) != at or int(told[2]) - at + 1 != len(answer.body):
            raise Malformed("sync_not_json", why="another range of the file")
        return Stretch(answer.body, int(told[2]) + 1 >= int(told[3]))


def _refuse(answer: Answer, wait_ms: int | None) -> SyncError:
    """Whatever the file's host says of a token is not about ours."""
    if 400 <= answer.status < 500 and answer.status not in (408, 429):
        return Rejected(foreign_code=str(answer.status), status=answer.status)
    return refusal(answer, wait_ms)


def orders_in(stretch: Stretch) -> tuple[list[Element], int]:
    """The orders that stand whole in a stretch, and how many bytes they take.

    Raises Malformed at a line that cannot be read: it may have been one of the order before it.
    """
    found: list[Element] = []
    group: list[tuple[bytes, dict[str, Any]]] = []
    taken = at = 0
    for line in _lines(stretch):
        told = mapping(read_json(line))
        if group and PARENT not in told:
            found.append(_order(group))
            group, taken = [], at
        group.append((line, told))
        at += len(line)
    if stretch.last:
        if group:
            found.append(_order(group))
        taken = len(stretch.body)
    return found, taken


def _lines(stretch: Stretch) -> Iterator[bytes]:
    """The whole lines of a stretch, each with its end; the last may go on in the next."""
    for line in stretch.body.splitlines(keepends=True):
        if line.endswith(b"\n") or stretch.last:
            yield line


def _order(group: list[tuple[bytes, dict[str, Any]]]) -> Element:
    """An order with its lines, as one of a page would stand.

    Raises Malformed where a line belongs elsewhere: the file is not grouped, and no order in it
    can be known to be whole.
    """
    raw = b"[" + b",".join(line.strip() for line, _ in group) + b"]"
    root = group[0][1]
    parts: dict[str, list[Any]] = {name: [] for name in _KINDS.values()}
    for _, told in group[1:]:
        kind = text(told.get("id")).split("/")[-2:-1]
        if told[PARENT] != root.get("id") or not kind or kind[0] not in _KINDS:
            raise Malformed("sync_not_json", why="a line without its order")
        parts[_KINDS[kind[0]]].append(told)
    if PARENT in root or not number_of(root.get("id")):
        raise Malformed("sync_not_json", why="a line without its order")
    return Element({**root, **{name: {"nodes": each} for name, each in parts.items()}}, None, raw)
