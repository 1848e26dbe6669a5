"""One question to JD's newer gateway (SP-API) and its answer, with a token that is good now.

Every answer has one shape: `success`, `data`, `errorList` and, where it is a list, its pagination;
some pages of open.jd.com show it within `Response`. Lists are read element by element, so that one
bad row cannot take its page with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sync.connector import Connector, Signed, refusal
from sync.errors import Ambiguous, Malformed, SyncError, TokenExpired
from sync.gateways.jd_access import JdAccess
from sync.gateways.jd_calls import JdHands, ask_renewal
from sync.gateways.jd_refuse import OVER, says_yes
from sync.gateways.jd_sign import JdKeys
from sync.gateways.jd_sp_refuse import errors_of, sp_error
from sync.gateways.jd_sp_sign import SpCall, sp_signer
from sync.json_text import Element, list_within, read_json
from sync.ports import Answer
from sync.reading import mapping, minor

_WRAPPED = "Response"
_RENEWED = (OVER, TokenExpired.code)


@dataclass(frozen=True, slots=True)
class SpTold:
    """A good answer: `data` where it is one thing, `rows` where it is a list, and its paging."""

    call: SpCall
    data: Mapping[str, Any]
    rows: list[Element]
    paging: Mapping[str, Any]
    answer: Answer

    def counted(self, page: int, size: int) -> int:
        """How many rows the list holds in all, of which this is the page that was asked for.

        Raises Malformed for another page, another size, or fewer rows than it must have: an order
        must not be passed over because the platform cut what it was asked for.
        """
        total = minor(self.paging.get("totalItems"), 0)
        asked = (("currentPage", page), ("pageSize", size))
        told = [(self.paging.get(name), value) for name, value in asked]
        other = any(minor(each, 0) != value for each, value in told if each is not None)
        if (
            total is None
            or total < 0
            or other
            or len(self.rows) < min(size, total - size * (page - 1))
        ):
            raise Malformed("jd_odd_answer", method=self.call.name)
        return total


class JdSpCalls:
    """The platform asked on behalf of one shop; raises only sync.errors."""

    def __init__(self, keys: JdKeys, hands: JdHands) -> None:
        """Take the keys and what it works with; nothing is sent yet."""
        self._keys, self._hands = keys, hands
        self._access = JdAccess(keys, hands.shelf, hands.clock, self._renewed)
        self.last: Answer | None = None

    def for_a_trial(self) -> "JdSpCalls":
        """The same shop asked without the typed refresh token: a trial forgets what it renews."""
        return JdSpCalls(replace(self._keys, refresh_token=""), self._hands)

    async def ask(self, call: SpCall) -> SpTold:
        """Ask with the shop's token; one that is turned away is renewed once, where it can be."""
        token = await self._access.token()
        try:
            return await self._once(call, token)
        except TokenExpired as over:
            if over.code not in _RENEWED:
                raise
            other = await self._access.renew(token)
        # It was turned away at the door: nothing was done, so it may be sent again.
        return await self._once(call, other)

    async def _once(self, call: SpCall, token: str) -> SpTold:
        hands = self._hands

        def refuse(answer: Answer, wait_ms: int | None) -> SyncError:
            self.last = answer
            return _refused(call, answer, wait_ms)

        signed = Signed(sp_signer(self._keys, hands.clock, call, token), refuse)
        way = Connector(hands.http, hands.clock, signed, hands.turn)
        self.last = answer = await way.request(call.request(hands.gateway))
        try:
            return _opened(call, answer)
        except Malformed as broken:
            if not call.writes:
                raise
            raise Ambiguous("sync_unread_answer", **broken.details) from broken

    async def _renewed(self, refresh_token: str) -> Mapping[str, Any]:
        return await ask_renewal(self._keys, self._hands, refresh_token)


def _refused(call: SpCall, answer: Answer, wait_ms: int | None) -> SyncError:
    """A status outside 2xx: the gateway's with an error in it, or of what stands before it."""
    try:
        told = mapping(read_json(answer.body))
    except Malformed:
        told = {}
    named = errors_of(mapping(told.get(_WRAPPED)) or told)
    return sp_error(named[0], call.name, answer, wait_ms) if named else refusal(answer, wait_ms)


def _opened(call: SpCall, answer: Answer) -> SpTold:
    """What a good answer says.

    Raises:
        SyncError: it says no, or is no answer of JD's.
    """
    rows, whole = list_within(answer.body, ("data",))
    told = mapping(whole)
    if _WRAPPED in told:
        rows, whole = list_within(answer.body, (_WRAPPED, "data"))
        told = mapping(mapping(whole).get(_WRAPPED))
    named = errors_of(told)
    if named:
        # Named beside a yes they are a no all the same.
        raise sp_error(named[0], call.name, answer)
    if "success" not in told:
        raise Malformed("jd_odd_answer", method=call.name)
    if not says_yes(told["success"]):
        raise sp_error({}, call.name, answer)
    paging = mapping(told.get("paginationData") or told.get("pagination"))
    return SpTold(call, mapping(told.get("data")), rows, paging, answer)
