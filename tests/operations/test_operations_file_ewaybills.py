"""Orders from a platform's export get their numbers from that platform's own e-waybill alone."""

from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.commands.parcels import TakeWaybills
from app.compose.connectors import carrier_of
from app.compose.makers.tools import Account, Tools
from app.domain.actor import worker
from app.keeper.label_round import LabelRound
from app.keeper.room import Room
from app.keeper.waybill_pump import WaybillPump
from app.operations.import_map import map_from, read_table
from app.operations.import_orders import Importer, map_path, read_file
from app.store import label_data
from app.store.tables import waybill
from app.store.verify import verify
from app.store.work import Book
from sync.ports import Outlets
from sync.sandbox.http import LocalServer
from sync.transport import Transport
from tests.operations.carrier_world import AtOnce
from tests.operations.ewaybill_world import connect
from tests.operations.file_ewaybill_sides import FILE_SIDES, LEFT, FileRow, FileSide
from tests.operations.outbound_world import Shop, open_shop
from tests.worlds import CountingIds, FixedClock, SeededRng

HEAD = (
    "订单号,状态,下单时间,付款时间,实付金额,运费,商家编码,商品,规格,数量,金额,收件人,电话,"
    "省,市,区,详细地址,买家留言,备注"
)
ROUNDS = 40


@dataclass
class Day:
    """A shop with orders from one platform's file, and that platform."""

    shop: Shop
    side: FileSide
    carriers: dict[int, Any]
    room: Room
    clock: FixedClock

    async def pump(self) -> None:
        """Until nothing is under way any more, hours going by."""
        pump = WaybillPump(self.room, self.carriers)
        for _ in range(ROUNDS):
            await pump.round()
            self.clock.advance(60_000)
            if all(row["state"] == "live" for row in self.shop.all(waybill)):
                return

    def ids(self, numbers: list[str]) -> tuple[int, ...]:
        return tuple(self.shop.order(one)["id"] for one in numbers)


def bring(shop: Shop, folder: Path, row: FileRow, numbers: list[str], name: str = "") -> None:
    """Take in an export of these orders by a mapping the shop wrote for it."""
    table = read_table(map_path("orders")) | {"name": name or row.mapping, "hides_receivers": True}
    lines = [
        f"{one},待发货,2026-02-16 10:00:00,2026-02-16 10:01:00,9.90,0,LN-27,窗帘,,1,9.90,"
        f"{row.receiver},,"
        for one in numbers
    ]
    path = folder / f"{name or row.mapping}.csv"
    path.write_text("\n".join((HEAD, *lines)) + "\n", "utf-8")
    file_map = map_from(table, "mapping.toml")
    told = Importer(shop.book, shop.door.laws.now).run(read_file(path, file_map), file_map)
    assert (told.new, told.refused) == (len(numbers), 0)


@asynccontextmanager
async def opened(book: Book, clock: FixedClock, row: FileRow):
    """The shop with one account of the e-waybill, on a port of this computer."""
    shop = open_shop(book, "lead", "packer")
    side = row.opened(clock.now)
    server = LocalServer(side.handler)
    address = await server.start()
    http = Transport()
    tools = Tools(http, clock, CountingIds(), SeededRng())  # type: ignore[arg-type]
    fields = side.fields(address)
    pk = connect(shop, row.carrier, **fields)
    carriers = {pk: carrier_of(row.carrier, Account(fields), tools)}
    room = Room(book, AtOnce(), shop.door.laws, clock, SeededRng(), lambda _changed: None)  # type: ignore[arg-type]
    try:
        yield Day(shop, side, carriers, room, clock)
    finally:
        await http.close()
        await server.stop()


@pytest.mark.req("F227")
@pytest.mark.parametrize("row", FILE_SIDES, ids=lambda one: one.carrier)
async def test_orders_of_a_platforms_export_get_one_number_each_from_its_own_ewaybill(
    book: Book, clock: FixedClock, tmp_path: Path, row: FileRow
) -> None:
    async with opened(book, clock, row) as day:
        numbers = [day.side.place(at) for at in range(3)]
        bring(day.shop, tmp_path, row, numbers)
        day.shop.flow()
        day.side.lose_an_answer()
        assert day.shop.do("lead", TakeWaybills(day.ids(numbers)))["refused"] == []
        await day.pump()
        labels = day.shop.all(waybill)
        assert {one["carrier_account"].split(":")[0] for one in labels} == {row.carrier}
        by_order = {one["order_id"]: one["carrier_no"] for one in labels}
        taken = day.side.taken()
        assert taken == {one: [by_order[day.shop.order(one)["id"]]] for one in numbers}
        await LabelRound(day.room, day.carriers).round()
        with book.work(worker("test")) as work:
            kept = [label_data.of(work, one["id"]) for one in labels]
        assert [one.component for one in kept if one] == [row.component] * 3
        (carrier,) = day.carriers.values()
        assert isinstance(carrier, Outlets)
        assert [one.left for one in await carrier.outlets()] == [LEFT - 3]
        await carrier.void(labels[0]["intent_key"], labels[0]["carrier_no"])
        assert labels[0]["carrier_no"] not in [
            n for found in day.side.taken().values() for n in found
        ]
        assert verify(book).ok


@pytest.mark.req("F227")
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("row", FILE_SIDES, ids=lambda one: one.carrier)
async def test_an_order_of_another_platforms_export_gets_no_number_there(
    book: Book, clock: FixedClock, tmp_path: Path, row: FileRow
) -> None:
    async with opened(book, clock, row) as day:
        numbers = [day.side.place(1)]
        bring(day.shop, tmp_path, row, numbers, name="another_shop")
        day.shop.flow()
        told = day.shop.do("lead", TakeWaybills(day.ids(numbers)))
        assert [code for _id, code in told["refused"]] == ["receiver_sealed"]
        await day.pump()
        assert (day.side.taken(), day.side.left()) == ({}, LEFT)
