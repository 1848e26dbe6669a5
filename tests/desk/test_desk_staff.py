"""The screen of staff by hand: adding, roles and where they hold, letting go, the review."""

import asyncio
from collections.abc import Iterator

import pytest
import zxingcpp
from PySide6.QtWidgets import QPushButton

from app.commands.people import SignIn
from app.commands.staff import AddDepartment
from app.desk.dialogs import Sheet
from app.desk.screens.people.screen import PeopleScreen
from app.desk.screens.people.told import ToldSheet
from app.desk.symbol import picture_of
from app.domain.actor import worker
from app.domain.badge import badge_of, badge_read
from app.domain.errors import SignInFailed
from app.reads import people
from app.store.tables_approval import second_factor
from app.store.tables_people import permission_review
from app.store.tables_record import audit, operator
from tests.desk.desk_world import DeskWorld
from tests.operations.outbound_world import PASSPHRASE

Card = dict[str, str]


async def card(desk: DeskWorld, kind: type[Sheet] = Sheet) -> Sheet:
    """The card that is asked with now."""
    for _ in range(100):
        await asyncio.sleep(0.01)
        found = [one for one in desk.window.findChildren(kind) if one.isVisible()]
        if found:
            return found[-1]
    raise AssertionError("no card came")


def answered(desk: DeskWorld, answers: Card, told: list[str] | None = None):
    """Answers a card, and closes the one that shows a secret, keeping what it said."""

    async def play() -> None:
        asked = await card(desk)
        for name, value in answers.items():
            asked.fill(name, value)
        asked.done.click()
        await asyncio.sleep(0.02)
        if told is not None:
            shown = await card(desk, ToldSheet)
            told.append(shown._secret)
            shown.done.click()

    return play


@pytest.fixture
def screen(desk: DeskWorld) -> Iterator[PeopleScreen]:
    laws = desk.shop.door.laws
    before = laws.now
    desk.shop.hire("owner", "owner")
    desk.shop.one_suffices()  # how two people consent has its own tests
    desk.sit("owner")
    desk.act(lambda: desk.window.go("people"))
    found = desk.window.screen_of("people")
    assert isinstance(found, PeopleScreen)
    yield found
    laws.now = before


def row(screen: PeopleScreen, login: str) -> people.StaffRow:
    model = screen.staff.model
    return next(r for r in map(model.row, range(model.rowCount())) if r.login == login)


def choose(desk: DeskWorld, screen: PeopleScreen, login: str) -> None:
    place = screen.staff.model.place_of(row(screen, login).id)
    desk.act(lambda: screen.staff.table.selectRow(place))


def test_the_place_is_in_the_rail_for_those_who_manage_people_only(desk: DeskWorld) -> None:
    desk.sit("agent")
    assert not desk.window.rail.places["people"].isVisible()


@pytest.mark.req("F177")
def test_somebody_is_added_told_once_given_a_role_in_one_shop_and_let_go(
    desk: DeskWorld, screen: PeopleScreen
) -> None:
    told: list[str] = []
    desk.during(screen.add.click, answered(desk, {"name": "Mei", "login": "mei"}, told))
    mei = row(screen, "mei")
    assert screen.staff.current() == mei
    assert desk.shop.do("", SignIn("mei", told[0]))["must_change"]
    card_of_roles = screen.staff.roles_card
    where = card_of_roles.where
    card_of_roles.role.setCurrentIndex(card_of_roles.role.findData("agent"))
    where.setCurrentIndex([where.itemData(i).scope for i in range(where.count())].index("shop"))
    desk.act(card_of_roles.add.click)
    desk.during(card_of_roles.save.click, answered(desk, {"reason": "joined"}))
    given = tuple(map(str, row(screen, "mei").grants))
    assert given == (f"agent@shop:{desk.shop.channel_id}",)
    desk.during(
        lambda: desk.seat.spawn(screen.staff.deeds.left(row(screen, "mei"))),
        answered(desk, {"reason": "last day"}),
    )
    assert row(screen, "mei").state == "left"
    with pytest.raises(SignInFailed):
        desk.shop.do("", SignIn("mei", told[0]))
    reasons = {r["action"]: r["reason"] for r in desk.shop.all(audit)}
    assert (reasons["roles_set"], reasons["operator_left"]) == ("joined", "last day")


def test_a_lost_second_factor_is_taken_away_with_a_reason(
    desk: DeskWorld, screen: PeopleScreen
) -> None:
    assert not row(screen, "lead").factor
    lead = row(screen, "lead").id
    with desk.shop.book.work(worker("test")) as work:
        work.insert(second_factor, {"id": lead})
        work.tell("factor_enrolled", "operator", lead)
        work.commit()
    desk.link.hear({"people": ()})
    desk.until(lambda: row(screen, "lead").factor)
    choose(desk, screen, "lead")
    word = desk.seat.speech.say("people.factor")
    button = next(b for b in screen.staff.findChildren(QPushButton) if b.text() == word)
    desk.shop.hire("second", "admin")
    reason = answered(desk, {"reason": "the phone is gone"})
    consent = answered(desk, {"login": "second", "passphrase": PASSPHRASE})

    async def both() -> None:
        await reason()
        await asyncio.sleep(0.1)
        await consent()

    desk.during(button.click, both)
    assert desk.shop.all(second_factor) == []
    told = [r for r in desk.shop.all(audit) if r["action"] == "factor_reset"]
    assert [(r["result"], r["reason"]) for r in told] == [
        ("denied", "the phone is gone"),
        ("ok", "the phone is gone"),
    ]
    desk.until(lambda: not row(screen, "lead").factor)


def test_nobody_is_offered_to_change_their_own_roles(desk: DeskWorld, screen: PeopleScreen) -> None:
    choose(desk, screen, "owner")
    assert screen.staff.current().login == "owner"
    assert not screen.staff.roles_card.save.isVisible()
    choose(desk, screen, "lead")
    assert screen.staff.roles_card.save.isVisible()


@pytest.mark.req("F177")
def test_the_review_names_what_nobody_uses_and_is_recorded(
    desk: DeskWorld, screen: PeopleScreen
) -> None:
    desk.act(lambda: desk.window.go("people/review"))
    lead = next(r for r in desk.shop.all(operator) if r["login"] == "lead")
    assert "order.cancel" in screen.review.unused.rights[lead["id"]]
    assert "Never reviewed" in screen.review._last.text()
    desk.during(screen.review.record.click, answered(desk, {"note": "with Mei"}))
    assert [r["note"] for r in desk.shop.all(permission_review)] == ["with Mei"]
    assert "Last reviewed by owner" in screen.review._last.text()


@pytest.mark.req("F175")
def test_a_departments_shops_are_ticked_and_sent_with_a_reason(
    desk: DeskWorld, screen: PeopleScreen
) -> None:
    desk.shop.do("owner", AddDepartment("Team A"))
    desk.act(lambda: desk.window.go("people/departments"))
    page = screen.departments
    shop = str(desk.shop.channel_id)
    desk.during(
        lambda: desk.seat.spawn(page._shops(page.rows[0])),
        answered(desk, {"shops": shop, "reason": "theirs"}),
    )
    assert page.rows[0].shops == (desk.shop.channel_id,)


def test_a_badge_is_drawn_so_that_a_reader_reads_it() -> None:
    code = badge_of(bytes(range(9)))
    image = picture_of(code)
    gray = image.convertToFormat(image.Format.Format_Grayscale8)
    view = memoryview(gray.constBits()).cast("B", (gray.height(), gray.bytesPerLine()))
    assert badge_read(zxingcpp.read_barcodes(view)[0].text) == code


def test_a_secret_on_a_card_is_gone_when_the_desk_is_locked(
    desk: DeskWorld, screen: PeopleScreen
) -> None:
    async def lock_over_it() -> None:
        (await card(desk)).done.click()
        await card(desk, ToldSheet)
        desk.window.lock()

    lead = row(screen, "lead")
    desk.during(lambda: desk.seat.spawn(screen.staff.deeds.reset(lead)), lock_over_it)
    assert not desk.window.findChildren(ToldSheet)
    assert PASSPHRASE not in str(desk.news)
