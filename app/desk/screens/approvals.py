"""Approvals: what waits for me, what I asked for, and what became of it lately."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from app.commands.approvals import ConsentTo, RefuseRequest, WithdrawRequest
from app.commands.wire import Changed
from app.desk.consent import request_words
from app.desk.dialogs import Field, Form, ask
from app.desk.parts import Button, boxed, clear, column, empty_state, row
from app.desk.screen import Screen
from app.desk.seat import Seat
from app.desk.text import TextLabel
from app.reads.approvals import RequestRow, open_requests, past_requests

WIDTH = 860
TONES = {
    "waiting": "warning",
    "consented": "good",
    "used": "good",
    "refused": "bad",
    "void": "plain",
}


class ApprovalsScreen(Screen):
    """Requests as cards: whoever may agree signs here, whoever asked does it once agreed to."""

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self._seat = seat
        self.open: tuple[RequestRow, ...] = ()
        self.past: tuple[RequestRow, ...] = ()
        self._read = False
        self._body = column(gap=10, margins=(24, 20, 24, 24))
        inner = boxed(self._body)
        inner.setMaximumWidth(WIDTH)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(boxed(row(inner, gap=0)))
        whole = column(area, gap=0)
        self.setLayout(whole)
        for changed in (seat.speech.changed, seat.look.changed):
            changed.connect(self.draw)

    def reload(self) -> None:
        """Read what waits."""
        self._seat.spawn(self.read())

    def heard(self, changed: Changed) -> None:
        """A request was made, agreed to, refused or used."""
        if "approvals" in changed.rows:
            self.reload()

    def tick(self) -> None:
        """The time moved on: what has run out is over."""
        self.reload()

    def put_away(self) -> None:
        """The person left."""
        self.open, self.past, self._read = (), (), False
        self.draw()

    async def read(self) -> None:
        """Read the requests and draw them."""
        now = self._seat.clock.now()
        found = await self._seat.see(open_requests, now), await self._seat.see(past_requests, now)
        if found != (self.open, self.past) or not self._read:
            self.open, self.past = found
            self._read = True
            self.draw()

    def draw(self) -> None:
        """Put the cards on screen."""
        clear(self._body)
        say = self._seat.speech.say
        if not (self.open or self.past):
            words = (say("approvals.none"), say("approvals.none_text"))
            self._body.addWidget(empty_state(self._seat.look, "approvals", *words), 1)
            return
        others = [one for one in self.open if not (one.for_me or one.mine)]
        parts = (
            ("approvals.for_me", [one for one in self.open if one.for_me]),
            ("approvals.mine", [one for one in self.open if one.mine]),
            ("approvals.past", [*others, *self.past]),
        )
        for title, rows in parts:
            self._part(say(title), rows)
        self._body.addStretch(1)

    # --- inside --------------------------------------------------------------------------------

    def _part(self, title: str, rows: Iterable[RequestRow]) -> None:
        cards = [self._card(one) for one in rows]
        if cards:
            self._body.addWidget(TextLabel(title, face="title"))
        for card in cards:
            self._body.addWidget(card)

    def _card(self, one: RequestRow) -> QWidget:
        speech, now = self._seat.speech, self._seat.clock.now()
        state = TextLabel(speech.word("request", one.state), tag=TONES[one.state])
        what = TextLabel(request_words(self._seat, one), weight="medium").wrapped()
        told = column(what, gap=4)
        told.addWidget(TextLabel(self._who(one), ink="second").wrapped())
        if one.reason:
            reason = speech.say("approvals.reason", reason=one.reason)
            told.addWidget(TextLabel(reason, ink="second").wrapped())
        if one.state in {"waiting", "consented"} and one.expires_at > now:
            left = speech.say("approvals.left", span=speech.span(one.expires_at - now))
            told.addWidget(TextLabel(left, ink="third", face="caption"))
        line = row(boxed(told), gap=12, margins=(16, 12, 16, 12))
        line.setStretch(0, 1)
        for part in (state, *self._deeds(one, now)):
            line.addWidget(part)
            line.setAlignment(part, Qt.AlignmentFlag.AlignTop)
        return boxed(line, kind="card")

    def _who(self, one: RequestRow) -> str:
        speech, now = self._seat.speech, self._seat.clock.now()
        at = speech.moment(one.created_at, now)
        asked = speech.say("approvals.asked", who=one.requester, at=at)
        if one.state in {"consented", "used"}:
            by = speech.say(
                "approvals.agreed", who=one.approver, how=speech.word("factor", one.factor)
            )
            return f"{asked} · {by}"
        if one.state == "refused":
            by = speech.say("approvals.refused", who=one.approver, reason=one.answer)
            return f"{asked} · {by}"
        return f"{asked} · {speech.word('why', one.void_why)}" if one.void_why else asked

    def _deeds(self, one: RequestRow, now: int) -> list[Button]:
        if one.expires_at <= now or one.state not in {"waiting", "consented"}:
            return []
        if one.for_me:
            return [
                self._button("ghost", "approvals.refuse", lambda: self._refuse(one)),
                self._button("primary", "approvals.agree", lambda: self._agree(one)),
            ]
        deeds = [self._button("ghost", "approvals.withdraw", lambda: self._withdraw(one))]
        if one.mine and one.state == "consented" and one.id in self._seat.left:
            deeds.append(self._button("primary", "approvals.do", lambda: self._do(one)))
        return deeds if one.mine else []

    def _button(self, kind: str, word: str, pressed: Callable[[], None]) -> Button:
        button = Button(kind, pressed)
        button.say(self._seat.speech.say(word))
        return button

    def _agree(self, one: RequestRow) -> None:
        self._seat.spawn(self._sign(one))

    async def _sign(self, one: RequestRow) -> None:
        fields = (
            Field("passphrase", "consent.passphrase", needed=True, secret=True),
            Field("code", "consent.code_if_any"),
        )
        what = request_words(self._seat, one)
        args: dict[str, str | int] = {"who": one.requester, "what": what}
        form = Form("approvals.sign", "approvals.sign_text", fields, "consent.agree", args=args)
        answer = await ask(self.window(), self._seat.speech, form)
        if answer is not None:
            mine = self._seat.signed_login
            await self._seat.do(ConsentTo(one.id, mine, answer["passphrase"], answer["code"]))
            await self.read()

    def _refuse(self, one: RequestRow) -> None:
        self._seat.spawn(self._say_no(one))

    async def _say_no(self, one: RequestRow) -> None:
        fields = (Field("reason", "sheet.reason", needed=True),)
        args: dict[str, str | int] = {"who": one.requester}
        form = Form("approvals.no", "approvals.no_text", fields, "approvals.refuse", args=args)
        answer = await ask(self.window(), self._seat.speech, form)
        if answer is not None:
            await self._seat.do(RefuseRequest(one.id, answer["reason"]))
            await self.read()

    def _withdraw(self, one: RequestRow) -> None:
        self._seat.spawn(self._done(WithdrawRequest(one.id)))

    def _do(self, one: RequestRow) -> None:
        self._seat.spawn(self._done(self._seat.left.pop(one.id)))

    async def _done(self, command: object) -> None:
        await self._seat.do(command)
        await self.read()
