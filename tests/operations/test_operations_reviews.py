"""Who may do what is looked over every quarter, with what nobody uses marked (F177)."""

import pytest

from app.commands.orders import AddNote, SetPolicy
from app.commands.people import SetRoles, SignIn
from app.commands.staff import MarkLeft, ReadUnused, RecordReview
from app.domain.actor import worker
from app.domain.errors import NotAllowed
from app.operations import reviews
from app.store.tables_people import permission_review
from app.store.tables_record import case, operator
from app.store.work import Book
from tests.operations.outbound_world import PASSPHRASE, Shop, open_shop, record
from tests.worlds import FixedClock


@pytest.fixture
def shop(book: Book) -> Shop:
    made = open_shop(book, "agent", "admin", "owner")
    made.one_suffices()
    made.receive(record())
    return made


def person(shop: Shop, login: str) -> int:
    return int(next(row["id"] for row in shop.all(operator) if row["login"] == login))


def unused(shop: Shop, login: str) -> list[str]:
    return list(shop.do("admin", ReadUnused())["rights"].get(person(shop, login), []))


def remind(shop: Shop) -> bool:
    with shop.book.work(worker("timer")) as work:
        opened = reviews.remind(work, shop.door.laws.now)
        if opened:
            work.tell("review_due", "case")
            work.commit()
    return opened


def sign_in(shop: Shop, *who: str) -> None:
    for login in who:
        shop.sessions[login] = shop.do("", SignIn(login, PASSPHRASE))["session"]


@pytest.mark.req("F177")
def test_a_right_nobody_used_for_a_quarter_is_named_and_a_used_one_is_not(
    shop: Shop, clock: FixedClock
) -> None:
    assert "order.note" in unused(shop, "agent")
    shop.do("agent", AddNote(shop.order()["id"], "called"))
    assert "order.note" not in unused(shop, "agent")
    assert "order.hold" in unused(shop, "agent")
    assert "order.cancel" not in unused(shop, "agent")  # never held
    clock.advance(reviews.UNUSED_DAYS * reviews.DAY_MS + 1)
    sign_in(shop, "agent", "admin")
    assert "order.note" in unused(shop, "agent")


@pytest.mark.req("F177")
def test_a_refused_try_is_no_use_and_another_persons_is_none_either(shop: Shop) -> None:
    with pytest.raises(NotAllowed):
        shop.do("agent", SetPolicy("bulk_rows", "9"))
    shop.do("owner", AddNote(shop.order()["id"], "called"))
    shop.do("owner", SetRoles(person(shop, "agent"), ("agent", "admin"), "helps out"))
    assert {"settings.edit", "order.note"} <= set(unused(shop, "agent"))


def test_what_leaves_no_line_in_the_record_is_not_judged(shop: Shop) -> None:
    judged = set(unused(shop, "owner"))
    assert not judged & {"order.read", "stock.read", "payment.read", "desk.use", "trace.read"}


@pytest.mark.req("F177")
def test_the_review_is_due_a_quarter_after_the_last_and_recording_it_settles_the_reminder(
    shop: Shop, clock: FixedClock
) -> None:
    quarter = shop.door.laws.now.policy.review_every_days * reviews.DAY_MS
    assert not remind(shop)
    clock.advance(quarter)
    assert remind(shop)
    assert not remind(shop)  # one reminder, however often it is looked for
    assert [(row["kind"], row["state"]) for row in shop.all(case)] == [(reviews.DUE, "open")]
    sign_in(shop, "admin")
    shop.do("admin", RecordReview("looked over with the owner"))
    assert [row["state"] for row in shop.all(case)] == ["settled"]
    kept = shop.all(permission_review)
    assert [(r["operator_id"], r["people"]) for r in kept] == [(person(shop, "admin"), 3)]
    assert not remind(shop)
    clock.advance(quarter - 1)
    assert not remind(shop)
    clock.advance(1)
    assert remind(shop)


def test_a_review_keeps_a_mark_of_how_things_stood(shop: Shop) -> None:
    def looked_over() -> bytes:
        shop.do("admin", RecordReview(""))
        return bytes(shop.all(permission_review)[-1]["digest"])

    first = looked_over()
    assert looked_over() == first
    shop.do("owner", SetRoles(person(shop, "agent"), ("lead",), "promoted"))
    promoted = looked_over()
    assert promoted != first
    shop.do("admin", MarkLeft(person(shop, "agent"), "gone"))
    assert looked_over() not in {first, promoted}


def test_a_shop_that_wants_no_reminder_gets_none(shop: Shop, clock: FixedClock) -> None:
    shop.do("admin", SetPolicy("review_every_days", "0"))
    clock.advance(1000 * reviews.DAY_MS)
    assert not remind(shop)
