"""Whether an order is still to be shipped, by what the book holds (F229).

The door answers from the book, with how old that is; the keeper reads the order again on its
platform first where it can (app.keeper.fresh_desk).
"""

from sqlalchemy import func, select

from app.commands.shippable import AskShippable, Shippable
from app.domain.states import Held, IntakeState, OrderState
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store import cases
from app.store.seal import Row
from app.store.tables import orders
from app.store.tables_record import raw_record
from app.store.work import Work

REFUND = "refund_open"
_WHY = {
    OrderState.CANCELLED: "cancelled",
    OrderState.CLOSED: "cancelled",
    OrderState.SHIPPED: "shipped",
    OrderState.COMPLETED: "shipped",
    OrderState.AWAITING_PAYMENT: "unpaid",
}


def ask_shippable(work: Work, ask: AskShippable, _rules: Rulebook) -> Shippable:
    """Answer from the book, as of when the platform last told of the order."""
    query = select(func.max(raw_record.c.at)).where(raw_record.c.order_id == ask.order_id)
    read_at = int(work.conn.execute(query).scalar() or 0)
    return answer_of(work, ask.order_id, read_at)


def answer_of(
    work: Work, order_id: int, read_at: int, *, fresh: bool = False, code: str = ""
) -> Shippable:
    """The answer as the book stands; :class:`NotFound` for no order."""
    row = work.row(orders, order_id)
    why = _why(row) or ("refund" if REFUND in cases.open_kinds(work, order_id) else "")
    return Shippable(not why, why, read_at, fresh, code)


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
