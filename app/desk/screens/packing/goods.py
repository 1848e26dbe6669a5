"""What belongs in the box: the thing to scan next large, with its picture; the others below."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from app.commands.packing import Packing, PackItem
from app.desk.parts import boxed, clear, column, row
from app.desk.seat import Seat
from app.desk.text import TextLabel

LARGE, SMALL, ROW, EMPTY = 264, 44, 60, 160
NARROW_LARGE = 190


class Goods(QWidget):
    """One box: what is missing is the largest thing on the screen."""

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self._seat = seat
        self._box: Packing | None = None
        self._pictures: dict[int, QPixmap] = {}
        self._narrow = False
        self._list = column(gap=10, margins=(0, 0, 4, 0))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(boxed(self._list))
        self.setLayout(column(area, gap=0))
        for changed in (seat.speech.changed, seat.look.changed):
            changed.connect(self.draw)

    def show_box(self, box: Packing | None) -> None:
        """Show what is in a box, and what is not yet; None for no box."""
        self._box = box
        self.draw()

    def narrow(self, narrow: bool) -> None:
        """Take smaller pictures on a small screen."""
        self._narrow = narrow
        self.draw()

    def give(self, product_id: int, picture: QPixmap) -> None:
        """Show a product's picture from now on."""
        self._pictures[product_id] = picture
        self.draw()

    def lacks(self) -> tuple[int, ...]:
        """The products of this box whose pictures were never read."""
        items = self._box.items if self._box is not None else ()
        ids = {one.product_id for one in items if one.product_id}
        return tuple(sorted(ids - set(self._pictures)))

    def draw(self) -> None:
        """Draw everything anew."""
        clear(self._list)
        if self._box is None:
            self._list.addWidget(self._nothing(), 1)
            return
        items = self._box.items
        left = [one for one in items if one.packed < one.wanted]
        first = left[0] if left else None
        if first is not None:
            self._list.addWidget(self._large(first))
        ordered = [one for one in left if one is not first]
        ordered += [one for one in items if one.packed >= one.wanted]
        for one in ordered:
            self._list.addWidget(self._row(one))
        self._list.addStretch(1)

    def _nothing(self) -> QWidget:
        look, picture = self._seat.look, TextLabel()
        picture.setPixmap(look.pixmap("scan", look.tokens.line, EMPTY))
        picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        return picture

    def _large(self, item: PackItem) -> QWidget:
        side = NARROW_LARGE if self._narrow else LARGE
        say = self._seat.speech.say
        words = column(1, gap=6)
        words.addWidget(TextLabel(item.title, face="goods").wrapped())
        if item.variant:
            words.addWidget(TextLabel(item.variant, face="variant", ink="accent").wrapped())
        sku = TextLabel(item.sku, face="stage_small", ink="second")
        words.addWidget(sku)
        if item.gift:
            words.addLayout(row(TextLabel(say("packing.gift"), tag="info"), 1))
        if item.hint:
            words.addWidget(TextLabel(item.hint, face="stage_small", ink="warning").wrapped())
        words.addStretch(1)
        count = TextLabel(f"{item.packed} / {item.wanted}", face="figure")
        whole = row(self._picture(item, side), gap=26, margins=(20, 20, 24, 20))
        whole.addLayout(words, 1)
        whole.addWidget(count)
        card = boxed(whole, kind="focus")
        card.setMinimumHeight(side + 40)
        return card

    def _row(self, item: PackItem) -> QWidget:
        say = self._seat.speech.say
        name = TextLabel(f"{item.title} {item.variant}".strip(), face="title")
        sku = TextLabel(item.sku, ink="third")
        whole = row(self._picture(item, SMALL), name, sku, gap=12, margins=(14, 8, 22, 8))
        if item.gift:
            gift = TextLabel(say("packing.gift"), tag="info")
            whole.addWidget(gift)
            whole.setAlignment(gift, Qt.AlignmentFlag.AlignVCenter)
        whole.addStretch(1)
        done = item.packed >= item.wanted
        word, tag = ("packing.in", "good") if done else ("packing.to_scan", "plain")
        state = TextLabel(say(word), tag=tag)
        whole.addWidget(state)
        whole.setAlignment(state, Qt.AlignmentFlag.AlignVCenter)
        count = TextLabel(f"{item.packed} / {item.wanted}", face="headline")
        count.setFixedWidth(76)
        count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        whole.addWidget(count)
        card = boxed(whole, kind="card")
        card.setFixedHeight(ROW)
        return card

    def _picture(self, item: PackItem, side: int) -> QWidget:
        """The product's picture, or a quiet place for one (F033)."""
        frame = TextLabel()
        frame.setFixedSize(side, side)
        frame.setAlignment(Qt.AlignmentFlag.AlignCenter)
        found = self._pictures.get(item.product_id)
        if found is None or found.isNull():
            look = self._seat.look
            frame.setPixmap(look.pixmap("parcel", look.tokens.third, side // 3))
            frame.setAccessibleName(self._seat.speech.say("packing.no_picture"))
        else:
            keep = Qt.AspectRatioMode.KeepAspectRatio
            smooth = Qt.TransformationMode.SmoothTransformation
            frame.setPixmap(found.scaled(side, side, keep, smooth))
            frame.setAccessibleName(item.title)
        return boxed(row(frame, gap=0), kind="quiet")
