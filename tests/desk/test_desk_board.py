"""The board shows each person their orders, in order, and keeps its place."""

from dataclasses import replace

from PySide6.QtCore import Qt

from app.commands.orders import AddNote, SetPolicy
from app.desk.link import LinkState
from app.desk.rows import Feed
from app.desk.text import TextLabel
from app.desk.theme import Shade
from app.reads.board import View
from tests.desk.desk_world import DeskWorld
from tests.operations.outbound_world import record
from tests.worlds import NOON


def headings(desk: DeskWorld) -> list[str]:
    model, across = desk.window.orders.board.model, Qt.Orientation.Horizontal
    return [model.headerData(at, across) for at in range(model.columnCount())]


def numbers(desk: DeskWorld) -> list[str]:
    return [row.external_no for row in desk.rows()]


def test_the_board_shows_the_orders_and_sorts_them_by_a_click(desk: DeskWorld) -> None:
    desk.sit("lead")
    assert sorted(numbers(desk)) == ["900", "901", "902"]
    desk.act(lambda: desk.window.orders.board.table.sorted_by.emit("external_no"))
    assert numbers(desk) == ["900", "901", "902"]
    desk.act(lambda: desk.window.orders.board.table.sorted_by.emit("external_no"))
    assert numbers(desk) == ["902", "901", "900"]


def test_a_view_shows_its_orders_with_their_money(desk: DeskWorld) -> None:
    desk.sit("finance", View(tab="awaiting_payment"))
    assert numbers(desk) == ["902"]
    assert "¥258.00" in desk.window.orders.board._totals.text()
    desk.act(lambda: desk.window.show_view(View(tab="completed")))
    assert desk.rows() == []
    labels = desk.window.orders.board.findChildren(TextLabel)
    assert "No orders here" in [label.text() for label in labels if label.isVisible()]


def test_who_may_not_see_payments_sees_no_sum(desk: DeskWorld) -> None:
    desk.sit("packer")
    assert numbers(desk) == [row.external_no for row in desk.rows() if row.tab == "to_print"]
    assert "¥" not in desk.window.orders.board._totals.text()


def test_language_and_colours_change_while_it_runs(desk: DeskWorld) -> None:
    desk.sit("lead")
    seat = desk.seat
    assert "Buyer" in headings(desk)
    desk.act(lambda: seat.speech.choose("zh"))
    assert "买家" in headings(desk)
    assert desk.window.orders.board.title.text() == "全部"
    desk.act(lambda: seat.look.choose(Shade.DARK))
    assert seat.look.dark
    assert desk.window.grab().toImage().pixelColor(800, 880).lightness() < 60


def test_new_orders_do_not_move_what_is_looked_at(desk: DeskWorld) -> None:
    desk.shop.receive(*(record(str(1000 + n)) for n in range(60)))
    desk.sit("lead", View())
    table, model = desk.window.orders.board.table, desk.window.orders.board.model
    desk.act(lambda: table.sorted_by.emit("external_no"))
    desk.act(lambda: table.verticalScrollBar().setValue(30 * table.rowHeight(0)))
    top = model.row(table.rowAt(1)).id
    desk.act(lambda: model.choose({top}))
    desk.shop.receive(record("0001"), record("0002"))
    desk.act(model.refresh)
    assert model.rowCount() == 65
    assert model.row(table.rowAt(1)).id == top
    assert model.chosen == {top}


def test_what_changed_is_read_again_by_itself(desk: DeskWorld) -> None:
    desk.sit("lead")
    first = desk.rows()[0]
    desk.act(lambda: desk.window.go(f"order/{first.id}"))
    desk.act(lambda: desk.seat.spawn(desk.seat.do(AddNote(first.id, "call back"))))
    events = desk.window.orders.panel.shown.events
    assert events[0].kind == "note"


def test_the_search_box_finds_numbers_at_once_and_names_by_token(desk: DeskWorld) -> None:
    desk.sit("lead")
    desk.act(lambda: desk.window._search("901"))
    assert numbers(desk) == ["901"]
    assert desk.window.orders.panel.shown.order.external_no == "901"
    desk.act(lambda: desk.window._search("张小满"))
    assert set(numbers(desk)) == {"900", "902"}
    desk.act(lambda: desk.window._search("900 902"))
    assert set(numbers(desk)) == {"900", "902"}


def test_names_are_not_searched_while_the_keeper_is_away_and_it_is_said(desk: DeskWorld) -> None:
    desk.sit("lead")
    desk.act(lambda: desk.link.turn(LinkState.RESTARTING))
    desk.act(lambda: desk.window._search("张小满"))
    assert numbers(desk) == []
    assert "not searched" in desk.window.orders.board._totals.text()


def test_the_time_left_is_counted_on_the_shop_clock(desk: DeskWorld) -> None:
    desk.sit("lead")
    cells = {
        row.external_no: desk.window.orders.board.model.columns[-1].cell(row) for row in desk.rows()
    }
    assert cells["900"].tone == ""
    desk.behind.clock.advance(desk.rows()[0].promise_at - NOON - 3_600_000)
    late = [desk.window.orders.board.model.columns[-1].cell(row) for row in desk.rows()]
    assert {"bad"} <= {cell.tone for cell in late}


def test_the_shop_own_rules_are_read_when_they_change(desk: DeskWorld) -> None:
    desk.shop.hire("boss", "admin", "agent")
    desk.sit("boss")
    assert desk.seat.speech.zone == "Asia/Shanghai"
    desk.act(lambda: desk.seat.spawn(desk.seat.do(SetPolicy("zone", "America/Sao_Paulo"))))
    assert desk.seat.speech.zone == "America/Sao_Paulo"
    assert desk.seat.law.policy.zone == "America/Sao_Paulo"


def test_a_million_orders_are_shown_without_reading_them(desk: DeskWorld) -> None:
    asked: list[int] = []

    async def count() -> int:
        return 1_000_000

    async def page(offset: int, limit: int, _before: object) -> tuple[object, ...]:
        asked.append(offset)
        return tuple(replace(sample, id=offset + n) for n in range(limit))

    desk.sit("lead")
    sample = desk.rows()[0]
    table, model = desk.window.orders.board.table, desk.window.orders.board.model
    desk.act(lambda: model.show(Feed(count, page)))
    desk.act(table.scrollToBottom)
    desk.act(lambda: table.viewport().repaint())
    assert model.rowCount() == 1_000_000
    assert model.row(999_999) is not None
    assert len(asked) < 10


def test_a_small_screen_keeps_every_column_and_a_very_small_one_the_main_ones(
    desk: DeskWorld,
) -> None:
    desk.sit("lead")
    table = desk.window.orders.board.table
    desk.act(lambda: desk.window.resize(1366, 768))
    assert not [at for at in range(table.model().columnCount()) if table.isColumnHidden(at)]
    desk.act(lambda: desk.window.resize(683, 384))
    shown = [c.key for at, c in enumerate(table.rows.columns) if not table.isColumnHidden(at)]
    assert shown == ["tick", "goods", "number", "status", "promise"]
    assert not desk.window.orders.panel.isVisible()
    desk.act(lambda: desk.window.go(f"order/{desk.rows()[0].id}"))
    assert desk.window.orders.panel.isVisible()
    desk.act(desk.window.orders.panel.back.click)
    assert desk.window.orders.board.isVisible()
