"""One GraphQL call to one shop: token, turn, answer, and what an error in a good answer means.

Shopify answers most refusals with 200 and a list of errors. Fields that the app may not see come
as null beside an error of their own: the rest of such an answer is good, and is used.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from sync.channels.shopify_access import ShopifyAccess, site_of
from sync.channels.shopify_cost import CostMeter
from sync.channels.shopify_documents import API_VERSION
from sync.channels.shopify_refuse import (
    DENIED,
    TOO_DEAR,
    code_of,
    no_to,
    refused_whole,
    user_errors,
)
from sync.connector import Connector
from sync.errors import Ambiguous, Malformed, TokenExpired
from sync.json_text import Element, list_within
from sync.ports import Answer, Request
from sync.reading import mapping, rows, text

Variables = Mapping[str, Any]
Path = tuple[str, ...]
Heed = Callable[[Mapping[str, Any]], int]


class TooDear(Exception):  # noqa: N818 - what happened, not a fault
    """The request costs more than one may; nothing was done. Ask for a smaller page."""


@dataclass(frozen=True, slots=True)
class Document:
    """One of shopify_documents, and whether sending it twice may do a thing twice."""

    text: str
    writes: bool = False

    @property
    def name(self) -> str:
        """The operation's own name."""
        return self.text.split("{", 1)[0].split("(", 1)[0].split()[1]


@dataclass(frozen=True, slots=True)
class Told:
    """A good answer: its data, the elements of the list asked for, and fields denied to us.

    `denied` are the paths of fields that came as null because the app may not see them.
    """

    data: dict[str, Any]
    elements: tuple[Element, ...]
    denied: tuple[Path, ...]
    answer: Answer


class ShopifyCalls:
    """Sends documents to one shop."""

    def __init__(
        self, address: str, connector: Connector, access: ShopifyAccess, meter: CostMeter
    ) -> None:
        """Take the shop's address as typed, the seam, the way to a token, and the meter."""
        self._address, self._connector = address, connector
        self._access, self.meter = access, meter

    @property
    def site(self) -> str:
        """The shop's address. Raises Rejected where it cannot be one."""
        return site_of(self._address)

    async def ask(self, document: Document, variables: Variables, listed: Path = ()) -> Told:
        """Send one document; `listed` is the path of the list that is read element by element.

        Raises:
            TooDear: it costs more points than one request may.
            SyncError: one of the tree.
        """
        site = self.site
        token = await self._access.token(site)
        taken = await self.meter.take(document.name, _size(variables))
        try:
            answer = await self._sent(site, token, document, variables)
        except BaseException:
            self.meter.lost(taken)
            raise
        heed = partial(self.meter.heed, document.name, _size(variables), taken)
        return self._read(document, answer, heed, listed)

    async def _sent(
        self, site: str, token: str, document: Document, variables: Variables
    ) -> Answer:
        try:
            return await self._send(site, token, document, variables)
        except TokenExpired:
            # Refused unread, so nothing was done: once more with a new token, if one can be had.
            if not self._access.renews:
                raise
            token = await self._access.renew(site, token)
            return await self._send(site, token, document, variables)

    async def _send(
        self, site: str, token: str, document: Document, variables: Variables
    ) -> Answer:
        body = json.dumps({"query": document.text, "variables": variables}, ensure_ascii=False)
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "X-Shopify-Access-Token": token,
        }
        url = f"{site}/admin/api/{API_VERSION}/graphql.json"
        request = Request("POST", url, headers, body.encode(), writes=document.writes)
        return await self._connector.request(request)

    def _read(self, document: Document, answer: Answer, heed: Heed, listed: Path) -> Told:
        try:
            elements, rest = list_within(answer.body, ("data", *listed))
        except Malformed as broken:
            if document.writes:
                raise Ambiguous("sync_unread_answer", **broken.details) from broken
            raise
        told = mapping(rest)
        wait_ms = heed(mapping(told.get("extensions")))
        denied = self._judge(document, told, listed, wait_ms)
        return Told(mapping(told.get("data")), tuple(elements), denied, answer)

    def _judge(
        self, document: Document, told: dict[str, Any], listed: Path, wait_ms: int
    ) -> tuple[Path, ...]:
        """The fields denied to us; raises what any other error means."""
        # A gateway may answer with a bare text under "errors".
        errors = rows(told.get("errors")) or (
            [{"message": text(told.get("errors"))}] if told.get("errors") else []
        )
        if any(code_of(error) == TOO_DEAR for error in errors):
            raise TooDear
        data = told.get("data")
        usable = isinstance(data, dict) and None not in data.values()
        paths = [tuple(str(part) for part in error.get("path") or ()) for error in errors]
        inside = len(listed) + 2
        for error, path in zip(errors, paths, strict=True):
            denied = code_of(error) == DENIED and len(path) >= inside
            if document.writes or not usable or not denied:
                raise refused_whole(errors, self.site, wait_ms)
        if not isinstance(data, dict):
            if document.writes:
                raise Ambiguous("sync_unread_answer", why="no data")
            raise Malformed("sync_not_json", why="no data")
        return tuple(paths)

    async def write(self, document: Document, variables: Variables) -> dict[str, Any]:
        """Send a mutation and return its payload. Raises Rejected for its userErrors."""
        payload = await self.payload(document, variables)
        errors = user_errors(payload)
        if errors:
            raise no_to(errors)
        return payload

    async def payload(self, document: Document, variables: Variables) -> dict[str, Any]:
        """Send a mutation and return its payload, userErrors and all."""
        told = await self.ask(document, variables)
        payload = next(iter(told.data.values()), None)
        if not isinstance(payload, dict):
            raise Ambiguous("sync_unread_answer", why="no payload")
        return payload

    async def all_of(self, document: Document, variables: Variables, path: Path) -> list[Element]:
        """Every element of a connection (its `nodes` under `path`), page by page."""
        found: list[Element] = []
        after: str | None = None
        while True:
            told = await self.ask(document, {**variables, "after": after}, (*path, "nodes"))
            found.extend(told.elements)
            after = next_cursor(told.data, path)
            if after is None:
                return found


def _size(variables: Variables) -> int:
    """How many are asked for, by page or by name; 1 where the document's size is fixed."""
    size, named = variables.get("first"), variables.get("ids")
    if isinstance(named, list):
        return max(1, len(named))
    return size if isinstance(size, int) else 1


def within(data: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """The object under `path`; an empty one where anything on the way is null."""
    at: Any = data
    for name in path:
        at = mapping(at).get(name)
    return mapping(at)


def next_cursor(data: Mapping[str, Any], path: Path) -> str | None:
    """Where the next page of the connection under `path` begins; None at its end."""
    info = mapping(within(data, path).get("pageInfo"))
    return text(info.get("endCursor")) or None if info.get("hasNextPage") is True else None
