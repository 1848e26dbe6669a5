"""Messages a platform keeps: confirmed only once they stand in the book, then the order is read."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from app.keeper.effect_pump import Outlet
from app.keeper.hint_round import HintRound
from app.keeper.message_round import MessageRound
from app.keeper.room import Room
from app.keeper.sync_loop import SyncLoop
from app.store.tables import orders
from app.store.tables_record import audit, inbox
from app.store.work import Book
from sync.engine import Gear
from sync.gateways.taobao_access import SellerKeys
from sync.limits import Breaker
from sync.retry import Budget
from sync.sandbox.faults import Fault
from sync.sandbox.http import LocalServer
from sync.sandbox.taobao import PATH, TaobaoSandbox
from sync.sandbox.taobao_gate import TopApp
from sync.transport import Transport, TransportLimits
from tests.operations.carrier_world import AtOnce
from tests.operations.outbound_world import Shop, open_shop
from tests.sync.taobao_world import channel_for, sold
from tests.worlds import FixedClock, SeededRng

CONFIRM = "taobao.tmc.messages.confirm"


class Seller:
    """A Taobao shop whose messages are asked for over real HTTP."""

    def __init__(self, shop: Shop, box: TaobaoSandbox, channel: Any, clock: FixedClock) -> None:
        self.shop, self.box, self.channel, self.clock = shop, box, channel, clock
        self.room = Room(shop.book, AtOnce(), shop.door.laws, clock, SeededRng(), lambda _: None)  # type: ignore[arg-type]
        self.loop = SyncLoop(self.room, lambda *_: None, lambda: None)
        gear = Gear(clock, SeededRng(), Breaker(clock, SeededRng()), Budget())
        self.loop.outlets[shop.channel_id] = Outlet(channel, gear)
        self.woken = 0

    def wake(self) -> None:
        self.woken += 1

    async def ask(self) -> int:
        """One round of a keeper that has just started."""
        return await MessageRound(self.room, self.loop.outlets, self.wake).round()

    async def look(self) -> int:
        return await HintRound(self.room, self.loop).round()

    def kept(self) -> list[str]:
        return [row["state"] for row in self.shop.all(inbox)]


@asynccontextmanager
async def seller(book: Book, clock: FixedClock) -> AsyncIterator[Seller]:
    box = TaobaoSandbox(TopApp("12345678", "helloworld"), clock.now, random.Random(7))
    server = LocalServer(box)
    url = await server.start()
    http = Transport(TransportLimits(connect_s=2, read_s=0.5, total_s=5))
    keys = SellerKeys(box.gate.session())
    channel = channel_for(http, clock, keys, gateway=url + PATH, messages=True)  # type: ignore[arg-type]
    made = Seller(open_shop(book, platform="taobao"), box, channel, clock)
    await made.ask()  # the seller is permitted with the first question
    try:
        yield made
    finally:
        await http.close()
        await server.stop()


async def test_what_was_told_is_read_from_the_platform_and_confirmed_once_it_stands(
    book: Book, clock: FixedClock
) -> None:
    async with seller(book, clock) as one:
        trade, other = sold(one.box), sold(one.box)
        for told in (trade, trade, other):
            one.box.mail.tell(told)
        confirm, stood = one.channel.confirm, []

        async def watched(ids: tuple[str, ...]) -> None:
            stood.append((len(ids), one.kept()))
            await confirm(ids)

        one.channel.confirm = watched
        assert (await one.ask(), one.woken) == (3, 1)
        assert stood == [(3, ["new"] * 3)]
        assert one.box.mail.waiting == {}
        one.box.shop.touch(trade, status="TRADE_CLOSED")
        assert (await one.look(), one.box.calls["taobao.trade.fullinfo.get"]) == (2, 2)
        assert one.shop.order(str(trade.tid))["state"] == "closed"
        assert one.shop.order(str(other.tid))["state"] == "paid"


class Killed(BaseException):
    """What no except clause of ours may hold up."""


@pytest.mark.req("F062")
async def test_a_keeper_killed_before_it_confirmed_hears_again_and_doubles_nothing(
    book: Book, clock: FixedClock
) -> None:
    async with seller(book, clock) as one:
        for _ in range(5):
            one.box.mail.tell(sold(one.box))
        confirm = one.channel.confirm

        async def dies(_ids: tuple[str, ...]) -> None:
            raise Killed

        one.channel.confirm = dies
        with pytest.raises(Killed):
            await one.ask()
        one.channel.confirm = confirm
        await one.look()
        assert await one.ask() == 5
        assert (one.kept(), await one.look()) == (["done"] * 5, 0)
        assert (len(one.shop.all(orders)), one.box.mail.waiting) == (5, {})


async def test_a_confirmation_that_was_lost_is_made_again(book: Book, clock: FixedClock) -> None:
    async with seller(book, clock) as one:
        one.box.mail.tell(sold(one.box))
        one.box.faults.plan(Fault("reset_before", part=CONFIRM))
        await one.ask()
        assert (one.kept(), len(one.box.mail.waiting)) == (["new"], 1)
        clock.advance(60_000)
        await one.ask()
        assert (one.kept(), one.box.mail.waiting) == (["new"], {})


async def test_an_app_that_may_not_is_asked_once_an_hour_and_writes_nothing(
    book: Book, clock: FixedClock
) -> None:
    async with seller(book, clock) as one:
        one.box.gate.app.may = frozenset({"taobao.trade.fullinfo.get"})
        going = MessageRound(one.room, one.loop.outlets, one.wake)
        answers, lines = one.box._number, len(one.shop.all(audit))
        for _ in range(120):
            await going.round()
            clock.advance(60_000)
        assert one.box._number - answers == 2
        assert len(one.shop.all(audit)) == lines
