"""A shop with live labels, its real print pump, and a press that really lays labels out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.commands.parcels import PrintLabels
from app.domain.actor import worker
from app.keeper import press_jobs
from app.keeper.press_jobs import PdfJob, PrinterJob
from app.keeper.print_pump import PrintPump
from app.keeper.raw_printing import RawPrinting
from app.keeper.room import Room
from app.operations import waybill_answers, waybill_intents
from app.process.errors import PressJobUnknown, PressUnavailable, Refused
from app.rulebook import RESOURCES
from app.store.seal import Row
from app.store.tables import print_job
from app.store.tables_record import case
from app.store.work import Book
from printing.errors import LayoutRefused
from printing.layout import lay_out
from printing.metrics import Fonts, load_fonts
from printing.templates import load_templates
from tests.operations.carrier_world import AtOnce
from tests.operations.outbound_world import Shop, answer, open_shop, record
from tests.worlds import FixedClock, SeededRng


class StandInPress:
    """Sets labels with the real layout and writes down their numbers instead of drawing them.

    ``fate`` of the next job: "" drawn, "before" and "after" the press dies before or after the
    job was done, "away" it could not be started.
    """

    def __init__(self, fonts: Fonts, look: Callable[[], None]) -> None:
        self._fonts = fonts
        self._templates = load_templates(RESOURCES / "labels")
        self._look = look
        self.fate = ""
        self.paper: list[tuple[str, int]] = []

    async def run(self, kind: str, payload: bytes = b"") -> bytes:
        self._look()
        fate, self.fate = self.fate, ""
        if fate == "away":
            raise PressUnavailable(why="ended")
        if fate == "before":
            raise PressJobUnknown(job_id=1, kind=kind)
        self._draw(kind, payload)
        if fate == "after":
            raise PressJobUnknown(job_id=1, kind=kind)
        return press_jobs.written(1)

    def _draw(self, kind: str, payload: bytes) -> None:
        out: Path | None = None
        if kind == press_jobs.PDF:
            job = press_jobs.read(payload, PdfJob)
            labels, out = job.labels, Path(job.out)
        else:
            labels = (press_jobs.read(payload, PrinterJob).label,)
        for label in labels:
            try:
                lay_out(label.document, self._templates[label.template], self._fonts, label.dpi)
            except LayoutRefused as no:
                raise Refused(no.code, **no.details) from no
        copies = [(label.document.waybill_no, label.document.copy_no) for label in labels]
        if out is None:
            self.paper += copies
        else:
            out.write_text("\n".join(f"{number} {copy}" for number, copy in copies))


@dataclass
class PrintRoom:
    """The shop and its printers."""

    shop: Shop
    press: StandInPress
    room: Room
    folder: Path
    seen: list[set[str]] = field(default_factory=list)

    def pump(self) -> PrintPump:
        """A pump as a keeper that has just started has it."""
        usual = f"pdf:{self.folder}"
        return PrintPump(self.room, self.press, RawPrinting(RESOURCES), usual)  # type: ignore[arg-type]

    async def started(self) -> PrintPump:
        """A pump that has looked at what its predecessor left, as ``run`` does first."""
        pump = self.pump()
        await self.room.write(pump._forget)
        return pump

    def ask(self, *external_ids: str, printer: str = "") -> Any:
        ids = tuple(self.shop.order(one)["id"] for one in external_ids or ("501",))
        return self.shop.do("packer", PrintLabels(ids, printer))

    def jobs(self) -> list[Row]:
        return self.shop.all(print_job)

    def states(self) -> list[tuple[int, str]]:
        return [(row["copy_no"], row["state"]) for row in self.jobs()]

    def open_cases(self) -> set[str]:
        return {row["kind"] for row in self.shop.all(case) if row["state"] != "settled"}

    def saved(self) -> list[str]:
        """Every label in every saved file: one line each."""
        files = sorted(self.folder.glob("WD-*.pdf"))
        return sorted(line for file in files for line in file.read_text().splitlines())


def number_of(external_id: str) -> str:
    return f"SF1426008{int(external_id):06d}"


def make_live(shop: Shop, external_id: str) -> None:
    """Give an allocated order its waybill."""
    order_id = shop.order(external_id)["id"]
    with shop.book.work(worker("sync")) as work:
        pk = waybill_intents.take(work, shop.door.laws.now, order_id)[0]
        said = answer("WD", number_of(external_id))
        waybill_answers.made_live(work, shop.door.laws.now, pk, said)
        work.tell("live")
        work.commit()


def print_room(
    book: Book, clock: FixedClock, folder: Path, orders: tuple[str, ...] = ("501",), **more: Any
) -> PrintRoom:
    """A shop whose orders have live waybills; ``more`` goes into the records."""
    shop = open_shop(book, "lead", "packer")
    shop.receive(*(record(one, **more) for one in orders))
    shop.flow()
    for one in orders:
        make_live(shop, one)
    room = Room(book, AtOnce(), shop.door.laws, clock, SeededRng(), lambda _changed: None)  # type: ignore[arg-type]
    folder.mkdir(exist_ok=True)
    made = PrintRoom(
        shop, StandInPress(load_fonts(RESOURCES / "fonts"), lambda: None), room, folder
    )
    made.press._look = lambda: made.seen.append({row["state"] for row in made.jobs()})
    return made
