"""Every choice of the shop with its sentence: found by searching, changed in place, taken back."""

from functools import partial
from itertools import groupby

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from app.commands.orders import ResetPolicy, SetPolicy
from app.commands.wire import Changed
from app.desk.dialogs import Field, Form
from app.desk.parts import Button, boxed, column, row, rule
from app.desk.screens.settings.editors import editor_of
from app.desk.screens.settings.page import SettingsPage
from app.desk.seat import News, Seat
from app.desk.text import TextLabel
from app.domain.choices import Rule
from app.domain.policy import Choice, choice_from
from app.domain.roles import Level
from app.reads import house

AREAS = ("shop", "orders", "stock", "labels", "sync", "privacy", "running")
RIGHT = "settings.edit"
REASON = Field("reason", "sheet.reason", lines=2, needed=True)


class ChoiceRow(QWidget):
    """One choice: its name, its sentence, its editor, and the way back to the default."""

    def __init__(self, page: "ShopPage", rule: Rule) -> None:
        super().__init__()
        self._seat, self.rule = page.seat, rule
        self.changed = False
        self._name = TextLabel(weight="medium")
        self._mark = TextLabel(tag="info")
        self._sentence = TextLabel(ink="second").wrapped()
        self.editor = editor_of(page.seat, rule, partial(page.choose, rule))
        self.back = Button("link", partial(page.reset, rule))
        top = row(self._name, self._mark, 1, gap=8)
        words = column(gap=3)
        words.addLayout(top)
        words.addWidget(self._sentence)
        right = column(self.editor, gap=2)
        right.addWidget(self.back, 0, Qt.AlignmentFlag.AlignRight)
        right.addStretch(1)
        whole = row(gap=24, margins=(0, 8, 0, 8))
        whole.addLayout(words, 1)
        whole.addLayout(right)
        self.setLayout(whole)

    def show_value(self, value: Choice, *, changed: bool, may: bool) -> None:
        """Show what stands, whether the shop chose it, and whether this person may change it."""
        self.changed = changed
        self.editor.show_value(value)
        self.editor.setEnabled(may)
        self._mark.setVisible(changed)
        self.back.setVisible(changed and may)
        self.say()

    def fits(self, wanted: str) -> bool:
        """Whether every word typed stands in its name or sentence, in either language."""
        words = self._seat.speech.words
        keys = (f"prefs.name_{self.rule.name}", f"policy.{self.rule.name}")
        told = [words.say(key, lang) for key in keys for lang in ("en", "zh") if words.has(key)]
        text = " ".join((self.rule.name, *told)).lower()
        return all(word in text for word in wanted.lower().split())

    def say(self) -> None:
        """Put its words."""
        speech = self._seat.speech
        name = name_of(self._seat, self.rule)
        self._name.setText(name)
        self._mark.setText(speech.say("prefs.changed"))
        self._sentence.setText(speech.say(f"policy.{self.rule.name}"))
        shipped = said(self._seat, self.rule, self.rule.value)
        self.back.say(speech.say("prefs.reset", value=shipped))
        self.editor.say()
        proxy = self.editor.focusProxy()
        if proxy is not None:
            proxy.setAccessibleName(name)


def name_of(seat: Seat, rule: Rule) -> str:
    """A choice's short name; a row without one is called by the word of its file."""
    key = f"prefs.name_{rule.name}"
    return seat.speech.say(key) if seat.speech.words.has(key) else rule.name.replace("_", " ")


def said(seat: Seat, rule: Rule, value: Choice) -> str:
    """A value in words."""
    if rule.kind == "switch":
        return seat.speech.say("prefs.on" if value is True else "prefs.off")
    if rule.kind == "word":
        return seat.speech.word("choice", str(value))
    return str(value) or seat.speech.say("prefs.empty")


class ShopPage(SettingsPage):
    """The choices under their headings; the search box narrows them."""

    def __init__(self, seat: Seat) -> None:
        super().__init__(seat, "shop")
        self._chosen: dict[str, Choice] = {}
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(300)
        self.search.textChanged.connect(lambda _text: self._narrow())
        self.head.addWidget(self.search, 0, Qt.AlignmentFlag.AlignTop)
        self._who, self._none = TextLabel(ink="second").wrapped(), TextLabel(ink="second")
        self.body.addWidget(self._who)
        self.body.addWidget(self._none)
        self.rows: dict[str, ChoiceRow] = {}
        self._cards: list[tuple[TextLabel, QFrame, str]] = []
        self._build()
        self.say()
        self._narrow()

    # --- what the window asks ---------------------------------------------------------------------

    def reload(self) -> None:
        """Read the shop's own choices."""
        self.seat.spawn(self._read())

    def heard(self, changed: Changed) -> None:
        """Read again when a choice changed, here or elsewhere."""
        if "settings" in changed.rows:
            self.reload()

    def take_focus(self) -> None:
        """Begin with the search."""
        self.search.setFocus()

    def choose(self, rule: Rule, text: str) -> None:
        """Make a choice; what stood before comes back with one press."""
        self.seat.spawn(self._choose(rule, text))

    def reset(self, rule: Rule) -> None:
        """Go back to the shipped choice."""
        self.seat.spawn(self._reset(rule))

    def say(self) -> None:
        """Put every word of the page."""
        super().say()
        say = self.seat.speech.say
        self.search.setPlaceholderText(say("prefs.search"))
        self._none.setText(say("prefs.none_found"))
        roles = self.seat.law.roles.roles.values()
        may = [r.name for r in roles if r.levels.get(RIGHT) is Level.FULL and r.grantable]
        names = ", ".join(self.seat.speech.word("role", name) for name in may)
        self._who.setText(say("prefs.who_may", roles=names))
        for heading, _card, area in self._cards:
            heading.setText(say(f"prefs.area_{area}"))
        for choice in self.rows.values():
            choice.say()

    # --- inside --------------------------------------------------------------------------------

    def _build(self) -> None:
        rules = sorted(self.seat.law.choices.values(), key=lambda one: _place(one.area))
        for area, group in groupby(rules, key=lambda one: _place(one.area)):
            layout = column(gap=0, margins=(16, 6, 16, 6))
            for at, one in enumerate(group):
                if at:
                    layout.addWidget(rule())
                self.rows[one.name] = ChoiceRow(self, one)
                layout.addWidget(self.rows[one.name])
            heading, card = TextLabel(face="title"), boxed(layout, kind="card")
            self._cards.append((heading, card, AREAS[area]))
            self.body.addWidget(heading)
            self.body.addWidget(card)

    async def _read(self) -> None:
        self._chosen = await self.seat.reader.read(house.choices)
        self._show()

    def _show(self) -> None:
        may = self.seat.may(RIGHT)
        self._who.setVisible(not may)
        for name, choice in self.rows.items():
            value = self._chosen.get(name, choice.rule.value)
            choice.show_value(value, changed=value != choice.rule.value, may=may)

    def _narrow(self) -> None:
        wanted, shown = self.search.text().strip(), 0
        for choice in self.rows.values():
            choice.setVisible(choice.fits(wanted))
        for heading, card, area in self._cards:
            mine = [r for r in self.rows.values() if AREAS[_place(r.rule.area)] == area]
            there = any(one.fits(wanted) for one in mine)
            heading.setVisible(there)
            card.setVisible(there)
            shown += there
        self._none.setVisible(not shown)

    async def _reason(self, rule: Rule) -> str | None:
        """Ask why, where the law wants to know; None when the person thought better of it."""
        if not rule.reason:
            return ""
        args: dict[str, str | int] = {"what": name_of(self.seat, rule)}
        answer = await self.ask(Form("prefs.why", "prefs.why_text", (REASON,), args=args))
        return answer["reason"] if answer is not None else None

    async def _choose(self, rule: Rule, text: str) -> None:
        before = self._chosen.get(rule.name)
        reason = await self._reason(rule)
        if reason is not None and await self.seat.do(SetPolicy(rule.name, text, reason)):
            self._told("prefs.set", rule, text, before)
        await self._read()

    async def _reset(self, rule: Rule) -> None:
        before, reason = self._chosen.get(rule.name), await self._reason(rule)
        if reason is not None and await self.seat.do(ResetPolicy(rule.name, reason)):
            self._told("prefs.set", rule, _text(rule.value), before)
        await self._read()

    def _told(self, key: str, rule: Rule, text: str, before: Choice | None) -> None:
        say = self.seat.speech.say
        value = said(self.seat, rule, choice_from(rule.name, text))
        title = say(key, what=name_of(self.seat, rule), value=value)

        def undo() -> None:
            self.seat.spawn(self._put_back(rule, before))

        self.seat.news.emit(News(title, "", "good", undo))

    async def _put_back(self, rule: Rule, before: Choice | None) -> None:
        reason = self.seat.speech.say("act.undone")
        back = (
            ResetPolicy(rule.name, reason)
            if before is None
            else SetPolicy(rule.name, _text(before), reason)
        )
        await self.seat.do(back)
        await self._read()


def _place(area: str) -> int:
    return AREAS.index(area) if area in AREAS else 0


def _text(value: Choice) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
