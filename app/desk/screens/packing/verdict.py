"""The strip that says what a scan was, read from two metres: icon, words and colour together."""

from dataclasses import dataclass

from PySide6.QtWidgets import QFrame

from app.commands.packing import Packing, PackItem
from app.desk.parts import column, row
from app.desk.seat import Seat
from app.desk.speech import Speech
from app.desk.text import TextLabel, repolish
from app.domain.errors import WaydeskError
from app.domain.packing import Outcome

ICONS = {"good": "check", "bad": "close", "warning": "pending", "info": "scan", "stop": "hold"}
TONES = {
    Outcome.OPENED: "info",
    Outcome.AGAIN: "info",
    Outcome.RIGHT: "good",
    Outcome.COMPLETE: "good",
    Outcome.FINISHED: "good",
    Outcome.FORCED: "warning",
    Outcome.ASIDE: "warning",
    Outcome.ALREADY: "warning",
    Outcome.TWICE: "warning",
    Outcome.SURPLUS: "bad",
    Outcome.WRONG: "bad",
}
SOUNDS = {Outcome.FINISHED: "done", Outcome.FORCED: "done", Outcome.COMPLETE: "done"}
ICON = 34


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of a scan: its tone, one line in large letters, one below, and its sound."""

    tone: str
    title: str
    detail: str = ""
    sound: str = ""


def verdict_of(speech: Speech, done: Packing, now: int) -> Verdict:
    """What a scan was, and what comes next."""
    outcome = Outcome(done.outcome)
    tone = TONES[outcome]
    title = speech.say(
        f"packing.said_{outcome}",
        what=done.title or done.sku or "",
        order=done.order_no,
        who=done.by,
        at=speech.moment(done.at or None, now),
    )
    return Verdict(tone, title, _next(speech, done, outcome), SOUNDS.get(outcome, tone))


def _next(speech: Speech, done: Packing, outcome: Outcome) -> str:
    """What to do next: what is still missing, or which parcel follows."""
    if outcome is Outcome.FINISHED and done.label:
        return speech.say(f"packing.label_{done.label}")
    left = [one for one in done.items if one.packed < one.wanted]
    if done.state != "open":
        return speech.say("packing.next_parcel")
    if not left:
        return speech.say("packing.scan_label")
    n = sum(one.wanted - one.packed for one in left)
    return speech.say("packing.still", n=n, what=short_name(left[0]))


def short_name(item: PackItem) -> str:
    """What tells one thing from its neighbours: the variant, else the title."""
    return item.variant or item.title


def refusal(speech: Speech, error: WaydeskError) -> Verdict:
    """Why nothing was done: red, with what to do about it."""
    title, remedy = speech.error(error)
    return Verdict("stop", title, remedy, "stop")


class VerdictStrip(QFrame):
    """Shows one verdict until the next."""

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self.setProperty("kind", "verdict")
        self._seat = seat
        self.shown = Verdict("info", "")
        self._picture = TextLabel()
        self.title, self.detail = TextLabel(face="stage").wrapped(), TextLabel(face="stage_small")
        self.detail.wrapped()
        words = column(self.title, self.detail, gap=2)
        whole = row(self._picture, gap=16, margins=(22, 14, 22, 14))
        whole.addLayout(words, 1)
        self.setLayout(whole)
        seat.look.changed.connect(self._draw)

    def show_verdict(self, verdict: Verdict) -> None:
        """Put one verdict in the place of the last."""
        self.shown = verdict
        self._draw()

    def _draw(self) -> None:
        shown, look = self.shown, self._seat.look
        ink = "bad" if shown.tone == "stop" else shown.tone
        self.setProperty("tone", ink)
        color = look.tokens.tone(ink)
        self._picture.setPixmap(look.pixmap(ICONS[shown.tone], color, ICON))
        self.title.setText(shown.title)
        self.detail.setText(shown.detail)
        self.detail.setVisible(bool(shown.detail))
        self.title.restyle(ink=ink)
        self.detail.restyle(ink=ink)
        self.setAccessibleName(f"{shown.title} {shown.detail}".strip())
        repolish(self)
