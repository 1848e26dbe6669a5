"""The screen of stock: what is stopped, which buyers to tell, who resumes, and what runs low."""

from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication

from app.desk.parts import KeyedButton
from app.desk.screens.stock.low import LowPage
from app.desk.screens.stock.stopped import StoppedPage
from app.desk.text import TextLabel
from app.store.tables_breaker import breaker, buyer_notice, replenishment
from tests.desk.desk_world import DeskWorld
from tests.desk.stock_world import HOOK, SKU, counted_codes, look, stopped_codes
from tests.desk.test_desk_work import fill


def page(desk: DeskWorld, who: str, name: str) -> Any:
    desk.sit(who)
    desk.act(lambda: desk.window.go(f"stock/{name}"))
    return desk.window.screen_of("stock").page


def texts(widget: Any) -> list[str]:
    return [label.text() for label in widget.findChildren(TextLabel) if label.isVisible()]


def choose(desk: DeskWorld, made: Any, sku: str, kind: str = "") -> None:
    rows = [made.model.row(at) for at in range(made.model.rowCount())]
    at = next(
        n for n, row in enumerate(rows) if row.sku == sku and kind in {"", getattr(row, "kind", "")}
    )
    desk.act(lambda: made.table.selectRow(at))


def button(made: Any, word: str) -> KeyedButton:
    return next(b for b in made.findChildren(KeyedButton) if b.accessibleName().startswith(word))


def rows_of(desk: DeskWorld, table: Any, **which: Any) -> list[dict[str, Any]]:
    found = desk.shop.all(table)
    return [row for row in found if all(row[name] == value for name, value in which.items())]


@pytest.mark.req("F025")
def test_an_oversold_code_shows_why_whom_to_tell_and_what_its_shops_were_told(
    desk: DeskWorld,
) -> None:
    stopped_codes(desk)
    made = page(desk, "lead", "stopped")
    assert isinstance(made, StoppedPage)
    choose(desk, made, SKU, "oversell")
    told = texts(made)
    assert any(text.startswith("5 orders found nothing left within 60 seconds") for text in told)
    assert "Buyers to be told" in told
    assert any("we expect to ship by" in text.lower() for text in told), told
    assert "stopped" in told, "the offer that its shop was told"
    desk.act(lambda: button(made, "Copy").click())
    assert QGuiApplication.clipboard().text().startswith("About your order L0")
    desk.act(lambda: button(made, "Told").click())
    assert [row["told_by"] for row in rows_of(desk, buyer_notice, state="told")] == ["lead"]
    assert any(text.startswith("lead told the buyer at") for text in texts(made))


@pytest.mark.req("F193", "F124")
def test_a_lead_resumes_with_a_reason_and_who_and_why_stay_in_sight(desk: DeskWorld) -> None:
    stopped_codes(desk)
    made = page(desk, "lead", "stopped")
    choose(desk, made, HOOK)
    assert "The goods of 3 cancelled orders wait; they are given back when you resume." in texts(
        made
    )
    desk.during(made.resume, fill(desk, reason="a sale was called off"))
    assert [row["closed_by"] for row in rows_of(desk, breaker, kind="releases")] == ["lead"]
    choose(desk, made, HOOK)
    assert any("resumed it at" in t and "a sale was called off" in t for t in texts(made))
    assert desk.window.screen_of("stock").total().startswith("2 stopped")


def test_who_may_not_resume_sees_the_button_locked_and_the_key_does_nothing(
    desk: DeskWorld,
) -> None:
    stopped_codes(desk)
    made = page(desk, "agent", "stopped")
    choose(desk, made, HOOK)
    assert not button(made, "Resume").isEnabled()
    desk.act(made.resume)
    assert rows_of(desk, breaker, kind="releases", state="closed") == []


@pytest.mark.req("F021", "F069")
def test_a_ticket_shows_what_is_left_and_takes_down_what_was_ordered(desk: DeskWorld) -> None:
    stopped_codes(desk)
    made = page(desk, "lead", "low")
    assert isinstance(made, LowPage)
    choose(desk, made, HOOK)
    assert "limited" in texts(made)
    desk.during(made.order, fill(desk, quantity="many", reason="the mill"))
    assert rows_of(desk, replenishment, ordered=0, sku=HOOK), "that is no number"
    desk.during(made.order, fill(desk, quantity="500", reason="the mill, on Friday"))
    assert [r["ordered"] for r in rows_of(desk, replenishment, sku=HOOK)] == [500]
    assert any("ordered 500" in text and "the mill, on Friday" in text for text in texts(made))
    look(desk)
    assert len(rows_of(desk, replenishment, sku=HOOK)) == 1


def test_a_shop_where_nothing_is_wrong_says_so(desk: DeskWorld) -> None:
    made = page(desk, "lead", "stopped")
    assert "Nothing is stopped" in texts(made)


@pytest.mark.req("F071", "F028")
def test_every_day_has_a_line_and_less_than_99_99_percent_is_red(desk: DeskWorld) -> None:
    counted_codes(desk)
    made = page(desk, "lead", "report")
    columns = {column.key: column for column in made.model.columns}
    rows = [made.model.row(at) for at in range(made.model.rowCount())]
    said = {one.day: columns["accuracy"].cell(one) for one in rows}
    assert len(rows) == 7
    assert (said["2026-02-11"].first, said["2026-02-11"].tone) == ("99.995 %", "good")
    assert (said["2026-02-15"].first, said["2026-02-15"].tone) == ("99.950 %", "bad")
    assert said["2026-02-13"].first == "not counted"
    desk.act(lambda: made.table.selectRow(0))
    told = texts(made)
    assert "-10" in told
    assert any(text.startswith("not explained · counted by lead") for text in told), told
    desk.act(made.copy_all)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert len(lines) == 8
    assert lines[1].split("\t")[0] == "2026-02-15"


@pytest.mark.req("F026")
def test_the_months_differences_are_explained_owned_and_ended_here(desk: DeskWorld) -> None:
    counted_codes(desk)
    made = page(desk, "lead", "variances")
    assert any("not explained" in t and "differences" in t for t in texts(made))
    rows = [made.model.row(at) for at in range(made.model.rowCount())]
    assert [bool(row.cause) for row in rows] == sorted(bool(row.cause) for row in rows)
    at = next(n for n, row in enumerate(rows) if row.units == -10)
    desk.act(lambda: made.table.selectRow(at))
    typed = {"cause": "return_not_shelved", "owner": "Wu", "reason": "shelve by noon", "due": ""}
    desk.during(made.explain, fill(desk, **typed))
    found = [row for row in made.all if row.units == -10]
    assert [(row.cause, row.owner) for row in found] == [("return_not_shelved", "Wu")]
    at = next(n for n in range(made.model.rowCount()) if made.model.row(n).units == -10)
    desk.act(lambda: made.table.selectRow(at))
    desk.during(made.finish, fill(desk, reason="shelved"))
    assert [row.done_by for row in made.all if row.units == -10] == ["lead"]
    desk.act(made.copy_all)
    assert "return not shelved\tWu\tshelve by noon" in QGuiApplication.clipboard().text()
    desk.act(made.go_back)
    desk.settle()
    assert made.model.rowCount() == 0
