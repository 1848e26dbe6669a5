"""What is reserved for an order, and what cancelling it would give back (F194)."""

from collections import Counter
from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from app.desk.parts import boxed, column, row
from app.desk.seat import Seat
from app.desk.speech import NONE
from app.desk.text import TextLabel
from app.domain.states import LockKind
from app.reads import order_locks
from app.reads.board import BoardRow
from app.reads.order_locks import LockRow
from app.reads.panel import Panel


def lock_card(seat: Seat, shown: Panel) -> QWidget | None:
    """A line for each standing reservation; None where nothing is held."""
    if not shown.locks:
        return None
    speech = seat.speech
    layout = column(gap=8, margins=(12, 10, 12, 12))
    total = speech.say("locks.units", n=speech.count(sum(one.held for one in shown.locks)))
    head = row(TextLabel(speech.say("locks.title"), face="caption", ink="second"), 1)
    head.addWidget(TextLabel(total, face="caption", ink="second"))
    layout.addLayout(head)
    for one in shown.locks:
        line = row(TextLabel(f"{one.sku} · {one.place}").wrapped(), gap=8)
        line.setStretch(0, 1)
        line.addWidget(TextLabel(f"×{one.held}", weight="medium"))
        layout.addLayout(line)
        said, ink = lock_words(seat, shown, one)
        layout.addWidget(TextLabel(said, face="caption", ink=ink).wrapped())
    return boxed(layout, kind="card")


def lock_words(seat: Seat, shown: Panel, one: LockRow) -> tuple[str, str]:
    """Since when it is held and when it is let go, and in which ink."""
    speech, now = seat.speech, seat.clock.now()
    since = speech.say("locks.since", at=speech.moment(one.since, now) if one.since else NONE)
    if one.waits:
        return f"{since} · {speech.say('locks.waits')}", "warning"
    if one.kind == LockKind.SOFT and one.expires_at is not None:
        at = speech.moment(one.expires_at, now)
        left = speech.span(max(0, one.expires_at - now))
        return f"{since} · {speech.say('locks.soft', at=at, left=left)}", "warning"
    by = shown.order.promise_at
    until = (
        speech.say("locks.firm_by", at=speech.moment(by, now)) if by else speech.say("locks.firm")
    )
    return f"{since} · {until}", "second"


async def cancel_preview(seat: Seat, rows: Sequence[BoardRow]) -> str:
    """What cancelling these orders does to the stock, in a sentence."""
    speech = seat.speech
    locks = await seat.see(order_locks.of_orders, tuple(one.id for one in rows))
    held: Counter[str] = Counter()
    for one in locks:
        held[one.sku] += one.held
    if not held:
        return speech.say("locks.preview_none")
    waiting = await seat.see(order_locks.stopped, frozenset(held))
    free = [f"{sku} ×{n}" for sku, n in sorted(held.items()) if sku not in waiting]
    kept = [f"{sku} ×{n}" for sku, n in sorted(held.items()) if sku in waiting]
    comma = "、" if speech.lang == "zh" else ", "
    said = [speech.say("locks.preview", what=comma.join(free))] if free else []
    said += [speech.say("locks.preview_waits", what=comma.join(kept))] if kept else []
    return " ".join(said)
