"""From paid to the warehouse: an order looked over becomes a parcel to pack (审单, 配货)."""

from sqlalchemy import or_, select

from app.commands.orders import ReviewOrder
from app.commands.parcels import AllocateOrder
from app.domain.errors import MissingProofs, NotFound, ReceiverSealed
from app.domain.errors_labels import ForeignOrder, NoCarrierAccount
from app.domain.states import Held, LockMoment, Machine, ParcelState
from app.operations import blocked, steps, waybill_intents
from app.operations.steps import Step
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store import cases, events, selling
from app.store import orders as book
from app.store.cases import Notice
from app.store.tables import orders, parcel, parcel_line
from app.store.work import Work


def allocate_order(work: Work, ask: AllocateOrder, rules: Rulebook) -> None:
    """Hand an order to the warehouse: every item is held firmly, and its parcel exists."""
    allocate(work, rules, ask.order_id)


def review_order(work: Work, ask: ReviewOrder, rules: Rulebook) -> None:
    """Look an order over: its checks run again, and a lock without cause falls away."""
    row = work.row(orders, ask.order_id)
    if row["held"] == Held.LOCKED:
        work.update(orders, ask.order_id, held=Held.NOT.value, held_reason="")
    work.update(orders, ask.order_id, reviewed_at=work.now)
    events.note(work, ask.order_id, "reviewed", "good")
    if rules.policy.auto_allocate and row["state"] == "paid":
        allocate(work, rules, ask.order_id)


def allocate(work: Work, rules: Rulebook, order_id: int) -> int:
    """Take the step and make the parcel; returns its id. Raises ``MissingProofs``."""
    steps.take(work, rules, order_id, Step(Machine.ORDER, "allocate"))
    pk = _make_parcel(work, order_id)
    work.update(orders, order_id, reviewed_at=work.row(orders, order_id)["reviewed_at"] or work.now)
    if rules.policy.auto_waybill and not rules.policy.read_only:
        _take_number(work, rules, order_id)
    return pk


def _take_number(work: Work, rules: Rulebook, order_id: int) -> None:
    """Want a number by itself; what it lacks is for a person, and never stops the order."""
    try:
        waybill_intents.take(work, rules, order_id)
    except ReceiverSealed:
        waybill_intents.want_ewaybill(work, rules, order_id)
    except ForeignOrder:
        events.note(work, order_id, "no_account", "warning")
    except (NoCarrierAccount, NotFound) as lacking:
        notice = Notice(waybill_intents.LACKS, args={"code": lacking.code})
        cases.open_case(work, rules.cases, notice)


def waiting(work: Work, limit: int) -> list[int]:
    """Paid orders nobody stops, the most urgent first: what the rules may allocate.

    A shop whose sales are merged at night has its goods held then; until then its orders wait.
    """
    nightly = selling.with_moment(work, LockMoment.NIGHTLY)
    now = or_(orders.c.channel_id.not_in(nightly), orders.c.reserved_at.is_not(None))
    query = (
        select(orders.c.id)
        .where(orders.c.tab == "to_review", orders.c.held == "", orders.c.state == "paid", now)
        .order_by(orders.c.promise_at, orders.c.id)
        .limit(limit)
    )
    return [row["id"] for row in work.rows(query)]


def flow(work: Work, rules: Rulebook, limit: int = 50) -> int:
    """Review and allocate what may go on by itself; a refused one is locked with a case.

    Returns how many orders were looked at, so that the caller knows whether more wait.
    """
    if not (rules.policy.auto_review and rules.policy.auto_allocate):
        return 0
    found = waiting(work, limit)
    for order_id in found:
        try:
            allocate(work, rules, order_id)
        except MissingProofs as refusal:
            blocked.lock_order(work, rules, order_id, refusal)
        book.refresh(work, order_id)
    if found:
        work.tell("orders_allocated", "order", n=len(found))
    return len(found)


def _make_parcel(work: Work, order_id: int) -> int:
    pk = work.ids.next()
    new = {"id": pk, "order_id": order_id, "public_id": f"P{pk}", "state": ParcelState.OPEN.value}
    work.insert(parcel, new)
    rows = [
        {"id": work.ids.next(), "parcel_id": pk, "line_id": item.line_id, "quantity": item.to_ship}
        for item in book.lines_of(work, order_id)
        if item.to_ship
    ]
    work.insert(parcel_line, *rows)
    return pk


VERBS = (
    Verb(AllocateOrder, allocate_order, "order.review", "order_allocated"),
    Verb(ReviewOrder, review_order, "order.review", "order_reviewed"),
)
