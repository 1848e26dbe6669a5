"""Order files are taken in beside the writer: with progress, and a stop that loses nothing."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from app.commands.channels import ImportOrders, StopOrderImport
from app.domain.errors import BadValue, ImportUnreadable, NotAllowed
from app.keeper.order_file_desk import READING, TAKING, OrderFileDesk
from app.keeper.room import Room
from app.keeper.server import Ask
from app.keeper.writer import Writer
from app.store.tables import orders
from app.store.tables_record import audit, case
from app.store.work import Book
from tests.operations.order_files import DOUYIN
from tests.operations.outbound_world import Shop, open_shop
from tests.worlds import FixedClock, SeededRng

HEAD = (
    "订单号,状态,下单时间,付款时间,实付金额,运费,商家编码,商品,规格,数量,金额,"
    "收件人,电话,省,市,区,详细地址,买家留言,备注"
)


@dataclass
class Desk:
    shop: Shop
    desk: OrderFileDesk
    told: list[tuple[int, int, str]] = field(default_factory=list)
    stop_at: int = -1

    async def ask(self, command: Any, who: str = "lead") -> Any:
        self.shop.commands += 1
        session = self.shop.sessions[who]
        let_in = self.shop.door.do(self.shop.commands, command, session).result
        return await self.desk.answer(Ask(1, session, command, self._hear), let_in)

    def _hear(self, done: int, total: int, key: str) -> None:
        self.told.append((done, total, key))
        if key == TAKING and done >= self.stop_at >= 0:
            self.stop_at = -1
            self.desk._stopped.add(self.shop.sessions["lead"])


@pytest.fixture
def desk(book: Book, clock: FixedClock) -> Iterator[Desk]:
    shop, writer = open_shop(book, "lead", "packer"), Writer()
    room = Room(book, writer, shop.door.laws, clock, SeededRng(), lambda _: None)
    yield Desk(shop, OrderFileDesk(room))
    writer.close()


def sheet(folder: Path, count: int, *more: str, name: str = "orders.csv") -> str:
    rows = [
        f"A{n},待发货,2026-02-15 10:00:00,2026-02-15 10:01:00,10.00,0,HK-01,挂钩,,1,10.00,"
        "张小满,13812345678,浙江省,杭州市,萧山区,市心中路 1 号,,"
        for n in range(count)
    ]
    path = folder / name
    path.write_text("\n".join((HEAD, *rows, *more)) + "\n", "utf-8")
    return str(path)


@pytest.mark.req("F228")
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_a_file_is_looked_at_then_taken_in_with_progress_and_in_the_persons_name(
    desk: Desk, tmp_path: Path
) -> None:
    path = sheet(tmp_path, 45, "B1,待发货,2026-02-15 10:00:00,,10.00,0,HK-01,挂钩,,x,10.00,,,,,,,,")
    seen = await desk.ask(ImportOrders(path, preview=True))
    assert (seen.new, seen.mapping, seen.refused, desk.shop.all(orders)) == (45, "orders", 1, [])
    told = await desk.ask(ImportOrders(path))
    assert (told.new, told.stopped) == (45, False)
    assert desk.told[:1] == [(0, 0, READING)]
    assert [t for t in desk.told if t[2] == TAKING] == [(n, 45, TAKING) for n in (0, 20, 40, 45)]
    by = {r["actor"] for r in desk.shop.all(audit) if r["action"] in {"intake", "orders_imported"}}
    assert by == {"lead"}
    again = await desk.ask(ImportOrders(path))
    assert (again.new, again.changed, again.same) == (0, 0, 45)


@pytest.mark.req("F228")
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_who_stops_it_keeps_whole_orders_and_the_same_file_goes_on(
    desk: Desk, tmp_path: Path
) -> None:
    path = sheet(tmp_path, 45)
    desk.stop_at = 20
    stopped = await desk.ask(ImportOrders(path))
    assert (stopped.stopped, stopped.new, len(desk.shop.all(orders))) == (True, 40, 40)
    went_on = await desk.ask(ImportOrders(path))
    assert (went_on.stopped, went_on.new, went_on.same) == (False, 5, 40)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_a_stop_is_for_the_file_of_the_one_who_asks(desk: Desk, tmp_path: Path) -> None:
    assert await desk.ask(StopOrderImport()) is None
    desk.shop.hire("owner", "owner")
    assert (await desk.ask(ImportOrders(sheet(tmp_path, 5)), "owner")).new == 5
    assert (await desk.ask(ImportOrders(sheet(tmp_path, 6)))).new == 1
    assert [r["action"] for r in desk.shop.all(audit)].count("orders_import_stopped") == 1


@pytest.mark.req("F106")
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_the_refused_rows_are_saved_with_their_reasons_and_no_formula(
    desk: Desk, tmp_path: Path
) -> None:
    bad = "B1,待发货,2026-02-15 10:00:00,,10.00,0,HK-01,挂钩,,=1+1,10.00,,,,,,,,"
    out = tmp_path / "refused.csv"
    path = sheet(tmp_path, 1, bad)
    await desk.ask(ImportOrders(path, preview=True, rejects=str(out)))
    assert list(csv.reader(out.read_text("utf-8-sig").splitlines()))[1:] == [
        ["3", "数量", "not_a_quantity", "'=1+1"]
    ]
    for wrong in ("refused.csv", str(tmp_path / "refused.exe"), str(tmp_path / "no" / "x.csv")):
        with pytest.raises(BadValue):
            await desk.ask(ImportOrders(path, preview=True, rejects=wrong))


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_who_may_not_is_stopped_at_the_door_and_a_bad_file_brings_nothing(
    desk: Desk, tmp_path: Path
) -> None:
    path = str(DOUYIN.saved(tmp_path))
    with pytest.raises(NotAllowed):
        await desk.ask(ImportOrders(path), "packer")
    with pytest.raises(ImportUnreadable, match="import_unreadable"):
        await desk.ask(ImportOrders(path, "orders"))
    assert desk.shop.all(orders) == []


BAD = "B1,待发货,2026-02-15 10:00:00,,10.00,0,HK-01,挂钩,,x,10.00,,,,,,,,"


@pytest.mark.req("F224")
async def test_a_burst_that_came_by_a_file_is_counted_and_what_is_missing_is_named(
    desk: Desk, tmp_path: Path
) -> None:
    path = sheet(tmp_path, 3, BAD)
    seen = await desk.ask(ImportOrders(path, preview=True, stated=6))
    assert (seen.differs, seen.here, seen.lacking, seen.unnamed) == (True, 3, ("B1",), 2)
    assert desk.shop.all(case) == []
    told = await desk.ask(ImportOrders(path, stated=6))
    assert (told.differs, told.here, told.lacking, told.unnamed) == (True, 3, ("B1",), 2)
    only = {"stated": 6, "here": 3, "n": 1, "ids": "B1", "unnamed": 2}
    assert [(state, only.items() <= args.items()) for state, args in counts(desk)] == [
        ("open", True)
    ]
    sheet(tmp_path, 5, BAD)
    again = await desk.ask(ImportOrders(path, stated=6))
    assert (again.differs, again.here, again.unnamed) == (True, 5, 0)
    assert [(state, args["here"]) for state, args in counts(desk)] == [("open", 5)]
    sheet(tmp_path, 6)
    agreed = await desk.ask(ImportOrders(path, stated=6))
    assert (agreed.differs, agreed.here, agreed.lacking) == (False, 6, ())
    assert [state for state, _args in counts(desk)] == ["settled"]


@pytest.mark.req("F224")
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_an_agreeing_burst_settles_no_other_and_nobody_is_alarmed_without_a_count(
    desk: Desk, tmp_path: Path
) -> None:
    short = await desk.ask(ImportOrders(sheet(tmp_path, 2), stated=3))
    assert (short.differs, short.lacking, short.unnamed) == (True, (), 1)
    second = sheet(tmp_path, 5, name="evening.csv")
    assert not (await desk.ask(ImportOrders(second, stated=5))).differs
    assert not (await desk.ask(ImportOrders(sheet(tmp_path, 2, BAD)))).differs
    assert [state for state, _args in counts(desk)] == ["open"]
    more = await desk.ask(ImportOrders(sheet(tmp_path, 2), stated=1))
    assert (more.differs, more.here, more.unnamed) == (True, 2, -1)
    with pytest.raises(BadValue):
        await desk.ask(ImportOrders(second, stated=-1))


def counts(desk: Desk) -> list[tuple[str, dict[str, Any]]]:
    """Each exception about a count: its state and what fills its sentence."""
    found = [row for row in desk.shop.all(case) if row["kind"] == "count_differs"]
    return [(row["state"], json.loads(row["args_json"])) for row in found]
