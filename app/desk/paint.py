"""Paints the cells of every table: two lines, a dot, a pill, a tile; text is never parsed."""

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.desk.columns import Cell, Kind
from app.desk.rows import CELL, ROW, RowsModel
from app.desk.theme import Look

PAD = 8
TILE = 30
CHECK = 15
DOT = 8
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Pen:
    """How one line of text is written."""

    font: QFont
    color: QColor
    right: bool = False


class RowPainter(QStyledItemDelegate):
    """Draws rows with two lines (or one, when they are compact)."""

    def __init__(self, look: Look, model: RowsModel) -> None:
        super().__init__()
        self._look, self._model = look, model
        self.compact = False
        self._ui, self._small = look.faces.ui(13), look.faces.ui(12)
        self._mono = look.faces.mono(13)
        self._drawers = {
            Kind.TEXT: self._text,
            Kind.TILE: self._tile,
            Kind.DOT: self._dot,
            Kind.PILL: self._pill,
            Kind.TAG: self._tag,
            Kind.FLAG: self._flag,
        }

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:  # noqa: N802 - Qt's
        """The row height is the view's affair."""
        return QSize(0, 0)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one cell."""
        rect: QRect = option.rect
        state = option.state
        current = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        row = index.data(ROW)
        chosen = row is not None and row.id in self._model.chosen
        self._ground(painter, rect, current or chosen, index.column() == 0 and current)
        column = self._model.columns[index.column()]
        if row is None:
            self._placeholder(painter, rect, column.kind)
        elif column.kind is Kind.CHECK:
            self._check(painter, rect, chosen)
        else:
            inner = rect.adjusted(PAD, 0, -PAD, 0)
            self._drawers[column.kind](painter, inner, index.data(CELL), column.right)
        painter.restore()

    def _ground(self, painter: QPainter, rect: QRect, lit: bool, edge: bool) -> None:
        if lit:
            painter.fillRect(rect, self._look.color("selection"))
        if edge:
            painter.fillRect(rect.left(), rect.top(), 3, rect.height(), self._look.color("accent"))
        painter.setPen(self._look.color("soft"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())

    def _placeholder(self, painter: QPainter, rect: QRect, kind: Kind) -> None:
        if kind is Kind.CHECK:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.color("soft"))
        bar = QRectF(rect.left() + PAD, rect.center().y() - 4, min(90, rect.width() * 0.6), 8)
        painter.drawRoundedRect(bar, 4, 4)

    def _check(self, painter: QPainter, rect: QRect, chosen: bool) -> None:
        box = QRectF(0, 0, CHECK, CHECK)
        box.moveCenter(QRectF(rect).center())
        painter.setPen(QPen(self._look.color("accent" if chosen else "third"), 1.3))
        painter.setBrush(self._look.color("accent" if chosen else "panel"))
        painter.drawRoundedRect(box, 4, 4)
        if chosen:
            painter.setPen(QPen(self._look.color("on_accent"), 1.8))
            left, top = box.left(), box.top()
            points = [(3.6, 7.8), (6.4, 10.6), (11.4, 4.8)]
            shape = QPolygonF([_at(left + x, top + y) for x, y in points])
            painter.drawPolyline(shape)

    def _text(self, painter: QPainter, rect: QRect, cell: Cell, right: bool) -> None:
        ink = "third" if cell.quiet else ""
        color = self._look.color(ink) if ink else self._ink(cell.tone)
        self._lines(painter, rect, cell, color, right)

    def _ink(self, tone: str) -> QColor:
        return QColor(self._look.tokens.tone(tone)) if tone else self._look.color("ink")

    def _lines(
        self, painter: QPainter, rect: QRect, cell: Cell, color: QColor, right: bool = False
    ) -> None:
        first = self._mono if cell.mono else self._ui
        two = bool(cell.second) and not self.compact
        middle = rect.center().y() + 1
        upper = QRect(rect.left(), middle - 18, rect.width(), 18) if two else rect
        self._line(painter, upper, cell.first, Pen(first, color, right))
        if two:
            lower = QRect(rect.left(), middle - 1, rect.width(), 17)
            second = Pen(self._small, self._look.color("second"), right)
            self._line(painter, lower, cell.second, second)

    def _line(self, painter: QPainter, rect: QRect, text: str, pen: Pen) -> None:
        painter.setFont(pen.font)
        painter.setPen(pen.color)
        metrics = QFontMetrics(pen.font)
        fitted = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        side = Qt.AlignmentFlag.AlignRight if pen.right else Qt.AlignmentFlag.AlignLeft
        flags = side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        painter.drawText(rect, int(flags), fitted)

    def _tile(self, painter: QPainter, rect: QRect, cell: Cell, right: bool) -> None:
        if self.compact:
            self._text(painter, rect, cell, right)
            return
        tile = QRectF(rect.left(), 0, TILE, TILE)
        tile.moveCenter(_at(rect.left() + TILE / 2, QRectF(rect).center().y()))
        painter.setPen(QPen(self._look.color("line"), 1))
        painter.setBrush(self._look.color("background"))
        painter.drawRoundedRect(tile, 6, 6)
        painter.setFont(self._look.faces.ui(13, 700))
        painter.setPen(self._look.color("third"))
        painter.drawText(tile, int(Qt.AlignmentFlag.AlignCenter), cell.mark)
        self._text(painter, rect.adjusted(TILE + 9, 0, 0, 0), cell, right)

    def _dot(self, painter: QPainter, rect: QRect, cell: Cell, right: bool) -> None:
        dot = QRectF(rect.left(), 0, DOT, DOT)
        middle = QRectF(rect).center().y() - (8 if cell.second and not self.compact else 0)
        dot.moveCenter(_at(rect.left() + DOT / 2, middle + 0.5))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._look.tokens.tone(cell.tone)))
        painter.drawEllipse(dot)
        place = rect.adjusted(DOT + 7, 0, 0, 0)
        self._lines(painter, place, cell, self._look.color("ink"), right)

    def _pill(self, painter: QPainter, rect: QRect, cell: Cell, right: bool) -> None:
        if not cell.tone:
            self._text(painter, rect, cell, right)
            return
        self._tinted(painter, rect, cell, self._small)

    def _tag(self, painter: QPainter, rect: QRect, cell: Cell, _right: bool) -> None:
        self._tinted(painter, rect, cell, self._small)

    def _tinted(self, painter: QPainter, rect: QRect, cell: Cell, font: QFont) -> None:
        width = min(rect.width(), QFontMetrics(font).horizontalAdvance(cell.first) + 13)
        box = QRectF(rect.left(), 0, width, 20)
        box.moveTop(QRectF(rect).center().y() - 10)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._look.tokens.tone_soft(cell.tone)))
        painter.drawRoundedRect(box, 4, 4)
        inner = box.toRect().adjusted(6, 0, -4, 0)
        color = QColor(self._look.tokens.tone(cell.tone))
        self._line(painter, inner, cell.first, Pen(font, color))

    def _flag(self, painter: QPainter, rect: QRect, cell: Cell, right: bool) -> None:
        left = 0
        if cell.mark:
            middle = QRectF(rect).center().y()
            x, top = rect.left(), middle - 6
            notch = [(0, 0), (9, 0), (6.5, 4.5), (9, 9), (0, 9)]
            shape = QPolygonF([_at(x + 1 + dx, top + dy) for dx, dy in notch])
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._look.tokens.flag(cell.mark)))
            painter.drawPolygon(shape)
            painter.drawRect(QRectF(x, top, 1.6, 13))
            left = 15
        self._text(painter, rect.adjusted(left, 0, 0, 0), cell, right)


def _at(x: float, y: float) -> QPointF:
    return QPointF(x, y)
