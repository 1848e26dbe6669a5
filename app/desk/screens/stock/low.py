"""The page of what runs low: one replenishment ticket for each merchant code."""

from collections.abc import Iterable, Mapping

from PySide6.QtWidgets import QWidget

from app.commands.breakers import OrderGoods
from app.commands.wire import Changed
from app.desk.columns import Cell, Column, Kind
from app.desk.dialogs import Field, Form, ask
from app.desk.paged import ListPage
from app.desk.parts import boxed, column, in_lines, row
from app.desk.rightful import may, rightful
from app.desk.rows import Rows
from app.desk.screen import Act
from app.desk.screens.stock.told_card import told_card
from app.desk.seat import News, Seat
from app.desk.speech import NONE
from app.desk.text import TextLabel
from app.domain.errors import BadValue
from app.reads import stopped
from app.reads.stopped import TicketRow, ToldRow

ORDERS = "permission.stock.adjust"
READ_ON = frozenset({"replenishments", "stock"})


class LowPage(ListPage):
    """Open tickets, those with the least left first; what was ordered stands behind them."""

    def __init__(self, seat: Seat) -> None:
        self._of = ""
        self.told: tuple[ToldRow, ...] = ()
        super().__init__(seat, self._columns(seat))

    async def rows(self) -> Rows:
        """The open tickets."""
        return await self._seat.see(stopped.tickets)

    def heard(self, changed: Changed) -> None:
        """Read again when a ticket came or went, or stock moved."""
        if READ_ON & set(changed.rows):
            self._of = ""
            self.model.refresh()

    def nothing(self) -> tuple[str, str, str]:
        """There is enough of everything."""
        say, policy = self._seat.speech.say, self._seat.law.policy
        return "calm", say("low.empty"), say("low.empty_text", n=policy.low_water)

    def shortcuts(self) -> Mapping[str, Act]:
        """Order goods for the ticket under the cursor."""
        return {"B": self.order}

    def moved(self) -> None:
        """Another code: read what its shops were told."""
        self.show_side()
        shown = self.current()
        if shown is not None and shown.sku != self._of:
            self._of = shown.sku
            self._seat.spawn(self._read(shown.sku))

    def order(self) -> None:
        """Ask how many were ordered and where."""
        shown = self.current()
        if shown is not None and may(self._seat, ORDERS):
            self._seat.spawn(self._order(shown))

    def beside(self, shown: TicketRow) -> Iterable[QWidget]:
        """The ticket under the cursor."""
        speech, now = self._seat.speech, self._seat.clock.now()
        yield TextLabel(f"{shown.title} · {shown.sku}", face="headline").wrapped()
        layout = column(gap=6, margins=(12, 10, 12, 12))
        layout.addWidget(TextLabel(shown.number, face="caption", ink="third"))
        for word, n in (("low.col_now", shown.free_now), ("low.at_opening", shown.free)):
            layout.addLayout(
                row(TextLabel(speech.say(word), ink="second"), 1, _figure(self._seat, n))
            )
        since = speech.say("low.since", at=speech.moment(shown.opened_at, now))
        layout.addWidget(TextLabel(since, face="caption", ink="third").wrapped())
        if shown.ordered:
            facts = {"n": speech.count(shown.ordered), "who": shown.ordered_by}
            at = speech.moment(shown.ordered_at, now)
            said = speech.say("low.ordered", at=at, where=shown.ordered_reason, **facts)
            layout.addWidget(TextLabel(said, ink="good").wrapped())
        kind = "" if shown.ordered else "primary"
        layout.addWidget(
            in_lines(rightful(self._seat, ("low.order", "B"), ORDERS, self.order, kind))
        )
        yield boxed(layout, kind="card")
        if shown.sku == self._of:
            yield told_card(self._seat, self.told)

    # --- inside -----------------------------------------------------------------------------------

    def _columns(self, seat: Seat) -> tuple[Column[TicketRow], ...]:
        speech = seat.speech

        def code(one: TicketRow) -> Cell:
            return Cell(one.title, one.sku, mark=one.title[:1])

        def left(one: TicketRow) -> Cell:
            limited = one.free_now < seat.law.policy.safety_stock
            return Cell(speech.count(one.free_now), tone="bad" if limited else "warning")

        def since(one: TicketRow) -> Cell:
            return Cell(speech.moment(one.opened_at, seat.clock.now()), quiet=True)

        def ordered(one: TicketRow) -> Cell:
            if not one.ordered:
                return Cell(NONE, quiet=True)
            return Cell(speech.count(one.ordered), one.ordered_reason)

        return (
            Column("code", "stopped.col_code", code, 240, Kind.TILE, grow=5),
            Column("free", "low.col_now", left, 110, Kind.PILL, grow=1),
            Column("since", "low.col_since", since, 120, grow=1),
            Column("ordered", "low.col_ordered", ordered, 160, grow=2, drop=1),
        )

    async def _read(self, sku: str) -> None:
        self.told = await self._seat.see(stopped.told, sku)
        if sku == self._of:
            self.show_side()

    async def _order(self, shown: TicketRow) -> None:
        speech = self._seat.speech
        args: dict[str, str | int] = {"sku": shown.sku, "free": shown.free_now}
        fields = (
            Field("quantity", "low.quantity", needed=True),
            Field("reason", "low.where", needed=True),
        )
        form = Form("low.order_title", "low.order_text", fields, "low.order", args=args)
        typed = await ask(self.window(), speech, form)
        if typed is None:
            return
        quantity = typed["quantity"].strip()
        if not (quantity.isascii() and quantity.isdecimal()):
            title, remedy = speech.error(BadValue(field="quantity", value=quantity))
            self._seat.news.emit(News(title, remedy))
        elif await self._seat.do(OrderGoods(shown.id, int(quantity), typed["reason"])):
            self.reload()


def _figure(seat: Seat, n: int) -> TextLabel:
    return TextLabel(seat.speech.count(n), weight="medium")
