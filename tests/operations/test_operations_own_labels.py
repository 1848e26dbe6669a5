"""A carrier's own label goes to a ZPL printer as it came; nothing of ours is drawn in its place."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.domain.actor import worker
from app.domain.label_routes import LabelRoutes, OwnLabel
from app.operations import waybill_answers
from app.store.tables import waybill
from app.store.work import Book
from sync.waybill_records import PrintData
from tests.operations.outbound_world import record
from tests.operations.press_world import PrintRoom, make_live, print_room
from tests.worlds import FixedClock

ZPL = "^XA^FO50,50^BCN^FD9400100208303100000001^FS^XZ"


@dataclass
class Zebra:
    """A label printer that answers no question and keeps what it was sent."""

    name: str = ""
    heard: bytearray = field(default_factory=bytearray)


@asynccontextmanager
async def zebra() -> AsyncIterator[Zebra]:
    made = Zebra()

    async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while part := await reader.read(4096):
            made.heard += part
        writer.close()

    server = await asyncio.start_server(met, "127.0.0.1", 0)
    made.name = f"raw:127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        server.close()
        await server.wait_closed()


def western(book: Book, clock: FixedClock, folder: Path, **policy: bool) -> PrintRoom:
    """A shop whose carrier brings its own label; one order has its number."""
    desk = print_room(book, clock, folder, ())
    laws = desk.shop.door.laws
    routes = LabelRoutes({}, {"sf": OwnLabel("sf", "-", "-")})
    policies = replace(laws.now.policy, **policy)
    laws.now = replace(laws.now, label_routes=routes, policy=policies)
    return desk


def sold(desk: PrintRoom) -> None:
    desk.shop.receive(record("501"))
    desk.shop.flow()
    make_live(desk.shop, "501")


def keep(desk: PrintRoom) -> None:
    """The carrier's label comes."""
    (found,) = desk.shop.all(waybill)
    with desk.shop.book.work(worker("sync")) as work:
        row = work.checked(waybill, work.row(waybill, found["id"]))
        waybill_answers.keep_label(work, desk.shop.door.laws.now, row, PrintData("zpl", ZPL))
        work.tell("label_kept")
        work.commit()


async def test_the_carriers_label_reaches_the_printer_byte_for_byte(
    book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    desk = western(book, clock, tmp_path / "labels", auto_print=False)
    sold(desk)
    keep(desk)
    async with zebra() as printer:
        desk.ask(printer=printer.name)
        await desk.pump().round()
        assert desk.states() == [(1, "spooled")]
    assert printer.heard.replace(b"~HS", b"").strip() == ZPL.encode()
    assert desk.press.paper == []


async def test_nothing_is_printed_before_the_carrier_gave_its_label(
    book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    desk = western(book, clock, tmp_path / "labels", auto_print=True)
    sold(desk)
    assert desk.jobs() == [], "number and label come apart: nothing of ours is drawn meanwhile"
    async with zebra() as printer:
        desk.ask(printer=printer.name)
        await desk.pump().round()
        assert [(job["state"], job["error"]) for job in desk.jobs()] == [
            ("failed", "carrier_label_missing")
        ]
    assert not printer.heard


async def test_the_label_prints_by_itself_once_it_came(
    book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    desk = western(book, clock, tmp_path / "labels", auto_print=True)
    sold(desk)
    keep(desk)
    keep(desk)
    assert desk.states() == [(1, "queued")]


async def test_a_printer_that_reads_no_zpl_gets_nothing(
    book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    desk = western(book, clock, tmp_path / "labels", auto_print=False)
    sold(desk)
    keep(desk)
    desk.ask(printer="Office printer")
    await desk.pump().round()
    assert [(job["state"], job["error"]) for job in desk.jobs()] == [
        ("failed", "needs_zpl_printer")
    ]
    assert desk.press.paper == []
    assert desk.open_cases() == {"print_failed"}
