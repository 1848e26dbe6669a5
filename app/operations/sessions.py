"""Who is asking, read inside the same transaction as the change: roles are never cached."""

from typing import Any

from sqlalchemy import select

from app.domain.actor import Actor
from app.domain.errors import NotSignedIn, SessionExpired
from app.domain.roles import EVERY_SHOP, Grant
from app.rulebook import Rulebook
from app.store.tables import orders, waybill
from app.store.tables_record import case, grant, operator, session
from app.store.work import Work

NOBODY = Actor(name="nobody")


def actor_of(work: Work, token: str) -> Actor:
    """The person a session belongs to.

    Raises :class:`NotSignedIn` for no session, a locked one or a person who has left, and
    :class:`SessionExpired` when its time is over.
    """
    row = work.find(session, int(token)) if token.isdecimal() and len(token) < 20 else None
    if row is None or row["state"] != "open":
        raise NotSignedIn
    if row["expires_at"] <= work.now:
        raise SessionExpired
    person = work.row(operator, row["operator_id"])
    if person["state"] != "active":
        raise NotSignedIn
    roles = tuple(sorted({g.role for g in grants_of(work, person["id"])}))
    return Actor(
        name=person["login"],
        operator_id=person["id"],
        roles=roles,
        session_id=row["id"],
        host=work.book.host,
        os_user=row["os_user"],
    )


def grants_of(work: Work, operator_id: int) -> tuple[Grant, ...]:
    """The roles somebody has, each with the shop it speaks about."""
    rows = work.rows(select(grant).where(grant.c.operator_id == operator_id))
    return tuple(Grant(r["role"], r["channel_id"]) for r in (work.checked(grant, r) for r in rows))


def may(work: Work, rules: Rulebook, permission: str, shops: frozenset[int]) -> bool:
    """Whether the one who asks holds ``permission`` in every one of these shops."""
    held = grants_of(work, work.actor.operator_id)
    return all(rules.roles.may(held, permission, shop) for shop in shops)


def shops_of(work: Work, ask: Any) -> frozenset[int]:
    """The shops a command is about; :data:`EVERY_SHOP` when it is about none in particular."""
    fields = set(ask.__struct_fields__)
    if "order_ids" in fields:
        return _shops(work, orders.c.id.in_(ask.order_ids))
    if "order_id" in fields:
        return _shops(work, orders.c.id == ask.order_id)
    if "waybill_id" in fields:
        inner = select(waybill.c.order_id).where(waybill.c.id == ask.waybill_id)
        return _shops(work, orders.c.id.in_(inner))
    if "case_id" in fields:
        inner = select(case.c.channel_id).where(case.c.id == ask.case_id)
        return frozenset(row["channel_id"] for row in work.rows(inner)) or frozenset({EVERY_SHOP})
    return frozenset({EVERY_SHOP})


def _shops(work: Work, which: Any) -> frozenset[int]:
    query = select(orders.c.channel_id).where(which).distinct()
    return frozenset(row["channel_id"] for row in work.rows(query)) or frozenset({EVERY_SHOP})
