"""The page of breakers: what is stopped and why, which buyers to tell, and who resumes it."""

from collections.abc import Iterable, Mapping
from functools import partial

import msgspec
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app.commands.breakers import BuyerTold, ResumeBreaker
from app.commands.wire import Changed
from app.desk.columns import Cell, Column, Kind
from app.desk.dialogs import Field, Form, ask
from app.desk.paged import ListPage
from app.desk.parts import boxed, column, in_lines
from app.desk.rightful import may, rightful
from app.desk.rows import Rows
from app.desk.screen import Act
from app.desk.screens.stock.told_card import told_card
from app.desk.seat import News, Seat
from app.desk.speech import NONE
from app.desk.text import TextLabel
from app.domain.times import local
from app.reads import stopped
from app.reads.stopped import BreakerRow, NoticeRow, ToldRow

RESUMES, TELLS = "permission.breaker.close", "permission.order.note"
READ_ON = frozenset({"breakers", "stock", "outbox"})
MOST_SHOWN = 20


class StoppedPage(ListPage):
    """Open breakers first, then the last closed ones with who resumed them and why."""

    def __init__(self, seat: Seat) -> None:
        self._of = ""
        self.told: tuple[ToldRow, ...] = ()
        self.notices: tuple[NoticeRow, ...] = ()
        super().__init__(seat, self._columns(seat))

    async def rows(self) -> Rows:
        """The breakers."""
        return await self._seat.see(stopped.breakers)

    def heard(self, changed: Changed) -> None:
        """Read again when one opened or was resumed, a buyer was told, or a shop heard."""
        if READ_ON & set(changed.rows):
            self._of = ""
            self.model.refresh()

    def nothing(self) -> tuple[str, str, str]:
        """Nothing was ever stopped."""
        say = self._seat.speech.say
        return "calm", say("stopped.empty"), say("stopped.empty_text")

    def shortcuts(self) -> Mapping[str, Act]:
        """Resume the code under the cursor."""
        return {"R": self.resume}

    def moved(self) -> None:
        """Another code: read what its shops were told and whom it concerns."""
        self.show_side()
        shown = self.current()
        if shown is not None and shown.sku != self._of:
            self._of = shown.sku
            self._seat.spawn(self._read(shown.sku))

    def resume(self) -> None:
        """Ask for the reason, then let the code go on."""
        shown = self.current()
        if shown is not None and shown.state == "open" and may(self._seat, RESUMES):
            self._seat.spawn(self._resume(shown))

    def beside(self, shown: BreakerRow) -> Iterable[QWidget]:
        """The breaker under the cursor."""
        yield TextLabel(f"{shown.title} · {shown.sku}", face="headline").wrapped()
        yield self._why(shown)
        if shown.sku == self._of:
            if shown.kind == "oversell" and self.notices:
                yield self._buyers()
            yield told_card(self._seat, self.told)

    # --- inside -----------------------------------------------------------------------------------

    def _columns(self, seat: Seat) -> tuple[Column[BreakerRow], ...]:
        say, count = seat.speech.say, seat.speech.count

        def code(one: BreakerRow) -> Cell:
            return Cell(one.title, one.sku, mark=one.title[:1])

        def what(one: BreakerRow) -> Cell:
            tone = "bad" if one.state == "open" else "quiet"
            return Cell(say(f"breaker_kind.{one.kind}"), say(f"breaker_state.{one.state}"), tone)

        def since(one: BreakerRow) -> Cell:
            return Cell(seat.speech.moment(one.opened_at, seat.clock.now()))

        def waits(one: BreakerRow) -> Cell:
            n = one.waiting or one.drafts
            word = "stopped.releases" if one.waiting else "stopped.drafts"
            return Cell(say(word, n=count(n)), tone="warning") if n else Cell(NONE, quiet=True)

        def closed(one: BreakerRow) -> Cell:
            return Cell(one.closed_by or NONE, one.closed_reason, quiet=not one.closed_by)

        return (
            Column("code", "stopped.col_code", code, 220, Kind.TILE, grow=4),
            Column("what", "stopped.col_what", what, 170, Kind.DOT, grow=3),
            Column("since", "stopped.col_since", since, 110, grow=1),
            Column("waits", "stopped.col_waits", waits, 130, Kind.PILL, grow=1),
            Column("closed", "stopped.col_closed", closed, 150, grow=2, drop=1),
        )

    async def _read(self, sku: str) -> None:
        self.told = await self._seat.see(stopped.told, sku)
        self.notices = await self._seat.see(stopped.notices, sku)
        if sku == self._of:
            self.show_side()

    def _why(self, shown: BreakerRow) -> QWidget:
        speech, now = self._seat.speech, self._seat.clock.now()
        layout = column(gap=6, margins=(12, 10, 12, 12))
        head = TextLabel(speech.say(f"breaker_kind.{shown.kind}"), weight="medium")
        head.restyle(ink="bad" if shown.state == "open" else "")
        layout.addWidget(head)
        facts = msgspec.json.decode(shown.why_json)
        why = speech.say(f"stopped.why_{shown.kind}", **facts)
        layout.addWidget(TextLabel(why, ink="second").wrapped())
        at = speech.moment(shown.opened_at, now)
        layout.addWidget(
            TextLabel(speech.say("stopped.opened", at=at), face="caption", ink="third").wrapped()
        )
        if shown.waiting:
            n = speech.count(shown.waiting)
            layout.addWidget(TextLabel(speech.say("stopped.waiting_text", n=n)).wrapped())
        if shown.state == "closed":
            by = {"who": shown.closed_by, "at": speech.moment(shown.closed_at, now)}
            said = speech.say("stopped.resumed", reason=shown.closed_reason, **by)
            layout.addWidget(TextLabel(said).wrapped())
        else:
            button = rightful(self._seat, ("stopped.resume", "R"), RESUMES, self.resume, "primary")
            layout.addWidget(in_lines(button))
        return boxed(layout, kind="card")

    def _buyers(self) -> QWidget:
        say = self._seat.speech.say
        layout = column(gap=8, margins=(12, 10, 12, 12))
        layout.addWidget(TextLabel(say("stopped.buyers"), weight="medium"))
        layout.addWidget(TextLabel(say("stopped.buyers_text"), ink="second").wrapped())
        for one in self.notices[:MOST_SHOWN]:
            layout.addWidget(self._buyer(one))
        more = len(self.notices) - MOST_SHOWN
        if more > 0:
            layout.addWidget(TextLabel(say("stopped.more", n=more), ink="third"))
        return boxed(layout, kind="card")

    def _buyer(self, one: NoticeRow) -> QWidget:
        speech, now = self._seat.speech, self._seat.clock.now()
        layout = column(TextLabel(f"{one.external_no} · {one.shop}", weight="medium"), gap=4)
        layout.addWidget(TextLabel(self.draft(one), ink="second").wrapped())
        if one.state == "told":
            at = speech.moment(one.told_at, now)
            said = speech.say("stopped.buyer_told", who=one.told_by, at=at)
            layout.addWidget(TextLabel(said, face="caption", ink="good").wrapped())
        else:
            copy = rightful(self._seat, ("stopped.copy", ""), TELLS, partial(self._copy, one))
            done = rightful(self._seat, ("stopped.say_told", ""), TELLS, partial(self._told, one))
            layout.addWidget(in_lines(copy, done))
        return boxed(layout)

    def draft(self, one: NoticeRow) -> str:
        """What the buyer is told, ready to be sent in the platform's chat."""
        speech = self._seat.speech
        day = f"{local(one.expected_at or 0, speech.zone):%Y-%m-%d}"
        return speech.say("stopped.draft", number=one.external_no, goods=one.title, day=day)

    def _copy(self, one: NoticeRow) -> None:
        QGuiApplication.clipboard().setText(self.draft(one))
        self._seat.news.emit(News(self._seat.speech.say("stopped.copied"), "", "good"))

    def _told(self, one: NoticeRow) -> None:
        self._seat.spawn(self._say_told(one))

    async def _say_told(self, one: NoticeRow) -> None:
        if await self._seat.do(BuyerTold(one.id)):
            await self._read(one.sku)

    async def _resume(self, shown: BreakerRow) -> None:
        speech = self._seat.speech
        args: dict[str, str | int] = {"sku": shown.sku}
        fields = (Field("reason", "sheet.reason", needed=True),)
        form = Form(
            "stopped.resume_title", "stopped.resume_text", fields, "stopped.resume", args=args
        )
        typed = await ask(self.window(), speech, form)
        if typed is not None and await self._seat.do(ResumeBreaker(shown.id, typed["reason"])):
            self._seat.news.emit(News(speech.say("stopped.resumed_news", **args), "", "good"))
            self.reload()
