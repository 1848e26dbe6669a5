"""Sync health shows what is missing, late or dead, and lets who may replay it."""

import subprocess
import sys
from typing import Any

import pytest

from app.desk.screens.sync.health import HealthPage
from app.desk.text import TextLabel
from app.domain.actor import worker
from app.store import sync_history
from app.store.sync_history import Counted
from app.store.tables_record import kept_aside, outbox
from tests.desk.desk_world import DeskWorld
from tests.desk.sync_world import sick_shops


def page(desk: DeskWorld, who: str) -> HealthPage:
    desk.sit(who)
    desk.act(lambda: desk.window.go("sync/health"))
    made = desk.window.screen_of("sync").page
    assert isinstance(made, HealthPage)
    return made


def texts(widget: Any) -> list[str]:
    return [label.text() for label in widget.findChildren(TextLabel) if label.isVisible()]


def cells(made: HealthPage, shop: str) -> dict[str, tuple[str, str]]:
    rows = [made.model.row(at) for at in range(made.model.rowCount())]
    row = next(one for one in rows if one.radar.name == shop)
    found = {column.key: column.cell(row) for column in made.model.columns}
    return {key: (cell.first, cell.tone) for key, cell in found.items()}


@pytest.mark.req("F011")
def test_what_is_missing_and_below_the_line_is_said_in_words_and_by_its_numbers(
    desk: DeskWorld,
) -> None:
    ids = sick_shops(desk)
    made = page(desk, "lead")
    shop, far = cells(made, "Shop"), cells(made, "Shopify US")
    assert shop["day"] == ("410 / 412, 2 missing", "bad")
    assert shop["hour"] == ("all 31", "good")
    assert shop["passes"] == ("99.10 % low", "bad")
    assert (shop["clock"], shop["left"]) == (("+0.3 s", ""), ("38", ""))
    assert far["auth"] == ("Needs a person", "bad")
    assert far["clock"] == ("+412 s", "bad")
    desk.act(lambda: made.table.selectRow(made.model.place_of(ids["Shop"])))
    told = texts(made)
    assert "7731  7745" in told
    assert "99.10 % < 99.2 %" in told
    assert "99.20 %" in told, "a link at the line is not red"


def test_delays_are_drawn_and_said_and_the_library_waits_until_they_are(desk: DeskWorld) -> None:
    ids = sick_shops(desk)
    made = page(desk, "lead")
    desk.act(lambda: made.table.selectRow(made.model.place_of(ids["Shop"])))
    desk.until(lambda: made.chart.plot is not None)
    assert made.chart.told.text().startswith("Median 26 s (line), p95 1 min")
    lines = [item.getData()[1] for item in made.chart.plot.listDataItems()]
    assert [len(line) for line in lines] == [48, 48]
    assert all(p95 > median for p95, median in zip(*lines, strict=True))
    desk.act(lambda: made.table.selectRow(made.model.place_of(ids["Shopify US"])))
    assert made.chart.plot is None
    assert "No order came in these 24 hours." in texts(made)


def test_the_desk_starts_without_the_plotting_library() -> None:
    told = "import sys, app.compose.desk, app.desk.screens.sync.screen as _;"
    told += "print(sorted({'numpy', 'pyqtgraph'} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_a_new_count_is_heard_and_shown(desk: DeskWorld) -> None:
    ids = sick_shops(desk)
    made = page(desk, "lead")
    desk.behind.clock.advance(60_000)
    with desk.shop.book.work(worker("sync")) as work:
        sync_history.put_count(work, Counted(ids["Shop"], "day", 412, ()))
        work.tell("orders_counted", "channel")
        work.commit()
    desk.act(lambda: desk.link.hear({"health": (ids["Shop"],)}))
    assert cells(made, "Shop")["day"] == ("all 412", "good")


@pytest.mark.req("F061")
def test_dead_letters_are_replayed_one_by_one_or_all_with_progress(desk: DeskWorld) -> None:
    sick_shops(desk)
    made = page(desk, "lead")
    letters = made.letters
    assert letters.model.rowCount() == 3
    first = letters.model.row(0)
    desk.act(lambda: letters.table.selectRow(0))
    desk.act(letters.one.click)
    assert first.id not in {row.id for row in letters._rows()}
    assert letters.model.rowCount() == 2
    desk.act(letters.every.click)
    assert letters.progress.value() == letters.progress.maximum() == 2
    assert letters.model.rowCount() == 0
    assert "No dead letters" in texts(letters)
    states = [row["state"] for row in (*desk.shop.all(kept_aside), *desk.shop.all(outbox))]
    assert "dead" not in states


def test_who_may_not_replay_sees_the_buttons_locked_with_the_reason(desk: DeskWorld) -> None:
    sick_shops(desk)
    letters = page(desk, "agent").letters
    for button in (letters.one, letters.every):
        assert not button.isEnabled()
        assert "do not include" in button.accessibleDescription()
    desk.act(letters.replay_all)
    assert letters.model.rowCount() == 3


@pytest.mark.req("F060")
@pytest.mark.parametrize(("code", "named"), [("en", "No retry"), ("zh", "不再重试")])
def test_which_of_the_four_causes_holds_a_shop_up_is_said_in_words(
    desk: DeskWorld, code: str, named: str
) -> None:
    ids = sick_shops(desk)
    made = page(desk, "lead")
    desk.act(lambda: desk.seat.speech.choose(code))
    desk.act(lambda: made.table.selectRow(made.model.place_of(ids["Shop"])))
    assert named in texts(made)
    desk.act(lambda: made.table.selectRow(made.model.place_of(ids["Shopify US"])))
    assert named not in texts(made)
    desk.act(made.letters.every.click)
    desk.act(lambda: made.table.selectRow(made.model.place_of(ids["Shop"])))
    assert named not in texts(made), "what was replayed is tried again"
