"""The line that says what was done, or refused and what to do about it; never a stack trace."""

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QFrame, QWidget

from app.desk.parts import Button, column, row
from app.desk.seat import News, Seat
from app.desk.text import TextLabel, repolish

GOOD_MS, BAD_MS = 6_000, 14_000
WIDTH = 460
GAP = 20


class Toast(QFrame):
    """One line over the lower edge of its host; a newer one takes its place."""

    def __init__(self, seat: Seat, host: QWidget) -> None:
        super().__init__(host)
        self.setProperty("kind", "toast")
        self._seat, self._host = seat, host
        self.title = TextLabel(weight="medium").wrapped()
        self.remedy = TextLabel(ink="second").wrapped()
        self.undo = Button("link", self._undo)
        self._away = Button("link", self.hide)
        self._away.setFixedSize(20, 20)
        self._news: News | None = None
        line = row(self.title, self.undo, self._away, gap=12)
        line.setStretch(0, 1)
        layout = column(gap=4, margins=(14, 11, 12, 12))
        layout.addLayout(line)
        layout.addWidget(self.remedy)
        self.setLayout(layout)
        self.setFixedWidth(WIDTH)
        self._gone = QTimer(self)
        self._gone.setSingleShot(True)
        self._gone.timeout.connect(self.hide)
        host.installEventFilter(self)
        self.hide()

    def tell(self, news: News) -> None:
        """Say one thing."""
        self._news = news
        self.title.setText(news.title)
        self.remedy.setText(news.remedy)
        self.remedy.setVisible(bool(news.remedy))
        self.undo.say(self._seat.speech.say("act.undo"))
        self.undo.setVisible(news.undo is not None)
        self._away.setIcon(self._seat.look.icon("close", "third", 14))
        self.setProperty("tone", news.tone)
        repolish(self)
        self.show()
        self._place()
        self.raise_()
        self._gone.start(GOOD_MS if news.tone == "good" else BAD_MS)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's
        """Stay at the lower edge."""
        if watched is self._host and event.type() is QEvent.Type.Resize:
            self._place()
        return False

    def _place(self) -> None:
        layout = self.layout()
        height = layout.heightForWidth(WIDTH) if layout is not None else 0
        self.resize(WIDTH, max(height, self.minimumSizeHint().height()))
        host = self._host.rect()
        self.move((host.width() - WIDTH) // 2, host.height() - self.height() - GAP - 28)

    def _undo(self) -> None:
        news, self._news = self._news, None
        self.hide()
        if news is not None and news.undo is not None:
            news.undo()
