"""An agent sees what a buyer asks back at its order, and answers it there, once and for good."""

import asyncio
from typing import Any

from app.desk.dialogs import Sheet
from app.desk.parts import Button
from app.desk.text import TextLabel
from app.store.tables_after_sale import after_sale
from app.store.tables_record import outbox
from tests.desk.after_sale_world import answer_stands, asked_back, order_of
from tests.desk.desk_world import DeskWorld


def texts(widget: Any) -> list[str]:
    return [label.text() for label in widget.findChildren(TextLabel) if label.isVisible()]


def buttons(desk: DeskWorld) -> dict[str, Button]:
    panel = desk.window.orders.panel
    found = panel.findChildren(Button)
    return {one.text(): one for one in found if one.isVisibleTo(panel) and one.text()}


async def sheet(desk: DeskWorld) -> Sheet:
    for _ in range(200):
        found = [one for one in desk.window.findChildren(Sheet) if one.isVisible()]
        if found:
            return found[-1]
        await asyncio.sleep(0.01)
    raise AssertionError("nothing was asked")


def open_order(desk: DeskWorld, who: str) -> None:
    desk.sit(who)
    desk.act(lambda: desk.window.orders.panel.open(order_of(desk)))


def test_the_lead_agrees_on_the_card_and_is_told_that_it_cannot_be_taken_back(
    desk: DeskWorld,
) -> None:
    asked_back(desk)
    open_order(desk, "lead")
    shown = texts(desk.window.orders.panel)
    assert "Refund" in shown
    assert "waits for you" in shown
    assert "Buyer: “不想要了 · 颜色和图片不一样”" in shown
    said: list[str] = []

    async def answer() -> None:
        asked = await sheet(desk)
        said.extend(texts(asked))
        asked.fill("reason", "sent the wrong colour")
        asked.done.click()

    desk.during(buttons(desk)["Agree…"].click, answer)
    assert "Give ¥100.00 back to the buyer?" in said
    assert any("cannot be taken back" in text for text in said)
    assert [row["kind"] for row in desk.shop.all(outbox)] == ["after_sale_answer"]
    assert "answer on its way" in texts(desk.window.orders.panel)
    assert not {"Agree…", "Refuse…"} & set(buttons(desk))


def test_a_lost_answer_says_so_and_offers_no_second_one(desk: DeskWorld) -> None:
    answer_stands(desk, asked_back(desk), "unknown", "sync_answer_lost")
    open_order(desk, "lead")
    shown = texts(desk.window.orders.panel)
    assert "outcome not known" in shown
    assert any("do not answer twice" in text for text in shown)
    assert not {"Agree…", "Refuse…"} & set(buttons(desk))


def test_who_may_not_even_ask_finds_the_buttons_locked(desk: DeskWorld) -> None:
    asked_back(desk)
    open_order(desk, "packer")
    found = buttons(desk)
    assert not found["Agree…"].isEnabled()
    assert not found["Refuse…"].isEnabled()


def test_whoever_puts_the_card_away_answers_nothing(desk: DeskWorld) -> None:
    asked_back(desk)
    open_order(desk, "lead")

    async def away() -> None:
        (await sheet(desk)).put_away()

    desk.during(buttons(desk)["Refuse…"].click, away)
    assert desk.shop.all(after_sale)[0]["answer_state"] == ""
    assert desk.shop.all(outbox) == []
