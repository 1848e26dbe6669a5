"""The recovery kit: shown once, taken to paper, and proved to be there by one of its groups."""

from PySide6.QtWidgets import QGridLayout

from app.commands.founding import KeepStep, KitMade, PrintKit, ReadKit
from app.desk.forms import Ask, AskForm, Kind
from app.desk.parts import Button, boxed, clear, column, row
from app.desk.printer import NETWORK, Asking, LabelPrinter
from app.desk.screens.first_day.page import Draft, Page
from app.desk.seat import News, Seat
from app.desk.text import TextLabel
from app.domain.errors_first_day import KitGroupWrong

WAYS = ((NETWORK, "printer.way_network"),)
PAPER = Asking("first.kit_print", "first.kit_print_text", "printer.paper", "printer.print", WAYS)
ROW = 7
ASKED = 9
"""Which group is typed back: one of the second line, so that both lines must be there."""


class KitPage(Page):
    """Fourteen groups in two lines; whoever has them can open everything."""

    def __init__(self, seat: Seat, draft: Draft) -> None:
        super().__init__(seat, draft)
        self._warning = TextLabel(ink="second").wrapped()
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(12)
        self._card = boxed(self._grid, kind="quiet")
        self._grid.setContentsMargins(18, 14, 18, 14)
        self.form = AskForm(seat.speech)
        self.form.changed.connect(self.changed)
        self.form.entered.connect(self.entered)
        self._print = Button("", lambda: seat.spawn(self._print_it()))
        parts = (self._card, self._warning, boxed(row(self._print, 1)), self.form)
        self.setLayout(column(*parts, 1, gap=14))
        self.say()

    @property
    def groups(self) -> list[str]:
        """The kit's groups; none while it has not been shown again."""
        return self.draft.kit.split()

    def begin(self) -> None:
        """Show what was made; a set-up gone on with later asks to show it again."""
        self.say()

    def say(self) -> None:
        """Write groups and words."""
        say = self.seat.speech.say
        clear(self._grid)
        for at, group in enumerate(self.groups):
            number = TextLabel(str(at + 1), face="small", ink="third")
            signs = TextLabel(group).faced(self.seat.look.faces.mono(17))
            self._grid.addWidget(boxed(column(number, signs, gap=0)), at // ROW, at % ROW)
        self._card.setVisible(bool(self.groups))
        self._print.say(say("first.kit_print"))
        self._print.setVisible(bool(self.groups))
        self._warning.setText(say("first.kit_warning" if self.groups else "first.kit_gone"))
        self.form.show_asks(self._asks())

    def ready(self) -> bool:
        """Whether something was typed."""
        return not self.form.lacking()

    def take_focus(self) -> None:
        """The keyboard goes to the group that is asked for."""
        self.form.take_focus()

    async def finish(self) -> bool:
        """Hold what was typed against the kit, or show it again first.

        Raises KitGroupWrong for another group.
        """
        typed = self.form.values()
        if not self.groups:
            self.draft.kit = await self._again(typed["vault"])
            self.say()
            return False
        if typed["group"].upper() != self.groups[ASKED - 1]:
            raise KitGroupWrong(number=ASKED)
        kept = await self.seat.do(KeepStep("kit", "done"))
        if kept:
            self.draft.kit = self.draft.vault_passphrase = ""
        return kept

    async def _print_it(self) -> None:
        printer = await LabelPrinter(self.seat, lambda: None).pick(self.window(), PAPER)
        if printer is not None:
            reason = self.seat.speech.say("first.kit_reason")
            ask = PrintKit(printer, reason, self.draft.vault_passphrase)
            if await self.seat.do(ask):
                said = self.seat.speech.say("first.kit_printed")
                self.seat.news.emit(News(said, "", "good"))
        self.take_focus()

    async def _again(self, passphrase: str) -> str:
        ask = ReadKit(self.seat.speech.say("first.kit_reason"), passphrase)
        made = await self.seat.ask(ask, KitMade)
        return made.kit if made is not None else ""

    def _asks(self) -> tuple[Ask, ...]:
        say = self.seat.speech.say
        if not self.groups:
            return (Ask("vault", "first.vault", Kind.SECRET, hint="first.kit_vault_hint", span=3),)
        caption = say("first.kit_group", n=ASKED)
        return (Ask("group", said=caption, needed=True, span=3),)
