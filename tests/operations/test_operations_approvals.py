"""Two people behind one door: a consent fits one exact request, once, in its time (faults 77)."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest

from app.commands.approvals import ConsentTo, PrintCodes, RefuseRequest, StepUp, WithdrawRequest
from app.commands.orders import CancelOrder, ChangeAmount, ConfirmPayment, ForceStatus
from app.commands.people import CreateOperator, RenewPassphrase, SetRoles, SignIn
from app.commands.staff import ResetPassphrase
from app.domain.actor import worker
from app.domain.approval import (
    APPROVAL_MS,
    COOLING_MS,
    ApprovalClosed,
    ApprovalNeeded,
    ApprovalRefused,
    NotIndependent,
    SelfApproval,
)
from app.domain.errors import (
    AccountLocked,
    BadValue,
    NotAllowed,
    NotFound,
    Refusal,
    RowChanged,
    SelfGrant,
    SignInFailed,
    StaleVersion,
)
from app.domain.roles import Level
from app.operations import approvals
from app.operations.all_verbs import VERBS
from app.operations.door import Door
from app.operations.founding import found
from app.operations.laws import Laws
from app.store.seal import Row
from app.store.tables_approval import approval
from app.store.tables_record import audit, grant, operator
from app.store.verify import verify
from app.store.work import Book, Place
from tests.operations.outbound_world import PASSPHRASE, Shop, open_shop, record
from tests.worlds import CountingIds, FixedClock, shop_keys

CENTS = 25_000


@pytest.fixture
def shop(book: Book) -> Shop:
    made = open_shop(book, "agent", "lead", "finance", "owner")
    made.receive(record())
    made.flow()
    return made


def change(shop: Shop, cents: int = CENTS, reason: str = "agreed discount") -> ChangeAmount:
    return ChangeAmount(shop.order()["id"], cents, reason)


def asked(shop: Shop, who: str, ask: msgspec.Struct) -> int:
    """The number of the request that is written when this is refused."""
    with pytest.raises(ApprovalNeeded) as needed:
        shop.do(who, ask)
    return int(needed.value.details["approval_id"])


def why(shop: Shop, who: str, ask: msgspec.Struct) -> str:
    with pytest.raises(ApprovalNeeded) as needed:
        shop.do(who, ask)
    return str(needed.value.details["why"])


def consent(shop: Shop, pk: int, by: str = "owner", at: str = "finance") -> None:
    shop.do(at, ConsentTo(pk, by, PASSPHRASE))


def told(shop: Shop, action: str) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (row["actor"], row["result"], msgspec.json.decode(row["detail_json"]))
        for row in shop.all(audit)
        if row["action"] == action
    ]


def request(shop: Shop, pk: int) -> Row:
    return next(row for row in shop.all(approval) if row["id"] == pk)


def set_role(shop: Shop, login: str, role: str) -> None:
    """Somebody's grants change while a request is open, whoever did it."""
    with shop.book.work(worker("test")) as work:
        pk = next(row["id"] for row in work.rows(operator.select()) if row["login"] == login)
        for row in work.rows(grant.select().where(grant.c.operator_id == pk)):
            work.delete(grant, row["id"])
        work.insert(grant, {"id": work.ids.next(), "operator_id": pk, "role": role})
        work.tell("test", "operator", pk)
        work.commit()


@pytest.mark.req("F214")
def test_what_two_people_must_agree_to_waits_written_down_and_changes_nothing(shop: Shop) -> None:
    pk = asked(shop, "finance", change(shop))
    assert shop.order()["total_minor"] == 25800
    row = request(shop, pk)
    assert (row["requester"], row["permission"], row["state"]) == (
        "finance",
        "amount.change",
        "waiting",
    )
    assert row["expires_at"] == shop.book.clock.now() + APPROVAL_MS
    assert msgspec.json.decode(row["facts_json"]) == {
        "order_no": "501",
        "amount_before": 25800,
        "amount": CENTS,
        "currency": "CNY",
    }
    assert told(shop, "approval_asked")[0][0] == "finance"
    assert told(shop, "amount_changed") == [
        ("finance", "denied", {"code": "approval_needed", "why": "asked_now"})
    ]


def test_the_same_request_twice_is_one_request(shop: Shop) -> None:
    first = asked(shop, "finance", change(shop))
    assert asked(shop, "finance", change(shop)) == first
    assert why(shop, "finance", change(shop)) == "asked_already"
    assert len(shop.all(approval)) == 1
    assert asked(shop, "owner", change(shop)) != first


@pytest.mark.req("F214")
def test_with_consent_it_goes_through_once_and_both_names_stand_in_the_record(shop: Shop) -> None:
    pk = asked(shop, "finance", change(shop))
    consent(shop, pk)
    shop.do("finance", change(shop))
    assert shop.order()["total_minor"] == CENTS
    assert told(shop, "amount_changed")[-1] == (
        "finance",
        "ok",
        {"approval": pk, "approver": "owner", "factor": "passphrase"},
    )
    assert told(shop, "consent_given") == [
        ("finance", "ok", {"approver": "owner", "factor": "passphrase"})
    ]
    assert request(shop, pk)["state"] == "used"
    assert verify(shop.book).ok
    assert asked(shop, "finance", change(shop)) != pk


@pytest.mark.req("F214")
def test_one_person_cannot_both_prepare_and_approve_a_payments_voucher(shop: Shop) -> None:
    voucher = ConfirmPayment(shop.order()["id"], "bank_serial", "ICBC-77")
    pk = asked(shop, "finance", voucher)
    with pytest.raises(SelfApproval):
        consent(shop, pk, by="finance")
    with pytest.raises(SelfApproval):
        consent(shop, pk, by="finance", at="owner")
    with pytest.raises(ApprovalNeeded):
        shop.do("finance", voucher)
    assert [result for _, result, _ in told(shop, "consent_proved")] == ["denied", "denied"]
    consent(shop, pk)
    shop.do("finance", voucher)
    assert told(shop, "payment_confirmed")[-1][2]["approver"] == "owner"


def test_a_consent_covers_nothing_but_its_own_request(shop: Shop) -> None:
    consent(shop, asked(shop, "finance", change(shop)))
    for other in (change(shop, CENTS - 1), change(shop, CENTS, "another reason")):
        assert why(shop, "finance", other) == "asked_now"
    assert why(shop, "owner", change(shop)) == "asked_now"
    assert shop.order()["total_minor"] == 25800


def test_a_command_whose_answer_was_lost_is_answered_again_after_its_consent_was_used(
    shop: Shop,
) -> None:
    consent(shop, asked(shop, "finance", change(shop)))
    shop.do("finance", change(shop), command_id=42)
    shop.do("finance", change(shop), command_id=42)
    assert [r for _, r, _ in told(shop, "amount_changed")] == ["denied", "ok"]


def test_time_runs_out_for_agreeing_and_for_using(shop: Shop, clock: FixedClock) -> None:
    late = asked(shop, "finance", change(shop))
    clock.advance(APPROVAL_MS)
    with pytest.raises(ApprovalClosed):
        consent(shop, late)
    again = asked(shop, "finance", change(shop))
    assert (request(shop, late)["state"], request(shop, late)["void_why"]) == ("void", "expired")
    consent(shop, again)
    clock.advance(APPROVAL_MS)
    assert why(shop, "finance", change(shop)) == "expired"
    assert shop.order()["total_minor"] == 25800
    assert told(shop, "approval_void")[-1][2] == {"why": "expired"}


def test_what_nobody_comes_back_for_ends_by_itself(shop: Shop, clock: FixedClock) -> None:
    asked(shop, "finance", change(shop))

    def expire() -> int:
        with shop.book.work(worker("timer")) as work:
            ended = approvals.expire(work)
            if ended:
                work.commit()
            return ended

    assert expire() == 0
    clock.advance(APPROVAL_MS)
    assert (expire(), expire()) == (1, 0)
    assert told(shop, "approval_void") == [("timer", "ok", {"why": "expired"})]


@pytest.mark.parametrize("becomes", ["agent", ""])
def test_who_may_no_longer_do_it_has_not_consented(shop: Shop, becomes: str) -> None:
    consent(shop, asked(shop, "finance", change(shop)))
    if becomes:
        set_role(shop, "owner", becomes)
    else:
        with shop.book.work(worker("test")) as work:
            pk = next(r["id"] for r in work.rows(operator.select()) if r["login"] == "owner")
            work.update(operator, pk, state="left")
            work.tell("test", "operator", pk)
            work.commit()
    shop.hire("cfo", "finance")
    assert why(shop, "finance", change(shop)) == "demoted"
    assert shop.order()["total_minor"] == 25800


def test_who_asked_and_may_no_longer_do_it_is_refused_whoever_agreed(shop: Shop) -> None:
    consent(shop, asked(shop, "finance", change(shop)))
    set_role(shop, "finance", "packer")
    with pytest.raises(NotAllowed):
        shop.do("finance", change(shop))


def test_who_lacks_the_right_consents_to_nothing_and_refuses_nothing(shop: Shop) -> None:
    pk = asked(shop, "finance", change(shop))
    for who in ("agent", "lead"):
        with pytest.raises(NotAllowed):
            consent(shop, pk, by=who)
        with pytest.raises(NotAllowed):
            shop.do(who, RefuseRequest(pk, "no"))
    assert request(shop, pk)["state"] == "waiting"


@pytest.mark.req("F176")
def test_whose_passphrase_one_has_just_set_is_no_second_person(
    shop: Shop, clock: FixedClock
) -> None:
    shop.hire("boss", "owner")
    finance = next(row["id"] for row in shop.all(operator) if row["login"] == "finance")
    told = shop.do("boss", ResetPassphrase(finance))["passphrase"]
    pk = asked(shop, "boss", change(shop))
    with pytest.raises(SignInFailed):
        shop.do("boss", ConsentTo(pk, "finance", told))
    shop.do("", RenewPassphrase("finance", told, "known to two people"))
    with pytest.raises(NotIndependent):
        shop.do("boss", ConsentTo(pk, "finance", "known to two people"))
    shop.do("boss", ConsentTo(pk, "owner", PASSPHRASE))
    clock.advance(COOLING_MS)
    shop.sessions["boss"] = str(shop.do("", SignIn("boss", PASSPHRASE))["session"])
    again = asked(shop, "boss", change(shop))
    shop.do("boss", ConsentTo(again, "finance", "known to two people"))


def test_nobody_agrees_to_what_is_about_themselves(shop: Shop) -> None:
    shop.hire("admin", "admin")
    admin = next(row["id"] for row in shop.all(operator) if row["login"] == "admin")
    pk = asked(shop, "owner", SetRoles(admin, ("owner",), "promoted"))
    with pytest.raises(NotAllowed):
        consent(shop, pk, by="admin")
    shop.hire("second", "admin")
    consent(shop, pk, by="second")
    shop.do("owner", SetRoles(admin, ("owner",), "promoted"))
    roles = [row["role"] for row in shop.all(grant) if row["operator_id"] == admin]
    assert roles == ["owner"]


def test_a_no_is_final_for_its_time_and_says_why(shop: Shop, clock: FixedClock) -> None:
    pk = asked(shop, "finance", change(shop))
    with pytest.raises(NotAllowed):
        shop.do("finance", RefuseRequest(pk, "never mind"))
    shop.do("owner", RefuseRequest(pk, "ask the buyer first"))
    with pytest.raises(ApprovalClosed):
        consent(shop, pk)
    with pytest.raises(ApprovalRefused) as no:
        shop.do("finance", change(shop))
    assert no.value.details["reason"] == "ask the buyer first"
    clock.advance(APPROVAL_MS)
    assert why(shop, "finance", change(shop)) == "asked_now"


def test_only_who_asked_takes_a_request_back(shop: Shop) -> None:
    pk = asked(shop, "finance", change(shop))
    consent(shop, pk)
    with pytest.raises(NotAllowed):
        shop.do("owner", WithdrawRequest(pk))
    shop.do("finance", WithdrawRequest(pk))
    assert why(shop, "finance", change(shop)) == "asked_now"
    with pytest.raises(ApprovalClosed):
        shop.do("finance", WithdrawRequest(pk))


def test_a_request_that_makes_no_sense_bothers_nobody(shop: Shop) -> None:
    order_id = shop.order()["id"]
    shop.hire("admin", "admin")
    for who, ask, no in (
        ("finance", ChangeAmount(999, 1, "x"), NotFound),
        ("finance", ChangeAmount(order_id, -1, "x"), BadValue),
        ("finance", ConfirmPayment(order_id, "cash", "x"), BadValue),
        ("lead", ForceStatus(order_id, "gone", "x", "y"), BadValue),
        ("admin", CreateOperator("r", "R", PASSPHRASE, ("worker",)), BadValue),
        ("admin", SetRoles(999, ("agent",), "x"), NotFound),
        (
            "admin",
            SetRoles(next(r["id"] for r in shop.all(operator) if r["login"] == "admin"), (), "x"),
            SelfGrant,
        ),
    ):
        with pytest.raises(no):
            shop.do(who, ask)
    assert not shop.all(approval)


def test_who_may_only_ask_has_it_done_with_the_consent_of_who_may(shop: Shop) -> None:
    ask = CancelOrder(shop.order()["id"], "buyer called")
    pk = asked(shop, "agent", ask)
    with pytest.raises(NotAllowed):
        consent(shop, pk, by="agent", at="agent")
    consent(shop, pk, by="lead", at="agent")
    shop.do("agent", ask)
    assert shop.order()["state"] == "cancelled"
    assert told(shop, "order_cancelled")[-1][2]["approver"] == "lead"


def test_who_may_only_ask_never_becomes_the_one_who_agrees(shop: Shop, clock: FixedClock) -> None:
    codes = shop.do("agent", PrintCodes())["codes"]
    clock.advance(COOLING_MS)
    for who in ("agent", "lead", "owner"):
        shop.sessions[who] = str(shop.do("", SignIn(who, PASSPHRASE))["session"])
    ask = CancelOrder(shop.order()["id"], "buyer called")
    pk = asked(shop, "agent", ask)
    set_role(shop, "lead", "packer")
    set_role(shop, "owner", "packer")
    with pytest.raises(NotAllowed):
        shop.do("agent", ConsentTo(pk, "agent", PASSPHRASE, codes[0]))
    with pytest.raises(NotAllowed):
        shop.do("agent", CancelOrder(shop.order()["id"], "buyer called again"))


def test_no_request_keeps_a_passphrase_or_a_buyers_name(shop: Shop) -> None:
    shop.hire("admin", "admin")
    secret = "a passphrase nobody may read"
    pk = asked(shop, "owner", CreateOperator("mei", "Mei", secret, ("packer",)))
    asked(shop, "agent", CancelOrder(shop.order()["id"], "buyer called"))
    kept = str([*shop.all(approval), *shop.all(audit)])
    assert secret not in kept
    assert "张小满" not in kept
    shop.do("owner", ConsentTo(pk, "admin", PASSPHRASE))
    shop.do("owner", CreateOperator("mei", "Mei", secret, ("packer",)))
    roles = [d for _, _, d in told(shop, "operator_created")]
    assert roles[-1]["approver"] == "admin"


def test_a_consent_written_into_the_file_by_hand_is_worth_nothing(shop: Shop) -> None:
    pk = asked(shop, "finance", change(shop))
    with shop.book.engine.connect() as conn, conn.begin():
        conn.execute(approval.update().values(state="consented", approver="owner"))
        conn.info["audited"] = True
    with pytest.raises(RowChanged):
        shop.do("finance", change(shop))
    assert ("approval", str(pk)) in {(f.table, f.key) for f in verify(shop.book).findings}


@pytest.mark.req("F176")
def test_guessing_at_somebody_elses_desk_locks_them_and_says_nothing(
    shop: Shop, clock: FixedClock
) -> None:
    pk = asked(shop, "finance", change(shop))
    said = set()
    for login in ("owner", "nobody", "agent"):
        with pytest.raises(SignInFailed) as no:
            shop.do("finance", ConsentTo(pk, login, "not the passphrase"))
        said.add((no.value.code, str(no.value.details)))
    assert len(said) == 1
    for _ in range(4):
        with pytest.raises(SignInFailed):
            shop.do("finance", ConsentTo(pk, "owner", "not the passphrase"))
    with pytest.raises(AccountLocked):
        consent(shop, pk)
    assert request(shop, pk)["state"] == "waiting"
    clock.advance(15 * 60_000)
    consent(shop, asked(shop, "finance", change(shop)))


def test_every_request_that_can_be_made_has_its_words(shop: Shop) -> None:
    law, words = shop.door.laws.now.roles, shop.door.laws.now.words
    askable = {
        name
        for role in law.roles.values()
        for name, level in role.levels.items()
        if level is Level.ASK
    }
    heavy = {name for name, one in law.permissions.items() if one.two_people} | askable
    wanted = {
        f"asked.{verb.ask.__struct_config__.tag}"
        for verb in VERBS
        if verb.permission in heavy or verb.facts is not None
    }
    assert not {key for key in wanted if not words.has(key)}


# --- one person alone ---------------------------------------------------------------------------


@pytest.fixture
def alone(book: Book) -> Shop:
    """A shop of one owner and an agent: nobody but the owner may change an amount."""
    made = open_shop(book, "owner", "agent")
    made.receive(record())
    return made


def needed(shop: Shop) -> dict[str, Any]:
    with pytest.raises(ApprovalNeeded) as no:
        shop.do("owner", change(shop))
    return dict(no.value.details)


def test_alone_and_without_a_second_factor_it_takes_a_day(alone: Shop, clock: FixedClock) -> None:
    first = needed(alone)
    assert first["who"] == "later"
    assert first["ready"]
    pk = int(first["approval_id"])
    with pytest.raises(SelfApproval):
        consent(alone, pk, at="owner")
    clock.advance(COOLING_MS - 1)
    alone.sessions["owner"] = sign_in(alone)
    with pytest.raises(SelfApproval):
        consent(alone, pk, at="owner")
    clock.advance(1)
    consent(alone, pk, at="owner")
    alone.do("owner", change(alone))
    assert told(alone, "amount_changed")[-1][2] == {
        "approval": pk,
        "approver": "owner",
        "factor": "waited",
        "self_approved": 1,
    }


def sign_in(shop: Shop) -> str:
    return str(shop.do("", SignIn("owner", PASSPHRASE))["session"])


def test_alone_a_printed_code_consents_at_once_after_its_first_day(
    alone: Shop, clock: FixedClock
) -> None:
    codes = alone.do("owner", PrintCodes())["codes"]
    first = needed(alone)
    assert first["who"] == "later"
    with pytest.raises(SelfApproval):
        alone.do("owner", ConsentTo(int(first["approval_id"]), "owner", PASSPHRASE, codes[0]))
    clock.advance(COOLING_MS)
    alone.sessions["owner"] = sign_in(alone)
    alone.do("owner", WithdrawRequest(int(first["approval_id"])))
    second = needed(alone)
    assert second["who"] == "self"
    pk = int(second["approval_id"])
    with pytest.raises(SelfApproval):
        consent(alone, pk, at="owner")
    alone.do("owner", ConsentTo(pk, "owner", PASSPHRASE, codes[1]))
    alone.do("owner", change(alone))
    last = told(alone, "amount_changed")[-1][2]
    assert (last["self_approved"], last["factor"]) == (1, "recovery")


def test_alone_ends_when_somebody_else_may(alone: Shop, clock: FixedClock) -> None:
    codes = alone.do("owner", PrintCodes())["codes"]
    clock.advance(COOLING_MS)
    alone.sessions["owner"] = sign_in(alone)
    pk = int(needed(alone)["approval_id"])
    alone.do("owner", ConsentTo(pk, "owner", PASSPHRASE, codes[0]))
    alone.hire("finance", "finance")
    assert needed(alone)["why"] == "not_alone"
    again = needed(alone)
    assert again["who"] == "another"
    with pytest.raises(SelfApproval):
        alone.do("owner", ConsentTo(int(again["approval_id"]), "owner", PASSPHRASE, codes[1]))
    consent(alone, int(again["approval_id"]), by="finance", at="owner")
    alone.do("owner", change(alone))


def test_alone_one_does_not_make_ones_own_second_person(alone: Shop, clock: FixedClock) -> None:
    codes = alone.do("owner", PrintCodes())["codes"]
    clock.advance(COOLING_MS)
    alone.sessions["owner"] = sign_in(alone)
    new = CreateOperator("mei", "Mei", "told by the owner", ("finance",))
    with pytest.raises(ApprovalNeeded) as first:
        alone.do("owner", new)
    pk = int(first.value.details["approval_id"])
    alone.do("owner", ConsentTo(pk, "owner", PASSPHRASE, codes[0]))
    alone.do("owner", new)
    alone.do("", RenewPassphrase("mei", "told by the owner", PASSPHRASE))
    asked_alone = needed(alone)
    assert asked_alone["who"] == "self"
    pk = int(asked_alone["approval_id"])
    with pytest.raises(NotIndependent):
        consent(alone, pk, by="mei", at="owner")
    clock.advance(COOLING_MS)
    alone.sessions["owner"] = sign_in(alone)
    later = needed(alone)
    assert later["who"] == "another"
    consent(alone, int(later["approval_id"]), by="mei", at="owner")
    alone.do("owner", change(alone))


def test_a_founder_hires_on_the_first_day_with_a_passphrase(book: Book, clock: FixedClock) -> None:
    found(book, CreateOperator("boss", "Boss", PASSPHRASE, ("owner",)))
    shop = Shop(book, Door(book, Laws(book), VERBS))
    shop.sessions["boss"] = str(shop.do("", SignIn("boss", PASSPHRASE))["session"])
    new = CreateOperator("mei", "Mei", "told by the boss", ("packer",))
    with pytest.raises(ApprovalNeeded) as no:
        shop.do("boss", new)
    assert no.value.details["who"] == "founder"
    shop.do("boss", ConsentTo(int(no.value.details["approval_id"]), "boss", PASSPHRASE))
    shop.do("boss", new)
    assert told(shop, "operator_created")[-1][2]["factor"] == "founder"
    assert told(shop, "operator_created")[-1][2]["self_approved"] == 1
    clock.advance(COOLING_MS)
    shop.sessions["boss"] = str(shop.do("", SignIn("boss", PASSPHRASE))["session"])
    with pytest.raises(ApprovalNeeded) as later:
        shop.do("boss", CreateOperator("li", "Li", "told by the boss", ("packer",)))
    assert later.value.details["who"] == "later"


# --- two at once --------------------------------------------------------------------------------


def together(shop: Shop, *acts: tuple[str, msgspec.Struct]) -> list[str]:
    """Several keepers do one command each at the same moment; how each ended."""
    start = threading.Barrier(len(acts))

    def keeper(at: int) -> str:
        who, ask = acts[at]
        ids = CountingIds(1_000_000 * (at + 1))
        place = Place(chain=at + 10)
        clock = FixedClock(shop.book.clock.now())
        mine = Book(shop.book.engine, shop_keys(), clock, ids, place)
        door = Door(mine, shop.door.laws, VERBS)
        start.wait()
        try:
            door.do(9_000 + at, ask, shop.sessions[who])
        except Refusal as no:
            return no.code
        return "ok"

    with ThreadPoolExecutor(len(acts)) as crowd:
        return [done.result() for done in [crowd.submit(keeper, at) for at in range(len(acts))]]


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_of_two_who_agree_or_use_at_once_one_does(shop: Shop) -> None:
    shop.hire("cfo", "finance")
    pk = asked(shop, "finance", change(shop))
    agreed = together(
        shop,
        ("owner", ConsentTo(pk, "owner", PASSPHRASE)),
        ("cfo", ConsentTo(pk, "cfo", PASSPHRASE)),
    )
    assert agreed.count("ok") == 1
    assert set(agreed) <= {"ok", "approval_closed", StaleVersion.code}
    used = together(shop, ("finance", change(shop)), ("finance", change(shop)))
    assert used.count("ok") == 1
    assert set(used) <= {"ok", "approval_needed", StaleVersion.code}
    assert [r for _, r, _ in told(shop, "amount_changed")].count("ok") == 1
    assert verify(shop.book).ok


def test_agreeing_needs_no_fresh_proof_of_whoever_sits_there(shop: Shop, clock: FixedClock) -> None:
    clock.advance(6 * 60_000)
    pk = asked(shop, "finance", change(shop))
    consent(shop, pk)
    shop.do("owner", StepUp(PASSPHRASE))
    shop.do("finance", change(shop))
