"""Products are taken in beside the writer: with progress, and a way to stop that loses nothing."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from app.commands.catalogue_import import (
    FetchProducts,
    ImportProducts,
    StopImport,
    TakenBack,
    UndoImport,
)
from app.domain.errors import ImportUnreadable
from app.domain.errors_catalogue import NoProductList
from app.keeper.effect_pump import Outlet
from app.keeper.product_desk import READING, TAKING, UNDOING, ProductDesk
from app.keeper.room import Room
from app.keeper.server import Ask
from app.keeper.writer import Writer
from app.operations.product_walk import Walk
from app.rulebook import Rulebook
from app.store.tables_catalogue import listing, product, product_import
from app.store.tables_record import audit
from app.store.work import Book, Work
from sync.sandbox.faults import Fault
from sync.sandbox.woo_auth import ApiKey
from sync.sandbox.woocommerce import WooSandbox, WooSetup
from tests.operations.outbound_world import Shop, open_shop
from tests.sync.sync_world import HandClock, Straight, woo
from tests.worlds import FixedClock, SeededRng


@dataclass
class Desk:
    shop: Shop
    desk: ProductDesk
    box: WooSandbox
    told: list[tuple[int, int, str]] = field(default_factory=list)
    stop_at: int = -1
    stops: str = TAKING

    async def ask(self, command: Any) -> Any:
        self.shop.commands += 1
        session = self.shop.sessions["lead"]
        begun = self.shop.door.do(self.shop.commands, command, session).result
        return await self.desk.answer(Ask(1, session, command, self._hear), begun)

    def _hear(self, done: int, total: int, key: str) -> None:
        self.told.append((done, total, key))
        if key == self.stops and done >= self.stop_at >= 0:
            self.stop_at = -1
            running = self.shop.all(product_import)[-1]["id"]
            self.shop.do("lead", StopImport(running))


@pytest.fixture
def desk(book: Book, clock: FixedClock) -> Iterator[Desk]:
    shop, writer, hand = open_shop(book, "lead"), Writer(), HandClock()
    box = WooSandbox(WooSetup((ApiKey("ck_shop", "cs_shop"),)), hand.now_s, random.Random(7))
    nonces = count(1)
    channel = woo("http://shop", Straight(box), hand, lambda: f"{next(nonces):040x}")
    room = Room(book, writer, shop.door.laws, clock, SeededRng(), lambda _: None)
    outlets = {
        shop.channel_id: Outlet(channel, cast("Any", None)),
        77: Outlet(cast("Any", SimpleNamespace()), cast("Any", None)),
    }
    yield Desk(shop, ProductDesk(room, outlets), box)
    writer.close()


def sheet(folder: Path, rows: int) -> str:
    path = folder / "goods.csv"
    lines = [f"P-{n},Product {n},{n % 7}" for n in range(rows)]
    path.write_text("\n".join(("sku,title,stock", *lines)), "utf-8")
    return str(path)


@pytest.mark.req("F248")
async def test_a_file_is_taken_in_with_its_progress_and_in_the_persons_name(
    desk: Desk, tmp_path: Path
) -> None:
    path = sheet(tmp_path, 250)
    foreseen = await desk.ask(ImportProducts(path, "", desk.shop.location_id, preview=True))
    assert (foreseen.added, foreseen.import_id, len(desk.shop.all(product))) == (250, 0, 2)
    brought = await desk.ask(ImportProducts(path, "", desk.shop.location_id))
    assert (brought.added, brought.state, brought.rows) == (250, "done", 250)
    taking = [told for told in desk.told if told[2] == TAKING]
    assert taking[-3:] == [(n, 250, TAKING) for n in (120, 248, 250)]
    assert {r["changed_by"] for r in desk.shop.all(product)[2:]} == {"lead"}
    again = await desk.ask(ImportProducts(path, "", desk.shop.location_id))
    assert (again.added, again.changed, again.same) == (0, 0, 250)


@pytest.mark.req("F248")
async def test_who_stops_an_import_keeps_the_pieces_that_were_done(
    desk: Desk, tmp_path: Path
) -> None:
    desk.stop_at = 100
    brought = await desk.ask(ImportProducts(sheet(tmp_path, 250)))
    assert (brought.state, brought.added) == ("stopped", 120)
    row = desk.shop.all(product_import)[0]
    assert (row["state"], row["added"]) == ("stopped", 120)


@pytest.mark.req("F248")
async def test_an_import_goes_back_with_its_progress_and_can_be_stopped_and_gone_on_with(
    desk: Desk, tmp_path: Path
) -> None:
    brought = await desk.ask(ImportProducts(sheet(tmp_path, 70), "", desk.shop.location_id))
    desk.stop_at, desk.stops = 30, UNDOING
    stopped = await desk.ask(UndoImport(brought.import_id))
    assert (stopped.state, 30 <= stopped.undone < 130) == ("part_undone", True)
    assert (stopped.undone, 130, UNDOING) in desk.told
    told: TakenBack = await desk.ask(UndoImport(brought.import_id))
    assert (told.state, told.undone, told.left) == ("undone", 130, 0)
    assert len(desk.shop.all(product)) == 2
    by = [r["actor"] for r in desk.shop.all(audit) if r["action"] == "import_piece_undone"]
    assert set(by) == {"lead"}


async def test_pieces_of_an_import_hold_the_writer_about_ten_milliseconds(
    desk: Desk, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On this clock a transaction takes 2 ms, and each of its rows half a millisecond."""
    held: list[int] = []
    usual = Walk.step

    def slow(walk: Walk, work: Work, rules: Rulebook, rows: int) -> int:
        done = usual(walk, work, rules, rows)
        held.append(done)
        clock.advance_us(2_000 + 500 * done)
        return done

    monkeypatch.setattr(Walk, "step", slow)
    await desk.ask(ImportProducts(sheet(tmp_path, 400)))
    assert sum(held) == 400
    assert {2 + n / 2 for n in held[6:-1]} <= {9.0, 9.5, 10.0}


async def test_a_file_that_cannot_be_read_leaves_no_import_running(
    desk: Desk, tmp_path: Path
) -> None:
    with pytest.raises(ImportUnreadable):
        await desk.ask(ImportProducts(str(tmp_path / "nothing.csv")))
    assert [r["state"] for r in desk.shop.all(product_import)] == ["stopped"]


@pytest.mark.req("F248")
async def test_what_a_real_shop_sells_is_taken_in_page_by_page(desk: Desk) -> None:
    shop = desk.box.shop
    for n in range(130):
        shop.stock_product(f"P-{n}", f"Product {n}", n, weight="0.5")
    shop.stock_product("", "No code", 3)
    brought = await desk.ask(FetchProducts(desk.shop.channel_id, desk.shop.location_id))
    assert (brought.added, brought.refused, brought.stocked) == (130, 1, 129)
    assert (100, 131, READING) in desk.told
    assert len(desk.shop.all(listing)) == 131
    again = await desk.ask(FetchProducts(desk.shop.channel_id, desk.shop.location_id))
    assert (again.added, again.changed, again.same, again.stocked) == (0, 0, 130, 0)


async def test_a_shop_without_a_list_or_out_of_reach_is_said_by_its_name(desk: Desk) -> None:
    desk.box.faults.plan(Fault("throttle", "GET"))
    with pytest.raises(NoProductList) as refused:
        await desk.ask(FetchProducts(desk.shop.channel_id))
    assert refused.value.details == {"shop": "Shop"}
    outlets = {desk.shop.channel_id: Outlet(cast("Any", SimpleNamespace()), cast("Any", None))}
    desk.desk = ProductDesk(desk.desk.room, outlets)
    with pytest.raises(NoProductList):
        await desk.ask(FetchProducts(desk.shop.channel_id, preview=True))
    assert {r["state"] for r in desk.shop.all(product_import)} == {"stopped"}
