"""The recovery kit and printed codes go on paper once, and never become a file."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.commands.approvals import CodesHanded, PrintCodes, PrintedCodes, PutCodesOnPaper
from app.commands.founding import FoundShop, KitMade, PrintKit, ShopFacts
from app.commands.people import SignedIn, SignIn
from app.compose.link import link_of
from app.config import Settings
from app.domain.errors import WaydeskError
from app.domain.errors_first_day import KitOnPaperOnly
from app.domain.recovery_kit import make_kit
from app.keeper import press_jobs
from app.keeper.press_jobs import PrinterJob
from app.keeper.printer_test import PrinterTest
from app.keeper.raw_printing import RawPrinting
from app.rulebook import RESOURCES, load
from tests.printing.test_printing_raw import FakePrinter, status
from tests.worlds import FixedClock

KIT = make_kit(bytes(range(32)))
PASSPHRASE, VAULT = "a long enough one", "the data's own passphrase"


class Press:
    """Keeps what a printer of the system was handed."""

    def __init__(self) -> None:
        self.jobs: list[PrinterJob] = []

    async def run(self, kind: str, payload: bytes = b"") -> bytes:
        assert kind == press_jobs.PRINTER
        self.jobs.append(press_jobs.read(payload, PrinterJob))
        return press_jobs.written("job")


def printing(press: Press) -> PrinterTest:
    room: Any = SimpleNamespace(clock=FixedClock(), laws=SimpleNamespace(now=load()))
    return PrinterTest(room, press, RawPrinting(RESOURCES), "pdf:/nowhere")  # type: ignore[arg-type]


@pytest.mark.req("F249")
async def test_every_group_stands_on_the_paper_under_its_number() -> None:
    press = Press()
    await printing(press).print_kit(KIT, "Thermal 2", 1)
    assert [job.printer for job in press.jobs] == ["Thermal 2"]
    paper = press.jobs[0].label.document
    said = " ".join((*paper.sender.lines, *paper.receiver.lines)).split()
    numbered = dict(zip(said[::2], said[1::2], strict=True))
    assert [numbered[str(at)] for at in range(1, 15)] == KIT.split()


@pytest.mark.parametrize("printer", ["", "pdf:/nowhere"])
async def test_no_printer_that_writes_files_is_given_the_kit(printer: str) -> None:
    press = Press()
    with pytest.raises(KitOnPaperOnly):
        await printing(press).print_kit(KIT, printer, 1)
    assert press.jobs == []


async def test_every_code_stands_on_the_paper_with_whose_they_are() -> None:
    press, codes = Press(), tuple(f"{n:04}-AAAA-ZZZZ" for n in range(10))
    handed = CodesHanded("lin", "Thermal 2")
    assert await printing(press).print_codes(codes, handed, 1) == handed
    (job,) = press.jobs
    assert job.printer == "Thermal 2"
    assert [line.split()[-1] for line in job.label.document.sender.lines] == list(codes)
    assert "lin" in job.label.document.product_name


async def test_a_real_keeper_prints_kit_and_codes_and_leaves_none_of_them_on_the_disk(
    tmp_path: Path,
) -> None:
    fake, link = FakePrinter([status()] * 4), link_of(Settings(tmp_path))
    link.start()
    await link.ready()
    facts = ShopFacts("Loom", "Asia/Shanghai", "CNY", "zh", "12345")
    try:
        ask = FoundShop(facts, "lin", "Lin", PASSPHRASE, "passphrase", VAULT)
        kit = (await link.ask(ask, KitMade)).kit
        link.session = (await link.ask(SignIn("lin", PASSPHRASE), SignedIn)).session
        server = await asyncio.start_server(fake.serve, "127.0.0.1", 0)
        async with server:
            printer = f"raw:127.0.0.1:{server.sockets[0].getsockname()[1]}"
            await link.ask(PrintKit(printer, "first day", VAULT), type(None))
            kit_alone = fake.taken
            codes = (await link.ask(PrintCodes(), PrintedCodes)).codes
            handed = await link.ask(PutCodesOnPaper(codes, printer), CodesHanded)
        assert (handed.login, handed.printer) == ("lin", printer)
        assert len(fake.taken) > len(kit_alone)
        with pytest.raises(WaydeskError) as no:
            await link.ask(PrintKit("pdf:/nowhere", "first day", VAULT), type(None))
        assert no.value.code == "kit_on_paper_only"
    finally:
        await link.close()
    assert fake.taken.startswith(b"^XA")
    assert written_groups(tmp_path, kit) == []
    assert written_groups(tmp_path, " ".join(codes)) == []


def written_groups(folder: Path, kit: str) -> list[tuple[str, str]]:
    """Every file that holds a group of the kit, with the group."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [(str(p), g) for p in files for g in kit.split() if g.encode() in p.read_bytes()]
