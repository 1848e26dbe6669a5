"""Every order of one person, and what may be done with their data."""

from pathlib import Path
from typing import Final

from msgspec.structs import replace
from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from app.commands.privacy import (
    EraseSubject,
    ExportSubject,
    FindSubject,
    SubjectErased,
    SubjectExported,
    SubjectFound,
    SubjectOrder,
)
from app.desk.dialogs import Field, Form
from app.desk.parts import Button, boxed, clear, column, row, rule
from app.desk.screens.settings.page import SettingsPage
from app.desk.seat import News
from app.desk.text import TextLabel
from app.domain.masks import ERASED
from app.reads import search

COPY, ERASE = "pii.subject_export", "pii.subject_erase"
SHOWN: Final = 12
"""Orders that are listed; the counts beside the buttons are of all of them."""
REASON = Field("reason", "sheet.reason", lines=2, needed=True)


class PersonCard(QFrame):
    """A line to find a person by, their orders, and two buttons with exact counts."""

    def __init__(self, page: SettingsPage) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._page, self._seat = page, page.seat
        self.found: tuple[SubjectOrder, ...] | None = None
        self.typed = QLineEdit()
        self.typed.setClearButtonEnabled(True)
        self.typed.returnPressed.connect(self.search)
        self.go = Button("primary", self.search)
        self._about, self._said = TextLabel(ink="second").wrapped(), TextLabel().wrapped()
        self._list = column(gap=0)
        self.copy = Button("ghost", lambda: self._seat.spawn(self._copy()))
        self.erase = Button("danger", lambda: self._seat.spawn(self._erase()))
        layout = column(self._about, gap=10, margins=(16, 12, 16, 14))
        line = row(self.typed, self.go, gap=8)
        line.setStretch(0, 1)
        layout.addLayout(line)
        layout.addWidget(self._said)
        layout.addLayout(self._list)
        layout.addLayout(row(1, self.copy, self.erase))
        self.setLayout(layout)
        self._show()

    def search(self) -> None:
        """Look for the person typed: an order's number, a phone, or an e-mail address."""
        if self.typed.text().strip():
            self._seat.spawn(self._find(self.typed.text().strip()))

    def forget(self) -> None:
        """Let go of whoever was found."""
        self.typed.clear()
        self.found = None
        self._show()

    def say(self) -> None:
        """Put its words."""
        say = self._seat.speech.say
        self._about.setText(say("privacy.person_about"))
        self.typed.setPlaceholderText(say("privacy.person_hint"))
        self.typed.setAccessibleName(say("privacy.person_hint"))
        self.go.say(say("privacy.find"))
        self._show()

    # --- inside --------------------------------------------------------------------------------

    async def _find(self, typed: str) -> None:
        rows = await self._seat.see(search.plain, typed)
        order = next((r.id for r in rows if typed in {r.external_no, r.number, r.waybill_no}), 0)
        if order:
            asked = FindSubject(order_id=order)
        elif "@" in typed:
            asked = FindSubject(email=typed)
        else:
            asked = FindSubject(phone=typed)
        told = await self._seat.ask(asked, SubjectFound)
        if told is not None:
            self.found = told.orders
            self._show()

    def _show(self) -> None:
        say, found = self._seat.speech.say, self.found or ()
        clear(self._list)
        for at, one in enumerate(found[:SHOWN]):
            if at:
                self._list.addWidget(rule())
            self._list.addWidget(self._line(one))
        held = [one for one in found if not one.erased]
        over = [one for one in held if not one.open_because]
        self._said.setVisible(self.found is not None)
        key = "privacy.found" if found else "privacy.found_none"
        counts = {"n": len(found), "over": len(over), "open": len(held) - len(over)}
        self._said.setText(say(key, erased=len(found) - len(held), **counts))
        self.copy.setVisible(bool(found) and self._seat.may(COPY))
        self.erase.setVisible(bool(held) and self._seat.may(ERASE))
        self.copy.say(say("privacy.copy_button", n=len(found)))
        self.erase.say(say("privacy.erase_button", n=len(held)))

    def _line(self, one: SubjectOrder) -> QWidget:
        speech, now = self._seat.speech, self._seat.clock.now()
        number = TextLabel(one.external_no, weight="medium").copyable()
        placed = speech.moment(one.placed_at, now) if one.placed_at else ""
        who = speech.person(one.buyer_mask)
        told = TextLabel(
            " · ".join(filter(None, (one.shop, placed, who, one.phone_mask))), ink="second"
        )
        state = TextLabel(speech.word("order", one.state), ink="second")
        line = row(boxed(column(number, told, gap=2)), 1, state, gap=12, margins=(0, 7, 0, 7))
        word, tone = self._mark(one)
        line.addWidget(TextLabel(word, tag=tone), 0, Qt.AlignmentFlag.AlignVCenter)
        widget = QWidget()
        widget.setLayout(line)
        return widget

    def _mark(self, one: SubjectOrder) -> tuple[str, str]:
        """What may become of an order's data, and in which colour."""
        speech = self._seat.speech
        if one.erased:
            return speech.say("privacy.mark_erased"), "plain"
        if one.wanted:
            return speech.say("privacy.mark_wanted"), "info"
        if one.open_because:
            return speech.word("why", one.open_because), "warning"
        return speech.say("privacy.mark_over"), "good"

    async def _copy(self) -> None:
        found = self.found or ()
        place = QStandardPaths.StandardLocation.DownloadLocation
        folder = QStandardPaths.writableLocation(place) or str(Path.home())
        path = str(Path(folder) / f"waydesk-{found[0].number}.zip")
        form = Form(
            "privacy.copy_title",
            "privacy.copy_text",
            (
                Field("path", "privacy.path", path, needed=True),
                Field("passphrase", "privacy.copy_passphrase", secret=True),
                REASON,
            ),
            args={"n": len(found)},
        )
        answer = await self._page.ask(form)
        if answer is None:
            return
        ids = tuple(one.order_id for one in found)
        asked = ExportSubject(ids, answer["path"], answer["reason"], answer["passphrase"])
        told = await self._seat.ask(asked, SubjectExported)
        if told is not None:
            say = self._seat.speech.say
            self._seat.news.emit(
                News(say("privacy.copied", n=told.orders), say("privacy.copied_where"), "good")
            )

    async def _erase(self) -> None:
        held = [one for one in self.found or () if not one.erased]
        over = [one for one in held if not one.open_because]
        say, open_ = self._seat.speech.say, len(held) - len(over)
        fields: tuple[Field, ...] = (REASON,)
        if open_:
            now = say("privacy.only_over", n=len(over))
            options = (("all", say("privacy.later_too", n=open_)), ("over", now))
            which = options if over else options[:1]
            fields = (Field("which", "privacy.which", "all", which), REASON)
        counts: dict[str, str | int] = {"n": len(over), "open": open_}
        text = "privacy.erase_text_open" if open_ else "privacy.erase_text"
        form = Form("privacy.erase_title", text, fields, "privacy.erase_do", "danger", counts)
        answer = await self._page.ask(form)
        if answer is None:
            return
        chosen = over if answer.get("which") == "over" else held
        ids = tuple(one.order_id for one in chosen)
        postpone = answer.get("which") == "all"
        told = await self._seat.ask(EraseSubject(ids, answer["reason"], postpone), SubjectErased)
        if told is not None:
            title = say("privacy.did_erase", n=told.erased, open=told.postponed)
            weeks = self._seat.law.policy.backup_weeks
            remedy = say("privacy.did_erase_backups", weeks=weeks)
            self._seat.news.emit(News(title, remedy, "good"))
            self._went({one.order_id for one in chosen})

    def _went(self, chosen: set[int]) -> None:
        """Show what became of the chosen orders; erased ones are found by a phone no more."""
        gone = {"erased": True, "buyer_mask": ERASED, "phone_mask": ""}
        self.found = tuple(
            one
            if one.order_id not in chosen
            else replace(one, wanted=True)
            if one.open_because
            else replace(one, **gone)
            for one in self.found or ()
        )
        self._show()
