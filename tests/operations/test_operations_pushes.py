"""What a platform tells by itself: kept once, never believed, and the order read again soon."""

import asyncio
import base64
import hashlib
import hmac
import json
import sys
from asyncio.subprocess import PIPE
from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import msgspec
import pytest

from app.keeper.hint_round import HintRound
from app.keeper.push_desk import MOST_BYTES, PushDesk
from app.store import inbox as store
from app.store.tables import orders
from app.store.tables_record import audit, case, inbox, kept_aside
from app.store.verify import verify
from app.store.work import Book
from sync.channels.douyin_push import read_push as douyin
from sync.errors import Malformed, Rejected, SyncError, TokenExpired, Unreachable
from sync.gateways.douyin_sign import DouyinKeys
from sync.sandbox.faults import Fault
from tests.operations.dying_receiver import Told
from tests.operations.shopify_day import order_seed, shopify_day
from tests.worlds import FixedClock

DAY_MS = 86_400_000
TOPICS = {"orders/create", "orders/updated", "orders/delete"}


class Calls:
    """A connected shop whose platform calls us, and who reads what it told of."""

    def __init__(self, day) -> None:
        day.box.hooks.topics |= TOPICS
        self.day, self.woken = day, 0
        self.desk = PushDesk(day.room, day.loop.outlets, {}, self.wake)

    def wake(self) -> None:
        self.woken += 1

    async def __aenter__(self) -> "Calls":
        await self.day.read()
        return self

    async def __aexit__(self, *_) -> None:
        return None

    async def take(self, delivery) -> None:
        await self.desk.take(self.day.shop.channel_id, delivery.headers, delivery.body)

    async def look(self) -> int:
        """One round of a keeper that has just started."""
        return await HintRound(self.day.room, self.day.loop).round()

    def asked(self) -> int:
        return sum("query Order(" in text for text, _ in self.day.box.heard)

    def rows(self) -> list:
        return self.day.shop.all(inbox)

    def said(self, action: str) -> list:
        return [row for row in self.day.shop.all(audit) if row["action"] == action]


def signed(body: bytes, secret: bytes = b"secret", **more: str) -> dict[str, str]:
    digest = hmac.new(secret, body, hashlib.sha256).digest()
    return {
        "X-Shopify-Topic": "orders/updated",
        "X-Shopify-Hmac-SHA256": base64.b64encode(digest).decode(),
        "X-Shopify-Event-Id": "e1",
        **more,
    }


async def test_an_order_the_platform_tells_of_is_read_from_it_and_not_from_what_was_told(
    book: Book, clock: FixedClock
) -> None:
    async with shopify_day(book, clock) as day, Calls(day) as calls:
        order = day.box.shop.place(order_seed())
        (told,) = day.box.hooks.flush()
        day.box.shop.cancel(order)
        await calls.take(told)
        assert ([r["state"] for r in calls.rows()], calls.woken) == (["new"], 1)
        assert await calls.look() == 1
        assert [r["state"] for r in calls.rows()] == ["done"]
        assert day.row(order)["state"] == "cancelled"
        assert (await calls.look(), calls.asked()) == (0, 1)
        assert verify(book).ok


async def test_a_delivery_that_comes_a_hundred_times_is_one_reading(
    book: Book, clock: FixedClock
) -> None:
    async with shopify_day(book, clock) as day, Calls(day) as calls:
        day.box.shop.place(order_seed())
        (told,) = day.box.hooks.flush()
        for n in range(100):
            await calls.take(told)
            if n in (0, 50):
                await calls.look()
        assert (len(calls.rows()), calls.asked()) == (1, 1)
        assert len(calls.said("push_received")) == 1


async def test_all_that_was_said_of_one_order_is_one_reading_and_a_later_word_another(
    book: Book, clock: FixedClock
) -> None:
    async with shopify_day(book, clock) as day, Calls(day) as calls:
        order, other = day.box.shop.place(order_seed()), day.box.shop.place(order_seed())
        for _ in range(5):
            day.box.shop.touch(order)
        for told in day.box.hooks.flush():
            await calls.take(told)
        assert len(calls.rows()) > 2
        assert (await calls.look(), calls.asked()) == (2, 2)
        day.box.shop.touch(other)
        for told in day.box.hooks.flush():
            await calls.take(told)
        assert (await calls.look(), calls.asked()) == (1, 3)


async def test_one_event_with_two_contents_is_a_case_and_the_first_stays(
    book: Book, clock: FixedClock
) -> None:
    async with shopify_day(book, clock) as day, Calls(day) as calls:
        pk = day.shop.channel_id
        for body in (b'{"id":1}', b'{"id":2}'):
            await calls.desk.take(pk, signed(body), body)
        assert [(r["external_id"], r["state"]) for r in calls.rows()] == [("1", "new")]
        assert [r["kind"] for r in day.shop.all(case)] == ["push_differs"]


def batch(*messages: tuple[str, str]) -> tuple[dict[str, str], bytes]:
    """A call of Douyin's, with several messages of it."""
    told = [{"tag": "101", "msg_id": n, "data": json.dumps({"p_id": p})} for n, p in messages]
    body = json.dumps(told).encode()
    sign = hashlib.md5(b"app" + body + b"secret").hexdigest()
    return {"event-sign": sign, "app-id": "app"}, body


async def test_each_event_of_a_call_with_several_is_kept_once_however_they_come_again(
    book: Book, clock: FixedClock
) -> None:
    async with shopify_day(book, clock) as day, Calls(day) as calls:
        pk = day.shop.channel_id
        listens = SimpleNamespace(read_push=partial(douyin, DouyinKeys("app", "secret")))
        day.loop.outlets[pk] = replace(day.loop.outlets[pk], channel=listens)
        for messages in ([("1", "11"), ("2", "22"), ("3", "11")], [("2", "22"), ("4", "44")]):
            await calls.desk.take(pk, *batch(*messages))
        assert [r["event_id"] for r in calls.rows()] == ["1", "2", "3", "4"]
        assert day.shop.all(case) == []
        await calls.desk.take(pk, *batch(("2", "99"), ("5", "55")))
        assert [r["kind"] for r in day.shop.all(case)] == ["push_differs"]
        assert [r["external_id"] for r in calls.rows()] == ["11", "22", "11", "44", "55"]


REFUSED = {
    "unsigned": ({}, b'{"id":1}', "push_unsigned"),
    "forged": (signed(b'{"id":1}'), b'{"id":2}', "push_not_ours"),
    "another shop's secret": (signed(b'{"id":1}', b"theirs"), b'{"id":1}', "push_not_ours"),
    "no JSON behind a wrong signature": (signed(b"{"), b"{ ", "push_not_ours"),
    "too big": (signed(b""), b" " * (MOST_BYTES + 1), "push_too_big"),
}


async def test_what_is_not_the_platforms_costs_nothing_and_is_counted(
    book: Book, clock: FixedClock
) -> None:
    async with shopify_day(book, clock) as day, Calls(day) as calls:
        lines, asked = len(day.shop.all(audit)), len(day.box.heard)
        for headers, body, code in REFUSED.values():
            for _ in range(20):
                with pytest.raises(Rejected) as refused:
                    await calls.desk.take(day.shop.channel_id, headers, body)
                assert refused.value.code == code
        assert (calls.rows(), len(day.shop.all(audit)), calls.woken) == ([], lines, 0)
        assert (await calls.look(), len(day.box.heard)) == (0, asked)
        await calls.desk.write_down()
        assert len(calls.said("pushes_refused")) == 3
        await calls.desk.write_down()
        assert len(calls.said("pushes_refused")) == 3


async def test_a_push_for_a_shop_that_is_not_read_now_is_not_acknowledged(
    book: Book, clock: FixedClock
) -> None:
    async with shopify_day(book, clock) as day, Calls(day) as calls:
        with pytest.raises(Unreachable):
            await calls.desk.take(99, signed(b'{"id":1}'), b'{"id":1}')
        with pytest.raises(Malformed):
            await calls.desk.take(day.shop.channel_id, signed(b"{}"), b"{}")
        headers = signed(b"{}", **{"X-Shopify-Topic": "products/update"})
        await calls.desk.take(day.shop.channel_id, headers, b"{}")
        assert calls.rows() == []


@pytest.mark.req("F062")
async def test_a_keeper_killed_amid_a_burst_loses_nothing_it_acknowledged_and_doubles_nothing(
    book: Book, clock: FixedClock
) -> None:
    async with shopify_day(book, clock) as day, Calls(day) as calls:
        placed = [day.box.shop.place(order_seed()) for _ in range(8)]
        burst = day.box.hooks.flush()
        url, shared = book.engine.url, book.dialect == "postgresql"
        database = url.render_as_string(hide_password=False) if shared else str(url.database)
        deliveries = [(told.headers, told.body) for told in burst]
        ask = Told(database, day.shop.channel_id, deliveries)
        heard = await killed_after(5, msgspec.json.encode(ask))
        assert heard == [b"acknowledged\n"] * 5
        assert len(calls.rows()) >= 5
        for told in burst[5:]:  # the platform repeats what was not acknowledged
            await calls.take(told)
        assert (await calls.look(), calls.asked()) == (8, 8)
        assert {day.row(order)["state"] for order in placed} == {"paid"}
        assert (len(day.shop.all(orders)), await calls.look()) == (8, 0)


async def killed_after(lines: int, told: bytes) -> list[bytes]:
    """What a receiver said that was killed with SIGKILL after so many lines."""
    command = (sys.executable, "-m", "tests.operations.dying_receiver")
    child = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
    child.stdin.write(told + b"\n")
    heard = [await child.stdout.readline() for _ in range(lines)]
    child.kill()
    await child.wait()
    return heard


class Killed(BaseException):
    """What no except clause of ours may hold up."""


@pytest.mark.req("F062")
async def test_a_keeper_killed_between_order_and_hint_reads_it_again_and_doubles_nothing(
    book: Book, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shopify_day(book, clock) as day, Calls(day) as calls:
        order = day.box.shop.place(order_seed())
        (told,) = day.box.hooks.flush()
        await calls.take(told)

        def dies(*_args, **_values):
            raise Killed

        with monkeypatch.context() as patched:
            patched.setattr(store, "settle", dies)
            with pytest.raises(Killed):
                await calls.look()
        assert [r["state"] for r in calls.rows()] == ["new"]
        assert await calls.look() == 1
        assert [r["state"] for r in calls.rows()] == ["done"]
        mine = [row for row in day.shop.all(orders) if row["external_id"] == str(order.number)]
        assert len(mine) == 1


async def test_an_order_that_was_deleted_is_cancelled_once_it_was_missing_twice(
    book: Book, clock: FixedClock
) -> None:
    async with shopify_day(book, clock) as day, Calls(day) as calls:
        gone, never = day.box.shop.place(order_seed()), day.box.shop.place(order_seed())
        day.box.shop.delete(never)
        await day.read()
        day.box.shop.delete(gone)
        for told in day.box.hooks.flush():
            if told.headers["X-Shopify-Topic"] == "orders/delete":
                await calls.take(told)
        assert await calls.look() == 2
        assert day.row(gone)["state"] == "allocated"
        clock.advance(5_000)
        assert await calls.look() == 2
        assert day.row(gone)["state"] == "cancelled"
        assert (day.open_cases(), {r["state"] for r in calls.rows()}) == (set(), {"done"})


async def test_an_order_too_old_to_be_seen_is_not_taken_for_deleted(
    book: Book, clock: FixedClock
) -> None:
    async with shopify_day(book, clock) as day, Calls(day) as calls:
        old = day.box.shop.place(order_seed())
        await day.read()
        clock.advance(61 * DAY_MS)
        day.box.shop.delete(old)
        for told in day.box.hooks.flush()[-1:]:
            await calls.take(told)
        for _ in range(2):
            await calls.look()
            clock.advance(5_000)
        assert day.row(old)["state"] == "allocated"
        assert [r["state"] for r in calls.rows()] == ["done"]


class Broken:
    """A shop whose orders cannot be read, for one reason or another."""

    def __init__(self, error: SyncError) -> None:
        self.error, self.asked = error, 0

    async def detail(self, _external_id: str):
        self.asked += 1
        raise self.error


async def test_an_order_that_cannot_be_read_five_times_is_kept_aside_with_a_case(
    book: Book, clock: FixedClock
) -> None:
    async with shopify_day(book, clock) as day, Calls(day) as calls:
        pk = day.shop.channel_id
        await calls.desk.take(pk, signed(b'{"id":7}'), b'{"id":7}')
        outlet = day.loop.outlets[pk]
        broken = Broken(Malformed())
        day.loop.outlets[pk] = replace(outlet, channel=broken)
        for _ in range(40):
            await calls.look()
            clock.advance(60_000)
        assert (broken.asked, [r["state"] for r in calls.rows()]) == (5, ["dead"])
        kept = [(r["external_id"], r["state"]) for r in day.shop.all(kept_aside)]
        assert (kept, day.open_cases()) == ([("7", "kept")], {"kept_aside"})


async def test_a_refused_key_is_not_the_orders_fault_and_its_word_waits(
    book: Book, clock: FixedClock
) -> None:
    async with shopify_day(book, clock) as day, Calls(day) as calls:
        order = day.box.shop.place(order_seed())
        (told,) = day.box.hooks.flush()
        await calls.take(told)
        pk = day.shop.channel_id
        outlet = day.loop.outlets[pk]
        broken = Broken(TokenExpired())
        day.loop.outlets[pk] = replace(outlet, channel=broken)
        for _ in range(20):
            await calls.look()
            clock.advance(60_000)
        assert (5 < broken.asked <= 20, day.open_cases()) == (True, set())
        day.loop.outlets[pk] = outlet
        clock.advance(60_000)
        assert await calls.look() == 1
        assert day.row(order)["state"] == "paid"


async def test_a_platform_that_asks_for_a_pause_gets_it(book: Book, clock: FixedClock) -> None:
    async with shopify_day(book, clock) as day, Calls(day) as calls:
        placed = [day.box.shop.place(order_seed()) for _ in range(9)]
        for told in day.box.hooks.flush():
            await calls.take(told)
        day.box.faults.plan(*(Fault("throttle", part="Order") for _ in range(6)))
        await calls.look()
        asked = len(day.box.heard)
        assert (await calls.look(), len(day.box.heard)) == (0, asked)
        for _ in range(40):
            await calls.look()
            clock.advance(5_000)
        assert len(day.shop.all(orders)) == len(placed)
        assert {r["state"] for r in calls.rows()} == {"done"}


async def test_an_events_id_is_known_for_180_days(book: Book, clock: FixedClock) -> None:
    async with shopify_day(book, clock) as day, Calls(day) as calls:
        day.box.shop.place(order_seed())
        (told,) = day.box.hooks.flush()
        await calls.take(told)
        await calls.look()

        async def later(days: int) -> int:
            clock.advance(days * DAY_MS)
            await day.room.write(lambda w: (store.forget_old(w), w.tell("figures_forgotten")))
            await calls.take(told)
            return sum(r["state"] == "new" for r in calls.rows())

        assert (await later(179), await later(2)) == (0, 1)
