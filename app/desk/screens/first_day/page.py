"""What a page of the first day is, and the one that is only a form."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.desk.forms import Ask, AskForm
from app.desk.parts import column
from app.desk.seat import Seat


class Draft:
    """What was answered before there is a shop to keep it in; no secret is ever remembered."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat
        self.kit = ""
        self.vault_passphrase = ""
        self.shop: dict[str, str] = {}
        self.notes: tuple[str, ...] = ()

    def recall(self, name: str, default: str = "") -> str:
        """What was typed last time, on this computer."""
        return self._seat.memory.recall(f"first_{name}", default)

    def keep(self, values: dict[str, str]) -> None:
        """Remember answers for a set-up that is gone on with later."""
        for name, value in values.items():
            self._seat.memory.keep(f"first_{name}", value)


class Page(QWidget):
    """One step. `changed` says that `ready` may answer otherwise; `entered` wants to go on."""

    changed = Signal()
    entered = Signal()

    def __init__(self, seat: Seat, draft: Draft) -> None:
        super().__init__()
        self.seat, self.draft = seat, draft

    def begin(self) -> None:
        """The page is shown."""

    def ready(self) -> bool:
        """Whether the step can be done with what stands there."""
        return True

    async def finish(self) -> bool:
        """Do the step; False stays on the page: something is to be looked at, or was refused.

        Raises WaydeskError, which is shown on the page; what the seat refuses is told there too.
        """
        return True

    def take_focus(self) -> None:
        """Put the keyboard where it is needed first."""
        self.setFocus()

    def say(self) -> None:
        """The language or the colours changed."""


class FormPage(Page):
    """A page that is a form."""

    def __init__(self, seat: Seat, draft: Draft) -> None:
        super().__init__(seat, draft)
        self.form = self.make_form()
        self.form.changed.connect(self.changed)
        self.form.entered.connect(self.entered)
        self.setLayout(column(self.form, 1, gap=0))
        self.say()

    def make_form(self) -> AskForm:
        """The form of the page, made once."""
        return AskForm(self.seat.speech)

    def asks(self) -> tuple[Ask, ...]:
        """What is asked for, in the language of now."""
        return ()

    def say(self) -> None:
        """Ask in the language of now; what was typed stays."""
        self.form.show_asks(self.asks())

    def ready(self) -> bool:
        """Whether everything needed is answered."""
        return not self.form.lacking()

    def take_focus(self) -> None:
        """The keyboard goes to the first answer that is missing."""
        self.form.take_focus()
