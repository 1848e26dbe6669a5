"""A computer's printer is tried with a page of its own, and one that is gone loses no label."""

import asyncio
import base64
import re
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from PIL import Image, ImageOps

from app.commands.channels import PrintTestPage, ProofPage
from app.commands.orders import SetPolicy
from app.domain.errors import NotAllowed, WaydeskError
from app.keeper.house import Beside, Commands
from app.keeper.printer_test import PrinterTest
from app.keeper.raw_printing import RawPrinting
from app.keeper.server import Ask
from app.operations.door import Door
from app.rulebook import RESOURCES
from app.store.tables_record import audit
from app.store.work import Book
from tests.operations.press_world import PrintRoom, number_of, print_room
from tests.printing.symbol_readers import read_zxing
from tests.printing.test_printing_raw import FakePrinter, status
from tests.worlds import FixedClock

_FIELD = re.compile(rb"\^GFA,(\d+),\d+,(\d+),:Z64:([^:]+):")
Asking = Callable[..., Awaitable[ProofPage]]


@pytest.fixture
def room(book: Book, clock: FixedClock, tmp_path: Path) -> PrintRoom:
    made = print_room(book, clock, tmp_path / "labels")
    made.shop.hire("owner", "owner")
    made.shop.hire("agent", "agent")
    return made


@pytest.fixture
def ask(room: PrintRoom) -> Asking:
    """Asks for a test page as a desk does: through the keeper's door."""
    test = PrinterTest(room.room, room.press, RawPrinting(RESOURCES), f"pdf:{room.folder}")  # type: ignore[arg-type]
    beside = Beside(*(None, room.press, None, None, test, None, None, None, None, None, None, None))  # type: ignore[arg-type]
    door: Door = room.shop.door
    commands = Commands(room.room, door, beside, lambda: None)
    numbers = iter(range(90_000, 91_000))

    async def asked(printer: str, who: str = "packer") -> ProofPage:
        session = room.shop.sessions[who]
        command = PrintTestPage(printer)
        call = Ask(next(numbers), session, command, lambda _done, _total, _key: None)
        found = (await commands.handle(call)).result
        assert isinstance(found, ProofPage)
        return found

    return asked


@asynccontextmanager
async def listening(fake: FakePrinter) -> AsyncIterator[str]:
    server = await asyncio.start_server(fake.serve, "127.0.0.1", 0)
    async with server:
        yield f"raw:127.0.0.1:{server.sockets[0].getsockname()[1]}"


def picture(job: bytes) -> Image.Image:
    """What a printer makes of a label job: white paper, black dots."""
    found = _FIELD.search(job)
    assert found is not None
    total, step, packed = int(found[1]), int(found[2]), found[3]
    dots = zlib.decompress(base64.b64decode(packed))
    image = Image.frombytes("1", (8 * step, total // step), dots)
    paper = Image.new("1", (image.width + 40, image.height + 40), 1)
    paper.paste(ImageOps.invert(image.convert("L")).convert("1"), (20, 20))
    return paper


def record_of(room: PrintRoom, action: str) -> list[dict[str, str]]:
    told = [row for row in room.shop.all(audit) if row["action"] == action]
    return [
        {"result": row["result"], **msgspec.json.decode(row["detail_json"] or "{}")} for row in told
    ]


async def test_the_code_on_the_paper_is_the_one_the_desk_was_told(
    room: PrintRoom, ask: Asking
) -> None:
    fake = FakePrinter([status(), status()])
    async with listening(fake) as printer:
        page = await ask(printer)
    assert page.printer == printer
    assert read_zxing(picture(fake.taken)) == {"Code128": page.code, "QRCode": page.code}
    assert [said["printer"] for said in record_of(room, "test_page_settled")] == [printer]
    assert len(record_of(room, "test_page_asked")) == 1


async def test_each_page_has_a_code_of_its_own_and_needs_no_order(
    room: PrintRoom, ask: Asking
) -> None:
    pages = [await ask("Thermal 2"), await ask("Thermal 2")]
    assert room.press.paper == [(page.code, 1) for page in pages]
    assert pages[0].code != pages[1].code
    assert room.jobs() == []


async def test_a_page_for_no_printer_goes_where_the_shops_labels_go(
    room: PrintRoom, ask: Asking, tmp_path: Path
) -> None:
    page = await ask("")
    assert page.printer == f"pdf:{room.folder}"
    assert (room.folder / f"{page.code}.pdf").read_text().startswith(page.code)
    room.shop.do("owner", SetPolicy("label_printer", f"pdf:{tmp_path / 'other'}"))
    page = await ask("")
    assert (tmp_path / "other" / f"{page.code}.pdf").exists()


async def test_only_who_sets_this_computer_up_may_print_a_page(
    room: PrintRoom, ask: Asking
) -> None:
    with pytest.raises(NotAllowed):
        await ask("Thermal 2", "agent")
    assert room.press.paper == []


@pytest.mark.parametrize(
    ("printer", "code"),
    [
        ("raw:127.0.0.1:1", "printer_not_ready"),
        ("raw:nowhere", "unknown_printer"),
        ("pdf:{file}/labels", "pdf_not_written"),
    ],
)
async def test_a_page_that_cannot_be_printed_says_why_and_stands_in_the_record(
    room: PrintRoom, ask: Asking, tmp_path: Path, printer: str, code: str
) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(WaydeskError) as no:
        await ask(printer.format(file=tmp_path / "file"))
    assert no.value.code == code
    assert [(s["result"], s["code"]) for s in record_of(room, "test_page_settled")] == [
        ("failed", code)
    ]


async def test_a_printer_out_of_paper_says_so(room: PrintRoom, ask: Asking) -> None:
    fake = FakePrinter([status(paper_out=1)])
    async with listening(fake) as printer:
        with pytest.raises(WaydeskError) as no:
            await ask(printer)
    assert (no.value.code, no.value.details["why"]) == ("printer_not_ready", "paper_out")
    assert fake.taken == b""


@pytest.mark.parametrize(
    ("printer", "error"),
    [("raw:127.0.0.1:1", "no_connection"), ("pdf:{file}/labels", "pdf_not_written")],
)
async def test_a_label_whose_printer_is_gone_prints_on_another_as_the_first_copy(
    room: PrintRoom, tmp_path: Path, printer: str, error: str
) -> None:
    (tmp_path / "file").write_text("no folder")
    pump = room.pump()
    room.ask(printer=printer.format(file=tmp_path / "file"))
    await pump.round()
    assert [(job["state"], job["error"]) for job in room.jobs()] == [("failed", error)]
    assert room.open_cases() == {"print_failed"}
    room.ask(printer="Thermal 2")
    await pump.round()
    assert room.press.paper == [(number_of("501"), 1)]
    assert room.states() == [(1, "spooled")]


async def test_a_failed_label_printed_again_for_no_printer_goes_to_the_shops_own(
    room: PrintRoom,
) -> None:
    room.ask(printer="raw:127.0.0.1:1")
    await room.pump().round()
    room.shop.do("owner", SetPolicy("label_printer", "Thermal 2"))
    room.ask()
    assert [job["printer"] for job in room.jobs()] == ["Thermal 2"]
