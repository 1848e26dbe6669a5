"""Who is asking, read inside the same transaction as the change: roles are never cached."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from sqlalchemy import Table, select

from app.domain import scan_codes
from app.domain.actor import Actor
from app.domain.errors import NotSignedIn, SessionExpired
from app.domain.roles import WHOLE_SHOP, Grant, Level, Place, ScopeKind
from app.domain.scan_codes import CodeKind
from app.rulebook import Rulebook
from app.store.seal import Row
from app.store.tables import lock, orders, parcel, print_job, waybill
from app.store.tables_catalogue import listing
from app.store.tables_people import department_shop
from app.store.tables_record import case, grant, kept_aside, operator, outbox, session
from app.store.work import Work

NOBODY = Actor(name="nobody")
Places = frozenset[Place]


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
    """The roles somebody has, each with where it holds; every row's seal is checked."""
    return tuple(_grant(work, row) for row in work.of(grant, "operator_id", operator_id))


def _grant(work: Work, row: Row) -> Grant:
    scope = ScopeKind(row["scope"])
    shops = shops_in(work, row["scope_id"]) if scope is ScopeKind.DEPARTMENT else frozenset()
    return Grant(row["role"], scope, row["scope_id"], shops)


def shops_in(work: Work, department_id: int) -> frozenset[int]:
    """The shops of a department."""
    found = work.of(department_shop, "department_id", department_id)
    return frozenset(row["channel_id"] for row in found)


def may(
    work: Work, rules: Rulebook, permission: str, places: Iterable[Place] = (WHOLE_SHOP,)
) -> bool:
    """Whether the one who asks holds ``permission`` in every one of these places."""
    return level(work, rules, permission, places) is Level.FULL


def level(work: Work, rules: Rulebook, permission: str, places: Iterable[Place]) -> Level:
    """How far the one who asks may go with ``permission`` in every one of these places."""
    held = grants_of(work, work.actor.operator_id)
    return min(rules.roles.level(held, permission, place) for place in places)


def holders(
    work: Work, rules: Rulebook, permission: str, places: Iterable[Place]
) -> frozenset[int]:
    """Everybody of the shop who holds ``permission`` in every one of these places."""
    staff = work.rows(select(operator.c.id).where(operator.c.state == "active"))
    return frozenset(
        one["id"]
        for one in staff
        for held in [grants_of(work, one["id"])]
        if all(rules.roles.may(held, permission, place) for place in places)
    )


def places_of(work: Work, ask: Any) -> Places:
    """The shops and warehouses a command is about; the whole shop when about none in particular.

    What is not there counts as the whole shop: who may act everywhere is told that there is no
    such thing, anybody else that they may not, as of an order out of their sight.
    """
    asked = set(ask.__struct_fields__)
    for field, look in _ABOUT:
        if field in asked:
            return look(work, getattr(ask, field)) or frozenset({WHOLE_SHOP})
    return frozenset({WHOLE_SHOP})


def _of_orders(work: Work, which: Any) -> Places:
    query = select(orders.c.channel_id, orders.c.location_id).where(which).distinct()
    return frozenset(Place(**row) for row in work.rows(query))


def _through(table: Table, work: Work, pk: int) -> Places:
    """The order a row belongs to, or the shop where it belongs to none."""
    found = work.find(table, pk) or {}
    if found.get("order_id"):
        return _of_orders(work, orders.c.id == found["order_id"])
    return frozenset({Place(found["channel_id"])}) if found.get("channel_id") else frozenset()


def _of_code(work: Work, code: str) -> Places:
    """The orders a scan may mean: a waybill's number, a parcel's own code, an order's number."""
    told = scan_codes.read(code)
    read = told.body.upper()
    by_no = select(waybill.c.order_id).where(waybill.c.carrier_no == read)
    by_parcel = select(parcel.c.order_id).where(parcel.c.public_id == read)
    if told.kind is CodeKind.ORDER:
        return _of_orders(work, orders.c.number == read)
    return _of_orders(work, orders.c.id.in_(by_no.union(by_parcel)))


_ABOUT: tuple[tuple[str, Callable[[Work, Any], Places]], ...] = (
    ("order_ids", lambda work, pks: _of_orders(work, orders.c.id.in_(pks))),
    ("order_id", lambda work, pk: _of_orders(work, orders.c.id == pk)),
    ("waybill_id", partial(_through, waybill)),
    ("print_id", partial(_through, print_job)),
    ("lock_id", partial(_through, lock)),
    ("parcel_id", partial(_through, parcel)),
    ("case_id", partial(_through, case)),
    ("outbox_id", partial(_through, outbox)),
    ("kept_id", partial(_through, kept_aside)),
    ("listing_id", partial(_through, listing)),
    ("code", _of_code),
    ("location_id", lambda _work, pk: frozenset({Place(location_id=pk)})),
    ("channel_id", lambda _work, pk: frozenset({Place(channel_id=pk)})),
)
"""How the place of a command is found, by the first of these fields it has."""
