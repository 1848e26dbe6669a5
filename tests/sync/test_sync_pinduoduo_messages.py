"""Pinduoduo's messages come over a line we open: answered once they are kept, told again till then.

Over a real WebSocket on loopback; the clock is turned by hand.
"""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from sync.channels.pinduoduo import Pinduoduo
from sync.channels.pinduoduo_messages import TOPICS, LineTo, address
from sync.errors import PermissionMissing, Rejected, Throttled, Unreachable
from sync.gateways.pinduoduo_sign import PinduoduoKeys
from sync.ports import Message, Messages
from sync.sandbox.pdd_mail import PddMail
from sync.sandbox.pinduoduo import PddSandbox
from sync.sockets import open_socket
from tests.sync.pinduoduo_world import sandbox, straight
from tests.sync.sync_world import HandClock

PAID = "pdd_trade_TradeConfirmed"
SN = "240815-123456789012345"


class World:
    """The gateway, the message service beside it, and channels that listen."""

    def __init__(self, box: PddSandbox, mail: PddMail, url: str, clock: HandClock) -> None:
        self.box, self.mail, self.url, self.clock = box, mail, url, clock
        self.channels: list[Pinduoduo] = []

    def channel(self, **more: str) -> Pinduoduo:
        line = LineTo(open_socket, more.pop("url", self.url))
        self.channels.append(straight(self.box, self.clock, line=line, **more))
        return self.channels[-1]

    async def until(self, channel: Pinduoduo, count: int) -> tuple[Message, ...]:
        """What came once there is so much; on loopback within a few askings."""
        found: dict[str, Message] = {}
        for _ in range(20):
            found |= {message.id: message for message in await channel.messages()}
            if len(found) >= count:
                break
        return tuple(found.values())


@asynccontextmanager
async def open_world(clock: HandClock) -> AsyncIterator[World]:
    box = sandbox(clock)
    mail = PddMail(box.setup.app, clock.now)
    world = World(box, mail, await mail.start(), clock)
    try:
        yield world
    finally:
        for channel in world.channels:
            await channel.hang_up()
        await mail.stop()


@pytest.fixture
async def world(clock: HandClock) -> AsyncIterator[World]:
    async with open_world(clock) as made:
        yield made


def test_the_address_of_a_line_is_signed_as_the_platform_wants_it() -> None:
    told = address(PinduoduoKeys("app", "secret"), 1_700_000_000_000)
    assert told == (
        "wss://message-api.pinduoduo.com/message/app/1700000000000/"
        "OTgxODMwNDI2NWZiN2NiNzA2NzIxOTI0ZjJlMDMxMjE%3D"
    )


async def test_a_message_names_its_order_and_is_told_again_until_it_is_answered(world) -> None:
    channel = world.channel()
    assert isinstance(channel, Messages)
    assert channel.listens
    number = await world.mail.tell(PAID, f'{{"mall_id":1,"tid":"{SN}"}}')
    (told,) = await world.until(channel, 1)
    assert (told.id, told.hint.external_id) == (str(number), SN)
    assert (told.hint.kind, told.hint.event_id, told.hint.topic) == ("order", str(number), PAID)
    await world.mail.repeat()
    assert [again.id for again in await world.until(channel, 1)] == [told.id]
    await channel.confirm((told.id,))
    await channel.messages()
    assert (world.mail.waiting, world.mail.odd) == ({}, 0)
    await channel.confirm((told.id,))  # answered twice is no error


async def test_a_cut_line_loses_nothing_and_is_opened_again(world) -> None:
    channel = world.channel()
    await channel.messages()
    numbers = [await world.mail.tell(PAID, f'{{"tid":"{SN}"}}') for _ in range(3)]
    await world.mail.cut()
    told: dict[str, Message] = {}
    for _ in range(20):
        told |= {message.id: message for message in await channel.messages()}
        if world.mail.opened == 2 and len(told) == 3:
            break
    assert sorted(map(int, told)) == numbers
    await channel.confirm(tuple(told))
    await channel.messages()
    assert world.mail.waiting == {}
    assert world.mail.opened == 2


async def test_an_answer_whose_line_was_cut_is_given_over_the_next_one(world) -> None:
    channel = world.channel()
    await world.mail.tell(PAID, f'{{"tid":"{SN}"}}')
    (told,) = await world.until(channel, 1)
    await world.mail.cut()
    await channel.confirm((told.id,))
    assert len(world.mail.waiting) == 1
    (again,) = await world.until(channel, 1)
    await channel.confirm((again.id,))
    await channel.messages()
    assert world.mail.waiting == {}


async def test_a_line_without_a_word_is_taken_for_dead(world) -> None:
    channel = world.channel()
    await channel.messages()
    beats = world.mail.beats
    await channel.messages()
    assert world.mail.beats > beats, "each asking is a heartbeat"
    world.mail._hear = quiet  # the service says nothing any more
    await channel.messages()
    world.clock.turn(181)
    await channel.messages()
    await channel.messages()
    assert world.mail.opened == 2


async def quiet(*_: object) -> None:
    """Hear, and say nothing."""


async def test_a_line_that_does_not_open_is_tried_again_later_and_later(world) -> None:
    asked: list[int] = []

    async def nobody(_url: str):
        asked.append(world.clock.now())
        raise Unreachable("sync_line_closed")

    channel = straight(world.box, world.clock, line=LineTo(nobody))
    for _ in range(120):
        assert await channel.messages() == ()
        world.clock.turn(1)
    waits = [(b - a) // 1000 for a, b in itertools.pairwise(asked)]
    assert waits == [2, 4, 8, 16, 32]


@pytest.mark.parametrize(
    ("more", "error", "code"),
    [
        ({"client_secret": "other"}, Rejected, "sync_line_refused"),
        ({"clock": "off"}, Rejected, "sync_line_refused"),
        ({"mood": "busy"}, Throttled, "sync_throttled"),
        ({"lacks": "yes"}, PermissionMissing, ""),
    ],
)
async def test_who_is_not_let_in_is_told_why(world, more, error, code) -> None:
    if more.pop("clock", ""):
        world.mail._now_ms = lambda: world.clock.now() + 601_000
    world.mail.mood = more.pop("mood", "")
    if more.pop("lacks", ""):
        world.box.setup.app.lacks.add("pdd.pmc.user.permit")
    if "client_secret" in more:
        world.mail.app = replace(world.mail.app, client_secret=more.pop("client_secret"))
    with pytest.raises(error) as no:
        await world.channel().messages()
    assert not code or no.value.code == code


async def test_the_shop_permits_once_what_it_wants_to_hear_of(world) -> None:
    channel = world.channel()
    for _ in range(3):
        await channel.messages()
    permits = [told for told in world.box.heard if told["type"] == "pdd.pmc.user.permit"]
    assert len(permits) == 1
    assert world.box.permitted == TOPICS


ODD = ["", "{", "[]", '{"tid":{"a":1}}', "null", None, 5, '{"tid":"\' OR 1=1"}']


@pytest.mark.parametrize("content", ODD)
async def test_a_message_that_names_no_order_stands_in_nobodys_way(world, content) -> None:
    world.mail.mood = "garbage"
    channel = world.channel()
    await world.mail.tell("pdd_trade_TradeMemoModified", content)
    await world.mail.tell(PAID, f'{{"tid":"{SN}"}}')
    told = await world.until(channel, 2)
    assert sorted(message.hint.external_id for message in told) == ["", SN]
    await channel.confirm(tuple(message.id for message in told))
    await channel.messages()
    assert world.mail.waiting == {}


async def test_a_burst_told_twice_over_is_one_message_each(world) -> None:
    world.mail.mood = "duplicate"
    channel = world.channel()
    await channel.messages()
    for _ in range(250):
        await world.mail.tell(PAID, f'{{"tid":"{SN}"}}')
    seen: set[str] = set()
    for _ in range(20):
        told = await channel.messages()
        assert len(told) <= 200
        seen |= {message.id for message in told}
        await channel.confirm(tuple(message.id for message in told))
        if not world.mail.waiting:
            break
    assert len(seen) == 250


async def test_no_line_leaves_this_computer_unencrypted() -> None:
    with pytest.raises(Unreachable) as no:
        await open_socket("ws://message-api.pinduoduo.com/message/x")
    assert no.value.code == "sync_not_encrypted"


async def test_a_shop_that_does_not_listen_opens_no_line(world) -> None:
    channel = straight(world.box, world.clock)
    assert not channel.listens
    assert await channel.messages() == ()
    await channel.confirm(("1",))
    assert world.mail.opened == 0
