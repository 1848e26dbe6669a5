"""Beside the record: one entry in full, or what a verification found."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from app.commands.record import AuditLine, Found, SheetMade, Verified
from app.desk.parts import KeyedButton, boxed, clear, column, row
from app.desk.record_words import (
    TONES,
    ChangedRow,
    Moved,
    about_said,
    actor_said,
    changes_said,
    details_said,
    exact_moment,
    roles_said,
)
from app.desk.seat import Seat
from app.desk.text import TextLabel

CAPTION = 104
MOST_FOUND = 60
SEAL = 16


class RecordSide(QScrollArea):
    """A column of cards; `holds` says whether there is anything on them."""

    def __init__(self, seat: Seat, open_order: Callable[[int], None]) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._seat, self._open = seat, open_order
        self._cards = column(gap=12, margins=(18, 18, 18, 18))
        self.setWidget(boxed(self._cards, "panel"))
        self.holds = False

    def clear(self) -> None:
        """Show nothing."""
        clear(self._cards)
        self.holds = False
        self.hide()

    def show_entry(self, line: AuditLine) -> None:
        """Show one entry: who, from where, why, and what stood before and after."""
        speech = self._seat.speech
        self._begin(speech.word("audit", line.action))
        tags = row(gap=8)
        word = speech.word("audit_result", line.result)
        tags.addWidget(TextLabel(word, tag=TONES.get(line.result, "info")))
        number = TextLabel(f"{line.chain}/{line.seq}", ink="second")
        tags.addWidget(number.faced(self._seat.look.faces.mono(12)))
        tags.addStretch(1)
        self._cards.addLayout(tags)
        if line.reason:
            self._quiet("record.because", line.reason)
        if line.order_id:
            order_id = line.order_id
            open_it = KeyedButton(
                "primary", speech.say("cases.open_order"), "O", lambda: self._open(order_id)
            )
            self._cards.addLayout(row(open_it, 1))
        self._facts(line)
        changed = changes_said(self._seat, line)
        if changed:
            self._cards.addWidget(
                TextLabel(speech.say("record.changed"), face="caption", ink="third")
            )
        for one in changed:
            self._cards.addWidget(self._change(one))
        self._cards.addStretch(1)

    def show_found(self, told: Verified) -> None:
        """Show what a verification found, each thing with the way to its order."""
        speech = self._seat.speech
        self._begin(speech.say("record.found", n=told.found))
        self._quiet("cases.advice", speech.say("record.found_text"))
        for one in told.findings[:MOST_FOUND]:
            self._cards.addWidget(self._finding(one))
        left = told.found - min(len(told.findings), MOST_FOUND)
        if left > 0:
            self._cards.addWidget(TextLabel(speech.say("verify.more", n=left), ink="second"))
        self._cards.addStretch(1)

    def show_sheet(self, made: SheetMade) -> None:
        """Show the sheet that was drawn, and the words that stand on it."""
        speech = self._seat.speech
        printed = "record.sheet_printed" if made.printer else "record.sheet_made"
        self._begin(speech.say(printed, printer=made.printer))
        words = {"zh": made.zh, "en": made.en}
        place = speech.say("record.head", place=f"{made.chain}/{made.seq}")
        self._cards.addWidget(TextLabel(place, ink="second").wrapped())
        told = column(TextLabel(words.pop(speech.lang), face="title").wrapped().copyable(), gap=8)
        for other in words.values():
            told.addWidget(TextLabel(other, ink="second").wrapped().copyable())
        told.setContentsMargins(12, 10, 12, 12)
        self._cards.addWidget(boxed(told, kind="card"))
        if made.path:
            self._quiet("record.export_path", made.path)
        keep = "record.paper_text" if made.printer else "record.sheet_text"
        self._quiet("cases.advice", speech.say(keep))
        self._cards.addStretch(1)

    # --- inside -------------------------------------------------------------------------------

    def _begin(self, title: str) -> None:
        clear(self._cards)
        self.holds = True
        self.show()
        self.verticalScrollBar().setValue(0)
        self._cards.addWidget(TextLabel(title, face="headline").wrapped())

    def _quiet(self, word: str, text: str) -> None:
        caption = TextLabel(self._seat.speech.say(word), face="caption", ink="third")
        quiet = column(
            caption, TextLabel(text).wrapped().copyable(), gap=4, margins=(12, 10, 12, 12)
        )
        self._cards.addWidget(boxed(quiet, kind="quiet"))

    def _facts(self, line: AuditLine) -> None:
        speech = self._seat.speech
        name, kind = about_said(speech, line)
        facts = [
            ("col.when", exact_moment(speech, line.at)),
            ("col.who", actor_said(speech, line)),
            ("record.roles", roles_said(speech, line)),
            ("col.about", f"{kind} {name}".strip()),
            ("record.host", " · ".join(p for p in (line.host, line.os_user, line.ip) if p)),
            ("record.session", str(line.session_id or "")),
            ("record.command", str(line.command_id or "")),
            ("record.version", line.app_version),
            ("record.seal", f"{line.seal[:SEAL]}…" if line.seal else ""),
        ]
        lines = [(speech.say(word), value) for word, value in facts if value]
        self._cards.addWidget(_table([*lines, *details_said(speech, line)]))

    def _change(self, one: ChangedRow) -> QWidget:
        layout = QVBoxLayout()
        layout.setContentsMargins(12, 10, 12, 12)
        layout.setSpacing(6)
        layout.addWidget(TextLabel(one.title, weight="medium").wrapped())
        for moved in one.moved:
            layout.addLayout(_moved(moved))
        return boxed(layout, kind="card")

    def _finding(self, one: Found) -> QWidget:
        speech = self._seat.speech
        table = speech.word("thing", one.table)
        sentence = speech.say(f"verify.{one.kind}", table=table, key=one.key, said=one.said)
        layout = column(TextLabel(sentence).wrapped().copyable(), gap=8, margins=(12, 10, 12, 12))
        if one.order_id:
            word, order_id = speech.say("cases.open_order"), one.order_id
            layout.addLayout(row(KeyedButton("", word, "", lambda: self._open(order_id)), 1))
        return boxed(layout, kind="card")


def _moved(moved: Moved) -> QVBoxLayout:
    """A column's name, and under it what it was and what it is."""
    layout = column(TextLabel(moved.name, face="caption", ink="third"), gap=2)
    if not moved.after:
        layout.addWidget(TextLabel(moved.before).wrapped().copyable())
        return layout
    before = TextLabel(moved.before, ink="second").wrapped().copyable()
    after = TextLabel(moved.after, weight="medium").wrapped().copyable()
    pair = row(before, TextLabel("→", ink="third"), after, gap=8)
    pair.setStretch(0, 1)
    pair.setStretch(2, 1)
    layout.addLayout(pair)
    return layout


def _table(lines: list[tuple[str, str]]) -> QWidget:
    layout = QVBoxLayout()
    layout.setContentsMargins(12, 10, 12, 10)
    layout.setSpacing(6)
    for word, value in lines:
        name = TextLabel(word, ink="second").wrapped()
        name.setFixedWidth(CAPTION)
        told = row(name, TextLabel(value).wrapped().copyable())
        told.setStretch(1, 1)
        layout.addLayout(told)
    return boxed(layout, kind="card")
