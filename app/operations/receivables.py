"""What is owed to the shop: booked once, when an order's goods count as gone (F185)."""

from app.domain.states import ShippedBy
from app.store import events
from app.store.tables import orders
from app.store.tables_receivable import receivable
from app.store.work import Work


def book(work: Work, order_id: int, cause: ShippedBy, reference: str = "") -> bool:
    """Book what the order is worth less what went back; False where it was booked before.

    An order that costs nothing, or whose money went back whole, owes the shop nothing.
    """
    row = work.row(orders, order_id)
    amount = row["total_minor"] - row["refunded_minor"]
    if amount <= 0 or work.of(receivable, "order_id", order_id):
        return False
    made = {
        "id": work.ids.next(),
        "order_id": order_id,
        "amount_minor": amount,
        "currency": row["currency"],
        "cause": cause.value,
        "reference": reference,
        "booked_at": work.now,
    }
    work.insert(receivable, made)
    told = {"amount": amount, "currency": row["currency"]}
    events.note(work, order_id, "receivable_booked", **told)
    return True
