"""What a buyer wrote shows as exactly those characters, everywhere; and nothing is left behind."""

import gc

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from app.desk.columns import Cell
from app.desk.text import TextLabel, plain_tip
from tests.desk.desk_world import HOSTILE, DeskWorld


def labels(window: QWidget) -> list[QLabel]:
    return list(window.findChildren(QLabel))


def test_every_label_on_every_screen_is_plain_text(desk: DeskWorld) -> None:
    desk.sit("lead")
    hostile = next(row for row in desk.rows() if row.external_no == "901")
    desk.act(lambda: desk.window.go(f"order/{hostile.id}"))
    seen = labels(desk.window)
    assert len(seen) > 60
    assert {label.textFormat() for label in seen} == {Qt.TextFormat.PlainText}
    desk.act(lambda: desk.window.go("cases"))
    assert {label.textFormat() for label in labels(desk.window)} == {Qt.TextFormat.PlainText}


def test_markup_in_a_name_shows_as_its_characters(desk: DeskWorld) -> None:
    desk.sit("lead")
    hostile = next(row for row in desk.rows() if row.external_no == "901")
    cells = [column.cell(hostile) for column in desk.window.orders.board.model.columns]
    assert Cell in {type(cell) for cell in cells}
    assert HOSTILE in cells[1].first
    desk.act(lambda: desk.window.go(f"order/{hostile.id}"))
    texts = [label.text() for label in labels(desk.window.orders.panel)]
    assert any(HOSTILE in text for text in texts)


def test_a_tip_never_reads_its_text_as_markup(qapp: QApplication) -> None:
    label = TextLabel("x")
    plain_tip(label, HOSTILE)
    assert "<img" not in label.toolTip().removeprefix("<qt>")


def test_a_closed_window_leaves_no_task_and_no_timer_behind(desk: DeskWorld) -> None:
    desk.sit("lead")
    desk.act(lambda: desk.window.go(f"order/{desk.rows()[0].id}"))
    window = desk.window
    window.let_go()
    window.close()
    desk.run(desk.seat.close())
    assert not desk.seat._tasks
    running = [timer for timer in window.findChildren(QTimer) if timer.isActive()]
    quiet = {window.top._pause, window.orders.panel._mask_again, window.toast._gone}
    assert [timer for timer in running if timer not in quiet] == []
    gc.collect()
