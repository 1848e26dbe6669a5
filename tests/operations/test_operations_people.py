"""Who sits at the desk: signing in, locking, guessing, and who may make whom what."""

import pytest

from app.commands.orders import AddNote
from app.commands.people import (
    CreateOperator,
    LockSession,
    RenewPassphrase,
    SetRoles,
    SignIn,
    SignOut,
    Tokenise,
    UnlockSession,
)
from app.domain.actor import worker
from app.domain.errors import (
    AccountLocked,
    BadValue,
    NotAllowed,
    NotSignedIn,
    ReasonNeeded,
    SelfGrant,
    SessionExpired,
    SignInFailed,
)
from app.operations import passphrases, sitting
from app.store.tables_record import audit, grant, operator, session
from app.store.work import Book
from tests.operations.outbound_world import PASSPHRASE, Shop, open_shop, record
from tests.worlds import FixedClock


@pytest.fixture
def shop(book: Book) -> Shop:
    made = open_shop(book, "agent", "admin")
    made.receive(record())
    return made


def note(shop: Shop) -> None:
    shop.do("agent", AddNote(shop.order()["id"], "called"))


def person(shop: Shop, login: str) -> int:
    return int(next(row["id"] for row in shop.all(operator) if row["login"] == login))


def guess(shop: Shop, times: int, login: str = "agent") -> None:
    for _ in range(times):
        with pytest.raises(SignInFailed):
            shop.do("", SignIn(login, "not the passphrase"))


def test_five_wrong_passphrases_lock_the_account_for_a_quarter_of_an_hour(
    shop: Shop, clock: FixedClock
) -> None:
    guess(shop, 5)
    with pytest.raises(AccountLocked):
        shop.do("", SignIn("agent", PASSPHRASE))
    clock.advance(passphrases.LOCK_MS - 1000)
    with pytest.raises(AccountLocked):
        shop.do("", SignIn("agent", PASSPHRASE))
    clock.advance(1001)
    guess(shop, 4)
    assert shop.do("", SignIn("agent", PASSPHRASE))["name"] == "agent"
    refused = [e for e in shop.all(audit) if e["action"] == "signed_in" and e["result"] != "ok"]
    assert len(refused) == 11


def test_four_wrong_ones_and_a_right_one_are_forgotten(shop: Shop) -> None:
    for _ in range(3):
        guess(shop, 4)
        shop.do("", SignIn("agent", PASSPHRASE))


def test_a_wrong_name_and_a_wrong_passphrase_are_told_in_the_same_words(shop: Shop) -> None:
    with pytest.raises(SignInFailed) as name:
        shop.do("", SignIn("nobody", PASSPHRASE))
    with pytest.raises(SignInFailed) as word:
        shop.do("", SignIn("agent", "not the passphrase"))
    assert (name.value.code, name.value.details) == (word.value.code, word.value.details)


def test_a_locked_desk_is_no_easier_a_place_to_guess(shop: Shop, clock: FixedClock) -> None:
    mine = shop.sessions["agent"]
    shop.do("agent", LockSession())
    for _ in range(5):
        with pytest.raises(SignInFailed):
            shop.do("", UnlockSession(mine, "not the passphrase"))
    with pytest.raises(AccountLocked):
        shop.do("", UnlockSession(mine, PASSPHRASE))
    clock.advance(passphrases.LOCK_MS + 1)
    shop.do("", UnlockSession(mine, PASSPHRASE))
    note(shop)


def test_a_locked_an_ended_and_an_expired_session_may_nothing(
    shop: Shop, clock: FixedClock
) -> None:
    mine = shop.sessions["agent"]
    shop.do("agent", LockSession())
    with pytest.raises(NotSignedIn):
        note(shop)
    with pytest.raises(NotSignedIn):
        shop.do("agent", Tokenise("张"))
    shop.do("", UnlockSession(mine, PASSPHRASE))
    note(shop)
    clock.advance(sitting.SESSION_MS)
    with pytest.raises(SessionExpired):
        note(shop)
    with pytest.raises(NotSignedIn):
        shop.do("", UnlockSession(mine, PASSPHRASE))
    shop.sessions["agent"] = shop.do("", SignIn("agent", PASSPHRASE))["session"]
    ended = shop.sessions["agent"]
    shop.do("agent", SignOut())
    with pytest.raises(NotSignedIn):
        note(shop)
    with pytest.raises(NotSignedIn):
        shop.do("", UnlockSession(ended, PASSPHRASE))


@pytest.mark.parametrize("token", ["", "0", "-1", "1 OR 1=1", "9" * 30, "１２"])
def test_a_made_up_session_may_nothing(shop: Shop, token: str) -> None:
    shop.sessions["agent"] = token
    with pytest.raises(NotSignedIn):
        note(shop)
    with pytest.raises(NotSignedIn):
        shop.do("", UnlockSession(token, PASSPHRASE))


def test_who_has_left_is_out_at_once(shop: Shop) -> None:
    with shop.book.work(worker("setup")) as work:
        work.update(operator, work.rows(operator.select())[0]["id"], state="left")
        work.tell("left")
        work.commit()
    with pytest.raises(NotSignedIn):
        note(shop)
    with pytest.raises(SignInFailed):
        shop.do("", SignIn("agent", PASSPHRASE))


@pytest.mark.req("F095")
def test_nobody_makes_themselves_more_than_they_are(shop: Shop) -> None:
    with pytest.raises(SelfGrant):
        shop.do("admin", SetRoles(person(shop, "admin"), ("owner",), "I am in a hurry"))
    with pytest.raises(NotAllowed):
        shop.do("agent", SetRoles(person(shop, "agent"), ("owner",), "I am in a hurry"))
    with pytest.raises(ReasonNeeded):
        shop.do("admin", SetRoles(person(shop, "agent"), ("lead",), ""))
    with pytest.raises(BadValue):
        shop.do("admin", SetRoles(person(shop, "agent"), ("worker",), "a machine"))
    with pytest.raises(BadValue):
        shop.do("admin", CreateOperator("robot", "Robot", PASSPHRASE, ("worker",)))
    held = {(row["operator_id"], row["role"]) for row in shop.all(grant)}
    assert held == {(person(shop, "agent"), "agent"), (person(shop, "admin"), "admin")}


def test_logins_are_one_whatever_their_case_and_passphrases_are_long_enough(shop: Shop) -> None:
    with pytest.raises(BadValue):
        shop.do("admin", CreateOperator(" AGENT ", "Twin", PASSPHRASE, ()))
    with pytest.raises(BadValue):
        shop.do("admin", CreateOperator("mei", "Mei", "short", ()))
    shop.do("admin", CreateOperator("Mei", "Mei", "told by an admin", ()))
    shop.do("", RenewPassphrase("meI", "told by an admin", PASSPHRASE))
    assert shop.do("", SignIn("mEI", PASSPHRASE))["name"] == "Mei"


def test_no_passphrase_stands_in_the_book(shop: Shop) -> None:
    rows = [*shop.all(operator), *shop.all(session), *shop.all(audit)]
    assert all(PASSPHRASE not in str(value) for row in rows for value in row.values())
    assert all(row["password_hash"].startswith("$argon2id$") for row in shop.all(operator))
