"""What is done with the record as a whole: verify it, check a sheet, end the day, export."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QWidget

from app.commands.notices import SetMail
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
from app.desk.dialogs import Answers, Field, Form, ask
from app.desk.printer import USUAL, Asking, LabelPrinter
from app.desk.record_side import RecordSide
from app.desk.seat import News, Seat
from app.desk.working import WorkBar
from app.domain.times import local

T = TypeVar("T")
FILE = ((USUAL, "record.sheet_file"),)
PAPER = Asking("record.sheet", "record.sheet_where", "printer.paper", "record.sheet_make", FILE)
VERIFYING, EXPORTING, DRAWING = 1, 2, 3
"""By which number a deed is stopped; always the same, for a consent holds for one exact command."""


class RecordChecks:
    """The buttons' deeds, and the bar that shows how far one has come and how it ended."""

    def __init__(self, seat: Seat, host: QWidget, side: RecordSide) -> None:
        self._seat, self._host, self._side = seat, host, side
        self._job = 0
        self.work = WorkBar(seat.speech, self._ask_stop)

    @property
    def busy(self) -> bool:
        """Whether something is under way."""
        return bool(self._job)

    def say(self) -> None:
        """Say every word again."""
        self.work.say()

    def put_away(self) -> None:
        """Hide how the last one ended."""
        if not self._job:
            self.work.put_away()

    def verify(self) -> None:
        """Hold the whole book against its record."""
        self._begin(VERIFYING, self._verify(VerifyRecord(VERIFYING)))

    def check_sheet(self) -> None:
        """Type a sheet's words, and hold the record against them."""
        self._seat.spawn(self._check_sheet())

    def make_sheet(self) -> None:
        """Ask where the end-of-day sheet goes, and make it."""
        self._seat.spawn(self._sheet_to())

    def export(self) -> None:
        """Write the record to a file."""
        self._seat.spawn(self._export())

    def daily_mail(self) -> None:
        """Say where the head of the log is mailed every day."""
        self._seat.spawn(self._daily_mail())

    # --- deeds --------------------------------------------------------------------------------

    async def _check_sheet(self) -> None:
        fields = (
            Field("place", "record.sheet_place", needed=True),
            Field("words", "record.sheet_words", lines=2, needed=True),
        )
        form = Form("record.check_sheet", "record.check_text", fields, "record.check")
        typed = await ask(self._host.window(), self._seat.speech, form)
        if typed is None:
            return
        sheet = _sheet(typed)
        if sheet is None:
            said = self._seat.speech.say("record.bad_place")
            self._seat.news.emit(News(said, self._seat.speech.say("record.bad_place_text")))
            return
        self._begin(VERIFYING, self._verify(VerifyRecord(VERIFYING, (sheet,))))

    async def _verify(self, command: VerifyRecord) -> None:
        told = await self._ask(command, Verified)
        if told is None:
            return
        speech = self._seat.speech
        if told.stopped:
            self._end(lambda: speech.say("record.stopped"), "")
            return
        facts: dict[str, str | int] = {
            "entries": speech.count(told.entries),
            "rows": speech.count(told.rows),
            "n": told.found,
            "witnesses": told.witnesses,
        }
        word = "record.not_well" if told.found else "record.well"
        self._end(lambda: speech.say(word, **facts), "bad" if told.found else "good")
        if told.found:
            self._side.show_found(told)

    async def _sheet_to(self) -> None:
        printer = await LabelPrinter(self._seat, lambda: None).pick(self._host.window(), PAPER)
        if printer is not None:
            self._begin(DRAWING, self._make_sheet(printer))

    async def _make_sheet(self, printer: str) -> None:
        made = await self._ask(MakeSheet(printer), SheetMade)
        if made is not None:
            word = "record.sheet_printed" if printer else "record.sheet_made"
            self._end(lambda: self._seat.speech.say(word, printer=printer), "good")
            self._side.show_sheet(made)

    async def _export(self) -> None:
        speech, now = self._seat.speech, self._seat.clock.now()
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        path = Path(folder) / f"waydesk-record-{local(now, speech.zone):%Y-%m-%d}"
        kinds = ((".jsonl", speech.say("record.as_json")), (".csv", speech.say("record.as_csv")))
        fields = (
            Field("path", "record.export_path", str(path), needed=True),
            Field("kind", "record.export_kind", ".jsonl", kinds),
            Field("reason", "record.export_reason", lines=2, needed=True),
        )
        form = Form("record.export", "record.export_text", fields, "record.export_now")
        typed = await ask(self._host.window(), speech, form)
        if typed is not None:
            where = str(Path(typed["path"]).with_suffix("")) + typed["kind"]
            command = ExportRecord(where, typed["reason"], job=EXPORTING)
            self._begin(EXPORTING, self._write(command))

    async def _write(self, command: ExportRecord) -> None:
        told = await self._ask(command, RecordWritten)
        if told is None:
            return
        speech, n = self._seat.speech, self._seat.speech.count(told.entries)
        if told.stopped:
            self._end(lambda: speech.say("record.stopped"), "")
        else:
            self._end(lambda: speech.say("record.written", n=n, file=command.path), "good")

    async def _daily_mail(self) -> None:
        speech = self._seat.speech
        kinds = tuple((kind, speech.say(f"record.mail_{kind}")) for kind in ("tls", "starttls"))
        fields = (
            Field("to", "record.mail_to"),
            Field("sender", "record.mail_sender"),
            Field("host", "record.mail_host"),
            Field("port", "record.mail_port", "465"),
            Field("security", "record.mail_security", "tls", kinds),
            Field("user", "record.mail_user"),
            Field("password", "record.mail_password", secret=True),
        )
        form = Form("record.mail", "record.mail_text", fields, "record.mail_save")
        typed = await ask(self._host.window(), speech, form)
        if typed is None:
            return
        port = int(typed["port"]) if typed["port"].isdecimal() and len(typed["port"]) < 6 else 0
        if await self._seat.do(SetMail(**(typed | {"port": port}))):  # type: ignore[arg-type]
            word = "record.mail_on" if typed["to"] else "record.mail_off"
            self._seat.news.emit(News(speech.say(word, to=typed["to"]), "", "good"))

    # --- the bar ------------------------------------------------------------------------------

    def _begin(self, job: int, deed: Coroutine[Any, Any, None]) -> None:
        if self._job:
            deed.close()
            return
        self._job = job
        self.work.begin(lambda: self._seat.speech.say("record.working"))
        self._seat.spawn(deed)

    def _end(self, said: Callable[[], str], tone: str) -> None:
        self._job = 0
        self.work.end(said, tone)

    async def _ask(self, command: Any, reply: type[T]) -> T | None:
        told = await self._seat.ask(command, reply, self.work.moved)
        if told is None:
            self._job = 0
            self.put_away()
        return told

    def _ask_stop(self) -> None:
        if self._job:
            self._seat.spawn(self._seat.do(StopRecordWork(self._job)))


def _sheet(typed: Answers) -> Sheet | None:
    """The head typed off a sheet; None when its place is no ``1/345``."""
    chain, slash, seq = typed["place"].replace(" ", "").partition("/")
    if not slash or not chain.isdecimal() or not seq.isdecimal() or len(seq) > 18:
        return None
    return Sheet(int(chain), int(seq), typed["words"])
