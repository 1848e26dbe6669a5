"""What a parcel passes at the packing and weighing stations, beside the refund (F229)."""

from sqlalchemy import func, select

from app.domain.errors_packing import CheckFirst, MemoChanged, NotVerified
from app.domain.packing import MustVerify, PackMode, PackState
from app.domain.states import ShipTrigger, WaybillState
from app.rulebook import Rulebook
from app.store import packed
from app.store.seal import Row
from app.store.tables import orders, print_job, waybill
from app.store.tables_record import event
from app.store.work import Work

MEMO_TOLD = ("memo", "memo_changed")
MEMO_SEEN = "memo_seen"
LEAVING = frozenset({ShipTrigger.WEIGH_OUT.value, ShipTrigger.HAND_OVER.value})


def refuse_unread_memo(work: Work, order_id: int) -> None:
    """Raise :class:`MemoChanged` when the memo is newer than the printed label and unread."""
    query = select(event.c.id, event.c.at, event.c.kind).where(
        event.c.order_id == order_id, event.c.kind.in_((*MEMO_TOLD, MEMO_SEEN))
    )
    told = work.rows(query.order_by(event.c.id))
    if not told or told[-1]["kind"] == MEMO_SEEN:
        return
    printed = select(func.min(print_job.c.claimed_at)).where(print_job.c.order_id == order_id)
    at = work.conn.execute(printed).scalar()
    if at is not None and told[-1]["at"] > at:
        number = work.row(orders, order_id)["external_no"]
        raise MemoChanged(order_no=number, order_id=order_id)


def refuse_unverified(work: Work, rules: Rulebook, box: Row) -> None:
    """Raise :class:`NotVerified` for a box whose check was begun, or is asked for, and lacks."""
    check = packed.check_of(work, box["id"])
    if box["verified_at"] is not None and (check is None or PackState(check["state"]).is_over):
        return
    asked = check is not None or _is_asked(work, rules, box)
    if asked:
        raise NotVerified(order_no=work.row(orders, box["order_id"])["external_no"])


def _is_asked(work: Work, rules: Rulebook, box: Row) -> bool:
    must = rules.policy.must_verify
    if must is not MustVerify.SEVERAL:
        return must is MustVerify.ALL
    return len(packed.pieces_of(work, box, packed.lines_in(work, box), 1)) > 1


def label_waits(work: Work, rules: Rulebook, parcel_id: int) -> bool:
    """Whether the shop verifies first and this parcel lacks it: no label before (F034)."""
    if rules.policy.pack_mode is not PackMode.VERIFY_FIRST:
        return False
    check = packed.check_of(work, parcel_id)
    return check is None or not PackState(check["state"]).is_over


def refuse_early_label(work: Work, rules: Rulebook, label: Row) -> None:
    """Raise :class:`CheckFirst` for a label that comes only after the check."""
    if label_waits(work, rules, label["parcel_id"]):
        raise CheckFirst(order_no=work.row(orders, label["order_id"])["external_no"])


def prints_now(work: Work, rules: Rulebook, parcel_id: int) -> bool:
    """Whether a number that has just come prints by itself: always where a check waited for it."""
    if rules.policy.pack_mode is PackMode.VERIFY_FIRST:
        return not label_waits(work, rules, parcel_id)
    return rules.policy.auto_print


def live_label(work: Work, parcel_id: int) -> Row | None:
    """The live waybill of a parcel, None while it has none."""
    rows = [
        row for row in work.of(waybill, "parcel_id", parcel_id) if row["state"] == WaybillState.LIVE
    ]
    return rows[-1] if rows else None
