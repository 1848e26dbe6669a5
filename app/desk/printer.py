"""This computer's label printer: which was chosen, what is known of it, how another is chosen.

A printer's name is as the background service takes it: ``raw:HOST:PORT`` and
``raw-tspl:HOST:PORT`` for printers of the network, ``pdf:FOLDER``, a printer of the system by its
own name, and nothing for the shop's usual printer.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from unicodedata import east_asian_width

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QApplication, QWidget

from app.commands.channels import PrintersSeen, PrintTestPage, ProofPage, ReadPrinters
from app.desk.dialogs import Answers, Field, Form, ask
from app.desk.memory import Memory
from app.desk.seat import News, Seat
from app.desk.speech import Speech

KEPT = "label_printer"
SETUP, PRINT = "desk.setup", "label.print"
RAW, TSPL, PDF = "raw:", "raw-tspl:", "pdf:"
USUAL, FOLDER, NETWORK = "usual", "folder", "network"
SYSTEM = "="
"""Stands before a system printer's name among the choices: it may be called anything."""
PORT = "9100"
WIDEST = 40
TROUBLE = frozenset({"missing", "error", "aborted"})
NOTHING_SEEN = PrintersSeen((), known=False)

_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.:_-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]")


def chosen(memory: Memory) -> str:
    """The printer chosen at this computer, empty for the shop's usual one."""
    return memory.recall(KEPT, "")


def named(name: str, speech: Speech) -> str:
    """What people call a printer."""
    for start in (RAW, TSPL):
        if name.startswith(start):
            return name.removeprefix(start)
    if name.startswith(PDF):
        return speech.say("printer.in_folder", folder=name.removeprefix(PDF))
    return name


def state_of(name: str, seen: PrintersSeen) -> str:
    """What is known of a printer: its driver's word, ``missing``, or nothing at all."""
    if not name or name.startswith((RAW, TSPL, PDF)) or not seen.known:
        return ""
    return next((found.state for found in seen.printers if found.name == name), "missing")


@dataclass(frozen=True, slots=True)
class Asking:
    """What a printer is asked for: the words of the card, and the ways beside the system's own.

    Attributes:
        ways: NETWORK, FOLDER or USUAL, each with the key of its word; USUAL is taken first.
    """

    title: str = "printer.title"
    text: str = "printer.text"
    caption: str = "printer.which"
    done: str = "printer.use"
    ways: tuple[tuple[str, str], ...] = tuple(
        (way, f"printer.way_{way}") for way in (NETWORK, FOLDER, USUAL)
    )


LABELS = Asking()


@dataclass(frozen=True, slots=True)
class Shown:
    """The printer as the bar shows it."""

    name: str
    state: str

    @property
    def trouble(self) -> bool:
        """Whether labels will hardly come out of it."""
        return self.state in TROUBLE


class LabelPrinter:
    """The choice, and the questions by which it is made."""

    def __init__(self, seat: Seat, changed: Callable[[], None]) -> None:
        """``changed`` is called when another printer is chosen or more is known of it."""
        self._seat, self._changed = seat, changed
        self.seen = NOTHING_SEEN

    def shown(self) -> Shown:
        """The printer labels of this computer go to, by name and state."""
        say, name = self._seat.speech.say, chosen(self._seat.memory)
        if name:
            return Shown(named(name, self._seat.speech), state_of(name, self.seen))
        usual = self.seen.usual
        word = say("printer.usual_is", name=named(usual, self._seat.speech))
        return Shown(word if usual else say("printer.usual"), state_of(usual, self.seen))

    async def look(self) -> None:
        """Ask which printers there are; without an answer nothing is known of any."""
        if self._seat.may(PRINT):
            await self._read()
            self._changed()

    async def choose(self, host: QWidget) -> bool:
        """Ask for a printer, keep it, and offer a test page; whether the paper was proved."""
        if not self._seat.may(SETUP):
            say = self._seat.speech.say
            right = say(f"permission.{SETUP}")
            self._tell("act.cannot", say("act.no_right", right=right), "warning")
            return False
        before = QApplication.focusWidget()
        await self.look()
        name, proved = await self._asked(host, LABELS, self._now()), False
        if name is not None:
            self._seat.memory.keep(KEPT, name)
            proved = await self._try(host, name)
        if before is not None and before.isVisible():
            before.setFocus()
        return proved

    async def pick(self, host: QWidget, asking: Asking) -> str | None:
        """Ask for a printer for this once, "" for the usual; None when the card was put away."""
        await self._read()
        options = self._options(asking)
        likely = [SYSTEM + found.name for found in self.seen.printers if found.is_default]
        ways = [way for way, _word in asking.ways]
        first = USUAL if USUAL in ways else next(iter(likely), options[0][0])
        return await self._asked(host, asking, first)

    async def _read(self) -> None:
        self.seen = await self._seat.ask(ReadPrinters(), PrintersSeen) or NOTHING_SEEN

    # --- the questions -------------------------------------------------------------------------

    async def _asked(self, host: QWidget, asking: Asking, first: str) -> str | None:
        field = Field("printer", asking.caption, first, self._options(asking), needed=True)
        text = asking.text if self.seen.known else "printer.text_unknown"
        answer = await self._ask(host, Form(asking.title, text, (field,), asking.done))
        if answer is None:
            return None
        choice = answer["printer"]
        if choice == NETWORK:
            return await self._network(host)
        if choice == FOLDER:
            return await self._folder(host)
        return choice.removeprefix(SYSTEM) if choice.startswith(SYSTEM) else ""

    def _options(self, asking: Asking) -> tuple[tuple[str, str], ...]:
        """The system's printers with what is said of them, then the other ways."""
        speech, now = self._seat.speech, chosen(self._seat.memory)
        found = {p.name: (p.name, p.description, p.state) for p in self.seen.printers}
        if asking is LABELS and self._now().startswith(SYSTEM) and now not in found:
            found[now] = (now, "", state_of(now, self.seen))
        listed = [(SYSTEM + name, _line(parts, speech)) for name, parts in sorted(found.items())]
        ways = [(way, speech.say(word)) for way, word in asking.ways]
        return (*listed, *ways)

    def _now(self) -> str:
        name = chosen(self._seat.memory)
        if name.startswith((RAW, TSPL)):
            return NETWORK
        if name.startswith(PDF):
            return FOLDER
        return SYSTEM + name if name else USUAL

    async def _network(self, host: QWidget) -> str | None:
        """Ask for an address until it is one."""
        now = chosen(self._seat.memory)
        at, _, port = now.partition(":")[2].rpartition(":") if self._now() == NETWORK else ("",) * 3
        speaks, text = (TSPL if now.startswith(TSPL) else RAW), "printer.network_text"
        languages = ((RAW, "ZPL"), (TSPL, "TSPL"))
        while True:
            fields = (
                Field("host", "printer.host", at, needed=True),
                Field("port", "printer.port", port or PORT, needed=True),
                Field("language", "printer.language", speaks, languages, needed=True),
            )
            answer = await self._ask(host, Form("printer.network", text, fields, "printer.use"))
            if answer is None:
                return None
            at, port, speaks = answer["host"], answer["port"], answer["language"]
            if _HOST.fullmatch(at) and _is_port(port):
                return f"{speaks}{at}:{int(port)}"
            text = "printer.network_wrong"

    async def _folder(self, host: QWidget) -> str | None:
        """Ask for a folder until it is one that can be found again."""
        now = chosen(self._seat.memory)
        folder, text = now.removeprefix(PDF) if self._now() == FOLDER else _documents(), ""
        while True:
            field = Field("folder", "printer.folder", folder, needed=True)
            form = Form("printer.pdf", text or "printer.pdf_text", (field,), "printer.use")
            answer = await self._ask(host, form)
            if answer is None:
                return None
            folder, text = answer["folder"], "printer.pdf_wrong"
            if whole := _whole(folder):
                return f"{PDF}{whole}"

    async def _try(self, host: QWidget, name: str) -> bool:
        """Offer a test page; paper is believed when its code comes back."""
        self._changed()
        shown = self.shown()
        self._tell("printer.chosen", "", "good", name=shown.name)
        form = Form("printer.test", "printer.test_text", done="printer.print_page")
        if await self._ask(host, form, name=shown.name) is None:
            return False
        page = await self._seat.ask(PrintTestPage(name), ProofPage)
        if page is None:
            return False
        text, field = "printer.scan_text", Field("code", "printer.code", needed=True)
        where = named(page.printer, self._seat.speech)
        while True:
            form = Form("printer.scan", text, (field,), "printer.compare")
            answer = await self._ask(host, form, name=where)
            if answer is None:
                return False
            if answer["code"].upper() == page.code:
                self._tell("printer.proven", "", "good", name=where)
                return True
            text = "printer.scan_wrong"

    async def _ask(self, host: QWidget, form: Form, **args: str) -> Answers | None:
        whole = Form(form.title, form.text, form.fields, form.done, form.tone, dict(args))
        return await ask(host, self._seat.speech, whole)

    def _tell(self, key: str, more: str, tone: str, **args: str) -> None:
        self._seat.news.emit(News(self._seat.speech.say(key, **args), more, tone))


def _line(parts: tuple[str, str, str], speech: Speech) -> str:
    """A printer in one line of the card: what is too long loses its description first."""
    name, description, state = parts
    word = speech.word("printer_state", state)
    about = "" if description == name or _wide(name + description + word) > WIDEST else description
    while _wide(name + word) > WIDEST:
        name = name.removesuffix("…")[:-1] + "…"
    return " · ".join(part for part in (name, about, word) if part)


def _wide(text: str) -> int:
    """How much room a text takes, in Latin letters."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 5 and 0 < int(text) < 65_536


def _whole(folder: str) -> str:
    """A folder with its whole path, empty when it has none."""
    path = Path(folder).expanduser() if folder.startswith(("~/", "~\\")) else Path(folder)
    return str(path) if path.is_absolute() else ""


def _documents() -> str:
    place = QStandardPaths.StandardLocation.DocumentsLocation
    return str(Path(QStandardPaths.writableLocation(place)) / "Waydesk")
