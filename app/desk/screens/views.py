"""The views column: tabs with their counts, what is held, kinds, shops; folds to icons."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QScrollArea, QWidget

from app.commands.wire import Changed
from app.desk.parts import Button, boxed, clear, column, row
from app.desk.seat import Seat
from app.desk.text import TextLabel, plain_tip
from app.domain.board import Tab
from app.domain.states import OrderKind
from app.reads import board, house
from app.reads.board import Gap, TabCount, View
from app.reads.house import ShopRow

WIDE, FOLDED = 172, 52
ICONS = {
    Tab.PENDING: "pending",
    Tab.AWAITING_PAYMENT: "wallet",
    Tab.TO_REVIEW: "review",
    Tab.TO_PRINT: "print",
    Tab.TO_SHIP: "parcel",
    Tab.SHIPPED: "truck",
    Tab.COMPLETED: "calm",
    Tab.CANCELLED: "closed",
    Tab.CLOSED: "lock",
}
MARKED = (View(held=True), View(apart=True))
WARNED = frozenset({Tab.PENDING, Tab.TO_REVIEW})


class Entry(Button):
    """One view: its icon, its name and how many orders it has."""

    def __init__(self, seat: Seat, view: View, icon: str) -> None:
        super().__init__("view")
        self.view, self._seat, self._icon_name = view, seat, icon
        self.setCheckable(True)
        self.setFixedHeight(30)
        self.picture, self.name = TextLabel(), TextLabel()
        self.count = TextLabel(ink="second")
        for label in (self.picture, self.name, self.count):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setLayout(row(self.picture, self.name, 1, self.count, gap=6, margins=(9, 0, 8, 0)))
        self.toggled.connect(lambda _on: self.draw())

    def tell(self, name: str, count: str, tone: str = "second") -> None:
        """Set its words."""
        self.name.setText(name)
        self.count.setText(count)
        self.count.restyle(ink=tone, weight="medium" if tone != "second" else "")
        self.setAccessibleName(f"{name} {count}")
        plain_tip(self, f"{name} {count}".strip())
        self.draw()

    def fold(self, folded: bool) -> None:
        """Show the icon alone, or the name and count alone."""
        self.picture.setVisible(folded)
        self.name.setVisible(not folded)
        self.count.setVisible(not folded)

    def draw(self) -> None:
        """Paint what stands for being chosen."""
        lit = self.isChecked()
        tokens = self._seat.look.tokens
        color = tokens.accent if lit else tokens.second
        self.picture.setPixmap(self._seat.look.pixmap(self._icon_name, color, 18))
        self.name.restyle(ink="accent" if lit else "", weight="medium" if lit else "")


class ViewsColumn(QWidget):
    """Everything the board can be narrowed to."""

    chosen = Signal(object)

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self.setObjectName("views")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._seat = seat
        self._view = View(tab=Tab.TO_PRINT.value)
        self._tabs: tuple[TabCount, ...] = ()
        self._held = 0
        self._gap = Gap(0, 0, 0)
        self._kinds: dict[str, int] = {}
        self._shops: tuple[ShopRow, ...] = ()
        self._folded = False
        self._entries: list[Entry] = []
        self._group = QButtonGroup(self)
        self._list = column(gap=1, margins=(8, 12, 8, 12))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(boxed(self._list))
        self.setLayout(column(area, gap=0))
        self.setFixedWidth(WIDE)
        self._group.buttonClicked.connect(self._clicked)
        seat.speech.changed.connect(self._build)
        seat.look.changed.connect(self._build)

    def fold(self, folded: bool) -> None:
        """Show icons alone, or names with counts."""
        if folded != self._folded:
            self._folded = folded
            self.setFixedWidth(FOLDED if folded else WIDE)
            self._build()

    def show_view(self, view: View) -> None:
        """Mark a view as the one shown."""
        self._view = view
        for entry in self._entries:
            entry.setChecked(_same(entry.view, view))

    async def read(self) -> None:
        """Count everything again."""
        view = View(channel_id=self._view.channel_id)
        self._tabs = await self._seat.see(board.tabs, view.channel_id)
        self._held = await self._seat.see(board.count, View(held=True, channel_id=view.channel_id))
        now = self._seat.clock.now()
        self._gap = await self._seat.see(board.gap, now, view.channel_id)
        self._kinds = await self._seat.see(board.kinds, view.channel_id)
        shops = await self._seat.see(house.shops_seen)
        known = [(entry.view, entry) for entry in self._entries]
        if shops != self._shops or not known or self._wanted() != [view for view, _ in known]:
            self._shops = shops
            self._build()
        self._tell()

    def heard(self, changed: Changed) -> None:
        """Count again when orders or shops changed."""
        if {"orders", "channels"} & set(changed.rows):
            self._seat.spawn(self.read())

    # --- inside --------------------------------------------------------------------------------

    def _wanted(self) -> list[View]:
        tabs = [View(tab=count.tab) for count in self._tabs]
        kinds = [View(kind=kind, active=True) for kind in self._kinds]
        shops = [View(channel_id=shop.id) for shop in self._shops]
        return [View(), *tabs, *MARKED, *kinds, *(shops if len(shops) > 1 else [])]

    def _build(self) -> None:
        clear(self._list)
        self._entries = []
        section = ""
        for view in self._wanted():
            heading = _section(view)
            if heading != section:
                self._head(heading, first=not section)
                section = heading
            entry = Entry(self._seat, view, _icon(view))
            entry.fold(self._folded)
            entry.setChecked(_same(view, self._view))
            self._group.addButton(entry)
            self._entries.append(entry)
            self._list.addWidget(entry)
        self._list.addStretch(1)
        self._tell()

    def _head(self, word: str, *, first: bool) -> None:
        if not first:
            self._list.addSpacing(12)
        if not self._folded:
            label = TextLabel(self._seat.speech.say(word), face="caption", ink="third")
            label.setContentsMargins(9, 0, 0, 4)
            self._list.addWidget(label)

    def _tell(self) -> None:
        speech = self._seat.speech
        counts = {tab.tab: tab.n for tab in self._tabs}
        for entry in self._entries:
            view = entry.view
            if view.held:
                entry.tell(speech.say("views.held"), speech.count(self._held), _warn(self._held))
            elif view.apart:
                entry.tell(speech.say("views.apart"), speech.count(self._gap.n), _warn(self._gap.n))
                plain_tip(entry, self._lag())
            elif view.kind:
                entry.tell(
                    speech.word("kind", view.kind), speech.count(self._kinds.get(view.kind, 0))
                )
            elif view.channel_id:
                name = next((s.name for s in self._shops if s.id == view.channel_id), "")
                entry.tell(name, "")
            elif view.tab:
                n = counts.get(view.tab, 0)
                tone = _warn(n) if view.tab in WARNED else "second"
                entry.tell(speech.word("tab", view.tab), speech.count(n), tone)
            else:
                entry.tell(speech.say("views.all"), speech.count(sum(counts.values())))

    def _lag(self) -> str:
        """How many orders left and show as pending on their platform, and for how long."""
        if not self._gap.pending:
            return self._seat.speech.say("views.apart_none")
        span = self._seat.speech.span(self._gap.lag_ms)
        return self._seat.speech.say("views.apart_lag", n=self._gap.pending, span=span)

    def _clicked(self, entry: Entry) -> None:
        self._view = entry.view
        self.chosen.emit(entry.view)


def _warn(n: int) -> str:
    return "bad" if n else "second"


def _same(one: View, other: View) -> bool:
    return _narrowed(one) == _narrowed(other)


def _narrowed(view: View) -> tuple[str, bool, bool, str, int]:
    return view.tab, view.held, view.apart, view.kind, view.channel_id


def _section(view: View) -> str:
    if view.channel_id:
        return "views.shops"
    return "views.marked" if view.held or view.apart or view.kind else "views.work"


def _icon(view: View) -> str:
    if view.held:
        return "hold"
    if view.apart:
        return "sync"
    if view.kind:
        return "rush" if view.kind == OrderKind.RUSH else "orders"
    if view.channel_id:
        return "shop"
    return ICONS[Tab(view.tab)] if view.tab else "all"
