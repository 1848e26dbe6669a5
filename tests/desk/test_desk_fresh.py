"""How old what the screens show is: said for every shop, in the bars and on the Sync screen."""

from typing import Any

import pytest

from app.desk.text import TextLabel
from app.domain.actor import worker
from app.store import inbox, sync_history
from app.store.inbox import Delivery
from app.store.tables import channel
from app.store.tables_record import cursor
from tests.desk.desk_world import DeskWorld
from tests.desk.sync_world import many_shops

SECOND = 1000


def settle_bar(desk: DeskWorld) -> str:
    desk.act(lambda: desk.seat.spawn(desk.window._read_bar()))
    return desk.window.bar._fresh.text()


def forget_readings(desk: DeskWorld) -> None:
    """A shop just connected: nothing of it was read yet."""
    with desk.shop.book.work(worker("test")) as work:
        work.execute(cursor.delete())
        work.tell("forgotten")
        work.commit()


@pytest.mark.req("F048")
def test_the_status_bar_says_of_each_shop_how_many_seconds_ago_it_was_read(
    desk: DeskWorld,
) -> None:
    forget_readings(desk)
    many_shops(desk)
    desk.sit("boss")
    told = settle_bar(desk).split(" · ")
    assert told[0] == "Shop 14 s"
    assert "Shopify US 22 min" in told
    assert "旗舰店 paused" in told
    assert "Tea of our own 22 min" in desk.window.bar._fresh.toolTip()
    desk.behind.clock.advance(8 * SECOND)
    desk.window.bar.say()
    assert desk.window.bar._fresh.text().startswith("Shop 22 s"), "ages grow while nothing comes"


@pytest.mark.req("F048")
def test_a_shop_read_without_news_is_fresh_again_though_the_book_did_not_change(
    desk: DeskWorld,
) -> None:
    ids = many_shops(desk)
    desk.sit("boss")
    desk.behind.clock.advance(240 * SECOND)
    desk.act(lambda: desk.link.hear({"read": (ids["Shop"],)}))
    desk.behind.clock.advance(3 * SECOND)
    desk.window.bar.say()
    assert settle_bar(desk).startswith("Shop 3 s")


def test_bar_and_sync_screen_say_the_same_of_a_shop_that_was_read_for_the_first_time(
    desk: DeskWorld,
) -> None:
    forget_readings(desk)
    shop = desk.shop
    shop.hire("boss", "owner")
    desk.sit("boss")
    desk.act(lambda: desk.window.go("sync"))
    made = desk.window.screen_of("sync").connections
    row = next(r for r in rows(made) if r.id == shop.channel_id)
    assert settle_bar(desk) == "Shop not read yet"
    assert made.cells.standing(row).text == "Not read yet"
    desk.act(lambda: desk.link.hear({"read": (shop.channel_id,)}))
    desk.behind.clock.advance(5 * SECOND)
    assert settle_bar(desk) == "Shop 5 s"
    assert made.cells.standing(row).text == "Reading"
    assert desk.window.top._health.text().startswith("Shops in sync: 1")


def test_a_paused_shop_is_said_to_be_paused_and_a_refused_key_to_be_no_connection(
    desk: DeskWorld,
) -> None:
    desk.shop.hire("boss", "owner")
    desk.sit("boss")
    pk = desk.shop.channel_id
    with desk.shop.book.work(worker("test")) as work:
        work.update(channel, pk, state="paused")
        work.tell("paused")
        work.commit()
    settle_bar(desk)
    assert desk.window.top._health.text() == "Shop is paused"
    with desk.shop.book.work(worker("test")) as work:
        work.update(channel, pk, state="on")
        refused = {"up": 0, "needs_person": 1, "error": "sync_token_expired"}
        sync_history.put_state(work, pk, refused)
        work.tell("refused")
        work.commit()
    settle_bar(desk)
    assert desk.window.top._health.text() == "Shop is not connected"


@pytest.mark.req("F059")
def test_each_connection_says_whether_it_pushes_or_is_polled_and_when_it_last_spoke(
    desk: DeskWorld,
) -> None:
    ids = many_shops(desk)
    with desk.shop.book.work(worker("test")) as work:
        source = f"channel:{ids['Shopify US']}"
        inbox.put(work, Delivery(source, "e1", b"{}", ids["Shopify US"], "77", "orders/updated"))
        work.tell("told")
        work.commit()
    desk.behind.clock.advance(30 * SECOND)
    desk.sit("boss")
    desk.act(lambda: desk.window.go("sync"))
    made = desk.window.screen_of("sync").connections
    mode = next(c for c in made.model.columns if c.key == "mode")
    said = {row.name: (made.cells.mode(row), *line(mode.cell(row))) for row in rows(made)}
    assert said["Shopify US"] == ("push", "Push", "30 s ago")
    assert said["Shop"] == ("silent", "Poll", "2 min ago"), "it could push, and never did"
    assert said["SF"] == ("poll", "Poll", "–")
    desk.act(lambda: made.table.selectRow(made.model.place_of(ids["Shopify US"])))
    assert any("By push: the other end calls." in text for text in texts(made))


def rows(made: Any) -> list[Any]:
    return [made.model.row(at) for at in range(made.model.rowCount())]


def line(cell: Any) -> tuple[str, str]:
    return cell.first, cell.second


def texts(widget: Any) -> list[str]:
    return [label.text() for label in widget.findChildren(TextLabel) if label.isVisible()]
