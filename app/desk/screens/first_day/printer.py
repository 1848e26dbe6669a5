"""The label printer: chosen, a test page printed, and its code scanned back from the paper."""

from app.commands.founding import KeepStep
from app.desk.parts import boxed, column
from app.desk.printer import LabelPrinter
from app.desk.screens.first_day.page import Draft, Page
from app.desk.seat import Seat
from app.desk.text import TextLabel
from app.domain.errors_first_day import PaperNotProved


class PrinterPage(Page):
    """Going on chooses a printer and tries it; only a code that came back counts."""

    def __init__(self, seat: Seat, draft: Draft) -> None:
        super().__init__(seat, draft)
        self.printer = LabelPrinter(seat, self.say)
        self._caption = TextLabel(face="caption", ink="second")
        self._name, self._how = TextLabel(face="title"), TextLabel(ink="second").wrapped()
        card = column(self._caption, self._name, gap=4, margins=(16, 12, 16, 14))
        self.setLayout(column(boxed(card, kind="quiet"), self._how, 1, gap=14))
        self.say()

    def begin(self) -> None:
        """Ask which printers there are."""
        self.seat.spawn(self.printer.look())

    def say(self) -> None:
        """Name the printer of now."""
        say = self.seat.speech.say
        self._caption.setText(say("first.printer_now"))
        self._name.setText(self.printer.shown().name)
        self._how.setText(say("first.printer_how"))

    async def finish(self) -> bool:
        """Choose, print and compare. Raises PaperNotProved when no code came back."""
        if not await self.printer.choose(self.window()):
            raise PaperNotProved
        return await self.seat.do(KeepStep("printer", "done"))
