"""Any store that answers JSON over HTTP, reached by a file its owner writes (docs/own-shop.md).

What the shop gets: a home-made store needs no code. The file says where orders stand and how they
are read, written and signed; the connector walks every list whole, writes each thing once in
effect, never calls another host than the file's, and says in one sentence what is wrong.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

from sync.channels import own_shop_check, own_shop_push, own_shop_write
from sync.channels.own_shop_fill import filled_path, with_query
from sync.channels.own_shop_pages import Page, page_of, where_next
from sync.channels.own_shop_plan import Plan
from sync.channels.own_shop_read import aside, id_of, read_order
from sync.channels.own_shop_refuse import refusal_of, refused_inside
from sync.channels.own_shop_sign import OwnKeys, signer
from sync.channels.own_shop_walk import (
    Walk,
    Window,
    next_round,
    read_walk,
    since_text,
    window,
    write_walk,
)
from sync.connector import BREATH, Connector, Signed, Turn
from sync.errors import Ambiguous, Malformed, Rejected
from sync.json_text import Element, read_json
from sync.ports import Answer, ChannelCaps, Clock, Http, Limit, Request
from sync.records import (
    Batch,
    CheckResult,
    Done,
    KeptAside,
    MemoAsk,
    OrderRecord,
    PushHint,
    ShipAsk,
    StockAsk,
)

MOST_FLAGS = frozenset(
    {
        *("poll", "push", "refunds", "ship", "ship_lines", "ship_lookup", "memo", "flag"),
        "stock",
    }
)


@dataclass(frozen=True, slots=True)
class OwnHands:
    """What the connector is handed: the way out, the clock, and this account's limiter."""

    http: Http
    clock: Clock
    turn: Turn


class OwnShop:
    """A Channel with OrderIds (sync.ports). Raises only sync.errors.

    The class's `caps` are the most a file can ask for; an instance's are what its own file says.
    """

    platform = "own_shop"
    caps = ChannelCaps(page_size=50, limit=Limit(2.0), flags=MOST_FLAGS)

    def __init__(self, plan: Plan, keys: OwnKeys, hands: OwnHands) -> None:
        """Take the store's file as read (`own_shop_file.plan_of`), and its keys."""
        self.plan = plan
        self.caps = ChannelCaps(plan.listing.pages.size, Limit(plan.a_second), plan.flags)
        self._keys, self._clock = keys, hands.clock
        self._site = plan.address.split("://", 1)[1].split("/", 1)[0]
        signed = Signed(
            signer(plan.address, plan.auth, keys, hands.clock),
            refusal_of(self._site, plan.answers),
        )
        self._connector = Connector(hands.http, hands.clock, signed, hands.turn)
        self._hand = own_shop_write.Hand(plan, self.json, self.order_of)

    async def pull(self, cursor: str) -> Batch:
        """The next page of changed orders."""
        walk, pages = read_walk(cursor), self.plan.listing.pages
        asked = window(walk, pages)
        page, answer = await self.page(walk, asked)
        if walk.began_ms is None:
            walk = replace(walk, began_ms=_server_ms(answer) or self._clock.now())
        walk, more = where_next(walk, asked, page, self.plan)
        records, kept = await self._read_all(page.elements)
        if not more:
            walk = next_round(walk, self.plan.listing.changed)
        return Batch(records, kept, write_walk(walk), more)

    async def placed_between(self, since_ms: int, until_ms: int) -> tuple[str, ...]:
        """The numbers of the orders placed in a span, for counting (sync.ports.OrderIds).

        A store lists by change, and nothing changes before it is placed: so the span is found among
        what changed since it began.
        """
        cursor, more, found = write_walk(Walk(since_ms=since_ms - 1000)), True, {}
        while more:
            batch = await self.pull(cursor)
            for record in batch.records:
                if since_ms <= (record.placed.utc_ms or 0) < until_ms:
                    found[record.external_id] = record.placed.utc_ms
            cursor, more = batch.next_cursor, batch.more
        return tuple(found)

    async def page(self, walk: Walk, asked: Window) -> tuple[Page, Answer]:
        """One page of the list.

        Raises:
            Malformed: what the file says of the list is not in the answer.
        """
        link = walk.next if self.plan.listing.pages.kind == "link" else ""
        request = Request("GET", link or self._list_url(walk, asked), self.plan.headers)
        answer = await self._asked("list", request)
        page = page_of(answer, self.plan)
        inside = refused_inside(page.rest, self.plan.answers, self._site)
        if inside is not None:
            raise inside
        if not page.there:
            path = ".".join(self.plan.listing.each)
            raise Malformed("own_shop_nothing_there", row="list.each", path=path)
        return page, answer

    def _list_url(self, walk: Walk, asked: Window) -> str:
        listing, pages = self.plan.listing, self.plan.listing.pages
        query = dict(listing.query)
        if listing.changed is not None and walk.since_ms is not None:
            since = since_text(walk.since_ms, listing.changed, self.plan.zone)
            query[listing.changed.param] = since
        if pages.kind == "page":
            query[pages.param] = str(asked.page + pages.first)
        if pages.kind == "offset":
            query[pages.param] = str(asked.start)
        if pages.kind == "cursor" and walk.next:
            query[pages.param] = walk.next
        if pages.size_param:
            query[pages.size_param] = str(asked.size)
        return with_query(f"{self.plan.address}{listing.path}", query)

    async def _read_all(
        self, elements: list[Element]
    ) -> tuple[tuple[OrderRecord, ...], tuple[KeptAside, ...]]:
        """Records in the list's order, twins once; what is no order, aside."""
        records: dict[str, OrderRecord] = {}
        kept = []
        for at, element in enumerate(elements):
            if at % BREATH == BREATH - 1:
                await asyncio.sleep(0)
            number = "" if element.problem else id_of(element.value, self.plan)
            if not number:
                kept.append(aside(element, self.plan))
            elif number not in records or records[number].raw != element.raw:
                read = await self._read(number, element)
                if isinstance(read, KeptAside):
                    kept.append(read)
                else:
                    records[number] = read
        return tuple(records.values()), tuple(kept)

    async def _read(self, number: str, element: Element) -> OrderRecord | KeptAside:
        """One order of the list; where the list holds a part of it, read by itself."""
        if self.plan.listing.whole:
            return read_order(element.value, element.raw, self.plan)
        try:
            return await self.detail(number)
        except (Malformed, Rejected) as refused:
            return aside(element, self.plan, refused.code)

    async def detail(self, external_id: str) -> OrderRecord:
        """One order as it stands now."""
        value, raw = await self._detail(external_id)
        if id_of(value, self.plan) != external_id:
            raise Malformed("sync_not_an_order", external_id=external_id[:80])
        return read_order(value, raw, self.plan)

    async def order_of(self, external_id: str) -> Any:
        """One order's value, to look at before a write is repeated."""
        return (await self._detail(external_id))[0]

    async def _detail(self, external_id: str) -> tuple[Any, bytes]:
        detail = self.plan.detail
        if detail is None:
            raise Rejected("own_shop_cannot", row="detail")
        path = filled_path(detail.path, {"id": external_id})
        told, answer = await self.json("detail", Request("GET", f"{self.plan.address}{path}"))
        for name in detail.at:
            if not isinstance(told, dict) or name not in told:
                path = ".".join(detail.at)
                raise Malformed("own_shop_nothing_there", row="detail.at", path=path)
            told = told[name]
        return told, answer.body

    async def json(self, row: str, request: Request) -> tuple[Any, Answer]:
        """One call's answer, read and held against the file's test; None for an empty one."""
        headers = {**self.plan.headers, **request.headers}
        request = replace(request, headers=headers)
        answer = await self._asked(row, request)
        if not answer.body.strip() and self.plan.answers.ok is None and request.writes:
            return None, answer
        try:
            value = read_json(answer.body)
            inside = refused_inside(value, self.plan.answers, self._site)
        except Malformed as broken:
            if request.writes:
                raise Ambiguous("sync_unread_answer", **broken.details) from broken
            raise
        if inside is not None:
            raise inside
        return value, answer

    async def _asked(self, row: str, request: Request) -> Answer:
        try:
            return await self._connector.request(request)
        except Rejected as refused:
            if refused.details.get("status") != 404:
                raise
            url = request.url.split("?", 1)[0]
            code, words = refused.foreign_code, refused.text
            told = Rejected("own_shop_no_path", foreign_code=code, text=words, row=row, path=url)
            raise told from refused

    async def ship(self, ask: ShipAsk) -> Done:
        """Tell the store that the parcel left."""
        return await own_shop_write.ship(self._hand, ask)

    async def set_stock(self, ask: StockAsk) -> Done:
        """Set the absolute whole stock of a code or listing."""
        return await own_shop_write.set_stock(self._hand, ask)

    async def write_memo(self, ask: MemoAsk) -> Done:
        """Write the seller's memo."""
        return await own_shop_write.write_memo(self._hand, ask)

    async def check(self) -> CheckResult:
        """Read the list, and one order; says in one sentence what is wrong."""
        return await own_shop_check.check(self)

    def read_push(self, headers: Mapping[str, str], body: bytes) -> PushHint:
        """Verify a webhook; a hint which order to read again, never the order itself."""
        if self.plan.push is None:
            raise Rejected("own_shop_cannot", row="push")
        told = (headers, body)
        return own_shop_push.read_push(
            self.plan.push, self._keys.push_secrets, told, self._clock.now()
        )


def _server_ms(answer: Answer) -> int | None:
    """The store's own time: a round is bounded by the clock that stamps the orders."""
    try:
        told = parsedate_to_datetime(answer.headers.get("date", ""))
    except ValueError:
        return None
    return int(told.replace(tzinfo=told.tzinfo or UTC).timestamp() * 1000)
