"""Proving who one is, and having somebody else agree, at the desk: asked, and then it goes on."""

import asyncio
from typing import Any

import pytest

from app.commands.approvals import ConsentTo
from app.commands.orders import ChangeAmount
from app.desk.dialogs import Sheet
from app.desk.parts import Button
from app.desk.text import TextLabel
from app.domain.approval import ApprovalNeeded
from app.reads.board import View
from app.store.tables_approval import approval
from app.store.tables_record import audit
from tests.desk.desk_world import DeskWorld
from tests.operations.outbound_world import PASSPHRASE


def said(sheet: Sheet) -> str:
    return " ".join(label.text() for label in sheet.findChildren(TextLabel))


async def shown(desk: DeskWorld, but: Sheet | None = None) -> Sheet:
    for _ in range(200):
        await asyncio.sleep(0.01)
        for sheet in desk.window.findChildren(Sheet):
            if sheet is not but and sheet.isVisible():
                return sheet
    raise AssertionError("nothing was asked")


def answer(desk: DeskWorld, *cards: dict[str, str] | None) -> Any:
    """Answer one card after the other; None puts it away. Keeps what each said."""
    told: list[str] = []

    async def play() -> None:
        last = None
        for card in cards:
            sheet = last = await shown(desk, last)
            told.append(said(sheet))
            if card is None:
                sheet.put_away()
                continue
            for name, value in card.items():
                sheet.fill(name, value)
            sheet.done.click()

    play.told = told  # type: ignore[attr-defined]  # what the cards said, for the test
    return play


def opened(desk: DeskWorld, who: str) -> Any:
    desk.sit(who, View(tab="to_print"))
    panel = desk.window.orders.panel
    desk.act(lambda: panel.open(desk.shop.order("900")["id"]))
    return panel


@pytest.mark.req("F100")
def test_a_reveal_after_some_minutes_asks_for_the_passphrase_and_then_shows_it(
    desk: DeskWorld,
) -> None:
    panel = opened(desk, "agent")
    desk.behind.clock.advance(6 * 60_000)
    cards = answer(
        desk,
        {"reason": "courier asks"},
        {"passphrase": "not it"},
        {"passphrase": PASSPHRASE},
    )
    desk.during(lambda: panel._reveal("phone"), cards)
    assert panel._clear_text["phone"]
    assert "Is it you?" in cards.told[1]
    assert "not right" in cards.told[2]
    tried = [row["result"] for row in desk.shop.all(audit) if row["action"] == "stepped_up"]
    assert tried == ["failed", "ok"]


def test_who_puts_the_card_away_sees_nothing_and_no_complaint(desk: DeskWorld) -> None:
    panel = opened(desk, "agent")
    desk.behind.clock.advance(6 * 60_000)
    desk.during(lambda: panel._reveal("phone"), answer(desk, {"reason": "courier asks"}, None))
    assert not panel._clear_text
    assert not desk.news


def change(desk: DeskWorld) -> ChangeAmount:
    return ChangeAmount(desk.shop.order("900")["id"], 20_000, "agreed discount")


@pytest.mark.req("F214")
def test_somebody_beside_one_signs_and_the_work_goes_on(desk: DeskWorld) -> None:
    desk.shop.hire("owner", "owner")
    opened(desk, "finance")
    ask = change(desk)
    cards = answer(
        desk,
        {"login": "finance", "passphrase": PASSPHRASE},
        {"login": "owner", "passphrase": PASSPHRASE},
    )
    desk.during(lambda: desk.seat.spawn(desk.seat.do(ask)), cards)
    assert desk.shop.order("900")["total_minor"] == 20_000
    assert "Change the amount of order 900" in cards.told[0]
    assert "¥200.00" in cards.told[0]
    assert "Nobody agrees to their own request" in cards.told[1]
    assert not desk.seat.left


def test_what_is_left_waiting_is_kept_for_the_one_who_asked_until_they_leave(
    desk: DeskWorld,
) -> None:
    desk.shop.hire("owner", "owner")
    opened(desk, "finance")
    ask = change(desk)
    desk.during(lambda: desk.seat.spawn(desk.seat.do(ask)), answer(desk, None))
    assert desk.news[-1].title == "It waits for somebody's consent"
    pk = desk.shop.all(approval)[0]["id"]
    assert desk.seat.left == {pk: ask}
    desk.shop.do("owner", ConsentTo(pk, "owner", PASSPHRASE))
    desk.act(lambda: desk.seat.spawn(desk.seat.do(desk.seat.left[pk])))
    assert desk.shop.order("900")["total_minor"] == 20_000
    desk.act(desk.window.sign_out)
    assert not desk.seat.left


def test_alone_without_a_second_factor_one_is_told_when(desk: DeskWorld) -> None:
    opened(desk, "finance")
    desk.act(lambda: desk.seat.spawn(desk.seat.do(change(desk))))
    assert "second factor" in desk.news[-1].title
    assert "2026-02-17" in desk.news[-1].remedy


def cards(desk: DeskWorld) -> str:
    return " ".join(label.text() for label in screen(desk).findChildren(TextLabel))


def screen(desk: DeskWorld) -> Any:
    desk.act(lambda: desk.window.go("approvals"))
    return desk.window._screens["approvals"]


def press(desk: DeskWorld, word: str, then: Any = None) -> None:
    button = next(b for b in screen(desk).findChildren(Button) if b.accessibleName() == word)
    if then is None:
        desk.act(button.click)
    else:
        desk.during(button.click, then)


@pytest.mark.req("F214")
def test_whoever_may_agree_finds_it_waiting_and_signs_with_their_own_passphrase(
    desk: DeskWorld,
) -> None:
    desk.shop.hire("owner", "owner")
    with pytest.raises(ApprovalNeeded):
        desk.shop.do("finance", change(desk))
    opened(desk, "owner")
    assert "Change the amount of order 900" in cards(desk)
    assert "agreed discount" in cards(desk)
    press(desk, "Agree…", answer(desk, {"passphrase": PASSPHRASE}))
    assert desk.shop.all(approval)[0]["state"] == "consented"
    assert "owner agreed (passphrase)" in cards(desk)


def test_a_no_with_its_reason_reaches_the_one_who_asked(desk: DeskWorld) -> None:
    desk.shop.hire("owner", "owner")
    with pytest.raises(ApprovalNeeded):
        desk.shop.do("finance", change(desk))
    opened(desk, "owner")
    press(desk, "Say no", answer(desk, {"reason": "ask the buyer first"}))
    desk.act(desk.window.sign_out)
    opened(desk, "finance")
    assert "owner said no: ask the buyer first" in cards(desk)


def test_who_asked_does_it_with_one_press_once_it_was_agreed_to(desk: DeskWorld) -> None:
    desk.shop.hire("owner", "owner")
    opened(desk, "finance")
    desk.during(lambda: desk.seat.spawn(desk.seat.do(change(desk))), answer(desk, None))
    pk = desk.shop.all(approval)[0]["id"]
    desk.shop.do("owner", ConsentTo(pk, "owner", PASSPHRASE))
    desk.act(lambda: desk.link.hear({"approvals": (pk,)}))
    press(desk, "Do it now")
    assert desk.shop.order("900")["total_minor"] == 20_000


def test_nobody_else_sees_a_request(desk: DeskWorld) -> None:
    desk.shop.hire("owner", "owner")
    with pytest.raises(ApprovalNeeded):
        desk.shop.do("finance", change(desk))
    opened(desk, "packer")
    assert "Nothing waits for consent" in cards(desk)
