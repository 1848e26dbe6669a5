"""Tracking numbers of a forwarder's list in the window: pasted or from a file, looked at, given.

Every choice above the list is read again at once, so that what the list shows is what a yes does.
"""

from collections.abc import Callable

import msgspec
from PySide6.QtWidgets import QBoxLayout, QPlainTextEdit, QWidget

from app.commands.numbers import (
    GivenNumber,
    LookAtNumbers,
    NumbersSeen,
    NumbersTaken,
    StopNumbers,
    TakeBackNumbers,
    TakeNumbers,
)
from app.desk.dialogs import Field, Form, ask
from app.desk.files import SHEETS, pick_file
from app.desk.forms import Ask, AskForm, Kind
from app.desk.number_rows import GIVES, lines_of, number_columns
from app.desk.preview_card import NARROW, PreviewCard
from app.desk.seat import News, Seat
from app.domain.errors import WaydeskError
from app.reads import house

RIGHTS = ("permission.waybill.type_manual", "permission.waybill.void")
TYPES, GIVES_BACK = (right.removeprefix("permission.") for right in RIGHTS)
WIDE, HIGH, LOW = 1120, 690, 560
HEADING = 40
FIELDS = ("order", "courier", "number", "sku", "quantity")
NEEDED = ("order", "number")
SPLIT = frozenset({"split_unsaid", "which_parcel", "items_differ"})
HANDED = "handed"


class NumberCard(PreviewCard):
    """Asks for a list of numbers, shows what each row does, and gives them at one yes."""

    def __init__(self, seat: Seat, host: QWidget) -> None:
        super().__init__(seat, host, number_columns(seat))
        self.form, self.pasted = AskForm(seat.speech), QPlainTextEdit()
        self.pasted.setTabChangesFocus(True)
        inner = self._card.layout()
        assert isinstance(inner, QBoxLayout)  # noqa: S101 - the card's own
        inner.insertWidget(2, self.form)
        inner.insertWidget(3, self.pasted, 1)
        self._command: LookAtNumbers | None = None
        self._seen: NumbersSeen | None = None
        self._headings: tuple[str, ...] = ()
        self._shops: tuple[tuple[str, str], ...] = ()
        self._giving = self._filling = False
        self.wanted.connect(self.go_on)
        self.left.connect(self.close_card)
        self.form.changed.connect(self._look_again)

    async def ask(self, *, paste: bool) -> None:
        """Ask for rows to be pasted, or for a file, and look at it."""
        if self._busy:
            self.show()
            return
        if paste:
            self._ask_rows()
            return
        title = self._seat.speech.say("numbers.title")
        path = await pick_file(self._host.window(), title, SHEETS)
        if path:
            await self.look(LookAtNumbers(path=path))

    async def look(self, command: LookAtNumbers) -> None:
        """Read a list from its beginning, and show what each row would do."""
        self._headings, self._command = (), None
        shops = await self._seat.see(house.shops_seen)
        self._shops = tuple((str(one.id), one.name) for one in shops)
        self._open("numbers.title", "numbers.read")
        self.pasted.hide()
        self.form.hide()
        self._card.setMaximumSize(WIDE, HIGH)
        self._card.setMinimumSize(NARROW, LOW)
        await self._look(command)

    def go_on(self) -> None:
        """Read what was pasted, or give what was looked at."""
        if self._busy or not self.take.isEnabled():
            return
        if self.pasted.isVisible():
            text = self.pasted.toPlainText()
            if text.strip():
                self._seat.spawn(self.look(LookAtNumbers(text=text)))
        elif self._seen is not None:
            self._seat.spawn(self._give(self._seen))

    def close_card(self) -> None:
        """Put the card away; what is being given is stopped, whole orders stay."""
        if self._busy:
            self._seat.spawn(self._seat.do(StopNumbers()))
        if not self._giving:
            self.hide()

    # --- inside -----------------------------------------------------------------------------------

    def _ask_rows(self) -> None:
        say = self._seat.speech.say
        self._open("numbers.title", "numbers.read")
        self._command, self._seen = None, None
        for part in (self.bar, self.table, self.form):
            part.hide()
        self.note.setText(say("numbers.paste"))
        self.pasted.clear()
        self.pasted.show()
        self.pasted.setFocus()
        self.take.say(say("numbers.read"))
        self.take.setEnabled(True)

    async def _look(self, command: LookAtNumbers) -> None:
        """Look, and look again while choices changed meanwhile."""
        while command != self._command:
            self._command = command
            seen = await self._run(command)
            if seen is None:
                return
            self._show(seen)
            command = self._chosen(command)

    async def _run(self, command: LookAtNumbers) -> NumbersSeen | None:
        self._busy = True
        self.take.setEnabled(False)
        try:
            return await self._seat.link.ask(command, NumbersSeen, self.moved)
        except WaydeskError as error:
            self._seat.tell(error)
            self.hide()
            return None
        finally:
            self._busy = False

    def _look_again(self) -> None:
        """Read the list anew by what is chosen now; while it is being read, afterwards."""
        if self._filling or self._command is None:
            return
        self._ready()
        command = self._chosen(self._command)
        if command != self._command and not self._busy:
            self._seat.spawn(self._look(command))

    def _chosen(self, command: LookAtNumbers) -> LookAtNumbers:
        found = self.form.values()
        columns = tuple((name, int(found[name])) for name in FIELDS if found.get(name))
        shop = int(found.get("shop") or 0)
        courier = found.get("usual", "")
        guessed = self._seen is not None and dict(columns) == self._seen.columns
        if guessed and not command.columns:
            columns = ()
        return msgspec.structs.replace(command, columns=columns, shop=shop, courier=courier)

    def _show(self, seen: NumbersSeen) -> None:
        self._seen = seen
        self.bar.hide()
        if seen.headings != self._headings:
            self._headings = seen.headings
            self._filling = True
            self.form.show_asks(self._asks(seen))
            self._filling = False
        self.form.show()
        self._list(lines_of(seen.rows))
        self._say(seen)
        self._ready()

    def _say(self, seen: NumbersSeen) -> None:
        say, count = self._seat.speech.say, self._seat.speech.count
        if seen.lacking:
            self.note.setText(say("numbers.lacking"))
            return
        good, told = self._good(seen), sum(row.verdict == "told" for row in seen.rows)
        same = sum(row.verdict == "same" for row in seen.rows)
        bad = len(seen.rows) - good - same
        counts = {"rows": count(len(seen.rows)), "good": count(good), "same": count(same)}
        parts = [say("numbers.brought", **counts, bad=count(bad))]
        if told:
            parts.append(say("numbers.changes", n=count(told)))
        if not good and not bad:
            parts.append(say("numbers.nothing"))
        self.note.setText(" ".join(parts))
        self.take.say(say("numbers.take", n=count(self._given_of(seen))))

    def _good(self, seen: NumbersSeen) -> int:
        return sum(row.verdict in GIVES for row in seen.rows)

    def _given_of(self, seen: NumbersSeen) -> int:
        return sum(row.verdict in self._takes() for row in seen.rows)

    def _takes(self) -> tuple[str, ...]:
        """What is asked for: parcels that have their number may still be handed over."""
        handed = self.form.values().get("left") == HANDED
        return (*GIVES, "same") if handed else GIVES

    def _ready(self) -> None:
        """A yes needs something to do, and a reason."""
        seen = self._seen
        able = seen is not None and not self._busy and bool(self._given_of(seen))
        self.take.setEnabled(able and bool(self.form.values().get("reason")))
        if seen is not None and not seen.lacking:
            n = self._seat.speech.count(self._given_of(seen))
            self.take.say(self._seat.speech.say("numbers.take", n=n))

    def _asks(self, seen: NumbersSeen) -> tuple[Ask, ...]:
        """The choices above the list; how an order is split is asked where one is."""
        say = self._seat.speech.say
        none = ("", say("numbers.no_column"))
        headings = [(str(at), name[:HEADING]) for at, name in enumerate(seen.headings)]
        split = any(row.verdict in SPLIT or row.items for row in seen.rows)
        names = FIELDS if split else FIELDS[:3]
        chosen = {name: str(seen.columns.get(name, "")) for name in FIELDS}
        columns = tuple(
            Ask(
                name,
                f"numbers.{name}",
                Kind.CHOICE,
                chosen[name],
                (none, *headings),
                needed=name in NEEDED,
                span=2,
            )
            for name in names
        )
        couriers = [(code, self._seat.speech.word("carrier", code)) for code in self._couriers()]
        usual = (("", say("numbers.by_form")), *couriers)
        shops = (("", say("numbers.every_shop")), *self._shops)
        where = (("", say("numbers.not_handed")), (HANDED, say("numbers.handed")))
        return (
            *columns,
            Ask("usual", "numbers.usual", Kind.CHOICE, "", usual, span=2),
            Ask("shop", "numbers.shop", Kind.CHOICE, "", shops, span=2),
            Ask(
                "reason",
                "numbers.reason",
                needed=True,
                example=say("numbers.reason_example"),
                span=2,
            ),
            Ask("left", "numbers.left", Kind.CHIPS, "", where, needed=True),
        )

    def _couriers(self) -> list[str]:
        law = self._seat.law
        return [code for code in law.couriers.rows if law.waybill_numbers.knows(code)]

    async def _give(self, seen: NumbersSeen) -> None:
        found, takes = self.form.values(), self._takes()
        given = tuple(
            GivenNumber(row.row, row.order_id, row.courier, row.number, row.before, row.items)
            for row in seen.rows
            if row.verdict in takes
        )
        orders = tuple(dict.fromkeys(one.order_id for one in given))
        command = TakeNumbers(orders, given, found.get("left") == HANDED, found["reason"])
        self.take.setEnabled(False)
        self.form.hide()
        self.away.say(self._seat.speech.say("numbers.stop"))
        self._busy = self._giving = True
        try:
            taken = await self._seat.ask(command, NumbersTaken, self.moved)
        finally:
            self._busy = self._giving = False
        if taken is None:
            self._show(seen)
            return
        self._ended(taken)

    def _ended(self, taken: NumbersTaken) -> None:
        say, count = self._seat.speech.say, self._seat.speech.count
        self.hide()
        if taken.stopped:
            said = say("numbers.stopped", n=count(taken.done))
            self._seat.news.emit(News(said, "", "warning", self._undo(taken)))
            return
        title = say("numbers.done", n=count(taken.done))
        args = {"told": count(taken.told), "refused": count(len(taken.refused))}
        tone = "warning" if taken.refused else "good"
        text = say("numbers.done_text", **args)
        self._seat.news.emit(News(title, text, tone, self._undo(taken)))

    # --- back -------------------------------------------------------------------------------------

    def _undo(self, taken: NumbersTaken) -> Callable[[], None] | None:
        """The way back, where the person may take it and something was given."""
        if not taken.waybill_ids or not self._seat.may_ask(GIVES_BACK):
            return None

        def back() -> None:
            self._seat.spawn(self._take_back(taken))

        return back

    async def _take_back(self, taken: NumbersTaken) -> None:
        speech = self._seat.speech
        n = speech.count(len(taken.waybill_ids))
        field = Field("reason", "numbers.undo_reason", needed=True)
        form = Form("numbers.undo", "numbers.undo_text", (field,), args={"n": n})
        answer = await ask(self._host.window(), speech, form)
        if answer is None:
            return
        command = TakeBackNumbers(taken.order_ids, taken.waybill_ids, answer["reason"])
        back = await self._seat.ask(command, NumbersTaken)
        if back is not None:
            counts = {"n": speech.count(back.done), "left": speech.count(back.same)}
            tone = "warning" if back.same else "good"
            self._seat.news.emit(News(speech.say("numbers.undone", **counts), "", tone))


class LazyCard:
    """The card over the whole window, made when it is first asked for: rows need the width."""

    def __init__(self, seat: Seat, host: QWidget) -> None:
        self._seat, self._host = seat, host
        self._card: NumberCard | None = None

    @property
    def card(self) -> NumberCard:
        """The card; the host stands in its window by now."""
        if self._card is None:
            self._card = NumberCard(self._seat, self._host.window())
        return self._card
