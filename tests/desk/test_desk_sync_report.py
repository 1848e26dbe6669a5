"""The daily report and the health of the states, as who looks after the sync reads them."""

from typing import Any

import pytest

from app.desk.parts import KeyedButton
from app.desk.screens.sync.flow import FlowPage
from app.desk.screens.sync.report import ReportPage
from app.desk.text import TextLabel
from app.domain.actor import worker
from app.store import flow_figures
from app.store.tables_notice import notice_route
from tests.desk.desk_world import DeskWorld
from tests.desk.sync_world import many_shops, reported_shops
from tests.desk.test_desk_work import fill


def page(desk: DeskWorld, who: str, name: str) -> Any:
    desk.sit(who)
    desk.act(lambda: desk.window.go(f"sync/{name}"))
    return desk.window.screen_of("sync").page


def texts(widget: Any) -> list[str]:
    return [label.text() for label in widget.findChildren(TextLabel) if label.isVisible()]


def lines(made: ReportPage, day: str) -> dict[tuple[str, str], dict[str, tuple[str, str]]]:
    rows = [made.model.row(at) for at in range(made.model.rowCount())]
    return {
        (row.shop, row.link): {
            column.key: (column.cell(row).first, column.cell(row).tone)
            for column in made.model.columns
        }
        for row in rows
        if row.day == day
    }


@pytest.mark.req("F011")
def test_the_daily_report_shows_a_link_at_99_1_percent_red_and_one_at_99_2_not(
    desk: DeskWorld,
) -> None:
    reported_shops(desk)
    made = page(desk, "boss", "report")
    assert isinstance(made, ReportPage)
    found = lines(made, "2026-02-15")
    assert found["Shop", "ship"]["rate"] == ("99.10 % low", "bad")
    assert found["Tea of our own", "orders"]["rate"] == ("99.20 %", "good")
    assert found["Tea of our own", "orders"]["median"] == ("75.4 s", "bad")
    assert found["Shop", "orders"]["median"] == ("43.0 s", "")
    first = made.model.row(0)
    assert (first.day, first.shop, first.link) == ("2026-02-15", "Shop", "ship"), "worst first"
    desk.act(lambda: made.table.selectRow(0))
    told = texts(made)
    assert "99.10 % < 99.2 %" in told
    assert "991 of 1,000 worked" in told
    desk.until(lambda: made.chart.plot is not None)
    rates = made.chart.plot.listDataItems()[1].getData()[1]
    assert (len(rates), round(min(rates), 2)) == (7, 99.1)


@pytest.mark.req("F012")
def test_the_report_says_how_many_payments_waited_too_long_for_their_goods(
    desk: DeskWorld,
) -> None:
    reported_shops(desk)
    made = page(desk, "boss", "report")
    rows = [made.model.row(at) for at in range(made.model.rowCount())]
    bad = next(row for row in rows if row.link == "reserve" and row.failed)
    desk.act(lambda: made.table.selectRow(made.model.place_of(bad.id)))
    told = texts(made)
    assert "Goods not held within 3 s of the payment are a breach." in told
    assert told[told.index("Breaches") + 1] == "3"


def test_the_group_that_is_told_is_named_here_by_who_may_connect_and_locked_for_others(
    desk: DeskWorld,
) -> None:
    reported_shops(desk)
    made = page(desk, "boss", "report")
    desk.act(lambda: made.table.selectRow(0))
    assert marks(made) == ["on", "off"]
    address = "http://127.0.0.1:9/cgi-bin/webhook/send?key=k"
    desk.during(made.choose_group, fill(desk, address=address))
    desk.act(made.reload)
    assert marks(made) == ["on", "on"]
    kept = [row for row in desk.shop.all(notice_route) if row["kind"] == "wecom"]
    assert [row["state"] for row in kept] == ["on"]
    assert "key=k" not in str(kept)


def marks(made: ReportPage) -> list[str]:
    return [text for text in texts(made) if text in {"on", "off"}]


def test_an_agent_sees_no_group_button_to_press(desk: DeskWorld) -> None:
    reported_shops(desk)
    made = page(desk, "agent", "report")
    desk.act(lambda: made.table.selectRow(0))
    found = [b for b in made.findChildren(KeyedButton) if "WeCom" in b.accessibleName()]
    assert [button.isEnabled() for button in found] == [False]


@pytest.mark.req("F225")
def test_dwell_retries_and_lock_contention_stand_on_one_page_each_with_its_history(
    desk: DeskWorld,
) -> None:
    reported_shops(desk)
    made = page(desk, "boss", "flow")
    assert isinstance(made, FlowPage)
    told = texts(made)
    assert {"Dwell of each state", "Retries", "Lock contention"} <= set(told)
    assert "median 30 min · oldest 1 h" not in told
    waits = ["awaiting_payment", "paid", "allocated", "shipped"]
    assert [one.state for one in made.latest()] == waits
    assert any(text.startswith("3.33 %: 7 wait, 203 hold") for text in told), told
    assert any("of writes waited, the longest 38 ms" in text for text in told)
    charts = (made.dwell, made.again, made.wait)
    desk.until(lambda: all(chart.plot is not None for chart in charts))
    assert [len(chart.plot.listDataItems()) for chart in charts] == [4, 1, 2]
    assert len(made.dwell.plot.listDataItems()[0].getData()[1]) == 168, "a week, hour by hour"


@pytest.mark.req("F225")
def test_a_new_look_at_the_flow_is_heard_and_shown(desk: DeskWorld) -> None:
    many_shops(desk)
    made = page(desk, "boss", "flow")
    assert "Nothing measured yet" in texts(made)
    with desk.shop.book.work(worker("sync")) as work:
        states = flow_figures.dwells(work)
        locks = flow_figures.contention(work)
        flow_figures.put(work, states, locks | {"writes": 10, "waited": 1, "longest_ms": 4})
        work.tell("flow_measured", "order")
        work.commit()
    desk.act(lambda: desk.link.hear({"flow": ()}))
    told = texts(made)
    assert any("10.00 % of writes waited" in text for text in told)
    assert {row.state: row.n for row in made.latest()}["allocated"] == 2
