"""PIN and badge open again what a passphrase opened here within twelve hours, and no more."""

from collections.abc import Callable

import msgspec
import pytest

from app.commands.orders import AddNote
from app.commands.people import (
    ChangePassphrase,
    EnterByBadge,
    EnterByPin,
    LockSession,
    SetPin,
    SignIn,
    SignOut,
    UnlockSession,
)
from app.commands.staff import IssueBadge, ResetPassphrase
from app.domain.errors import AccountLocked, BadValue, NotSignedIn, SignInFailed
from app.domain.errors_people import BadgeUnknown, PassphraseNeeded, PinClosed, PinWrong
from app.operations import sitting
from app.store.tables_people import quick_key
from app.store.tables_record import audit, operator, session
from app.store.work import Book
from tests.operations.outbound_world import PASSPHRASE, Shop, open_shop, record
from tests.worlds import FixedClock

PIN = "8305"
Enter = Callable[..., msgspec.Struct]


@pytest.fixture
def shop(book: Book) -> Shop:
    made = open_shop(book, "agent", "packer", "admin")
    made.receive(record())
    return made


def person(shop: Shop, login: str) -> int:
    return int(next(row["id"] for row in shop.all(operator) if row["login"] == login))


@pytest.fixture(params=["pin", "badge"])
def enter(request: pytest.FixtureRequest, shop: Shop) -> Enter:
    """How the agent comes back, by either way."""
    if request.param == "pin":
        shop.do("agent", SetPin(PASSPHRASE, PIN))
        return lambda **more: EnterByPin("agent", PIN, **more)
    code = shop.do("admin", IssueBadge(person(shop, "agent")))["code"]
    return lambda **more: EnterByBadge(code.lower(), **more)


def note(shop: Shop, who: str = "agent") -> None:
    shop.do(who, AddNote(shop.order()["id"], "called"))


def test_a_locked_session_is_opened_again_and_is_the_same_one(shop: Shop, enter: Enter) -> None:
    mine = shop.sessions["agent"]
    shop.do("agent", LockSession())
    with pytest.raises(NotSignedIn):
        note(shop)
    signed = shop.do("", enter())
    assert (signed["session"], signed["login"], signed["roles"]) == (mine, "agent", ["agent"])
    note(shop)


def test_it_ends_twelve_hours_after_the_passphrase_however_often_it_was_used(
    shop: Shop, enter: Enter, clock: FixedClock
) -> None:
    for _ in range(11):
        clock.advance(3_600_000)
        shop.do("agent", LockSession())
        shop.do("", enter())
    clock.advance(3_600_000)
    with pytest.raises(PassphraseNeeded):
        shop.do("", enter())


def test_it_never_opens_what_was_signed_out_or_was_opened_elsewhere(
    shop: Shop, enter: Enter
) -> None:
    with pytest.raises(PassphraseNeeded):
        shop.do("", enter(os_user="another account of the computer"))
    shop.do("", enter())
    here, shop.book.host = shop.book.host, "another computer"
    with pytest.raises(PassphraseNeeded):
        shop.do("", enter())
    shop.book.host = here
    shop.do("agent", SignOut())
    with pytest.raises(PassphraseNeeded) as needed:
        shop.do("", enter())
    assert needed.value.details == {"login": "agent", "name": "agent"}


def test_whoever_sat_there_is_locked_and_can_come_back(shop: Shop, enter: Enter) -> None:
    theirs = shop.sessions["packer"]
    assert shop.do("", enter(leaving=theirs))["login"] == "agent"
    with pytest.raises(NotSignedIn):
        shop.do("packer", SignOut())
    told = [row for row in shop.all(audit) if row["action"] == "session_locked"]
    assert [row["object_id"] for row in told] == [person(shop, "packer")]
    assert shop.do("", UnlockSession(theirs, PASSPHRASE))["login"] == "packer"


def test_a_badge_without_a_session_locks_whoever_sat_there_and_asks(shop: Shop) -> None:
    code = shop.do("admin", IssueBadge(person(shop, "agent")))["code"]
    shop.do("agent", SignOut())
    with pytest.raises(PassphraseNeeded):
        shop.do("", EnterByBadge(code, leaving=shop.sessions["packer"]))
    with pytest.raises(NotSignedIn):
        shop.do("packer", LockSession())


def test_a_strangers_scan_locks_nobody(shop: Shop) -> None:
    with pytest.raises(BadgeUnknown):
        shop.do("", EnterByBadge("WD:U:00000000000000", leaving=shop.sessions["packer"]))
    shop.do("packer", LockSession())


def test_an_account_locked_by_guesses_opens_by_neither(shop: Shop, enter: Enter) -> None:
    for _ in range(5):
        with pytest.raises(SignInFailed):
            shop.do("", SignIn("agent", "not the passphrase"))
    with pytest.raises(AccountLocked):
        shop.do("", enter())


def test_five_wrong_pins_close_it_until_the_passphrase_is_given(shop: Shop) -> None:
    shop.do("agent", SetPin(PASSPHRASE, PIN))
    for _ in range(5):
        with pytest.raises(PinWrong):
            shop.do("", EnterByPin("agent", "8306"))
    with pytest.raises(PinClosed):
        shop.do("", EnterByPin("agent", PIN))
    assert len([row for row in shop.all(audit) if row["action"] == "pin_closed"]) == 1
    refused = [r for r in shop.all(audit) if r["action"] == "came_back_by_pin"]
    assert [row["result"] for row in refused] == ["failed"] * 6
    shop.do("agent", LockSession())
    shop.do("", UnlockSession(shop.sessions["agent"], PASSPHRASE))
    assert shop.do("", EnterByPin("agent", PIN))["login"] == "agent"


def test_a_right_pin_forgets_the_wrong_ones(shop: Shop) -> None:
    shop.do("agent", SetPin(PASSPHRASE, PIN))
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(PinWrong):
                shop.do("", EnterByPin("agent", "8306"))
        shop.do("", EnterByPin("agent", PIN))


def test_a_login_without_a_pin_and_one_nobody_has_are_told_the_same(shop: Shop) -> None:
    for login in ("packer", "nobody"):
        with pytest.raises(PinWrong):
            shop.do("", EnterByPin(login, PIN))


@pytest.mark.parametrize("pin", ["830", "83058305", "83o5", "８３０５", "0000", "1234", "98765"])
def test_a_pin_everybody_guesses_first_is_refused(shop: Shop, pin: str) -> None:
    with pytest.raises(BadValue):
        shop.do("agent", SetPin(PASSPHRASE, pin))


def test_a_pin_proves_nothing_but_coming_back(shop: Shop) -> None:
    """Whatever asks for the passphrase does not take a PIN or a badge for one."""
    shop.do("agent", SetPin(PASSPHRASE, PIN))
    code = shop.do("admin", IssueBadge(person(shop, "agent")))["code"]
    for given in (PIN, code):
        for ask in (SignIn("agent", given), UnlockSession(shop.sessions["agent"], given)):
            with pytest.raises(SignInFailed):
                shop.do("", ask)
        with pytest.raises(SignInFailed):
            shop.do("agent", ChangePassphrase(given, "a passphrase of my own"))
        shop.do("", SignIn("agent", PASSPHRASE))
    with pytest.raises(SignInFailed):
        shop.do("agent", SetPin(PIN, "7294"))


def test_a_new_badge_ends_the_old_one_and_neither_stands_in_the_book(shop: Shop) -> None:
    agent = person(shop, "agent")
    old, new = (shop.do("admin", IssueBadge(agent))["code"] for _ in "12")
    with pytest.raises(BadgeUnknown):
        shop.do("", EnterByBadge(old))
    shop.do("", EnterByBadge(new))
    shop.do("agent", SetPin(PASSPHRASE, PIN))
    rows = [*shop.all(quick_key), *shop.all(audit), *shop.all(session)]
    assert not [code for code in (old, new, new[5:]) if code in str(rows)]
    hashes = [row["pin_hash"] for row in shop.all(quick_key) if row["kind"] == "pin"]
    assert [one.startswith("$argon2id$") for one in hashes] == [True]


def test_a_reset_passphrase_takes_the_pin_and_the_way_back(shop: Shop, enter: Enter) -> None:
    shop.do("admin", ResetPassphrase(person(shop, "agent")))
    with pytest.raises((PassphraseNeeded, PinWrong)):
        shop.do("", enter())


def test_giving_the_pin_up_closes_that_way(shop: Shop) -> None:
    shop.do("agent", SetPin(PASSPHRASE, PIN))
    shop.do("agent", SetPin(PASSPHRASE, ""))
    with pytest.raises(PinWrong):
        shop.do("", EnterByPin("agent", PIN))
    assert not shop.all(quick_key)
    assert sitting.SESSION_MS == 12 * 3_600_000
