"""What a buyer may ask of a shop: which data it holds, a copy of them, and their end (F101)."""

from functools import partial
from pathlib import Path

from app.commands.privacy import (
    EraseSubject,
    ExportSubject,
    FindSubject,
    SubjectErased,
    SubjectExported,
    SubjectFound,
    SubjectOrder,
)
from app.domain.errors import BadValue, NotFound, OrdersOpen
from app.domain.roles import Place
from app.operations import sessions
from app.operations.subject_copy import copy_of
from app.operations.verbs import Facts, Verb
from app.rulebook import Rulebook
from app.store import erasure, subjects
from app.store.aes_zip import zip_bytes
from app.store.backup import to_disk
from app.store.engine import fold_journal
from app.store.tables import channel, orders
from app.store.vault import LEAST_LETTERS
from app.store.work import Work

FIND, EXPORT, ERASE = "pii.subject_find", "pii.subject_export", "pii.subject_erase"


def find_subject(work: Work, ask: FindSubject, rules: Rulebook) -> SubjectFound:
    """Every order of one person in the shops the asker may look into, masked."""
    given = [bool(ask.order_id), bool(ask.phone.strip()), bool(ask.email.strip())]
    if sum(given) != 1:
        raise BadValue(field="person", value="")
    if ask.order_id:
        found = subjects.like_order(work, ask.order_id)
    else:
        found = subjects.orders_of(work, phone=ask.phone.strip(), email=ask.email.strip())
    gone, wanted = erasure.erased(work, found), erasure.wanted(work, found)
    shown = (_shown(work, rules, pk, pk in gone, pk in wanted) for pk in found)
    return SubjectFound(tuple(one for one in shown if one is not None))


def _shown(
    work: Work, rules: Rulebook, order_id: int, gone: bool, wanted: bool
) -> SubjectOrder | None:
    row = work.row(orders, order_id)
    if not sessions.may(work, rules, FIND, (Place(row["channel_id"], row["location_id"]),)):
        return None
    why = "" if gone else erasure.why_open(work, row, rules.policy.after_sale_days).value
    return SubjectOrder(
        order_id=order_id,
        number=row["number"],
        external_no=row["external_no"],
        shop=work.row(channel, row["channel_id"])["name"],
        placed_at=row["placed_at"] or 0,
        state=row["state"],
        buyer_mask=row["buyer_mask"],
        phone_mask=row["phone_mask"],
        open_because=why,
        erased=gone,
        wanted=wanted,
    )


def export_subject(work: Work, ask: ExportSubject, rules: Rulebook) -> SubjectExported:
    """Write a person's copy; the file is there whole or not at all.

    Raises :class:`BadValue` for a path that is no zip file's, a short passphrase, or no order.
    """
    path, ids = _where(ask), _exactly(ask.order_ids)
    files = copy_of(work, rules, ids)
    half = path.with_suffix(".zip.part")
    half.write_bytes(zip_bytes(files, ask.passphrase, work.keys.rng))
    to_disk(half)
    half.replace(path)
    for order_id in ids:
        work.tell("personal_data_copied", "order", order_id)
    return SubjectExported(len(ids), encrypted=bool(ask.passphrase))


def _where(ask: ExportSubject) -> Path:
    path = Path(ask.path)
    if path.suffix != ".zip" or not path.is_absolute() or not path.parent.is_dir():
        raise BadValue(field="path", value=ask.path)
    if 0 < len(ask.passphrase) < LEAST_LETTERS:
        raise BadValue(field="passphrase", value=f"< {LEAST_LETTERS}")
    return path


def _copy_facts(_work: Work, ask: ExportSubject, _rules: Rulebook) -> Facts:
    return {"n": len(_exactly(ask.order_ids)), "file": _where(ask).name}


def erase_subject(work: Work, ask: EraseSubject, rules: Rulebook) -> SubjectErased:
    """Erase these orders' personal data; what is not over yet waits for its end, or refuses all.

    Raises :class:`OrdersOpen` with how many are open and the first one, unless ``postpone``.
    """
    ids = _exactly(ask.order_ids)
    open_ = _still_open(work, ask, rules)
    gone = erasure.erased(work, ids)
    for order_id in ids:
        if order_id in open_:
            erasure.want(work, order_id)
        elif order_id not in gone:
            erasure.erase(work, order_id, "asked")
    work.mark("orders", *ids)
    work.afterwards.append(partial(fold_journal, work.book.engine))
    return SubjectErased(len(ids) - len(open_) - len(gone - open_), len(open_))


def _still_open(work: Work, ask: EraseSubject, rules: Rulebook) -> frozenset[int]:
    """The orders that wait for their end. Raises OrdersOpen where waiting was not asked for."""
    rows = [work.row(orders, order_id) for order_id in _exactly(ask.order_ids)]
    days = rules.policy.after_sale_days
    open_ = {row["id"]: why for row in rows if (why := erasure.why_open(work, row, days))}
    if open_ and not ask.postpone:
        first = next(row for row in rows if row["id"] in open_)
        word = open_[first["id"]].value
        raise OrdersOpen(n=len(open_), order_no=first["external_no"], why=word)
    return frozenset(open_)


def _erase_facts(work: Work, ask: EraseSubject, rules: Rulebook) -> Facts:
    later = _still_open(work, ask, rules)
    return {"n": len(_exactly(ask.order_ids)), "postponed": len(later)}


def _exactly(order_ids: tuple[int, ...]) -> list[int]:
    """The orders asked about, each once; at least one, and no more than anybody has."""
    ids = list(dict.fromkeys(order_ids))
    if not ids:
        raise NotFound(what="order", id="")
    if len(ids) > subjects.MOST:
        raise BadValue(field="order_ids", value=str(len(ids)))
    return ids


VERBS = (
    Verb(FindSubject, find_subject, FIND, "subject_found", kept=False),
    Verb(ExportSubject, export_subject, EXPORT, "subject_exported", kept=False, facts=_copy_facts),
    Verb(EraseSubject, erase_subject, ERASE, "subject_erased", facts=_erase_facts),
)
