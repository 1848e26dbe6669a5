"""Youzan's sealed receivers are opened where the shop said so, once, and billed once."""

import pytest

from sync.errors import SyncError
from sync.records import Problem
from sync.sandbox.faults import Fault
from tests.sync.sync_world import pull_all
from tests.sync.youzan_world import sandbox, seed, straight

OPEN = "youzan.cloud.secret.decrypt.single"


@pytest.fixture
def box(clock):
    return sandbox(clock)


async def read(box, clock, channel, cursor=""):
    clock.turn(300)
    records, aside, cursor = await pull_all(channel, cursor)
    assert aside == []
    return records, cursor


def asked(box) -> int:
    return sum(name == OPEN for name, _ in box.heard)


async def test_the_receiver_is_in_clear_and_each_word_is_asked_for_once(box, clock) -> None:
    order = box.shop.place(seed())
    channel = straight(box, clock, opens=True)
    (record,), cursor = await read(box, clock, channel)
    to = record.receiver
    assert (to.name, to.phone, to.address) == ("张小满", "13812345678", "市心中路 1 号")
    assert (to.province, to.district, to.cipher, record.opened) == ("浙江省", "萧山区", "", True)
    assert (record.problems, asked(box)) == ((), 3)
    box.shop.touch(order)
    (again,), _ = await read(box, clock, channel, cursor)
    assert (again.receiver, asked(box)) == (to, 3)


async def test_nothing_is_opened_where_the_shop_did_not_say_so(box, clock) -> None:
    box.shop.place(seed())
    (record,), _ = await read(box, clock, straight(box, clock))
    assert (record.receiver.name, record.opened, asked(box)) == ("", False, 0)
    assert record.receiver.cipher


async def test_without_the_right_the_order_comes_in_sealed_and_a_person_is_told(box, clock) -> None:
    box.setup.app.lacks.add(OPEN)
    box.shop.place(seed())
    (record,), _ = await read(box, clock, straight(box, clock, opens=True))
    assert record.receiver.cipher
    assert record.problems == (Problem("unreadable", "receiver", "youzan_right_missing"),)


async def test_words_of_another_shop_are_not_opened_and_nothing_is_guessed(box, clock) -> None:
    box.shop.place(seed())
    box.shop.open = lambda _words: None
    (record,), _ = await read(box, clock, straight(box, clock, opens=True))
    assert (record.receiver.name, record.opened) == ("", False)
    assert record.receiver.cipher
    assert record.problems == (Problem("unreadable", "receiver", "10500"),)


@pytest.mark.parametrize("kind", ["reset_before", "unavailable", "garbage", "throttle"])
async def test_a_line_that_breaks_meanwhile_ends_the_round_and_loses_nothing(
    box, clock, kind
) -> None:
    box.shop.place(seed())
    channel = straight(box, clock, opens=True)
    box.faults.plan(Fault(kind, part=OPEN))
    clock.turn(300)
    with pytest.raises(SyncError):
        await pull_all(channel)
    (record,), _ = await read(box, clock, channel)
    assert record.opened
