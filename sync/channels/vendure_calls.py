"""One call of a Vendure server's Admin API: the document out, the answer judged.

A token that was refused is replaced once. The server says FORBIDDEN both for a token it no longer
knows and for a right that is missing; what anybody known to it may ask tells the two apart.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync.channels.vendure_access import CHANNEL_HEADER, VendureAccess, endpoint_of
from sync.channels.vendure_documents import SETTINGS
from sync.channels.vendure_refuse import NotLetIn, error_result, refused_whole
from sync.connector import Connector
from sync.errors import Ambiguous, Malformed, PermissionMissing, TokenExpired
from sync.json_text import Element, list_within
from sync.ports import Answer, Request
from sync.reading import mapping, rows

Variables = Mapping[str, Any]
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One of vendure_documents, and whether sending it twice may do a thing twice."""

    text: str
    writes: bool = False


# What every login and every key may ask, and nobody else.
_KNOWN = Document(SETTINGS)


@dataclass(frozen=True, slots=True)
class Told:
    """A good answer: its data, and the elements of the list asked for."""

    data: dict[str, Any]
    elements: tuple[Element, ...]
    answer: Answer


class VendureCalls:
    """Sends documents to one server, for one of its channels."""

    def __init__(
        self, address: str, channel: str, connector: Connector, access: VendureAccess
    ) -> None:
        """Take the address as typed, the channel's token ("" = the default one), and the ways."""
        self._address, self.channel = address, channel
        self._connector, self._access = connector, access

    @property
    def site(self) -> str:
        """The Admin API's address. Raises Rejected where it cannot be one."""
        return endpoint_of(self._address)

    async def ask(self, document: Document, variables: Variables, listed: Path = ()) -> Told:
        """Send one document; `listed` is the path of the list that is read element by element.

        Raises:
            SyncError: one of the tree.
        """
        proof = await self._access.proof()
        try:
            return await self._asked(proof, document, variables, listed)
        except NotLetIn as refused:
            if await self._known(proof):
                raise self._lacking(refused) from refused
            if not self._access.renews:
                raise TokenExpired("vendure_wrong_key", site=self.site) from refused
        proof = await self._access.renew(proof)
        try:
            return await self._asked(proof, document, variables, listed)
        except NotLetIn as refused:
            raise self._lacking(refused) from refused

    def _lacking(self, refused: NotLetIn) -> PermissionMissing:
        return PermissionMissing("vendure_right_missing", rights=refused.right, site=self.site)

    async def _known(self, proof: Mapping[str, str]) -> bool:
        """Whether the server knows who we are."""
        try:
            await self._asked(proof, _KNOWN, {}, ())
        except NotLetIn:
            return False
        return True

    async def _asked(
        self, proof: Mapping[str, str], document: Document, variables: Variables, listed: Path
    ) -> Told:
        body = json.dumps({"query": document.text, "variables": variables}, ensure_ascii=False)
        headers = {"Content-Type": "application/json", "Accept": "application/json", **proof}
        if self.channel:
            headers[CHANNEL_HEADER] = self.channel
        request = Request("POST", self.site, headers, body.encode(), writes=document.writes)
        return self._read(document, await self._connector.request(request), listed)

    def _read(self, document: Document, answer: Answer, listed: Path) -> Told:
        try:
            elements, rest = list_within(answer.body, ("data", *listed))
        except Malformed as broken:
            if document.writes:
                raise Ambiguous("sync_unread_answer", **broken.details) from broken
            raise
        told = mapping(rest)
        errors = rows(told.get("errors"))
        if errors:
            raise refused_whole(errors, self.site)
        data = told.get("data")
        if not isinstance(data, dict):
            if document.writes:
                raise Ambiguous("sync_unread_answer", why="no data")
            raise Malformed("sync_not_json", why="no data")
        return Told(data, tuple(elements), answer)

    async def write(self, document: Document, variables: Variables) -> dict[str, Any]:
        """Send a mutation and return its result. Raises Rejected for an error result."""
        result = await self.result(document, variables)
        refused = error_result(result)
        if refused is not None:
            raise refused
        return result

    async def result(self, document: Document, variables: Variables) -> dict[str, Any]:
        """Send a mutation and return its result, error results and all."""
        told = await self.ask(document, variables)
        result = next(iter(told.data.values()), None)
        if not isinstance(result, dict):
            raise Ambiguous("sync_unread_answer", why="no result")
        return result


def within(data: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """The object under `path`; an empty one where anything on the way is null."""
    at: Any = data
    for name in path:
        at = mapping(at).get(name)
    return mapping(at)
