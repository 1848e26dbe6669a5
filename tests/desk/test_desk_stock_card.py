"""The page of one merchant code says what lies here, and what each shop showed, as of when."""

from typing import Any

import pytest

from app.desk.text import TextLabel
from app.domain.actor import worker
from app.store import shop_stock
from app.store.listings import Listings, Told
from app.store.tables import stock
from tests.desk.desk_world import DeskWorld
from tests.desk.sync_world import many_shops

HOUR = 3_600_000


def shown(desk: DeskWorld, who: str) -> list[str]:
    desk.sit(who)
    desk.act(lambda: desk.window.go("catalogue"))
    screen: Any = desk.window.screen_of("catalogue")
    model, view = screen.models[screen.tab], screen.tables[screen.tab]
    rows = [model.row(at) for at in range(model.rowCount())]
    at = next(n for n, row in enumerate(rows) if row.sku == "LN-27")
    desk.act(lambda: view.selectRow(at))
    area = screen._area
    return [label.text() for label in area.findChildren(TextLabel) if label.isVisible()]


def sell_everywhere(desk: DeskWorld) -> None:
    """Three shops sell it: one told just now, one three hours ago, one never."""
    ids = many_shops(desk)
    tell(desk, ids["Tea of our own"], 12)
    desk.behind.clock.advance(3 * HOUR)
    tell(desk, ids["Shopify US"], 38)
    with desk.shop.book.work(worker("test")) as work:
        Listings(work, ids["淘宝 · 旗舰店"], [Told("r", "LN-27", "Curtain", "", 1)])
        work.tell("listings_learned")
        work.commit()
    desk.behind.clock.advance(95_000)


def tell(desk: DeskWorld, shop: int, quantity: int) -> None:
    with desk.shop.book.work(worker("test")) as work:
        Listings(work, shop, [Told("r", "LN-27", "Curtain", "", 1)])
        shop_stock.put(work, shop, {"ref:r": quantity})
        work.tell("shop_stock_read")
        work.commit()


@pytest.mark.req("F066")
@pytest.mark.req("F125")
def test_one_page_shows_the_warehouse_and_every_shop_each_with_its_snapshots_time(
    desk: DeskWorld,
) -> None:
    sell_everywhere(desk)
    told = shown(desk, "lead")
    here = next(row for row in desk.shop.all(stock) if row["sku"] == "LN-27")
    at = told.index("Main")
    free = here["physical"] - here["reserved"]
    assert told[at + 1] == str(here["physical"])
    assert told[at + 2] == f"on hand, now · reserved {here['reserved']} · free {free}"
    fresh = told.index("Shopify US · Curtain")
    assert told[fresh + 1 : fresh + 3] == ["38", "snapshot 15:00:00 · 1 min ago"]
    old = told.index("Tea of our own · Curtain")
    assert told[old + 1 : old + 3] == ["12", "snapshot 12:00:00 · 3 h 1 min ago, out of date"]
    never = told.index("淘宝 · 旗舰店 · Curtain")
    assert told[never + 1 : never + 3] == ["–", "its platform has not told"]
    assert any("holds nothing" in text for text in told)
