"""The end-of-day sheet goes where the shop wants it, by itself at the day's end, never twice."""

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from app.commands.orders import SetPolicy
from app.commands.record import MakeSheet
from app.compose.house import _care
from app.domain.errors import BadValue, RuleRefused
from app.keeper import press_jobs
from app.keeper.day_sheets import DaySheets
from app.keeper.press_jobs import SheetJob, SheetPrint
from app.keeper.press_link import PressLink
from app.keeper.room import Room
from app.keeper.writer import Writer
from app.operations.laws import put_choice
from app.process.errors import Refused
from app.store.tables_record import audit, case
from app.store.work import Book
from printing.sheet import SheetDocument
from tests.operations.outbound_world import Shop, open_shop, record
from tests.worlds import MEI, FixedClock, SeededRng

HOUR = 3_600_000
DAY = 24 * HOUR
"""The clock starts on Monday 2026-02-16, at noon in Shanghai."""


class Press:
    """Takes sheets for its files and its one paper printer; every other printer is missing."""

    def __init__(self) -> None:
        self.paper: list[SheetDocument] = []
        self.files: list[tuple[str, SheetDocument]] = []

    async def run(self, kind: str, payload: bytes = b"") -> bytes:
        if kind == press_jobs.SHEET:
            drawn = press_jobs.read(payload, SheetJob)
            assert Path(drawn.out).parent.is_dir()
            self.files.append((drawn.out, drawn.document))
            return press_jobs.written(1)
        assert kind == press_jobs.SHEET_PRINT
        job = press_jobs.read(payload, SheetPrint)
        if job.printer != "Office":
            raise Refused("printer_missing", printer=job.printer)
        self.paper.append(job.document)
        return press_jobs.written(f"WD-{job.print_id}")


class End:
    """A shop, its press, and a keeper that looks what is due."""

    def __init__(self, book: Book, clock: FixedClock, folder: Path) -> None:
        self.shop: Shop = open_shop(book, "owner")
        self.shop.receive(record("501"), record("502"))
        self.clock, self.press = clock, Press()
        laws = self.shop.door.laws
        self.room = Room(book, Writer(), laws, clock, SeededRng(), lambda _changed: None)
        self.sheets = DaySheets(self.room, cast("PressLink", self.press), folder)

    async def look(self) -> tuple[str, ...]:
        """What a keeper started now does of its sheets."""
        beside = SimpleNamespace(running=None, record=SimpleNamespace(sheets=lambda: self.sheets))
        care = _care(self.room, cast("Any", beside), cast("Any", None))
        mine = tuple(routine for routine in care.routines if routine.name == "sheet")
        return await type(care)(self.room, mine).look()

    def choose(self, **choices: str) -> None:
        with self.room.book.work(MEI) as work:
            for name, value in choices.items():
                put_choice(work, name, value)
            work.tell("policy_set")
            work.commit()
        self.room.laws.renew()

    def entries(self, action: str) -> list[dict[str, Any]]:
        found = [row for row in self.shop.all(audit) if row["action"] == action]
        return [json.loads(row["detail_json"]) | {"result": row["result"]} for row in found]


@pytest.fixture
def end(book: Book, clock: FixedClock, tmp_path: Path) -> Iterator[End]:
    made = End(book, clock, tmp_path)
    yield made
    made.room.writer.close()


@pytest.mark.req("F172")
async def test_a_sheet_on_paper_bears_the_head_that_the_record_names(end: End) -> None:
    made = await end.sheets.make("Office")
    (paper,) = end.press.paper
    assert end.press.files == []
    assert (made.path, made.printer) == ("", "Office")
    (drawn,) = end.entries("sheet_drawn")
    sealed = next(row for row in end.shop.all(audit) if row["seq"] == drawn["seq"])
    assert drawn["hash"] == sealed["hash"].hex()
    said = end.room.laws.now.head_words.said(sealed["hash"], "en")
    assert said in paper.words
    assert (drawn["printer"], made.seq, made.en) == ("Office", sealed["seq"], said)
    assert [e["result"] for e in end.entries("sheet_settled")] == ["ok"]


async def test_a_printer_that_is_not_there_is_said_and_the_record_knows(end: End) -> None:
    with pytest.raises(Refused) as no:
        await end.sheets.make("Gone")
    assert no.value.code == "printer_missing"
    (ended,) = end.entries("sheet_settled")
    assert (ended["result"], ended["code"]) == ("failed", "printer_missing")
    assert end.shop.all(case) == [], "who asked was told; nobody else need look"


async def test_a_folder_that_cannot_be_written_is_said(end: End, tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("a file")
    with pytest.raises(Refused) as no:
        await end.sheets.make(f"pdf:{tmp_path / 'blocked' / 'more'}")
    assert no.value.code == "pdf_not_written"


async def test_no_sheet_is_sent_where_no_page_of_paper_comes_out(end: End) -> None:
    for printer in ("raw:10.0.0.9:9100", "raw-tspl:10.0.0.9:9100", "pdf:here"):
        with pytest.raises(BadValue):
            end.shop.do("owner", MakeSheet(printer))
        with pytest.raises(RuleRefused):
            end.shop.do("owner", SetPolicy("sheet_to", printer))


async def test_without_a_place_no_sheet_is_made_by_itself(end: End) -> None:
    await end.look()
    end.clock.advance(3 * DAY)
    assert await end.look() == ()
    assert end.entries("sheet_drawn") == []


@pytest.mark.req("F250")
async def test_the_sheet_is_made_once_at_the_cut_off_of_a_working_day(
    end: End, tmp_path: Path
) -> None:
    end.choose(sheet_to=f"pdf:{tmp_path / 'out'}", cut_off="16:00", working_days="12345")
    assert await end.look() == (), "today's is not due, and older days are not made up for"
    end.clock.advance(4 * HOUR - 1)
    assert await end.look() == ()
    end.clock.advance(1)
    assert await end.look() == ("sheet",)
    assert await end.look() == ()
    ((path, sheet),) = end.press.files
    assert path == str(tmp_path / "out" / "2026-02-16.pdf")
    assert "2026-02-16" in sheet.subtitle
    assert "16:00" in sheet.subtitle
    assert dict(sheet.rows)["新进订单"] == "2"


@pytest.mark.req("F250")
async def test_a_time_missed_while_all_was_closed_is_made_up_for_once_and_tells_of_its_day(
    end: End, tmp_path: Path
) -> None:
    end.choose(sheet_to=f"pdf:{tmp_path}", cut_off="16:00", working_days="12345")
    end.choose(holidays="2026-02-20")
    await end.look()
    end.clock.advance(5 * DAY)  # Saturday: Monday to Thursday were missed, Friday was off
    assert await end.look() == ("sheet",)
    assert await end.look() == ()
    ((path, sheet),) = end.press.files
    assert Path(path).name == "2026-02-19.pdf"
    assert "2026-02-21 12:00" in sheet.subtitle, "when it was made stands on it too"
    end.clock.advance(DAY)
    assert await end.look() == (), "Sunday is off"
    end.clock.advance(DAY + 4 * HOUR)
    assert await end.look() == ("sheet",)


async def test_a_time_of_its_own_goes_before_the_cut_off_and_eight_is_the_last_word(
    end: End,
) -> None:
    end.choose(sheet_to="Office")
    policy = end.room.laws.now.policy
    assert policy.sheet_time() == "20:00"
    end.choose(cut_off="16:00", sheet_at="18:30")
    await end.look()
    end.clock.advance(6 * HOUR)
    assert await end.look() == ()
    end.clock.advance(HOUR // 2)
    assert await end.look() == ("sheet",)
    assert len(end.press.paper) == 1


async def test_one_switched_off_and_on_again_makes_up_for_nothing(end: End) -> None:
    end.choose(sheet_to="Office", cut_off="16:00")
    await end.look()
    end.choose(sheet_to="")
    await end.look()
    end.clock.advance(30 * DAY)
    await end.look()
    end.choose(sheet_to="Office")
    assert await end.look() == ()
    end.clock.advance(4 * HOUR)
    assert await end.look() == ("sheet",)


async def test_one_that_failed_by_itself_is_an_exception_until_a_sheet_is_made(end: End) -> None:
    end.choose(sheet_to="Gone", cut_off="16:00")
    await end.look()
    end.clock.advance(DAY)
    assert await end.look() == ("sheet",)
    assert await end.look() == (), "it does not try all night"
    (opened,) = end.shop.all(case)
    assert (opened["kind"], opened["state"]) == ("sheet_failed", "open")
    await end.sheets.make("Office")
    (closed,) = end.shop.all(case)
    assert (closed["state"], closed["settled_reason"]) == ("settled", "sheet_made")
