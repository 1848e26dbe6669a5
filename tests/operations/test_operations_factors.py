"""Proving who one is: afresh where it matters, with a second factor where there is one."""

from base64 import b32decode
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from app.commands.approvals import (
    ConfirmFactor,
    ConsentTo,
    DropFactor,
    EnrolFactor,
    PrintCodes,
    PutCodesOnPaper,
    ResetFactor,
    StepUp,
)
from app.commands.channels import ConnectCarrier
from app.commands.orders import AddNote, ChangeAmount, SetPolicy
from app.commands.people import LockSession, RevealField, SignIn, UnlockSession
from app.domain.approval import ApprovalNeeded, FactorMissing
from app.domain.errors import AccountLocked, NotAllowed, SignInFailed, StepUpNeeded
from app.domain.errors_people import CodesOnPaperOnly
from app.operations.passphrases import LOCK_MS
from app.store.tables_approval import recovery_code, second_factor
from app.store.tables_record import audit, operator
from app.store.work import Book
from tests.operations.outbound_world import PASSPHRASE, Shop, open_shop, record
from tests.worlds import FixedClock

FIVE_MIN, STEP = 5 * 60_000, 30_000
WRONG = "000000"


@pytest.fixture
def shop(book: Book) -> Shop:
    made = open_shop(book, "agent", "finance", "owner")
    made.receive(record())
    return made


class Phone:
    """Somebody's authenticator app, which was shown the picture."""

    def __init__(self, uri: str, clock: FixedClock) -> None:
        asked = parse_qs(urlsplit(uri).query)
        secret = asked["secret"][0]
        padded = secret + "=" * (-len(secret) % 8)
        self._app = TOTP(b32decode(padded), int(asked["digits"][0]), SHA1(), 30)
        self._clock = clock

    def code(self, steps: int = 0) -> str:
        return self._app.generate(self._clock.now() // 1000 + 30 * steps).decode()


def enrol(shop: Shop, who: str, clock: FixedClock) -> tuple[Phone, list[str]]:
    phone = Phone(shop.do(who, EnrolFactor())["uri"], clock)
    return phone, shop.do(who, ConfirmFactor(phone.code()))["codes"]


def look(shop: Shop, who: str = "agent") -> None:
    shop.do(who, RevealField(shop.order()["id"], "phone", "the courier asks"))


def tried(shop: Shop, action: str) -> list[str]:
    return [row["result"] for row in shop.all(audit) if row["action"] == action]


@pytest.mark.req("F100")
def test_personal_data_is_shown_only_to_who_was_proved_a_few_minutes_ago(
    shop: Shop, clock: FixedClock
) -> None:
    look(shop)
    clock.advance(FIVE_MIN)
    with pytest.raises(StepUpNeeded) as needed:
        look(shop)
    assert needed.value.details == {"permission": "pii.reveal", "factor": "passphrase"}
    shop.do("agent", AddNote(shop.order()["id"], "called"))
    with pytest.raises(SignInFailed):
        shop.do("agent", StepUp("not the passphrase"))
    with pytest.raises(StepUpNeeded):
        look(shop)
    assert shop.do("agent", StepUp(PASSPHRASE))["until"] == clock.now() + FIVE_MIN
    look(shop)
    clock.advance(FIVE_MIN - 1)
    look(shop)
    clock.advance(1)
    with pytest.raises(StepUpNeeded):
        look(shop)
    assert tried(shop, "field_revealed") == ["ok", "denied", "denied", "ok", "ok", "denied"]
    assert tried(shop, "stepped_up") == ["failed", "ok"]


def test_how_long_it_lasts_is_the_shops_choice(shop: Shop, clock: FixedClock) -> None:
    shop.hire("admin", "admin")
    shop.agreed("owner", SetPolicy("step_up_minutes", "30"), "admin")
    clock.advance(6 * FIVE_MIN - 1)
    look(shop)


def test_one_sessions_proof_is_no_others(shop: Shop, clock: FixedClock) -> None:
    clock.advance(FIVE_MIN)
    elsewhere = shop.do("", SignIn("agent", PASSPHRASE))["session"]
    with pytest.raises(StepUpNeeded):
        look(shop)
    shop.sessions["agent"] = elsewhere
    look(shop)


def test_unlocking_with_the_passphrase_is_a_fresh_proof(shop: Shop, clock: FixedClock) -> None:
    shop.do("agent", LockSession())
    clock.advance(FIVE_MIN)
    shop.do("", UnlockSession(shop.sessions["agent"], PASSPHRASE))
    look(shop)


@pytest.mark.req("F100")
def test_credentials_and_ones_own_factor_change_by_a_fresh_proof_only(
    shop: Shop, clock: FixedClock
) -> None:
    clock.advance(FIVE_MIN)
    for ask in (
        ConnectCarrier("sf", "Night", {"partner_id": "N", "checkword": "W"}),
        EnrolFactor(),
        PrintCodes(),
        DropFactor(),
    ):
        with pytest.raises(StepUpNeeded):
            shop.do("owner", ask)


def test_an_app_is_in_force_once_one_of_its_codes_came_back(shop: Shop, clock: FixedClock) -> None:
    with pytest.raises(FactorMissing):
        shop.do("agent", ConfirmFactor(WRONG))
    begun = shop.do("agent", EnrolFactor())
    phone = Phone(begun["uri"], clock)
    assert begun["secret"].replace(" ", "") in begun["uri"]
    with pytest.raises(SignInFailed):
        shop.do("agent", ConfirmFactor(WRONG))
    shop.do("agent", StepUp(PASSPHRASE))
    codes = shop.do("agent", ConfirmFactor(phone.code()))["codes"]
    assert len(set(codes)) == 10
    with pytest.raises(SignInFailed):
        shop.do("agent", StepUp(PASSPHRASE))
    clock.advance(STEP)
    shop.do("agent", StepUp(PASSPHRASE, phone.code()))


def test_who_has_an_app_is_not_fresh_by_signing_in_alone(shop: Shop, clock: FixedClock) -> None:
    phone, _ = enrol(shop, "agent", clock)
    shop.sessions["agent"] = shop.do("", SignIn("agent", PASSPHRASE))["session"]
    with pytest.raises(StepUpNeeded) as needed:
        look(shop)
    assert needed.value.details["factor"] == "totp"
    clock.advance(STEP)
    shop.do("agent", StepUp(PASSPHRASE, phone.code()))
    look(shop)


def test_a_code_serves_once_and_only_about_now(shop: Shop, clock: FixedClock) -> None:
    phone, _ = enrol(shop, "agent", clock)
    clock.advance(10 * STEP)
    for steps in (-3, -2, 2, 3):
        with pytest.raises(SignInFailed):
            shop.do("agent", StepUp(PASSPHRASE, phone.code(steps)))
    for steps in (-1, 0, 1):
        code = phone.code(steps)
        shop.do("agent", StepUp(PASSPHRASE, code))
        with pytest.raises(SignInFailed):
            shop.do("agent", StepUp(PASSPHRASE, code))
    with pytest.raises(SignInFailed):
        shop.do("agent", StepUp(PASSPHRASE, phone.code(-1)))


def test_a_printed_code_serves_once_however_it_is_typed(shop: Shop, clock: FixedClock) -> None:
    _, codes = enrol(shop, "agent", clock)
    shop.do("agent", StepUp(PASSPHRASE, codes[0].lower().replace("-", " ")))
    with pytest.raises(SignInFailed):
        shop.do("agent", StepUp(PASSPHRASE, codes[0]))
    fresh = shop.do("agent", PrintCodes())["codes"]
    with pytest.raises(SignInFailed):
        shop.do("agent", StepUp(PASSPHRASE, codes[1]))
    shop.do("agent", StepUp(PASSPHRASE, fresh[0]))


def test_one_persons_printed_code_is_nobody_elses(shop: Shop, clock: FixedClock) -> None:
    _, codes = enrol(shop, "agent", clock)
    enrol(shop, "owner", clock)
    with pytest.raises(SignInFailed):
        shop.do("owner", StepUp(PASSPHRASE, codes[0]))


def test_only_ones_own_unused_codes_are_put_on_paper_and_never_into_a_file(
    shop: Shop, clock: FixedClock
) -> None:
    phone, codes = enrol(shop, "agent", clock)
    said = shop.do("agent", PutCodesOnPaper(codes, "Thermal 2"))
    assert said == {"login": "agent", "printer": "Thermal 2"}
    for printer in ("", "pdf:/tmp"):
        with pytest.raises(CodesOnPaperOnly):
            shop.do("agent", PutCodesOnPaper(codes, printer))
    with pytest.raises(SignInFailed):
        shop.do("owner", PutCodesOnPaper(codes, "Thermal 2"))
    for other in ((), ("1234-1234-1234",), (*codes, phone.code()), ("a note of mine",)):
        with pytest.raises(SignInFailed):
            shop.do("agent", PutCodesOnPaper(other, "Thermal 2"))
    shop.do("agent", StepUp(PASSPHRASE, codes[0]))
    with pytest.raises(SignInFailed):
        shop.do("agent", PutCodesOnPaper(codes, "Thermal 2"))
    assert tried(shop, "codes_on_paper")[:1] == ["ok"]
    assert all(code not in str(shop.all(audit)) for code in codes)


@pytest.mark.req("F100")
def test_five_wrong_codes_lock_and_a_sign_in_between_does_not_help(
    shop: Shop, clock: FixedClock
) -> None:
    phone, _ = enrol(shop, "agent", clock)
    clock.advance(STEP)
    for at in range(5):
        with pytest.raises(SignInFailed):
            shop.do("agent", StepUp(PASSPHRASE, WRONG))
        if at < 4:
            shop.sessions["agent"] = shop.do("", SignIn("agent", PASSPHRASE))["session"]
    with pytest.raises(AccountLocked):
        shop.do("agent", StepUp(PASSPHRASE, phone.code()))
    clock.advance(LOCK_MS - 1000)
    with pytest.raises(AccountLocked):
        shop.do("agent", StepUp(PASSPHRASE, phone.code()))
    clock.advance(1001)
    shop.do("agent", StepUp(PASSPHRASE, phone.code()))
    assert tried(shop, "stepped_up") == ["failed"] * 7 + ["ok"]


def test_whatever_is_wrong_the_answer_is_the_same(shop: Shop, clock: FixedClock) -> None:
    phone, _ = enrol(shop, "agent", clock)
    clock.advance(STEP)
    said = set()
    for passphrase, code in (
        ("not it", phone.code()),
        ("not it", WRONG),
        (PASSPHRASE, WRONG),
        (PASSPHRASE, ""),
    ):
        with pytest.raises(SignInFailed) as no:
            shop.do("agent", StepUp(passphrase, code))
        said.add((no.value.code, str(no.value.details)))
    assert len(said) == 1
    shop.do("agent", StepUp(PASSPHRASE, phone.code()))


def test_a_code_typed_beside_a_wrong_passphrase_is_not_spent(shop: Shop, clock: FixedClock) -> None:
    phone, _ = enrol(shop, "agent", clock)
    clock.advance(STEP)
    with pytest.raises(SignInFailed):
        shop.do("agent", StepUp("not it", phone.code()))
    shop.do("agent", StepUp(PASSPHRASE, phone.code()))


def test_who_has_an_app_consents_with_its_code(shop: Shop, clock: FixedClock) -> None:
    phone, _ = enrol(shop, "owner", clock)
    clock.advance(STEP)
    ask = ChangeAmount(shop.order()["id"], 25_000, "discount")
    with pytest.raises(ApprovalNeeded) as needed:
        shop.do("finance", ask)
    pk = int(needed.value.details["approval_id"])
    for code in ("", WRONG):
        with pytest.raises(SignInFailed):
            shop.do("finance", ConsentTo(pk, "owner", PASSPHRASE, code))
    shop.do("finance", ConsentTo(pk, "owner", PASSPHRASE, phone.code()))
    shop.do("finance", ask)
    line = [row for row in shop.all(audit) if row["action"] == "amount_changed"][-1]
    assert '"factor":"totp"' in line["detail_json"]


def test_a_lost_phone_is_taken_away_by_two_others(shop: Shop, clock: FixedClock) -> None:
    enrol(shop, "agent", clock)
    shop.hire("admin", "admin")
    agent = next(row["id"] for row in shop.all(operator) if row["login"] == "agent")
    owner = next(row["id"] for row in shop.all(operator) if row["login"] == "owner")
    with pytest.raises(NotAllowed):
        shop.do("owner", ResetFactor(owner, "mine"))
    with pytest.raises(FactorMissing):
        shop.do("admin", ResetFactor(owner, "none there"))
    shop.agreed("owner", ResetFactor(agent, "lost the phone"), "admin")
    assert not [r for r in shop.all(second_factor) if r["id"] == agent]
    assert not shop.all(recovery_code)
    shop.prove("agent")


def test_giving_it_up_takes_one_of_its_own_codes(shop: Shop, clock: FixedClock) -> None:
    phone, _ = enrol(shop, "agent", clock)
    clock.advance(FIVE_MIN)
    with pytest.raises(StepUpNeeded):
        shop.do("agent", DropFactor())
    shop.do("agent", StepUp(PASSPHRASE, phone.code()))
    shop.do("agent", DropFactor())
    with pytest.raises(FactorMissing):
        shop.do("agent", DropFactor())
    shop.prove("agent")


def test_neither_secret_nor_printed_code_stands_in_the_book(shop: Shop, clock: FixedClock) -> None:
    begun = shop.do("agent", EnrolFactor())
    secret = begun["secret"].replace(" ", "")
    codes = shop.do("agent", ConfirmFactor(Phone(begun["uri"], clock).code()))["codes"]
    kept = str([*shop.all(second_factor), *shop.all(recovery_code), *shop.all(audit)])
    raw = b32decode(secret + "=" * (-len(secret) % 8))
    assert secret not in kept
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)
    assert all(
        raw not in bytes(value)
        for row in shop.all(second_factor)
        for value in row.values()
        if isinstance(value, bytes | memoryview)
    )
