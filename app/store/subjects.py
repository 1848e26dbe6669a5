"""Whose orders they are: found by keyed indexes, under every data key there is."""

from typing import Any

from sqlalchemy import or_, select

from app.store.tables import receiver
from app.store.work import Work

MOST = 500  # orders of one person that are dealt with at once
FIELDS = {"phone": "phone_ct", "email": "email_ct"}


def orders_of(work: Work, *, phone: str = "", email: str = "") -> list[int]:
    """The orders with this phone or this e-mail address, newest first."""
    asked = {"phone": phone, "email": email}
    clauses = [
        receiver.c[f"{field}_index"].in_(indexes)
        for field, value in asked.items()
        if value and (indexes := work.keys.blind_any(field, value))
    ]
    if not clauses:
        return []
    query = select(receiver.c.order_id).where(or_(*clauses))
    found = work.rows(query.order_by(receiver.c.order_id.desc()).limit(MOST))
    return [int(row["order_id"]) for row in found]


def like_order(work: Work, order_id: int) -> list[int]:
    """That order and every other one with its phone or its e-mail address, newest first."""
    kept = work.row(receiver, order_id)
    told: dict[str, Any] = {
        field: (work.keys.decrypt("receiver", order_id, column, kept[column]) or b"").decode()
        for field, column in FIELDS.items()
    }
    return sorted({order_id, *orders_of(work, **told)}, reverse=True)
