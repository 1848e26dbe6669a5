"""Whether an order is still to be shipped, by what the book holds (F229).

The door answers from the book, with how old that is; the keeper reads the order again on its
platform first where it can (app.keeper.fresh_desk).
"""

from sqlalchemy import func, select

from app.commands.shippable import AskShippable, Shippable
from app.domain.states import Held, IntakeState, OrderState
from app.operations import intake_hold
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store import cases
from app.store.seal import Row
from app.store.tables import orders, refund
from app.store.tables_record import raw_record
from app.store.work import Work

REFUND = "refund_open"
REFUND_WORD = "refund"  # of OrderRecord.hold
_WHY = {
    OrderState.CANCELLED: "cancelled",
    OrderState.CLOSED: "cancelled",
    OrderState.SHIPPED: "shipped",
    OrderState.COMPLETED: "shipped",
    OrderState.AWAITING_PAYMENT: "unpaid",
}


def ask_shippable(work: Work, ask: AskShippable, _rules: Rulebook) -> Shippable:
    """Answer from the book, as of when the platform last told of the order."""
    return answer_of(work, ask.order_id, read_at(work, ask.order_id))


def read_at(work: Work, order_id: int) -> int:
    """When the platform last told something new of an order (UTC ms); 0 for never."""
    query = select(func.max(raw_record.c.at)).where(raw_record.c.order_id == order_id)
    return int(work.conn.execute(query).scalar() or 0)


def answer_of(
    work: Work, order_id: int, known_at: int, *, fresh: bool = False, code: str = ""
) -> Shippable:
    """The answer as the book stands; :class:`NotFound` for no order."""
    row = work.row(orders, order_id)
    why = _why(row)
    if why in {"", "risk"} and is_refund(work, row):
        why = "refund"
    return Shippable(not why, why, known_at, fresh, code)


def stop_of(work: Work, order_id: int) -> str:
    """What keeps an order in the house: cancelled, refund, risk or held; "" for nothing (F229)."""
    row = work.row(orders, order_id)
    if row["platform_cancelled"] or row["state"] in {OrderState.CANCELLED, OrderState.CLOSED}:
        return "cancelled"
    if is_refund(work, row):
        return "refund"
    if not row["held"]:
        return ""
    return "risk" if row["held"] == Held.RISK else "held"


def is_refund(work: Work, row: Row) -> bool:
    """Whether the buyer wants the money back, by an exception or by the platform's own hold."""
    if REFUND in cases.open_kinds(work, row["id"]):
        return True
    if row["held"] != Held.RISK:
        return False
    told = cases.args_of(work, row["id"], intake_hold.KIND)
    return any(REFUND_WORD in str(args.get("hold", "")).split(",") for args in told)


def refund_named(work: Work, order_id: int) -> str:
    """The platform's number of the newest refund of an order, "" where it told none."""
    query = select(refund.c.external_id).where(refund.c.order_id == order_id)
    found = work.rows(query.order_by(refund.c.id.desc()).limit(1))
    return str(found[0]["external_id"]) if found else ""


def _why(row: Row) -> str:
    if row["intake"] != IntakeState.BOOKED:
        return "pending"
    state = _WHY.get(OrderState(row["state"]), "")
    if state or not row["held"]:
        return "cancelled" if row["platform_cancelled"] and state != "shipped" else state
    return "risk" if row["held"] == Held.RISK else "held"


VERBS = (
    Verb(AskShippable, ask_shippable, "order.read", "shippable_asked", told=False, kept=False),
)
