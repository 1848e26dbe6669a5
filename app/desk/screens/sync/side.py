"""One connection beside the list: how it stands, what it can and cannot do, what its words mean."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.desk.parts import Button, boxed, column, row, rule
from app.desk.rightful import lock
from app.desk.screens.sync.cells import FAILING, REFUSED, ConnectionCells
from app.desk.screens.sync.deeds import Check
from app.desk.seat import Seat
from app.desk.text import TextLabel
from app.domain.connections import Connection, Kind
from app.domain.status import SKIP
from app.reads.connections import ConnectionRow, MeaningRow

Act = Callable[[], None]
MAPS = "mapping.edit"
LABEL = 108
MARK = 15


class ConnectionSide:
    """Draws the parts of a connection in the words and colours of the seat."""

    def __init__(self, seat: Seat, cells: ConnectionCells) -> None:
        self._seat, self._cells = seat, cells

    def head(self, shown: ConnectionRow) -> list[QWidget]:
        """Its name, how it stands in one sentence, and what to do where it does not work."""
        speech, standing = self._seat.speech, self._cells.standing(shown)
        ink = standing.tone if standing.tone in {"bad", "warning"} else ""
        parts: list[QWidget] = [TextLabel(shown.name, face="headline").wrapped()]
        tag = TextLabel(standing.text, tag=standing.tone or "plain")
        platform = TextLabel(self._cells.platform(shown), ink="second")
        parts.append(boxed(row(tag, platform, 1, gap=8)))
        if standing.state in {REFUSED, FAILING} and shown.error:
            title, remedy = speech.refusal(shown.error, {"host": shown.name})
            parts.append(TextLabel(title, ink=ink, weight="medium").wrapped())
            parts.append(TextLabel(remedy, ink="second").wrapped())
        else:
            said = speech.say(f"sync.about_{standing.state}")
            parts.append(TextLabel(said, ink="second").wrapped())
        routes = () if shown.is_shop else self._seat.law.label_routes.platforms(shown.platform)
        for one in routes:
            said = speech.say(f"label_route.{one}")
            parts.append(TextLabel(said, ink="second").wrapped())
        return parts

    def checked(self, check: Check) -> QWidget:
        """How the last check of it ended: one sentence, and what to do."""
        speech = self._seat.speech
        at = speech.moment(check.at, self._seat.clock.now())
        if check.error is None:
            mark, tone = "check", "good"
            lines = [speech.say("sync.check_good", at=at)]
            lines += [" ".join(speech.refusal(code, {})) for code in check.notes]
        else:
            mark, tone = "close", "bad"
            title, remedy = speech.error(check.error)
            lines = [speech.say("sync.check_bad", at=at, what=title), remedy]
        words = column(gap=3)
        words.addWidget(TextLabel(lines[0], ink=tone, weight="medium").wrapped())
        for line in lines[1:]:
            words.addWidget(TextLabel(line, ink="second").wrapped())
        inside = row(gap=9, margins=(12, 10, 12, 10))
        inside.addWidget(self._mark(mark, tone), 0, Qt.AlignmentFlag.AlignTop)
        inside.addLayout(words, 1)
        return boxed(inside, kind="card")

    def facts(self, shown: ConnectionRow) -> QWidget:
        """Pace, zone and money of a shop, and how old its keys are."""
        speech, now = self._seat.speech, self._seat.clock.now()
        days = speech.say("sync.keys_days", n=shown.key_days(now)) if shown.put_at else ""
        pace = self._cells.pace(shown) if shown.is_shop else speech.say("sync.pace_usual")
        lines = [
            ("sync.mode", speech.say(f"sync.how_{self._cells.mode(shown)}", pace=pace)),
            ("sync.last_event", self._ago(self._cells.last_event(shown))),
            ("sync.col_every", self._cells.pace(shown) if shown.is_shop else ""),
            ("sync.zone", shown.zone),
            ("sync.money", shown.currency),
            ("sync.col_read", self._ago(self._cells.read_at(shown)) if shown.is_shop else ""),
            ("sync.col_keys", days),
            ("sync.keys_good", self._ago(shown.good_at)),
        ]
        layout = column(gap=6, margins=(12, 10, 12, 10))
        for word, value in lines:
            if value:
                layout.addLayout(self._line(speech.say(word), value))
        if self._cells.is_old(shown):
            old = speech.say("sync.keys_old_text", n=shown.key_days(now))
            layout.addWidget(TextLabel(old, ink="warning").wrapped())
        return boxed(layout, kind="card")

    def abilities(self, shown: ConnectionRow) -> QWidget | None:
        """What it can do, and what it cannot; nothing for one Waydesk no longer offers."""
        speech, known = self._seat.speech, self._connection(shown)
        if known is None:
            return None
        every = self._seat.law.connections.capabilities
        layout = column(gap=5, margins=(12, 10, 12, 12))
        layout.addWidget(TextLabel(speech.say("sync.can"), face="caption", ink="second"))
        can = [flag for flag in every if flag in known.can]
        alike = self._seat.law.connections.of(known.kind)
        cannot = [f for f in every if f not in known.can and any(f in one.can for one in alike)]
        for flag in can:
            layout.addLayout(self._ability(flag, able=True))
        if cannot:
            layout.addWidget(rule())
            layout.addWidget(TextLabel(speech.say("sync.cannot"), face="caption", ink="second"))
        for flag in cannot:
            layout.addLayout(self._ability(flag, able=False))
        return boxed(layout, kind="card")

    def meanings(
        self, words: tuple[MeaningRow, ...], change: Callable[[MeaningRow], None], add: Act
    ) -> QWidget:
        """What a shop's words mean, its own ones marked; who may changes them in place."""
        speech = self._seat.speech
        layout = column(gap=2, margins=(12, 10, 8, 10))
        more = Button("link", add)
        more.say(speech.say("sync.new_word"))
        lock(self._seat, more, MAPS)
        head = TextLabel(speech.say("sync.meanings"), face="caption", ink="second")
        layout.addLayout(row(head, 1, more))
        if not words:
            layout.addWidget(TextLabel(speech.say("sync.no_words"), ink="third").wrapped())
        machine = ""
        for word in words:
            if word.machine != machine:
                machine = word.machine
                about = TextLabel(speech.word("machine", machine), face="small", ink="third")
                about.setContentsMargins(0, 6, 0, 0)
                layout.addWidget(about)
            layout.addLayout(self._meaning(word, change))
        return boxed(layout, kind="card")

    # --- inside --------------------------------------------------------------------------------

    def _connection(self, shown: ConnectionRow) -> Connection | None:
        kind = Kind.PLATFORM if shown.is_shop else Kind.CARRIER
        rows = self._seat.law.connections.of(kind)
        return next((row for row in rows if row.name == shown.platform), None)

    def _ago(self, at: int | None) -> str:
        speech = self._seat.speech
        if at is None:
            return speech.say("sync.never")
        return speech.say("sync.ago", span=speech.span(self._seat.clock.now() - at))

    def _line(self, word: str, value: str) -> QHBoxLayout:
        name = TextLabel(word, ink="second").wrapped()
        name.setFixedWidth(LABEL)
        line = row(name, gap=8)
        line.addWidget(TextLabel(value).wrapped().copyable(), 1)
        line.setAlignment(name, Qt.AlignmentFlag.AlignTop)
        return line

    def _ability(self, flag: str, *, able: bool) -> QHBoxLayout:
        mark = self._mark("check" if able else "close", "good" if able else "quiet")
        ink = "" if able else "second"
        line = row(mark, gap=8)
        line.addWidget(TextLabel(self._seat.speech.word("capability", flag), ink=ink).wrapped(), 1)
        line.setAlignment(mark, Qt.AlignmentFlag.AlignTop)
        return line

    def _mark(self, icon: str, tone: str) -> TextLabel:
        look = self._seat.look
        color = look.tokens.third if tone == "quiet" else look.tokens.tone(tone)
        mark = TextLabel()
        mark.setPixmap(look.pixmap(icon, color, MARK))
        mark.setContentsMargins(0, 3, 0, 0)
        return mark

    def _meaning(self, word: MeaningRow, change: Callable[[MeaningRow], None]) -> QHBoxLayout:
        speech = self._seat.speech
        raw = TextLabel(word.raw).wrapped().faced(self._seat.look.faces.mono())
        area = "sync_word" if word.status == SKIP else word.machine
        line = row(gap=8)
        line.addWidget(raw, 1)
        line.addWidget(TextLabel(speech.word(area, word.status), ink="second").wrapped(), 1)
        if word.own:
            line.addWidget(TextLabel(speech.say("sync.own"), tag="info"))
        edit = Button("link", lambda: change(word))
        edit.say(speech.say("sync.change"))
        edit.setAccessibleName(f"{speech.say('sync.change')} {word.raw}")
        lock(self._seat, edit, MAPS)
        line.addWidget(edit)
        return line
