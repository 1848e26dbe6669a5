"""The keys of the personal data and how a change of them goes on; what goes every night."""

from PySide6.QtWidgets import QFrame, QProgressBar

from app.commands.privacy import (
    ChangeVaultPassphrase,
    RecoveryKit,
    RenewRecoveryKit,
    RotateDataKey,
)
from app.desk.dialogs import Field, Form
from app.desk.parts import Button, column, row
from app.desk.screens.settings.page import SettingsPage
from app.desk.seat import News
from app.desk.text import TextLabel
from app.domain.personal_data import backups_gone_after_ms
from app.reads.protection import Protection

WORDS = Field("passphrase", "privacy.vault_passphrase", secret=True)
REASON = Field("reason", "sheet.reason", lines=2, needed=True)


class KeysCard(QFrame):
    """How old the data key is, how far its change has come, and the three ways to change keys."""

    def __init__(self, page: SettingsPage) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._page, self._seat = page, page.seat
        self._stands = Protection()
        self._about = TextLabel(ink="second").wrapped()
        self.age, self.progress = TextLabel(weight="medium"), TextLabel(ink="second").wrapped()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.rotate = Button("primary", lambda: page.seat.spawn(self._rotate()))
        self.passphrase = Button("ghost", lambda: page.seat.spawn(self._change_passphrase()))
        self.kit = Button("ghost", lambda: page.seat.spawn(self._renew_kit()))
        layout = column(
            *(self._about, self.age, self.progress, self.bar),
            gap=8,
            margins=(16, 12, 16, 14),
        )
        layout.addLayout(row(1, self.passphrase, self.kit, self.rotate))
        self.setLayout(layout)

    def show_state(self, stands: Protection) -> None:
        """Show which key serves and how far a change has come."""
        self._stands = stands
        self.say()

    def say(self) -> None:
        """Put its words."""
        say, stands, now = self._seat.speech.say, self._stands, self._seat.clock.now()
        self._about.setText(say("privacy.keys_about"))
        age = self._seat.speech.span(max(0, now - stands.key_made_at)) if stands.key_id else ""
        self.age.setText(say("privacy.key_age", n=stands.key_id, age=age))
        self.age.setVisible(bool(stands.key_id))
        moving = stands.state in {"moving", "checking"}
        self.bar.setVisible(moving)
        self.bar.setRange(0, max(1, stands.total))
        self.bar.setValue(min(stands.moved, stands.total))
        self.progress.setVisible(bool(stands.state))
        policy = self._seat.law.policy
        kept = backups_gone_after_ms(policy.backup_days, policy.backup_weeks)
        ends = stands.waits_since + kept
        until = self._seat.speech.day(ends, now) if stands.waits_since else ""
        counts = {"moved": stands.moved, "total": stands.total, "left": stands.left_behind}
        self.progress.setText(say(f"privacy.key_{stands.state or 'done'}", until=until, **counts))
        self.rotate.setEnabled(stands.state != "moving")
        self.rotate.say(say("privacy.rotate"))
        self.passphrase.say(say("privacy.change_passphrase"))
        self.kit.say(say("privacy.renew_kit"))

    async def _rotate(self) -> None:
        form = Form("privacy.rotate_title", "privacy.rotate_text", (WORDS, REASON))
        answer = await self._page.ask(form)
        if answer is not None and await self._seat.do(
            RotateDataKey(answer["reason"], answer["passphrase"])
        ):
            self._good("privacy.rotated")

    async def _change_passphrase(self) -> None:
        new = Field("new", "privacy.new_passphrase", needed=True, secret=True)
        form = Form("privacy.passphrase_title", "privacy.passphrase_text", (WORDS, new, REASON))
        answer = await self._page.ask(form)
        if answer is not None and await self._seat.do(
            ChangeVaultPassphrase(answer["passphrase"], answer["new"], answer["reason"])
        ):
            self._good("privacy.passphrase_changed")

    async def _renew_kit(self) -> None:
        form = Form("privacy.kit_title", "privacy.kit_text", (WORDS, REASON), tone="danger")
        answer = await self._page.ask(form)
        if answer is None:
            return
        asked = RenewRecoveryKit(answer["reason"], answer["passphrase"])
        kit = await self._seat.ask(asked, RecoveryKit)
        if kit is not None:
            told: dict[str, str | int] = {"kit": kit.text}
            await self._page.ask(Form("privacy.kit_made", "privacy.kit_made_text", args=told))

    def _good(self, key: str) -> None:
        self._seat.news.emit(News(self._seat.speech.say(key), "", "good"))
        self._page.reload()


class RetentionCard(QFrame):
    """How long what is kept, and what last night's clearing did."""

    def __init__(self, page: SettingsPage) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._seat = page.seat
        self._stands = Protection()
        self._rules, self._run = TextLabel().wrapped(), TextLabel(ink="second").wrapped()
        self._backups = TextLabel(ink="second").wrapped()
        self.change = Button("link", lambda: page.wanted.emit("settings/shop"))
        layout = column(*(self._rules, self._run, self._backups), gap=8, margins=(16, 12, 16, 14))
        layout.addLayout(row(1, self.change))
        self.setLayout(layout)

    def show_state(self, stands: Protection) -> None:
        """Show the last run."""
        self._stands = stands
        self.say()

    def say(self) -> None:
        """Put its words."""
        say, stands, now = self._seat.speech.say, self._stands, self._seat.clock.now()
        policy = self._seat.law.policy
        key = "privacy.kept_days" if policy.personal_data_days else "privacy.kept_always"
        days = {"days": policy.personal_data_days, "log": policy.audit_days}
        self._rules.setText(say(key, after=policy.after_sale_days, **days))
        run = dict(stands.run)
        gone = run.get("asked", 0) + run.get("expired", 0)
        at = self._seat.speech.moment(stands.run_at, now) if stands.run_at else ""
        told = say("privacy.last_run", at=at, n=gone, lines=run.get("lines", 0))
        waits = say("privacy.erased_so_far", n=stands.erased, wanted=stands.wanted)
        self._run.setText(f"{told} {waits}" if stands.run_at else waits)
        stay = {"days": policy.backup_days, "weeks": policy.backup_weeks}
        self._backups.setText(say("privacy.backups", **stay))
        self.change.say(say("privacy.change_rules"))
