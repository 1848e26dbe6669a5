"""Orders written to a file: asks which, where, in which form and why, and has it done.

The door asks for a fresh proof and for somebody's consent by itself. What goes in clear, or is
more than one person may take in a day, is an encrypted zip; so its passphrase is asked for here.
"""

import asyncio
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QWidget

from app.commands.cases import Exported, ExportOrders, StopExport
from app.commands.wire import Progress
from app.desk.dialogs import Answers, Field, Form, ask
from app.desk.seat import News, Seat
from app.desk.working import WorkBar
from app.domain.board import Tab
from app.domain.times import local
from app.reads import board, exports

EXPORT, DECRYPT = "export.bulk", "pii.decrypt_batch"
PLAIN, CLOSED = ".csv", ".zip"
MASKED, CLEAR = "masked", "clear"


class OrderExport:
    """The card of the board's export, the strip that shows its way, and what came of it."""

    def __init__(self, seat: Seat, host: QWidget) -> None:
        self._seat, self._host = seat, host
        self._busy = self._shown = False
        self._whose = ""
        self.work = WorkBar(seat.speech, self._stop)
        seat.viewer_changed.connect(self._show)

    async def ask(self, tab: str) -> None:
        """Ask until the answers will do or the card is put away; then have the file written."""
        if self._busy:
            self._told("exporting.busy", "exporting.busy_text", "")
            return
        counts = {one.tab: one.n for one in await self._seat.see(board.tabs)}
        taken = await self._seat.see(exports.taken_lately, self._seat.clock.now())
        answer: Answers = {"tab": tab or Tab.TO_PRINT, "form": MASKED}
        answer["path"] = str(await asyncio.to_thread(self._usual))
        text = "exporting.text"
        while True:
            given = await self._asked(answer, counts, text)
            if given is None:
                return
            beyond = counts.get(given["tab"], 0) + taken > self._seat.law.policy.bulk_rows
            text = await self._lacking(given, closed=beyond or given["form"] == CLEAR)
            if not text:
                break
            answer = given
        await self._write(given)

    # --- inside --------------------------------------------------------------------------------

    async def _asked(self, answer: Answers, counts: dict[str, int], text: str) -> Answers | None:
        speech = self._seat.speech
        tabs = tuple((tab, f"{speech.word('tab', tab)} {n:,}") for tab, n in counts.items())
        forms = (MASKED, CLEAR) if self._seat.may_ask(DECRYPT) else (MASKED,)
        fields = (
            Field("tab", "exporting.tab", answer["tab"], tabs, needed=True),
            Field(
                "form",
                "exporting.form",
                answer["form"],
                tuple((f, speech.say(f"form.{f}")) for f in forms),
            ),
            Field("path", "exporting.path", answer["path"], needed=True),
            Field("reason", "sheet.reason", answer.get("reason", ""), needed=True),
            Field("passphrase", "exporting.passphrase", secret=True),
            Field("again", "exporting.again", secret=True),
        )
        args: dict[str, str | int] = {"n": self._seat.law.policy.bulk_rows}
        form = Form("exporting.title", text, fields, "exporting.now", args=args)
        return await ask(self._host.window(), speech, form)

    async def _lacking(self, given: Answers, *, closed: bool) -> str:
        """The key of what is still to be put right, "" when nothing is."""
        if given["passphrase"] != given["again"]:
            return "exporting.differ"
        if closed and not given["passphrase"]:
            return "exporting.needs_passphrase"
        path = _path(given)
        if not path.is_absolute() or not await asyncio.to_thread(path.parent.is_dir):
            return "exporting.no_folder"
        return "exporting.is_there" if await asyncio.to_thread(path.exists) else ""

    async def _write(self, given: Answers) -> None:
        path, clear = _path(given), given["form"] == CLEAR
        place = (given["tab"], str(path), given["reason"], given["passphrase"], clear)
        await self.write(ExportOrders(*place))

    async def write(self, command: ExportOrders) -> None:
        """Have a file written, with its way shown, and say what came of it."""
        if self._busy:
            self._told("exporting.busy", "exporting.busy_text", "")
            return
        path = Path(command.path)
        self._busy, self._whose = True, self._seat.signed_login
        try:
            told = await self._seat.ask(command, Exported, self._moved)
        finally:
            self._busy = self._shown = False
            self.work.put_away()
        if told is not None and told.stopped:
            self._told("exporting.stopped", "exporting.stopped_text", "")
        elif told is not None:
            facts = {"n": self._seat.speech.count(told.rows), "file": path.name}
            where = {"folder": str(path.parent)}
            self._told("exporting.done", "exporting.done_text", "good", **facts, **where)

    def _moved(self, progress: Progress) -> None:
        """Show how far it is, once it is known that it takes more than a moment."""
        if not self._shown and not 0 < progress.done < progress.total:
            return
        if not self._shown:
            self._shown = True
            self.work.begin(lambda: "")
            self._show()
        self.work.moved(progress)

    def _show(self) -> None:
        """It is there for whoever began it; nobody else could stop it."""
        self.work.frame.setVisible(self._shown and self._seat.signed_login == self._whose)

    def _stop(self) -> None:
        self.work.stopping()
        self._seat.spawn(self._seat.do(StopExport()))

    def _told(self, title: str, text: str, tone: str, **facts: str) -> None:
        say = self._seat.speech.say
        self._seat.news.emit(News(say(title, **facts), say(text, **facts), tone))

    def _usual(self) -> Path:
        """A file of today in the person's documents that is not there yet, without its ending."""
        place = QStandardPaths.StandardLocation.DocumentsLocation
        folder = Path(QStandardPaths.writableLocation(place))
        today = local(self._seat.clock.now(), self._seat.speech.zone)
        path, n = folder / f"waydesk-orders-{today:%Y-%m-%d}", 1
        first = path
        while any(path.with_name(path.name + end).exists() for end in (PLAIN, CLOSED)):
            n += 1
            path = first.with_name(f"{first.name}-{n}")
        return path


def _path(given: Answers) -> Path:
    """The file with the ending of its form: an encrypted zip where a passphrase was given."""
    typed = Path(given["path"])
    bare = typed.with_suffix("") if typed.suffix.lower() in {PLAIN, CLOSED} else typed
    return Path(f"{bare}{CLOSED if given['passphrase'] else PLAIN}")
