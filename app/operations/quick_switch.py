"""Coming back by PIN or badge, and one's own account: passphrase, PIN, language.

A PIN or badge never opens a session that a passphrase did not open on this computer within twelve
hours, and never proves anything else: what asks for a fresh proof takes neither (security.md 3.8).
"""

from app.commands.people import (
    ChangePassphrase,
    EnterByBadge,
    EnterByPin,
    SetLanguage,
    SetPin,
    SignedIn,
)
from app.domain.errors import BadValue, Refusal, SignInFailed
from app.domain.errors_people import BadgeUnknown, PassphraseNeeded, PinWrong
from app.operations import passphrases, quick_keys, sitting
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store.seal import Row
from app.store.tables_record import operator
from app.store.work import Work

LANGUAGES = ("", "zh", "en")


def enter_by_pin(work: Work, ask: EnterByPin, rules: Rulebook) -> SignedIn:
    """Open one's own session again by PIN; whoever sat here is locked.

    Raises :class:`PinWrong` (also for a login nobody has), :class:`PinClosed` after five wrong
    ones, :class:`PassphraseNeeded` when no session of the last hours is left here.
    """
    person = passphrases.by_login(work, ask.login)
    active = person is not None and person["state"] == "active"
    row = quick_keys.of(work, person["id"], quick_keys.PIN) if person and active else None
    if person is not None:
        passphrases.refuse_locked(work, person, rules)
    quick_keys.check_pin(work, row, ask.pin)
    if person is None:  # no PIN fits nobody
        raise PinWrong
    return _come_back(work, person, ask, rules)


def enter_by_badge(work: Work, ask: EnterByBadge, rules: Rulebook) -> SignedIn:
    """Open one's own session again by a scanned badge; whoever sat here is locked.

    Raises :class:`BadgeUnknown` for a badge that opens nothing, :class:`PassphraseNeeded` when no
    session of the last hours is left here.
    """
    owner = quick_keys.owner_of_badge(work, ask.code)
    person = work.row(operator, owner) if owner else None
    if person is None or person["state"] != "active":
        raise BadgeUnknown
    passphrases.refuse_locked(work, person, rules)
    row = quick_keys.of(work, owner, quick_keys.BADGE)
    if row is not None:
        quick_keys.used(work, row)
    return _come_back(work, person, ask, rules)


def count_wrong_pin(work: Work, ask: EnterByPin, refusal: Refusal) -> None:
    """Remember a wrong PIN; runs in the refusal's own transaction."""
    person = passphrases.by_login(work, ask.login)
    row = quick_keys.of(work, person["id"], quick_keys.PIN) if person else None
    if row is not None and isinstance(refusal, PinWrong):
        quick_keys.count_wrong_pin(work, row)


def lock_left(work: Work, ask: EnterByBadge, refusal: Refusal) -> None:
    """A known badge without a session asks for its passphrase: whoever sat here is locked."""
    if isinstance(refusal, PassphraseNeeded):
        _lock_other(work, ask.leaving, 0)


def change_passphrase(work: Work, ask: ChangePassphrase, _rules: Rulebook) -> None:
    """Choose another passphrase; one's own sessions elsewhere end."""
    me = _myself(work, ask.passphrase)
    kept = passphrases.chosen(ask.chosen, ask.passphrase)
    work.update(operator, me["id"], password_hash=kept, must_change=0)
    sitting.end_all(work, me["id"], but=work.actor.session_id)
    work.mark("people", me["id"])


def set_pin(work: Work, ask: SetPin, _rules: Rulebook) -> None:
    """Choose one's own PIN; an empty one gives it up."""
    me = _myself(work, ask.passphrase)
    if ask.pin:
        quick_keys.set_pin(work, me["id"], ask.pin)
    else:
        quick_keys.drop(work, me["id"], quick_keys.PIN)
    work.mark("people", me["id"])


def count_wrong_own(work: Work, _ask: ChangePassphrase | SetPin, refusal: Refusal) -> None:
    """An open desk is no place to guess its owner's passphrase."""
    if work.actor.operator_id and isinstance(refusal, SignInFailed):
        passphrases.count_wrong(work, work.row(operator, work.actor.operator_id))


def set_language(work: Work, ask: SetLanguage, _rules: Rulebook) -> None:
    """Choose the language of one's own screens."""
    if ask.lang not in LANGUAGES:
        raise BadValue(field="lang", value=ask.lang)
    work.row(operator, work.actor.operator_id)
    work.update(operator, work.actor.operator_id, lang=ask.lang)
    work.mark("people", work.actor.operator_id)


def _myself(work: Work, passphrase: str) -> Row:
    me = work.row(operator, work.actor.operator_id)
    if not passphrases.fits(me, passphrase):
        raise SignInFailed
    return me


def _come_back(
    work: Work, person: Row, ask: EnterByPin | EnterByBadge, rules: Rulebook
) -> SignedIn:
    row = sitting.left_here(work, person, ask.os_user)
    if row is None or person["must_change"]:
        raise PassphraseNeeded(login=person["login"], name=person["name"])
    _lock_other(work, ask.leaving, row["id"])
    return sitting.reopened(work, person, row, rules)


def _lock_other(work: Work, token: str, coming: int) -> None:
    """Lock the session that was open at this desk, in the name of whoever it belongs to."""
    row = sitting.by_token(work, token)
    if row is not None and row["id"] != coming and row["state"] == "open":
        sitting.lock(work, row["id"])
        work.tell("session_locked", "operator", row["operator_id"])


VERBS = (
    Verb(
        EnterByPin,
        enter_by_pin,
        "",
        "came_back_by_pin",
        open=True,
        kept=False,
        refused=count_wrong_pin,
    ),
    Verb(
        EnterByBadge,
        enter_by_badge,
        "",
        "came_back_by_badge",
        open=True,
        kept=False,
        refused=lock_left,
    ),
    Verb(
        ChangePassphrase,
        change_passphrase,
        "desk.use",
        "passphrase_changed",
        kept=False,
        refused=count_wrong_own,
    ),
    Verb(SetPin, set_pin, "desk.use", "pin_set", kept=False, refused=count_wrong_own),
    Verb(SetLanguage, set_language, "desk.use", "language_set"),
)
