"""Each night a report says how syncing went; a bad day is told by mail and in the shop's group."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from app.commands.notices import SetWecom
from app.commands.stock import AdjustStock
from app.domain.actor import worker
from app.domain.errors import BadValue
from app.keeper.care import Care, Routine
from app.keeper.chat_pump import ChatPump
from app.keeper.sync_reporter import SyncReporter
from app.operations import sync_report
from app.operations.notices import MAIL, WECOM
from app.store import sync_history
from app.store.tables import orders
from app.store.tables_notice import notice_route
from app.store.tables_record import case, outbox
from app.store.tables_sync import sync_day, sync_sample
from app.store.work import Book
from sync.notices.wecom import MOST_BYTES, GroupRobot, fitted, is_robot
from sync.records import LineRecord
from sync.sandbox.http import LocalServer
from sync.sandbox.wecom import WecomSandbox
from sync.transport import Transport
from tests.keeper.test_keeper_sync_health import World
from tests.operations.conftest import quick_passphrases
from tests.operations.outbound_world import record
from tests.worlds import FixedClock

__all__ = ["quick_passphrases"]

HOUR, DAY, MINUTE = 3_600_000, 86_400_000, 60_000
SIX = 18 * HOUR  # from the noon all tests begin at to the next morning's report


@pytest.fixture
def world(book: Book, clock: FixedClock) -> World:
    return World(book, clock)


def passed(world: World, link: str, asked: int, failed: int, *delays_ms: int) -> None:
    """What passed over a link just now."""
    row = {"channel_id": world.shop.channel_id, "link": link, "asked": asked, "failed": failed}
    row |= {"came": len(delays_ms), "delays_json": json.dumps(delays_ms)}
    with world.book.work(worker("test")) as work:
        sync_history.put_samples(work, [row])
        work.tell("sync_measured")
        work.commit()


def told_by(world: World, *kinds: str) -> None:
    """Let the shop be told these ways."""
    with world.book.work(worker("test")) as work:
        for kind in kinds:
            work.insert(notice_route, {"id": work.ids.next(), "kind": kind})
        work.tell("mail_set", "setting")
        work.commit()


def nights(world: World) -> Care:
    reporter = SyncReporter(world.room)
    return Care(world.room, (Routine("report", lambda _policy: sync_report.AT, reporter.do),))


def put_out(world: World) -> list[str]:
    return sorted(row["kind"] for row in world.shop.all(outbox))


@pytest.mark.req("F011")
async def test_a_days_report_flags_a_link_at_99_1_percent_and_not_one_at_99_2(
    world: World,
) -> None:
    passed(world, "ship", 600, 5)
    passed(world, "ship", 400, 4)
    passed(world, "orders", 1000, 8)
    care = nights(world)
    await care.look()
    world.clock.advance(SIX)
    assert await care.look() == ("report",)
    found = {row["link"]: row for row in world.shop.all(sync_day)}
    assert (found["ship"]["asked"], found["ship"]["failed"]) == (1000, 9)
    assert [sync_report.is_red(found[name]) for name in ("ship", "orders")] == [True, False]
    assert {row["day"] for row in found.values()} == {"2026-02-16"}
    red = next(row for row in world.shop.all(case) if row["kind"] == "link_red")
    assert json.loads(red["args_json"])["rate"] == "99.10"
    world.clock.advance(DAY)
    passed(world, "ship", 100, 0)
    world.clock.advance(DAY)
    await care.look()
    assert "link_red" not in world.open_cases(), "a day at or above the line settles it"


@pytest.mark.req("F091")
@pytest.mark.parametrize(("middle", "told"), [(59_999, False), (60_000, True)])
async def test_each_night_the_days_median_delay_is_computed_and_a_breach_told_both_ways_once(
    world: World, middle: int, told: bool
) -> None:
    told_by(world, MAIL, WECOM)
    passed(world, "orders", 3, 0, 1_000, 2_000, middle)
    passed(world, "orders", 2, 0, 90_000, 95_000)
    care = nights(world)
    await care.look()
    assert put_out(world) == [], "the day is not over"
    world.clock.advance(SIX)
    for _ in range(3):
        await care.look()
        world.clock.advance(HOUR)
    day = world.shop.all(sync_day)
    assert [(row["came"], row["median_ms"], row["p95_ms"]) for row in day] == [(5, middle, 95_000)]
    assert put_out(world) == ([MAIL, WECOM] if told else [])
    assert ("sync_slow" in world.open_cases()) is told
    report = sync_report
    with world.book.work(worker("test")) as work:
        report.make(work, world.room.laws.now, world.clock.now())
        work.commit()
    assert put_out(world) == ([MAIL, WECOM] if told else []), "made again, and told once"


@pytest.mark.req("F012")
@pytest.mark.parametrize(("waited_ms", "breach"), [(3_000, 0), (3_010, 1)])
async def test_goods_held_later_than_three_seconds_after_the_payment_are_a_breach(
    world: World, waited_ms: int, breach: int
) -> None:
    world.shop.hire("boss", "owner")
    world.watch._kept_at = world.watch._held_at = world.clock.now() - 1
    lines = (LineRecord("1", "LN-27", "p1", "亚麻遮光窗帘", "", 11, 100, 1100),)
    world.shop.receive(record("501", lines=lines), record("502"))
    world.clock.advance(waited_ms)
    world.shop.do("boss", AdjustStock("LN-27", world.shop.location_id, 40, "came in"))
    rows = {row["external_id"]: row for row in world.shop.all(orders)}
    assert rows["502"]["reserved_at"] == rows["502"]["paid_here_at"]
    assert rows["501"]["reserved_at"] - rows["501"]["paid_here_at"] == waited_ms
    world.clock.advance(5 * MINUTE)
    await world.watch.round()
    held = [row for row in world.shop.all(sync_sample) if row["link"] == "reserve"]
    assert [(row["asked"], row["failed"], row["p95_ms"]) for row in held] == [
        (2, breach, waited_ms)
    ]


@pytest.mark.req("F012")
async def test_goods_not_held_at_all_are_a_breach_and_each_payment_is_counted_once(
    world: World,
) -> None:
    world.watch._kept_at = world.watch._held_at = world.clock.now() - 1
    lines = (LineRecord("1", "LN-27", "p1", "亚麻遮光窗帘", "", 11, 100, 1100),)
    unpaid = {"raw_status": "pending", "raw_payment": "unpaid", "payment_proofs": ()}
    world.shop.receive(record("501", lines=lines), record("502", **unpaid))
    for _ in range(3):
        world.clock.advance(5 * MINUTE)
        await world.watch.round()
    held = [row for row in world.shop.all(sync_sample) if row["link"] == "reserve"]
    assert [(row["asked"], row["failed"], row["came"]) for row in held] == [(1, 1, 0)]


@pytest.mark.req("F063")
async def test_what_is_not_booked_after_a_quarter_of_an_hour_is_alerted_by_its_numbers(
    world: World,
) -> None:
    world.shop.receive(record("501"), record("502", raw_status="sent-to-moon"))
    await world.minutes(14)
    assert "intake_overdue" not in world.open_cases()
    world.shop.receive(record("503", raw_status="sent-to-moon"))
    await world.minutes(1)
    assert numbers(world) == {"n": 1, "ids": "502", "minutes": 15, "shop": "Shop"}
    await world.minutes(13)
    assert numbers(world)["ids"] == "502"
    await world.minutes(1)
    assert numbers(world)["ids"] == "502, 503", "the open alert says what is so now"
    later = world.clock.now()
    world.shop.receive(record("502", version=later), record("503", version=later))
    await world.minutes(1)
    assert "intake_overdue" not in world.open_cases()


def numbers(world: World) -> dict[str, object]:
    told = [row for row in world.shop.all(case) if row["kind"] == "intake_overdue"]
    assert [row["state"] for row in told] == ["open"], "one alert for the shop"
    found: dict[str, object] = json.loads(told[0]["args_json"])
    return found


# --- the group ------------------------------------------------------------------------------------


@dataclass
class Group:
    world: World
    sandbox: WecomSandbox
    pump: ChatPump
    address: str

    def states(self) -> list[str]:
        return [row["state"] for row in self.world.shop.all(outbox)]


@asynccontextmanager
async def group(world: World) -> AsyncIterator[Group]:
    """A WeCom group on this computer that the shop's owner names."""
    sandbox = WecomSandbox("k-1", world.clock.now)
    server, http = LocalServer(sandbox), Transport()
    url = await server.start()
    world.shop.hire("boss", "owner")
    address = f"{url}/cgi-bin/webhook/send?key=k-1"
    try:
        yield Group(world, sandbox, ChatPump(world.room, GroupRobot(http)), address)
    finally:
        await http.close()
        await server.stop()


@pytest.mark.req("F091")
async def test_a_group_is_greeted_and_told_of_a_bad_day_with_the_shop_and_its_figure(
    world: World,
) -> None:
    async with group(world) as one:
        world.shop.do("boss", SetWecom(one.address))
        await one.pump.round()
        passed(world, "orders", 1, 0, 75_000)
        care = nights(world)
        await care.look()
        world.clock.advance(SIX)
        await care.look()
        await one.pump.round()
        assert len(one.sandbox.said) == 2
        assert "Shop" in one.sandbox.said[1]
        assert "75.0" in one.sandbox.said[1]
        assert one.states() == ["done", "done"]
        kept = str([*world.shop.all(notice_route), *world.shop.all(outbox)])
        assert "k-1" not in kept, "who has the address may write into the group"


async def test_a_busy_robot_is_asked_later_and_one_that_is_gone_is_a_case(world: World) -> None:
    async with group(world) as one:
        for _ in range(21):
            world.shop.do("boss", SetWecom(one.address))
            await one.pump.round()
        assert one.states().count("done") == 20
        assert one.states()[-1] == "ready", "twenty a minute, and the next waits"
        world.clock.advance(15 * MINUTE)
        await one.pump.round()
        assert len(one.sandbox.said) == 21
        one.sandbox.fates.append("unavailable")
        world.shop.prove("boss")
        world.shop.do("boss", SetWecom(one.address))
        await one.pump.round()
        assert one.states()[-1] == "unknown"
        world.shop.do("boss", SetWecom(one.address.replace("k-1", "k-2")))
        await one.pump.round()
        assert world.open_cases() == ["chat_failed"]
        world.shop.do("boss", SetWecom(""))
        world.clock.advance(14 * MINUTE)
        await one.pump.round()
        assert "ready" not in one.states()


def test_only_a_robots_address_is_taken_and_a_long_text_is_cut_between_characters(
    world: World,
) -> None:
    world.shop.hire("boss", "owner")
    good = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abc"
    assert is_robot(good)
    for bad in (
        good.replace("https", "http"),
        good.replace("qyapi", "evil"),
        good.replace("send", "read"),
        good.partition("?")[0],
        "https://qyapi.weixin.qq.com@evil.example/cgi-bin/webhook/send?key=a",
    ):
        assert not is_robot(bad)
        with pytest.raises(BadValue):
            world.shop.do("boss", SetWecom(bad))
    long = fitted("单" * 1000)
    assert len(long.encode()) <= MOST_BYTES
    assert long.endswith("单…")
