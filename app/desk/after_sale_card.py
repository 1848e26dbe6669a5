"""The card of an order's after-sales: what the buyer asks for, and the seller's answer."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.commands.after_sales import AnswerAfterSale
from app.desk.dialogs import Field, Form, ask
from app.desk.parts import Button, boxed, column, row
from app.desk.seat import News, Seat
from app.desk.text import TextLabel, plain_tip
from app.reads.after_sales import AfterSaleRow
from app.reads.panel import Panel

RIGHT = "permission.refund.request"
TONES = {"sending": "info", "done": "good", "unknown": "warning", "refused": "bad"}
KEYS = {
    "agree": ("after_sale.agree_title", "after_sale.agree_text", "after_sale.agree_done"),
    "refuse": ("after_sale.refuse_title", "after_sale.refuse_text", "after_sale.refuse_done"),
}
Answer = Callable[[AfterSaleRow, str], None]


def after_sale_card(seat: Seat, shown: Panel, answer: Answer) -> QWidget | None:
    """An order's after-sales with their buttons; None where there are none."""
    if not shown.after_sales:
        return None
    layout = column(gap=10, margins=(12, 10, 12, 12))
    title = TextLabel(seat.speech.say("after_sale.title"), face="caption", ink="second")
    count = TextLabel(str(len(shown.after_sales)), face="caption", ink="second")
    layout.addLayout(row(title, 1, count))
    for one in shown.after_sales:
        layout.addLayout(_one(seat, one, answer))
    return boxed(layout, kind="card")


def _one(seat: Seat, one: AfterSaleRow, answer: Answer) -> QVBoxLayout:
    speech = seat.speech
    kind = speech.word("after_sale_kind", one.kind)
    name = TextLabel(f"{kind[:1].upper()}{kind[1:]}", weight="medium").wrapped()
    amount = TextLabel(speech.money(one.amount_minor, one.currency))
    word, tone = _standing(one)
    standing = TextLabel(speech.say(word), tag=tone)
    head = row(name, amount, standing, gap=8)
    head.setStretch(0, 1)
    for part in (name, amount, standing):
        head.setAlignment(part, Qt.AlignmentFlag.AlignTop)
    layout = column(gap=4)
    layout.addLayout(head)
    for text in _lines(seat, one):
        layout.addWidget(TextLabel(text, face="caption", ink="second").wrapped())
    if one.answer_state == "unknown":
        said = TextLabel(speech.say("after_sale.unknown_text"), face="caption", ink="warning")
        layout.addWidget(said.wrapped())
    if one.answer_state == "refused" and one.answer_code:
        title, remedy = speech.refusal(one.answer_code, {})
        layout.addWidget(TextLabel(f"{title}. {remedy}", face="caption", ink="bad").wrapped())
    buttons = [name for name in ("agree", "refuse") if one.takes(name)]
    if buttons:
        line = row(gap=8)
        for each in buttons:
            line.addWidget(_button(seat, one, each, answer))
        line.addStretch(1)
        layout.addLayout(line)
    return layout


def _standing(one: AfterSaleRow) -> tuple[str, str]:
    if one.answer_state and (one.answer_state != "refused" or not one.may):
        return f"after_sale.{one.answer_state}", TONES[one.answer_state]
    return ("after_sale.waiting", "warning") if one.may else ("after_sale.over", "plain")


def _lines(seat: Seat, one: AfterSaleRow) -> list[str]:
    say, now = seat.speech.say, seat.clock.now()
    when = seat.speech.moment(one.asked_at, now) if one.asked_at else ""
    words = " · ".join(part for part in (one.reason, one.said) if part)
    lines = [
        " · ".join(part for part in (when, f"×{one.quantity}" if one.quantity else "") if part)
    ]
    if words:
        lines.append(say("after_sale.buyer", text=words))
    if one.return_no:
        sent = {"carrier": one.return_carrier, "number": one.return_no}
        lines.append(say("after_sale.returned", **sent))
    return [line for line in lines if line]


def _button(seat: Seat, one: AfterSaleRow, name: str, answer: Answer) -> Button:
    may = seat.may_ask(RIGHT.removeprefix("permission."))
    button = Button("" if name == "agree" else "danger", lambda: answer(one, name))
    button.say(seat.speech.say(f"after_sale.{name}"))
    button.setEnabled(may)
    button.setFixedHeight(28)
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    reason = "" if may else seat.speech.say("act.no_right", right=seat.speech.say(RIGHT))
    button.setAccessibleDescription(reason)
    plain_tip(button, reason)
    return button


async def answered(seat: Seat, place: QWidget, one: AfterSaleRow, name: str) -> None:
    """Ask the person, plainly, for what cannot be taken back; then send the answer."""
    speech = seat.speech
    told: dict[str, str | int] = {
        "amount": speech.money(one.amount_minor, one.currency),
        "kind": speech.word("after_sale_kind", one.kind),
    }
    word = "after_sale.words" if name == "refuse" else "sheet.reason"
    reason = Field("reason", word, lines=2, needed=True)
    title, text, done = KEYS[name]
    form = Form(title, text, (reason,), done, "danger", told)
    given = await ask(place.window(), speech, form)
    if given is None:
        return
    wish = AnswerAfterSale(one.id, name, one.told_version, given["reason"])
    if await seat.do(wish):
        seat.news.emit(News(speech.say("after_sale.asked"), "", "good"))
