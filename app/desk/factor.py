"""One's own second factor: set an app up by its picture, keep printed codes, give both up.

What is secret stands on its card alone and goes with it: nothing is logged, remembered or kept.
"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QPixmap
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from app.commands.approvals import (
    CodesHanded,
    ConfirmFactor,
    DropFactor,
    EnrolFactor,
    FactorBegun,
    PrintCodes,
    PrintedCodes,
    PutCodesOnPaper,
)
from app.desk.dialogs import Answers, Field, Form, Sheet, ask
from app.desk.parts import Button, row
from app.desk.printer import NETWORK, Asking, LabelPrinter, named
from app.desk.seat import News, Seat
from app.desk.symbol import picture_of
from app.desk.text import TextLabel
from app.desk.watch import Desk
from app.domain.approval import plain_code
from app.domain.errors import WaydeskError
from app.reads import factors
from app.reads.factors import MyFactor

WRONG = "sign_in_failed"
CODE_COLUMNS = 2
WAYS = ((NETWORK, "printer.way_network"),)
PAPER = Asking("factor.print", "factor.print_text", "printer.paper", "printer.print", WAYS)


class SecretSheet(Sheet):
    """A card with something secret on it, which is wiped off when the card is put away."""

    def __init__(self, host: QWidget, seat: Seat, form: Form) -> None:
        self._seat = seat
        self._secrets: list[TextLabel] = []
        super().__init__(host, seat.speech, form)

    async def answers(self) -> Answers | None:
        """Show the card and wait for the person; nothing secret is left on it afterwards."""
        try:
            return await super().answers()
        finally:
            for label in self._secrets:
                label.clear()

    def _secret(self, text: str, pixels: int) -> TextLabel:
        label = TextLabel(text).copyable().faced(self._seat.look.faces.mono(pixels))
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._secrets.append(label)
        return label


class BegunSheet(SecretSheet):
    """The picture an app scans, the same secret to type, and a field for the app's first code."""

    def __init__(self, host: QWidget, seat: Seat, form: Form, begun: FactorBegun) -> None:
        self._begun: FactorBegun | None = begun
        super().__init__(host, seat, form)
        self._begun = None

    def _content(self, away: Button) -> QVBoxLayout:
        layout, begun = super()._content(away), self._begun
        assert begun is not None  # noqa: S101 - until the card is made
        picture = self._secret("", 13)
        picture.setPixmap(QPixmap.fromImage(picture_of(begun.uri)))
        picture.setAccessibleName(self._seat.speech.say("factor.picture"))
        typed = TextLabel(self._seat.speech.say("factor.typed"), face="caption", ink="second")
        typed.setAlignment(Qt.AlignmentFlag.AlignCenter)
        groups = begun.secret.split(" ")
        half = (len(groups) + 1) // 2
        lines = "\n".join((" ".join(groups[:half]), " ".join(groups[half:])))
        for at, part in enumerate((picture, typed, self._secret(lines, 15)), 2):
            layout.insertWidget(at, part)
        return layout


class CodesSheet(SecretSheet):
    """The printed codes, shown this once, two in a line."""

    def __init__(self, host: QWidget, seat: Seat, form: Form, codes: tuple[str, ...]) -> None:
        self._codes = codes
        super().__init__(host, seat, form)

    async def answers(self) -> Answers | None:
        """Show the codes until the person has them."""
        try:
            return await super().answers()
        finally:
            self._codes = ()

    def _content(self, away: Button) -> QVBoxLayout:
        layout, grid = super()._content(away), QGridLayout()
        grid.setVerticalSpacing(6)
        for at, code in enumerate(self._codes):
            grid.addWidget(self._secret(code, 15), at // CODE_COLUMNS, at % CODE_COLUMNS)
        copy, paper = Button("", self._copy), Button("", self._to_paper)
        copy.say(self._seat.speech.say("factor.copy"))
        paper.say(self._seat.speech.say("factor.print"))
        layout.insertLayout(2, grid)
        layout.insertLayout(3, row(1, paper, copy, 1))
        self.paper = paper
        return layout

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(self._codes))

    def _to_paper(self) -> None:
        self._seat.spawn(self._print())

    async def _print(self) -> None:
        """Hand the codes to a printer, which leaves no file of them; the card stays."""
        seat = self._seat
        printer = await LabelPrinter(seat, lambda: None).pick(self._host, PAPER)
        if printer is not None and self._codes:
            handed = await seat.ask(PutCodesOnPaper(self._codes, printer), CodesHanded)
            if handed is not None:
                name = named(handed.printer, seat.speech)
                said = seat.speech.say("factor.on_paper", printer=name)
                seat.news.emit(News(said, seat.speech.say("factor.on_paper_text"), "good"))
        if self._codes:
            self.done.setFocus()


class SecondFactor:
    """Asks what a person wants of their second factor, and has it done."""

    def __init__(self, seat: Seat, window: QWidget, desk: Desk) -> None:
        """`desk` tells whether the shop is shown: nothing secret comes over a locked one."""
        self._seat, self._window, self._desk = seat, window, desk

    async def change(self) -> None:
        """Say how it stands, and do what the person chooses."""
        mine = await self._seat.see(factors.mine)
        ways = ("another", "codes", "drop") if mine.is_on else ("begin", "codes")
        if mine.is_on and mine.since is None:
            ways = ("begin", "codes", "drop")
        say = self._seat.speech.say
        options = tuple((way, say(f"factor.{way}")) for way in ways)
        chosen = "codes" if mine.since is not None else "begin"
        asked = Field("way", "factor.what", chosen, options)
        args: dict[str, str | int] = {"standing": self._standing(mine)}
        answer = await self._asked(
            Form("account.factor", "factor.text", (asked,), "factor.go_on", args=args)
        )
        if answer is None:
            return
        if answer["way"] == "codes":
            await self._print()
        elif answer["way"] == "drop":
            await self._drop()
        else:
            await self._enrol()

    # --- inside --------------------------------------------------------------------------------

    def _standing(self, mine: MyFactor) -> str:
        speech, now = self._seat.speech, self._seat.clock.now()
        if mine.since is None:
            return speech.say("factor.codes_alone" if mine.codes else "factor.off", n=mine.codes)
        args: dict[str, str | int] = {"since": speech.stamp(mine.since), "n": mine.codes}
        if mine.counts_from > now:
            ready = speech.stamp(mine.counts_from)
            return speech.say("factor.on_from", **args, ready=ready)
        return speech.say("factor.on", **args)

    async def _enrol(self) -> None:
        begun = await self._seat.ask(EnrolFactor(), FactorBegun)
        text = "factor.scan_text"
        while begun is not None and self._desk.is_open:
            field = Field("code", "factor.code", needed=True)
            form = Form("factor.scan", text, (field,), "factor.confirm")
            answer = await BegunSheet(self._window, self._seat, form, begun).answers()
            if answer is None:
                return
            try:
                made = await self._confirmed(answer["code"])
            except WaydeskError:
                text = "factor.scan_wrong"
                continue
            if made is not None:
                self._done("factor.is_on")
                await self._show(made.codes)
            return

    async def _confirmed(self, code: str) -> PrintedCodes | None:
        """Put the new app in force; raises for one that does not fit, tells the rest."""
        command = ConfirmFactor(code)
        while True:
            try:
                return await self._seat.link.ask(command, PrintedCodes)
            except WaydeskError as error:
                if error.code == WRONG:
                    raise
                if not await self._seat.settled(command, error):
                    return None

    async def _print(self) -> None:
        made = await self._seat.ask(PrintCodes(), PrintedCodes)
        if made is not None:
            await self._show(made.codes)

    async def _show(self, codes: tuple[str, ...]) -> None:
        """Show the codes until one of them came back from paper, or the person leaves it."""
        text = "factor.codes_text"
        while self._desk.is_open:
            form = Form("factor.ten", text, done="factor.written", away="factor.later")
            if await CodesSheet(self._window, self._seat, form, codes).answers() is None:
                break
            again = Field("code", "factor.one", needed=True)
            form = Form(
                "factor.try", "factor.try_text", (again,), "factor.check", away="factor.later"
            )
            answer = await self._asked(form)
            if answer is None:
                break
            if plain_code(answer["code"]) in map(plain_code, codes):
                self._done("factor.kept")
                return
            text = "factor.codes_wrong"
        say = self._seat.speech.say
        self._seat.news.emit(News(say("factor.unproved"), say("factor.unproved_text"), "warning"))

    async def _drop(self) -> None:
        form = Form("factor.drop", "factor.drop_text", done="factor.drop_done", tone="danger")
        if await self._asked(form) is not None and await self._seat.do(DropFactor()):
            self._done("factor.is_off")

    async def _asked(self, form: Form) -> Answers | None:
        return await ask(self._window, self._seat.speech, form)

    def _done(self, word: str) -> None:
        self._seat.news.emit(News(self._seat.speech.say(word), "", "good"))
