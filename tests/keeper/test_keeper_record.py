"""The record is read beside the writer: with progress, a way to stop, and an end that is kept."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from app.commands.orders import SetPolicy
from app.commands.people import LockSession
from app.commands.record import (
    ExportRecord,
    MakeSheet,
    RecordWritten,
    Sheet,
    SheetMade,
    StopRecordWork,
    Verified,
    VerifyRecord,
)
from app.domain.audit import Head
from app.keeper.press_jobs import SHEET, SheetJob
from app.keeper.press_jobs import read as read_job
from app.keeper.press_link import PressLink
from app.keeper.record_desk import RecordDesk
from app.keeper.room import Room
from app.keeper.server import Ask
from app.keeper.witness import EVERY_MS, Witness
from app.keeper.writer import Writer
from app.operations import record_work
from app.rulebook import RESOURCES
from app.store import witnesses
from app.store.record_file import check
from app.store.tables import orders
from app.store.tables_catalogue import product
from app.store.tables_record import audit, case
from app.store.verify import PAGE
from app.store.work import Book
from printing.metrics import load_fonts
from printing.sheet import lay_out_sheet
from tests.operations.outbound_world import Shop, open_shop, record
from tests.store.test_store_verify import behind_our_back, over_the_guards
from tests.worlds import MEI, FixedClock, SeededRng


@dataclass
class Paper:
    """The press, as far as a sheet needs it: it lays the page out with the real fonts."""

    pages: list[str] = field(default_factory=list)

    async def run(self, kind: str, payload: bytes = b"") -> bytes:
        assert kind == SHEET
        job = read_job(payload, SheetJob)
        page = lay_out_sheet(job.document, load_fonts(RESOURCES / "fonts"))
        self.pages.append(page.text)
        return b""


@dataclass
class Desk:
    shop: Shop
    room: Room
    record: RecordDesk
    paper: Paper
    told: list[tuple[int, int, str]] = field(default_factory=list)

    async def ask(self, command: Any) -> Any:
        self.shop.do("auditor", command)
        asked = Ask(1, "", command, lambda *how: self.told.append(how))
        return await self.record.answer(asked)


@pytest.fixture
def desk(book: Book, clock: FixedClock, tmp_path: Path) -> Iterator[Desk]:
    shop = open_shop(book, "auditor", "agent")
    shop.receive(record("501"), record("502"))
    writer, paper = Writer(), Paper()
    room = Room(book, writer, shop.door.laws, clock, SeededRng(), lambda _: None)
    made = RecordDesk(room, cast("PressLink", paper), tmp_path)
    yield Desk(shop, room, made, paper)
    made.close()
    writer.close()


@pytest.mark.req("F172")
async def test_a_true_book_is_called_so_and_the_end_is_kept(desk: Desk) -> None:
    told = await desk.ask(VerifyRecord(7))
    assert isinstance(told, Verified)
    assert (told.found, told.stopped) == (0, False)
    assert told.entries == len(desk.shop.all(audit)) - 1  # the one that says how it ended
    assert desk.shop.all(audit)[-1]["action"] == "record_verified"
    assert desk.shop.all(case) == []


@pytest.mark.req("F172")
async def test_what_was_changed_outside_is_named_with_its_order_and_becomes_an_exception(
    desk: Desk,
) -> None:
    order_id = desk.shop.order("501")["id"]
    with behind_our_back(desk.room.book) as conn:
        conn.execute(orders.update().where(orders.c.id == order_id).values(total_minor=1))
        conn.exec_driver_sql(f"UPDATE line SET quantity = 9 WHERE order_id = {order_id}")
    told = await desk.ask(VerifyRecord(7))
    assert {(f.kind, f.order_id) for f in told.findings if f.table == "orders"} == {
        ("row_changed", order_id)
    }
    assert {f.order_id for f in told.findings if f.table == "line"} == {order_id}
    (opened,) = desk.shop.all(case)
    assert (opened["kind"], opened["priority"]) == ("record_broken", "P0")
    await desk.ask(VerifyRecord(8))
    assert len(desk.shop.all(case)) == 1


async def test_a_verification_tells_how_far_it_is_and_stops_when_asked(desk: Desk) -> None:
    with desk.room.book.work(MEI) as work:
        rows = [{"id": n, "sku": f"s{n}"} for n in range(50_000, 50_000 + 2 * PAGE)]
        work.insert(product, *rows)
        work.tell("many")
        work.commit()
    whole = await desk.ask(VerifyRecord(7))
    await asyncio.sleep(0)
    assert whole.rows > 2 * PAGE
    assert {words for _, _, words in desk.told} == {"record.verifying"}
    assert all(0 < done <= of for done, of, _ in desk.told)
    desk.shop.do("auditor", VerifyRecord(9))
    stop = Ask(2, "", StopRecordWork(9), lambda *_: None)

    def stop_at_once(*_how: object) -> None:
        asyncio.get_running_loop().create_task(desk.record.answer(stop))

    asked = Ask(3, "", VerifyRecord(9), stop_at_once)
    began = asyncio.create_task(desk.record.answer(asked))
    await asyncio.sleep(0)
    await desk.record.answer(stop)
    assert await began == Verified(stopped=True)
    before = [row for row in desk.shop.all(audit) if row["action"] == "record_verified"]
    assert len(before) == 1


@pytest.mark.req("F172")
async def test_a_sheet_on_paper_finds_a_tail_that_was_cut_off(desk: Desk) -> None:
    made = await desk.ask(MakeSheet())
    assert isinstance(made, SheetMade)
    page = " ".join("".join(desk.paper.pages).split())  # words may go on in the next line
    assert made.en in page
    assert made.zh in page
    assert f"{made.chain}/{made.seq}" in page
    typed = (Sheet(made.chain, made.seq, made.zh.replace(" ", "")),)
    assert (await desk.ask(VerifyRecord(7, typed))).found == 0
    with over_the_guards(desk.room.book) as conn:
        conn.exec_driver_sql(f"DELETE FROM audit WHERE seq > {made.seq - 2}")
        last = conn.exec_driver_sql("SELECT seq, hash FROM audit ORDER BY seq DESC").first()
        assert last is not None
        value = msgspec.json.encode((last[0], bytes(last[1]).hex())).decode()
        head = {"key": "audit_head:1", "value_json": value, "version": last[0]}
        head["row_mac"] = desk.room.book.shapes["setting"].seal_row(desk.room.book.keys, head)
        setting = desk.room.book.shapes["setting"].table
        conn.execute(setting.update().where(setting.c.key == "audit_head:1").values(head))
    desk.shop.do("agent", LockSession())
    told = await desk.ask(VerifyRecord(8, typed))
    assert {f.kind for f in told.findings} & {"entry_rewritten", "entry_cut"}


async def test_the_sheet_says_what_the_day_was(desk: Desk) -> None:
    await desk.ask(MakeSheet())
    (page,) = desk.paper.pages
    assert "日结单" in page
    assert "2026-02-16" in page
    assert "auditor：" in page
    lines = page.split("\n")
    assert lines[lines.index("新进订单") + 1] == "2"


@pytest.mark.parametrize("name", ["record.csv", "record.jsonl"])
async def test_the_record_is_written_to_a_file_that_verifies(
    desk: Desk, tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    told = await desk.ask(ExportRecord(str(path), "the accountant asks", job=5))
    assert told == RecordWritten(len(desk.shop.all(audit)))
    report = check(path, desk.room.book.keys.audit_mac)
    assert (report.entries, report.broken) == (told.entries, {})
    assert '"record_exported"' in path.read_text("utf-8-sig")
    assert "13812345678" not in path.read_text("utf-8-sig")
    assert desk.told[-1] == (told.entries, told.entries, "record.writing")


@pytest.mark.req("F172")
async def test_the_heads_are_kept_every_quarter_of_an_hour_and_find_an_older_book(
    desk: Desk, clock: FixedClock, tmp_path: Path
) -> None:
    witness = Witness(desk.room, tmp_path)
    assert await witness.look()
    assert not await witness.look()
    desk.shop.do("auditor", StopRecordWork(1))
    assert not await witness.look()
    clock.advance(EVERY_MS)
    assert await witness.look()
    clock.advance(EVERY_MS)
    assert not await witness.look()
    (path,) = witnesses.files(tmp_path)
    seen = witnesses.read_file(path)
    assert [head.seq for head in seen[1]] == sorted({head.seq for head in seen[1]})
    assert len(seen[1]) == 2
    assert (await desk.ask(VerifyRecord(7))).witnesses == 2
    witnesses.keep(path, clock.now(), [(1, Head(10_000, b"\x01" * 32))])
    told = await desk.ask(VerifyRecord(8))
    assert "entry_cut" in {f.kind for f in told.findings}


async def test_a_folder_that_is_gone_does_not_end_the_keeping(
    desk: Desk, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    desk.shop.hire("owner", "owner")
    blocked = tmp_path / "share"
    blocked.write_text("a file where a folder should be")
    desk.shop.do("owner", SetPolicy("heads_folder", str(blocked)))
    assert await Witness(desk.room, tmp_path).look()
    assert witnesses.files(tmp_path)[0].exists()
    assert "heads of the record were not kept" in caplog.text


def test_the_nightly_check_runs_at_night_or_once_when_it_was_missed(
    desk: Desk, clock: FixedClock
) -> None:
    def due() -> bool:
        with desk.room.book.work(MEI) as work:
            return record_work.is_due(work, desk.room.laws.now)

    assert due()
    asyncio.run(desk.record._read({}, 0, lambda _done, _of: None))
    assert not due()
    clock.advance(13 * 3_600_000)  # one in the morning
    assert not due()
    clock.advance(8 * 3_600_000)  # nine
    assert not due()
    clock.advance(3 * 3_600_000 + 1)
    assert due()
