"""PINs and badges: what opens a person's session of the last hours again, and nothing else."""

from itertools import pairwise

from sqlalchemy import select

from app.domain.badge import CHANCE_BYTES, badge_of, badge_read
from app.domain.errors import BadValue
from app.domain.errors_people import PinClosed, PinWrong
from app.operations import passphrases
from app.store.seal import Row
from app.store.tables_people import quick_key
from app.store.work import Work

PIN, BADGE = "pin", "badge"
TRIES = 5
SHORTEST, LONGEST = 4, 7  # a passphrase is longer, so that one field can take either


def of(work: Work, operator_id: int, kind: str) -> Row | None:
    """Somebody's PIN or badge, None when they have none."""
    found = [r for r in work.of(quick_key, "operator_id", operator_id) if r["kind"] == kind]
    return found[0] if found else None


def set_pin(work: Work, operator_id: int, pin: str) -> None:
    """Give somebody this PIN. BadValue unless it is four to seven digits that are no row."""
    if not (pin.isascii() and pin.isdecimal() and SHORTEST <= len(pin) <= LONGEST) or _plain(pin):
        raise BadValue(field="pin", value="")
    _put(work, operator_id, PIN, {"pin_hash": passphrases.hashed(pin)})


def new_badge(work: Work, operator_id: int) -> str:
    """Give somebody a new badge and return its code, which stands nowhere afterwards."""
    code = badge_of(work.keys.rng.random_bytes(CHANCE_BYTES))
    _put(work, operator_id, BADGE, {"code_index": work.keys.lasting("badge", code)})
    return code


def drop(work: Work, operator_id: int, *kinds: str) -> None:
    """Take somebody's PIN and badge away, or only these kinds."""
    for row in work.of(quick_key, "operator_id", operator_id):
        if row["kind"] in (kinds or (PIN, BADGE)):
            work.delete(quick_key, row["id"])


def owner_of_badge(work: Work, scanned: str) -> int:
    """Whose badge was scanned; 0 for a misread one, or one that opens nothing any more."""
    code = badge_read(scanned)
    known = work.keys.lasting("badge", code) if code else b""
    found = work.rows(select(quick_key).where(quick_key.c.code_index == known))
    return int(work.checked(quick_key, found[0])["operator_id"]) if found else 0


def check_pin(work: Work, row: Row | None, pin: str) -> None:
    """Raise :class:`PinWrong`, or :class:`PinClosed` after five wrong ones in a row."""
    if row is not None and row["failures"] >= TRIES:
        raise PinClosed
    if not passphrases.fits_hash(row["pin_hash"] if row else passphrases.DECOY, pin) or not row:
        raise PinWrong
    used(work, row)


def used(work: Work, row: Row) -> None:
    """Remember that it opened a session just now."""
    work.update(quick_key, row["id"], failures=0, used_at=work.now)


def count_wrong_pin(work: Work, row: Row) -> None:
    """Remember a wrong PIN; the fifth in a row closes it until the passphrase is given."""
    tries = row["failures"] + 1
    work.update(quick_key, row["id"], failures=tries)
    if tries == TRIES:
        work.tell("pin_closed", "operator", row["operator_id"], tries=tries)


def open_pin(work: Work, operator_id: int) -> None:
    """The passphrase was given: wrong PINs count no more."""
    row = of(work, operator_id, PIN)
    if row is not None and row["failures"]:
        work.update(quick_key, row["id"], failures=0)


def _plain(pin: str) -> bool:
    """All one digit, or a run up or down: what everybody tries first."""
    steps = {int(b) - int(a) for a, b in pairwise(pin)}
    return steps in ({0}, {1}, {-1})


def _put(work: Work, operator_id: int, kind: str, values: Row) -> None:
    row = of(work, operator_id, kind)
    if row is None:
        new = {"id": work.ids.next(), "operator_id": operator_id, "kind": kind}
        work.insert(quick_key, new | values | {"made_at": work.now})
    else:
        fresh = {"failures": 0, "made_at": work.now, "used_at": None}
        work.update(quick_key, row["id"], **values, **fresh)
