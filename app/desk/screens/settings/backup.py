"""Backups on a screen: what is in each, one taken now, one checked, one practised, one restored."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QProgressBar

from app.commands import running as asks
from app.commands.wire import Changed, Progress
from app.desk import errand
from app.desk.dialogs import Field, Form
from app.desk.parts import Button, LaidButton, boxed, clear, column, in_lines, row
from app.desk.screens.settings.page import SettingsPage, facts
from app.desk.seat import News, Seat
from app.desk.text import TextLabel
from app.domain.errors import WaydeskError
from app.process.errand import Answers

MAKE, RESTORE = (
    right.removeprefix("permission.")
    for right in ("permission.backup.make", "permission.backup.restore")
)
KIB, MIB = 1 << 10, 1 << 20
NAMED = 6


class BackupRow(LaidButton):
    """One backup: when, what is in it, who took it, and whether it was found whole."""

    def __init__(self, seat: Seat, one: asks.BackupSeen) -> None:
        super().__init__("row")
        self.setCheckable(True)
        self.backup = one
        speech, now = seat.speech, seat.clock.now()
        when = TextLabel(speech.stamp(one.made_at), weight="medium")
        kind = TextLabel(speech.say(f"backups.kind_{one.kind}"), tag="plain")
        top = row(when, kind, 1, self._state(seat, now), gap=8)
        held = speech.say(
            "backups.holds", n=one.orders, last=one.last_no or "–", size=size_of(one.size)
        )
        by = speech.say("backups.by", who=one.by) if one.by else ""
        told = " · ".join(part for part in (held, by, one.why) if part)
        layout = column(gap=3, margins=(14, 9, 14, 9))
        layout.addLayout(top)
        layout.addWidget(TextLabel(told, ink="second"))
        self.setLayout(layout)
        self.setAccessibleName(f"{when.text()} {told}")
        for label in self.findChildren(TextLabel):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def _state(self, seat: Seat, now: int) -> TextLabel:
        one, say = self.backup, seat.speech.say
        if one.broken:
            return TextLabel(say("backups.broken"), tag="bad")
        if one.verified_at:
            span = seat.speech.span(now - one.verified_at)
            return TextLabel(say("backups.verified", span=span), tag="good")
        return TextLabel(say("backups.unverified"), tag="warning")


def size_of(size: int) -> str:
    """A size as people say it."""
    return f"{size / MIB:.1f} MB" if size >= MIB else f"{size // KIB} KB"


class BackupPage(SettingsPage):
    """The list, how backups are made, and what can be done with the one chosen."""

    def __init__(self, seat: Seat) -> None:
        super().__init__(seat, "backup")
        self.seen: asks.BackupsSeen | None = None
        self._chosen, self._busy = "", False
        self.make = Button("primary", lambda: self.seat.spawn(self._make()))
        self.head.addWidget(self.make, 0, Qt.AlignmentFlag.AlignTop)
        self._how = column(gap=6, margins=(16, 12, 16, 12))
        self.bar, self.step = QProgressBar(), TextLabel(ink="second")
        self.bar.setTextVisible(False)
        self.check, self.drill, self.restore = Button(), Button(), Button("danger")
        self._list = column(gap=6)
        self._group = QButtonGroup(self)
        self._group.buttonClicked.connect(lambda one: self._choose(one.backup.name))
        self._lay_out_body()
        self.say()

    # --- what the window asks ---------------------------------------------------------------------

    def reload(self) -> None:
        """Read which backups there are."""
        self.seat.spawn(self._read())

    def heard(self, changed: Changed) -> None:
        """A backup was made, here or by the night; or how they are made was changed."""
        if {"backups", "settings", "routines"} & set(changed.rows):
            self.reload()

    def take_focus(self) -> None:
        """Begin with the newest backup."""
        buttons = self._group.buttons()
        (buttons[0] if buttons else self.make).setFocus()

    def put_away(self) -> None:
        """Let go of the list."""
        self.seen = None
        clear(self._list)

    def say(self) -> None:
        """Put every word of the page."""
        super().say()
        say = self.seat.speech.say
        for button, key in (
            (self.make, "backups.now"),
            (self.check, "backups.check"),
            (self.drill, "backups.drill"),
            (self.restore, "backups.restore"),
        ):
            button.say(say(key))
        if self.seen is not None:
            self._show()

    # --- inside --------------------------------------------------------------------------------

    def _lay_out_body(self) -> None:
        self.check.clicked.connect(lambda: self.seat.spawn(self._check()))
        self.drill.clicked.connect(lambda: self.seat.spawn(self._drill()))
        self.restore.clicked.connect(lambda: self.seat.spawn(self._restore()))
        self._acts = in_lines(self.check, self.drill, self.restore)
        self._progress(0, 0, "")
        self.body.addWidget(boxed(self._how, kind="card"))
        self.body.addWidget(self.step)
        self.body.addWidget(self.bar)
        self.body.addWidget(self._acts)
        self.body.addLayout(self._list)

    async def _read(self) -> None:
        self.seen = await self.seat.ask(asks.ReadBackups(), asks.BackupsSeen) or self.seen
        self._show()

    def _show(self) -> None:
        seen = self.seen
        if seen is None:
            return
        clear(self._how)
        clear(self._list)
        self._how.addLayout(facts(self._told(seen)))
        names = [one.name for one in seen.backups]
        if self._chosen not in names:
            self._chosen = names[0] if names else ""
        for one in seen.backups:
            button = BackupRow(self.seat, one)
            button.setChecked(one.name == self._chosen)
            self._group.addButton(button)
            self._list.addWidget(button)
        if not names:
            key = "backups.none" if seen.own else "backups.shared"
            self._list.addWidget(TextLabel(self.seat.speech.say(key), ink="second").wrapped())
        self._free()

    def _told(self, seen: asks.BackupsSeen) -> tuple[tuple[str, str], ...]:
        say, policy = self.seat.speech.say, self.seat.law.policy
        second = seen.second or say("backups.second_none")
        if seen.second and not seen.second_there:
            second = say("backups.second_gone", folder=seen.second)
        return (
            (say("backups.folder"), seen.folder),
            (say("backups.when"), say("backups.nightly", at=policy.backup_at)),
            (
                say("backups.keep"),
                say("backups.kept", days=policy.backup_days, weeks=policy.backup_weeks),
            ),
            (say("backups.second_folder"), second),
        )

    def _choose(self, name: str) -> None:
        self._chosen = name
        self._free()

    def _free(self) -> None:
        may, chosen = self.seat.may, bool(self._chosen) and not self._busy
        own = self.seen is not None and self.seen.own
        self.make.setEnabled(may(MAKE) and own and not self._busy)
        self.check.setEnabled(may(MAKE) and chosen)
        self.drill.setEnabled(may(MAKE) and chosen)
        self.restore.setEnabled(may(RESTORE) and chosen and own)

    def _progress(self, done: int, total: int, key: str) -> None:
        self.bar.setVisible(total > 0)
        self.step.setVisible(total > 0)
        self.bar.setRange(0, total if total > 1 else 0)
        self.bar.setValue(done)
        if key:
            self.step.setText(self.seat.speech.say(key))

    def _heard_step(self, step: Progress) -> None:
        self._progress(step.done, step.total, step.text_key)

    async def _long(self, command: Any, reply: type[Any]) -> Any:
        """Ask for something that takes a while; its refusal is told, and the page is free again."""
        self._busy = True
        self._free()
        self._progress(0, 1, "backups.wait")
        try:
            return await self.seat.link.ask(command, reply, self._heard_step)
        except WaydeskError as no:
            self.seat.tell(no)
            return None
        finally:
            self._busy = False
            self._progress(0, 0, "")
            self._free()

    async def _make(self) -> None:
        made = await self._long(asks.MakeBackup(), asks.BackupSeen)
        if made is not None:
            self._chosen = made.name
            self._good("backups.made", n=made.orders, size=size_of(made.size))
        await self._read()

    async def _check(self) -> None:
        if await self._long(asks.CheckBackup(self._chosen), asks.BackupSeen) is not None:
            self._good("backups.whole")
        await self._read()

    async def _drill(self) -> None:
        done = await self._long(asks.DrillRestore(self._chosen), asks.DrillDone)
        if done is not None and done.found:
            say = self.seat.speech.say
            title = say("backups.drill_bad", n=done.found)
            self.seat.news.emit(News(title, say("backups.drill_bad_do")))
        elif done is not None:
            span = self.seat.speech.span(max(1000, done.took_ms))
            self._good("backups.drilled", rows=done.rows, entries=done.entries, span=span)

    def _good(self, key: str, **args: str | int) -> None:
        self.seat.news.emit(News(self.seat.speech.say(key, **args), "", "good"))

    # --- restoring ------------------------------------------------------------------------------

    async def _restore(self) -> None:
        preview = await self.seat.ask(asks.PreviewRestore(self._chosen), asks.RestorePreview)
        if preview is None:
            return
        answer = await self.ask(self._form(preview))
        if answer is None:
            return
        command = asks.AllowRestore(self._chosen, answer["reason"])
        allowed = await self.seat.ask(command, asks.RestoreAllowed)
        if allowed is not None:
            signed = self.seat.signed
            who = signed.name if signed is not None else ""
            reason = f"{who}: {answer['reason']}"
            answers = Answers("", answer.get("passphrase", ""), reason)
            await self._bring_back(Path(allowed.path), answers)

    def _form(self, preview: asks.RestorePreview) -> Form:
        """The honest card: what will be gone, in numbers, before anybody says yes."""
        say = self.seat.speech.say
        numbers = ", ".join(preview.numbers[:NAMED])
        more = preview.orders - len(preview.numbers[:NAMED])
        if more > 0 and numbers:
            numbers = say("backups.and_more", numbers=numbers, n=more)
        lost = say(
            "backups.lost",
            orders=preview.orders,
            waybills=preview.waybills,
            cases=preview.cases,
            changes=preview.changes,
        )
        args: dict[str, str | int] = {
            "lost": lost if preview.known else say("backups.lost_unknown"),
            "numbers": numbers or "–",
        }
        asked: tuple[Field, ...] = (Field("reason", "sheet.reason", lines=2, needed=True),)
        if preview.passphrase:
            asked = (*asked, Field("passphrase", "backups.passphrase", needed=True, secret=True))
        form = Form("backups.restore_title", "backups.restore_text", asked, "backups.restore_yes")
        return replace(form, tone="danger", args=args)

    async def _bring_back(self, backup: Path, answers: Answers) -> None:
        seat = self.seat
        self._busy = True
        self._progress(0, 1, "restore.busy")
        try:
            await seat.link.pause()
            done = await errand.restore(seat.folder, backup, answers)
        except WaydeskError as no:
            seat.tell(no)
        else:
            told = seat.speech.say("backups.restored", aside=done.aside)
            seat.news.emit(News(told, seat.speech.say("backups.restored_do"), "good"))
            seat.sat(None)
            seat.ended.emit()
        finally:
            self._busy = False
            self._progress(0, 0, "")
            await seat.reader.reopen()
            seat.link.resume()
