"""Joiners and leavers: who is in, who is out at once, and who may not be taken over or away."""

import pytest

from app.commands.approvals import PrintCodes
from app.commands.cases import ClaimCase
from app.commands.orders import AddNote
from app.commands.people import (
    ChangePassphrase,
    CreateOperator,
    EnterByBadge,
    RenewPassphrase,
    SetLanguage,
    SetPin,
    SetRoles,
    SignIn,
)
from app.commands.staff import (
    AddDepartment,
    DropQuickKeys,
    IssueBadge,
    MarkLeft,
    RemoveDepartment,
    RenameDepartment,
    RenameOperator,
    ResetPassphrase,
    ReturnOperator,
    SetDepartmentShops,
)
from app.domain.actor import worker
from app.domain.errors import (
    AccountLocked,
    BadValue,
    NotAllowed,
    NotInState,
    NotSignedIn,
    SelfGrant,
    SignInFailed,
)
from app.domain.errors_people import BadgeUnknown, DepartmentInUse, LastAdmin, OutranksYou
from app.operations import passphrases
from app.store import cases
from app.store.cases import Notice
from app.store.tables_approval import recovery_code, second_factor
from app.store.tables_people import quick_key, stranger
from app.store.tables_record import audit, case, grant, operator, session
from app.store.work import Book
from tests.operations.outbound_world import PASSPHRASE, Shop, open_shop, record
from tests.worlds import FixedClock

OWN = "a passphrase of my own"


@pytest.fixture
def shop(book: Book) -> Shop:
    made = open_shop(book, "agent", "admin", "owner")
    made.one_suffices()
    made.receive(record())
    return made


def person(shop: Shop, login: str) -> int:
    return int(next(row["id"] for row in shop.all(operator) if row["login"] == login))


def row_of(shop: Shop, login: str) -> dict[str, object]:
    return next(row for row in shop.all(operator) if row["login"] == login)


def note(shop: Shop, who: str = "agent") -> None:
    shop.do(who, AddNote(shop.order()["id"], "called"))


@pytest.mark.req("F177")
def test_a_joiner_chooses_an_own_passphrase_before_anything_else(shop: Shop) -> None:
    told = shop.do("admin", CreateOperator("mei", "Mei", ""))
    signed = shop.do("", SignIn("mei", told["passphrase"]))
    assert (signed["must_change"], signed["session"], signed["permissions"]) == (True, "", [])
    with pytest.raises(BadValue):
        shop.do("", RenewPassphrase("mei", told["passphrase"], told["passphrase"]))
    with pytest.raises(SignInFailed):
        shop.do("", RenewPassphrase("mei", "not the passphrase", OWN))
    shop.sessions["mei"] = shop.do("", RenewPassphrase("mei", told["passphrase"], OWN))["session"]
    with pytest.raises(NotAllowed):
        note(shop, "mei")
    shop.do("owner", SetRoles(person(shop, "mei"), ("agent",), "joined"))
    note(shop, "mei")
    with pytest.raises(SignInFailed):
        shop.do("", SignIn("mei", told["passphrase"]))
    assert not shop.do("", SignIn("mei", OWN))["must_change"]


def test_temporary_passphrases_differ_and_are_told_once(shop: Shop) -> None:
    told = {shop.do("admin", ResetPassphrase(person(shop, "agent")))["passphrase"] for _ in "123"}
    assert len(told) == 3
    assert all(len(one) == 14 and set(one) <= set(passphrases.SIGNS + "-") for one in told)
    rows = [*shop.all(operator), *shop.all(audit), *shop.all(session)]
    assert not [one for one in told for row in rows if one in str(row)]


@pytest.mark.req("F177")
def test_who_has_left_is_out_at_once_and_keeps_nothing(shop: Shop) -> None:
    agent = person(shop, "agent")
    code = shop.do("admin", IssueBadge(agent))["code"]
    shop.do("agent", SetPin(PASSPHRASE, "8305"))
    shop.do("agent", PrintCodes())
    with shop.book.work(worker("sync")) as work:
        kinds = shop.door.laws.now.cases
        taken = cases.open_case(work, kinds, Notice("bad_time", 0, shop.channel_id))
        work.tell("noticed")
        work.commit()
    shop.do("agent", ClaimCase(taken))
    note(shop)
    shop.do("admin", MarkLeft(agent, "last day"))
    with pytest.raises(NotSignedIn):
        note(shop)
    with pytest.raises(SignInFailed):
        shop.do("", SignIn("agent", PASSPHRASE))
    with pytest.raises(BadgeUnknown):
        shop.do("", EnterByBadge(code))
    assert not [row for row in shop.all(grant) if row["operator_id"] == agent]
    assert not [*shop.all(quick_key), *shop.all(second_factor), *shop.all(recovery_code)]
    assert {r["state"] for r in shop.all(session) if r["operator_id"] == agent} == {"ended"}
    assert [(r["state"], r["owner_id"]) for r in shop.all(case)] == [("open", 0)]
    assert row_of(shop, "agent")["left_at"] == shop.book.clock.now()
    for again in (MarkLeft(agent, "twice"), ResetPassphrase(agent), IssueBadge(agent)):
        with pytest.raises(NotInState):
            shop.do("admin", again)
    with pytest.raises(BadValue):
        shop.do("owner", SetRoles(agent, ("agent",), "back?"))


@pytest.mark.req("F177")
def test_who_comes_back_has_no_role_and_no_old_passphrase(shop: Shop) -> None:
    agent = person(shop, "agent")
    shop.do("admin", MarkLeft(agent, "season over"))
    told = shop.do("admin", ReturnOperator(agent))
    with pytest.raises(SignInFailed):
        shop.do("", SignIn("agent", PASSPHRASE))
    shop.sessions["agent"] = shop.do("", RenewPassphrase("agent", told["passphrase"], OWN))[
        "session"
    ]
    with pytest.raises(NotAllowed):
        note(shop)
    with pytest.raises(NotInState):
        shop.do("admin", ReturnOperator(agent))


@pytest.mark.req("F177")
def test_somebody_is_always_left_who_manages_people(shop: Shop) -> None:
    owner, admin = person(shop, "owner"), person(shop, "admin")
    shop.do("owner", SetRoles(admin, ("agent",), "moved"))
    with pytest.raises(LastAdmin):
        shop.do("owner", MarkLeft(owner, "gone fishing"))
    shop.do("owner", SetRoles(admin, (f"admin@shop:{shop.channel_id}",), "one shop only"))
    with pytest.raises(LastAdmin):
        shop.do("owner", MarkLeft(owner, "gone fishing"))
    shop.do("owner", SetRoles(admin, ("admin",), "back"))
    shop.do("owner", MarkLeft(owner, "sold the shop"))
    with pytest.raises(NotSignedIn):
        note(shop, "owner")
    shop.do("admin", SetRoles(person(shop, "agent"), ("owner",), "bought the shop"))
    shop.sessions["agent"] = shop.do("", SignIn("agent", PASSPHRASE))["session"]
    shop.do("agent", SetRoles(admin, (), "not needed"))
    assert not [row for row in shop.all(grant) if row["operator_id"] == admin]


@pytest.mark.req("F095")
def test_an_administrator_does_not_become_the_owner_by_resetting_them(shop: Shop) -> None:
    owner, admin = person(shop, "owner"), person(shop, "admin")
    for ask in (ResetPassphrase(owner), IssueBadge(owner), MarkLeft(owner, "mine now")):
        with pytest.raises(OutranksYou):
            shop.do("admin", ask)
    assert shop.do("", SignIn("owner", PASSPHRASE))["name"] == "owner"
    shop.do("owner", ResetPassphrase(admin))
    with pytest.raises(NotSignedIn):
        note(shop, "admin")


def test_a_reset_ends_what_the_old_passphrase_opened_and_unlocks_the_account(shop: Shop) -> None:
    agent = person(shop, "agent")
    for _ in range(5):
        with pytest.raises(SignInFailed):
            shop.do("", SignIn("agent", "not the passphrase"))
    told = shop.do("admin", ResetPassphrase(agent))
    with pytest.raises(NotSignedIn):
        note(shop)
    assert shop.do("", SignIn("agent", told["passphrase"]))["must_change"]


def test_ones_own_passphrase_is_changed_with_the_old_one_and_ends_other_sessions(
    shop: Shop,
) -> None:
    elsewhere = shop.do("", SignIn("agent", PASSPHRASE))["session"]
    with pytest.raises(SignInFailed):
        shop.do("agent", ChangePassphrase("not the passphrase", OWN))
    with pytest.raises(BadValue):
        shop.do("agent", ChangePassphrase(PASSPHRASE, "short"))
    shop.do("agent", ChangePassphrase(PASSPHRASE, OWN))
    note(shop)
    shop.sessions["elsewhere"] = elsewhere
    with pytest.raises(NotSignedIn):
        note(shop, "elsewhere")
    shop.do("", SignIn("agent", OWN))


def test_an_open_desk_is_no_place_to_guess_its_owners_passphrase(shop: Shop) -> None:
    for _ in range(5):
        with pytest.raises(SignInFailed):
            shop.do("agent", ChangePassphrase("not the passphrase", OWN))
    with pytest.raises(AccountLocked):
        shop.do("", SignIn("agent", PASSPHRASE))


def test_each_lock_is_longer_than_the_last_and_stands_in_the_record(
    shop: Shop, clock: FixedClock
) -> None:
    waits = []
    for _ in range(6):
        for _ in range(5):
            with pytest.raises(SignInFailed):
                shop.do("", SignIn("agent", "not the passphrase"))
        waits.append(row_of(shop, "agent")["locked_until"] - clock.now())
        clock.advance(waits[-1])
    quarter = passphrases.LOCK_MS
    assert waits == [quarter, 2 * quarter, 4 * quarter, 8 * quarter, 16 * quarter, 16 * quarter]
    locked = [row for row in shop.all(audit) if row["action"] == "account_locked"]
    assert len(locked) == 6
    shop.do("", SignIn("agent", PASSPHRASE))
    assert row_of(shop, "agent")["failures"] == 0


def test_a_login_nobody_has_locks_like_any_other(shop: Shop, clock: FixedClock) -> None:
    for _ in range(5):
        with pytest.raises(SignInFailed):
            shop.do("", SignIn("Nobody", "not the passphrase"))
    with pytest.raises(AccountLocked):
        shop.do("", SignIn(" nobody", "not the passphrase"))
    assert "nobody" not in str(shop.all(stranger))
    clock.advance(passphrases.STRANGER_MS + 1)
    with pytest.raises(SignInFailed):
        shop.do("", SignIn("someone else", "not the passphrase"))
    assert len(shop.all(stranger)) == 1


def test_names_and_languages_are_changed_and_nonsense_is_not(shop: Shop) -> None:
    agent = person(shop, "agent")
    shop.do("admin", RenameOperator(agent, "  美丽 "))
    shop.do("agent", SetLanguage("en"))
    assert (row_of(shop, "agent")["name"], row_of(shop, "agent")["lang"]) == ("美丽", "en")
    assert shop.do("", SignIn("agent", PASSPHRASE))["lang"] == "en"
    with pytest.raises(BadValue):
        shop.do("admin", RenameOperator(agent, "  "))
    with pytest.raises(BadValue):
        shop.do("agent", SetLanguage("kl"))


def test_a_lost_card_is_taken_back(shop: Shop) -> None:
    agent = person(shop, "agent")
    code = shop.do("admin", IssueBadge(agent))["code"]
    shop.do("admin", DropQuickKeys(agent))
    with pytest.raises(BadgeUnknown):
        shop.do("", EnterByBadge(code))


@pytest.mark.req("F175")
def test_a_department_widens_its_people_and_nobody_widens_themselves(shop: Shop) -> None:
    team = shop.do("admin", AddDepartment("Team A"))["id"]
    agent, admin = person(shop, "agent"), person(shop, "admin")
    shop.do("owner", SetRoles(agent, (f"agent@department:{team}",), "moved"))
    with pytest.raises(NotAllowed):
        note(shop)
    shop.do("admin", SetDepartmentShops(team, (shop.channel_id,), "their shop"))
    note(shop)
    with pytest.raises(NotAllowed):
        shop.do("agent", SetDepartmentShops(team, (), "mine"))
    shop.do("owner", SetRoles(admin, ("admin", f"agent@department:{team}"), "helps out"))
    with pytest.raises(SelfGrant):
        shop.do("admin", SetDepartmentShops(team, (), "mine"))
    with pytest.raises(DepartmentInUse):
        shop.do("admin", RemoveDepartment(team))
    with pytest.raises(BadValue):
        shop.do("admin", AddDepartment(" Team A "))
    shop.do("admin", RenameDepartment(team, "Team B"))
    shop.do("owner", SetDepartmentShops(team, (), "closed"))
    with pytest.raises(NotAllowed):
        note(shop)
    for who in (agent, admin):
        shop.do("owner", SetRoles(who, ("admin",), "moved"))
    shop.do("owner", RemoveDepartment(team))
