"""What is reserved stands in the order's panel, and a cancel says beforehand what it gives back."""

from typing import Any

import pytest

from app.commands.selling import SetSelling
from app.commands.stock import ReleaseLock
from app.desk.dialogs import Sheet
from app.desk.text import TextLabel
from app.reads import board
from app.store.tables import lock
from tests.desk.desk_world import DeskWorld
from tests.desk.stock_world import HOOK, lines, stopped_codes
from tests.desk.test_desk_work import shown
from tests.operations.outbound_world import record


def texts(widget: Any) -> list[str]:
    return [label.text() for label in widget.findChildren(TextLabel) if label.isVisible()]


def open_panel(desk: DeskWorld, external_id: str) -> Any:
    order_id = desk.shop.order(external_id)["id"]
    desk.act(lambda: desk.window.follow(f"waydesk://order/{order_id}"))
    return desk.window.orders.panel


@pytest.mark.req("F194")
def test_the_panel_shows_code_quantity_since_when_and_until_when_and_follows_what_happens(
    desk: DeskWorld,
) -> None:
    desk.sit("lead")
    desk.shop.receive(record("910", lines=lines(HOOK, 3), promise=None))
    panel = open_panel(desk, "910")
    told = texts(panel)
    assert "3 units" in told
    assert f"{HOOK} · Main" in told
    assert any(t.startswith("held since 12:00 · let go when it ships") for t in told), told
    (held,) = [r for r in desk.shop.all(lock) if r["order_id"] == panel.order_id]
    desk.act(lambda: desk.seat.spawn(desk.seat.do(ReleaseLock(held["id"], 1, "one is broken"))))
    desk.settle()
    assert "2 units" in texts(panel), "the panel is live"


@pytest.mark.req("F194")
def test_an_unpaid_reservation_says_when_it_is_let_go_and_how_long_that_is(
    desk: DeskWorld,
) -> None:
    shop = desk.shop
    shop.do("lead", SetSelling(shop.channel_id, "at_order", 45, False, "a live stream"))
    desk.sit("lead")
    unpaid = {"raw_status": "pending", "raw_payment": "unpaid", "payment_proofs": ()}
    shop.receive(record("911", lines=lines(HOOK, 1), **unpaid))
    told = texts(open_panel(desk, "911"))
    said = "held since 12:00 · let go at 12:45 unless it is paid (45 min left)"
    assert said in told, told


@pytest.mark.req("F194")
def test_the_card_of_a_cancel_says_what_goes_back_and_what_waits(desk: DeskWorld) -> None:
    stopped_codes(desk)
    desk.sit("lead")
    desk.shop.receive(record("912", lines=lines(HOOK, 2)))
    asked = asking(desk, "912")
    assert any(f"{HOOK} ×2" in text and "Waits until a lead has looked" in text for text in asked)
    desk.shop.receive(record("913", lines=lines("LN-27", 1)))
    asked = asking(desk, "913")
    assert any("Goes back to stock at once: LN-27 ×1." in text for text in asked), asked


def asking(desk: DeskWorld, external_id: str) -> list[str]:
    """What the card says that asks before it cancels."""
    found: list[str] = []
    order_id = desk.shop.order(external_id)["id"]
    rows = desk.run(desk.seat.see(board.some, (order_id,)))
    doer = desk.window.orders.doer

    async def play() -> None:
        sheet: Sheet = await shown(desk)
        found.extend(texts(sheet))
        sheet.put_away()

    desk.during(lambda: doer.run(doer.by_name("cancel"), rows), play)
    return found
