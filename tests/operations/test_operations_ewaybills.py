"""One batch of orders of several platforms: each gets its number from its own platform alone."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest

from app.commands.parcels import PrintLabels, TakeWaybills, VoidWaybill
from app.compose.connectors import makers_of
from app.compose.makers.tools import Tools
from app.domain.actor import worker
from app.keeper.label_round import LabelRound
from app.keeper.outlet_round import OutletRound
from app.keeper.room import Room
from app.keeper.token_shelf import BookShelf
from app.keeper.waybill_pump import WaybillPump
from app.operations import intake, waybill_intents
from app.operations.channel_keys import ACCOUNTS
from app.store import accounts, label_data, status_rows
from app.store.tables import channel, waybill
from app.store.tables_labels import outlet
from app.store.verify import verify
from app.store.work import Book
from sync.errors import Rejected
from sync.ports import Carrier
from sync.records import Batch
from sync.transport import Transport, TransportLimits
from sync.waybill_records import WaybillAsk
from tests.operations.carrier_world import AtOnce
from tests.operations.ewaybill_sides import LEFT, SIDES, Row, Side, listening, read
from tests.operations.outbound_world import Shop, open_shop
from tests.worlds import CountingIds, FixedClock, SeededRng


@dataclass
class Day:
    """A shop with one order on each platform, and an account at each platform's e-waybill."""

    shop: Shop
    room: Room
    clock: FixedClock
    sides: dict[str, Side] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    carriers: dict[int, Carrier] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)

    def orders(self) -> tuple[int, ...]:
        """The orders' ids, one of each platform."""
        return tuple(self.shop.order(number)["id"] for number in self.numbers.values())

    def at(self, name: str) -> Carrier:
        """The connector of one e-waybill."""
        return next(one for pk, one in self.carriers.items() if self.names[pk] == name)

    async def until(self, state: str) -> None:
        """Let time pass until every waybill is in this state."""
        pump = WaybillPump(self.room, self.carriers)
        for _ in range(40):
            await pump.round()
            if {row["state"] for row in self.shop.all(waybill)} == {state}:
                return
            self.clock.advance(60_000)
        raise AssertionError([row["state"] for row in self.shop.all(waybill)])


@asynccontextmanager
async def batch(book: Book, clock: FixedClock) -> AsyncIterator[Day]:
    """Every platform's order read by its own channel, its account made by its own maker."""
    shop = open_shop(book, "lead", "packer", "owner")
    room = Room(book, AtOnce(), shop.door.laws, clock, SeededRng(), lambda _changed: None)  # type: ignore[arg-type]
    http = Transport(TransportLimits(connect_s=2, read_s=2, total_s=5))
    tools = Tools(http, clock, CountingIds(), SeededRng())
    day = Day(shop, room, clock)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(http.close)
        for row in SIDES:
            side, address = await stack.enter_async_context(listening(row, clock.now))
            await _open(day, row, side, address, tools)
        shop.flow()
        yield day


async def _open(day: Day, row: Row, side: Side, address: str, tools: Tools) -> None:
    shop, number = day.shop, side.place()
    day.sides[row.platform], day.numbers[row.platform] = side, number
    keys, account = side.keys(address)
    told = await read(row, keys, number, tools)
    with shop.book.work(worker("setup")) as work:
        pk = work.ids.next()
        values = {"id": pk, "platform": row.platform, "name": row.platform}
        work.insert(channel, values | {"zone": "Asia/Shanghai", "currency": "CNY"})
        status_rows.seed(work, shop.door.laws.now.status, row.platform, "en")
        account_id = accounts.put_carrier(work, row.carrier, row.carrier, account)
        kept = next(one for one in accounts.carriers(work) if one["id"] == account_id)
        work.tell("shop_opened", "channel", pk)
        work.commit()
    intake.take(intake.Way(shop.book, shop.door.laws.now, pk), Batch((told,), (), "c", False))
    shelf = BookShelf(day.room, account_id, lambda _version: None, ACCOUNTS)
    made = makers_of(tools, shop.door.laws).carrier(kept, account, shelf)
    day.carriers[account_id], day.names[account_id] = made, row.carrier


@pytest.mark.req("F227")
async def test_each_order_of_a_batch_gets_its_own_platforms_number_label_and_balance(
    book: Book, clock: FixedClock
) -> None:
    async with batch(book, clock) as day:
        told = day.shop.do("lead", TakeWaybills(day.orders()))
        assert (told["refused"], len(told["done"])) == ([], len(SIDES))
        for side in day.sides.values():
            side.lose_an_answer()
        await day.until("live")
        await LabelRound(day.room, day.carriers).round()
        live = {row["order_id"]: row for row in day.shop.all(waybill)}
        for row in SIDES:
            side, number = day.sides[row.platform], day.numbers[row.platform]
            mine = live[day.shop.order(number)["id"]]
            assert mine["carrier_account"].split(":")[0] == row.carrier
            # One number, for this order, at this platform, though its first answer was lost.
            assert side.taken() == {mine["carrier_no"]: number}
            with book.work(worker("test")) as work:
                kept = label_data.of(work, mine["id"])
            assert kept is not None
            assert kept.content == side.label(mine["carrier_no"])
            assert bool(kept.template_url) is row.form
            assert side.left() == LEFT - 1
        await OutletRound(day.room, day.carriers).round()
        shown = {one["account_id"]: one["remaining"] for one in day.shop.all(outlet)}
        assert shown == dict.fromkeys(day.carriers, LEFT - 1)
        printed = day.shop.do("packer", PrintLabels(day.orders(), "pdf:out"))
        assert {code for _id, code in printed["refused"]} == {"platform_label"}
        assert verify(book).ok


@pytest.mark.req("F227")
async def test_a_foreign_order_is_refused_here_and_by_every_platform(
    book: Book, clock: FixedClock
) -> None:
    async with batch(book, clock) as day:
        day.shop.do("lead", TakeWaybills(day.orders()))
        for mine in SIDES:
            carrier, side = day.at(mine.carrier), day.sides[mine.platform]
            for other in SIDES:
                if other is mine:
                    continue
                # Told whose it is, our own side asks nobody.
                with pytest.raises(Rejected) as ours:
                    carrier.prepare(asked(day, other))
                assert ours.value.code == "ewaybill_foreign_order"
                # Told that it is the platform's own, the platform says no.
                theirs_no = side.foreign(day.numbers[other.platform])
                lie = replace(asked(day, mine), order_id=theirs_no)
                with pytest.raises(Rejected) as theirs:
                    await carrier.create(lie.reference, carrier.prepare(lie))
                assert theirs.value.code == "ewaybill_foreign_order"
                assert theirs.value.foreign_code
            assert side.taken() == {}
            assert side.left() == LEFT


def asked(day: Day, row: Row) -> WaybillAsk:
    """What the shop asks for its order on one platform."""
    order_id = day.shop.order(day.numbers[row.platform])["id"]
    found = next(one for one in day.shop.all(waybill) if one["order_id"] == order_id)
    with day.shop.book.work(worker("test")) as work:
        return waybill_intents.wanted(work, found).ask


@pytest.mark.req("F227")
async def test_numbers_given_back_are_free_again_on_each_platform(
    book: Book, clock: FixedClock
) -> None:
    async with batch(book, clock) as day:
        day.shop.do("lead", TakeWaybills(day.orders()))
        await day.until("live")
        day.shop.one_suffices()
        for row in day.shop.all(waybill):
            day.shop.do("lead", VoidWaybill(row["id"], "packed twice"))
        await day.until("voided")
        assert [side.taken() for side in day.sides.values()] == [{}] * len(SIDES)
        assert day.shop.do("lead", TakeWaybills(day.orders()))["refused"] == []
        pump = WaybillPump(day.room, day.carriers)
        await pump.round()
        for row in SIDES:
            assert list(day.sides[row.platform].taken().values()) == [day.numbers[row.platform]]
