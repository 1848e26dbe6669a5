"""The one word of an order's state on the board, with its tone; derived as the headline is."""

from dataclasses import dataclass

from app.desk.speech import HOUR, NONE, Speech
from app.domain.guards import SHIPPED_PROOFS
from app.domain.states import Held, LogisticsState, OrderState, PaymentState, PrintState
from app.reads.board import BoardRow

BAD_WITHIN, WARN_WITHIN = 2 * HOUR, 12 * HOUR
ENDED = frozenset({OrderState.COMPLETED, OrderState.CANCELLED, OrderState.CLOSED})
GONE = frozenset({OrderState.CANCELLED, OrderState.CLOSED})
ON_THE_WAY = frozenset(LogisticsState) - {LogisticsState.NONE, LogisticsState.WAYBILLED}
ASTRAY = frozenset({LogisticsState.TROUBLE, LogisticsState.RETURNING, LogisticsState.RETURNED})
PRINTING = frozenset({PrintState.QUEUED, PrintState.CLAIMED})


@dataclass(frozen=True, slots=True)
class Said:
    """A word, what it adds, and how good the news is."""

    word: str
    more: str
    tone: str


def status(row: BoardRow, speech: Speech) -> Said:
    """What the status column says: what stops the order first, else how far it is."""
    if row.state in GONE:
        return Said(speech.word("order", row.state), "", "bad" if row.state == "cancelled" else "")
    if row.held:
        return _held(row, speech)
    if row.logistics in ASTRAY:
        return Said(speech.word("logistics", row.logistics), _proofs(row, speech), "bad")
    out = row.state in {OrderState.SHIPPED, OrderState.COMPLETED}
    return _gone_out(row, speech) if out else _inside(row, speech)


def _inside(row: BoardRow, speech: Speech) -> Said:
    word = _waiting(row, speech)
    if row.open_cases:
        return Said(word, speech.say("board.cases", n=row.open_cases), "bad")
    return Said(word, "", "warning" if row.payment == PaymentState.UNCONFIRMED else "info")


def _held(row: BoardRow, speech: Speech) -> Said:
    why = row.held_reason
    reason = why_held(why, speech) if why else ""
    tone = "warning" if row.held in {Held.HOLD, Held.RISK} else "bad"
    return Said(speech.word("board_held", row.held), reason, tone)


def why_held(reason: str, speech: Speech) -> str:
    """Why an order stands still: a kind of exception, a missing proof, or a person's words."""
    for area in ("case_word", "missing_word", "hold_word"):
        if speech.words.has(f"{area}.{reason}"):
            return speech.word(area, reason)
    return reason


def _gone_out(row: BoardRow, speech: Speech) -> Said:
    whole = row.proofs >= len(SHIPPED_PROOFS)
    if row.open_cases:
        more = speech.say("board.cases", n=row.open_cases)
        return Said(f"{speech.word('order', row.state)} {_proofs(row, speech)}", more, "bad")
    unseen = "" if whole or row.state == OrderState.COMPLETED else speech.say("board.no_pickup")
    more = speech.word("logistics", row.logistics) if row.logistics in ON_THE_WAY else unseen
    tone = "good" if whole or row.state == OrderState.COMPLETED else "warning"
    return Said(f"{speech.word('order', row.state)} {_proofs(row, speech)}", more, tone)


def _proofs(row: BoardRow, speech: Speech) -> str:
    return speech.say("board.proofs", have=row.proofs, need=len(SHIPPED_PROOFS))


def _waiting(row: BoardRow, speech: Speech) -> str:
    if row.intake != "booked" or not row.state:
        return speech.say("tab.pending")
    if row.state == OrderState.AWAITING_PAYMENT:
        known = row.payment == PaymentState.UNCONFIRMED
        return speech.word("payment", row.payment) if known else speech.say("payment.unpaid")
    if row.state == OrderState.PAID:
        return speech.say("tab.to_review")
    if row.tab == "to_ship":
        return speech.say("tab.to_ship")
    return speech.say("board.to_label" if not row.waybill_no else "tab.to_print")


def paper(row: BoardRow, speech: Speech) -> str:
    """The second line of the carrier's column: how far the label is."""
    if not row.waybill_no:
        return ""
    return (
        speech.word("print", row.print_state) if row.print_state else speech.say("board.unprinted")
    )


def deadline(row: BoardRow, speech: Speech, now: int) -> tuple[str, str]:
    """The time left to the platform's deadline, and its tone once it matters."""
    out = row.state in ENDED or row.state == OrderState.SHIPPED
    if row.promise_at is None or out:
        return NONE, ""
    left = row.promise_at - now
    if left < 0:
        return speech.say("board.overdue", span=speech.span(left)), "bad"
    if left >= 24 * HOUR:
        return speech.day(row.promise_at, now), ""
    late = "warning" if left < WARN_WITHIN else ""
    return speech.span(left), "bad" if left < BAD_WITHIN else late
