"""Orders of which platform, book and carrier say different things bear a badge (F180, F181)."""

import pytest

from app.desk.text import TextLabel
from app.domain.actor import worker
from app.reads.board import View
from app.store.tables import orders
from tests.desk.desk_world import DeskWorld

HOUR = 3_600_000


def texts(widget) -> list[str]:
    return [label.text() for label in widget.findChildren(TextLabel) if label.isVisible()]


def part_ways(desk: DeskWorld) -> None:
    """One order left eighteen hours ago and shows as paid on its platform."""
    pk = desk.shop.all(orders)[0]["id"]
    shipped = {"shipped_at": desk.behind.clock.now() - 18 * HOUR, "state": "shipped"}
    with desk.shop.book.work(worker("test")) as work:
        work.update(orders, pk, ends="platform_behind", platform_state="paid", **shipped)
        work.tell("marked")
        work.commit()


@pytest.mark.req("F180", "F181")
def test_an_order_out_of_step_is_counted_badged_and_laid_open(desk: DeskWorld) -> None:
    part_ways(desk)
    desk.sit("lead", View(apart=True))
    screen = desk.window.orders
    assert [row.external_no for row in desk.rows()] == ["900"]
    assert "1 shipped, still pending on their platform, for 18 h on average" in (
        screen.board._totals.text()
    )
    cell = next(c for c in screen.board.model.columns if c.word == "col.status").cell(
        desk.rows()[0]
    )
    assert (cell.second, cell.tone) == ("≠ shows pending", "warning")
    entry = next(one for one in screen.views._entries if one.view.apart)
    assert entry.count.text() == "1"
    desk.act(lambda: screen.panel.open(desk.rows()[0].id))
    shown = texts(screen.panel)
    assert "Shipped here, still pending on the platform." in shown
    assert shown[shown.index("Platform") + 1] == "Paid"


def test_a_shop_whose_ends_agree_says_so(desk: DeskWorld) -> None:
    desk.sit("lead", View(apart=True))
    assert desk.rows() == []
    entry = next(one for one in desk.window.orders.views._entries if one.view.apart)
    assert entry.count.text() == "0"
    assert "Nothing shipped shows as pending on its platform." in entry.toolTip()


def test_who_says_nothing_is_not_shown_as_agreeing(desk: DeskWorld) -> None:
    pk = desk.shop.all(orders)[0]["id"]
    shipped = {"shipped_at": desk.behind.clock.now() - HOUR, "state": "shipped"}
    with desk.shop.book.work(worker("test")) as work:
        work.update(orders, pk, platform_state="shipped", ends="", logistics="none", **shipped)
        work.tell("marked")
        work.commit()
    desk.sit("lead")
    desk.act(lambda: desk.window.orders.panel.open(pk))
    kinds = {}
    for name in desk.window.orders.panel.findChildren(TextLabel):
        if name.text() in ("Platform", "Here", "Carrier") and name.isVisible():
            kinds[name.text()] = name.parentWidget().property("kind")
    assert kinds == {
        "Platform": "milestone_there",
        "Here": "milestone_there",
        "Carrier": "milestone_ahead",
    }
