"""Who looks: every read takes a viewer first and shows only what that person may see.

Built from the session's row at each use, so that a changed role shows at the next look.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.board import Tab
from app.domain.roles import EVERY_SHOP, Grant, Level, Place, Reach, Roles, ScopeKind
from app.reads.book import ReadBook

RELEASED = (Tab.TO_PRINT.value, Tab.TO_SHIP.value, Tab.SHIPPED.value)
NOTHING = "0=1"
EVERYTHING = "1=1"
NOWHERE = Reach()


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person's sight.

    Attributes:
        permissions: what the person holds anywhere.
        reaches: where each of them holds: everywhere, in some shops, in some warehouses.
        orders: where every order may be seen, whether or not it was released to the warehouse.
        asks: what the person may do or, where somebody else consents, ask for.
    """

    operator_id: int
    login: str
    permissions: frozenset[str]
    reaches: Mapping[str, Reach] = field(default_factory=dict)
    orders: Reach = NOWHERE
    asks: frozenset[str] = frozenset()

    def may(self, permission: str) -> bool:
        """Whether the person holds ``permission`` somewhere."""
        return permission in self.permissions

    def may_ask(self, permission: str) -> bool:
        """Whether the person may do this somewhere, or ask for it."""
        return permission in self.asks

    def reach(self, permission: str) -> Reach:
        """Where the person holds ``permission``."""
        return self.reaches.get(permission, NOWHERE)

    @property
    def released_only(self) -> bool:
        """Whether only orders released to the warehouse may be seen, wherever (packers)."""
        return not self.orders

    @property
    def shops(self) -> frozenset[int]:
        """The shops whose orders may be seen; 0 among them stands for all (a warehouse's too)."""
        seen = self.reach("order.read")
        return frozenset({EVERY_SHOP}) if seen.everywhere or seen.locations else seen.shops

    def scope(self, alias: str = "o", *, leads: bool = False) -> tuple[str, list[int | str]]:
        """The WHERE clause over orders, and its values, that keeps the rest from sight.

        With ``leads`` orders may be looked up by their shops and warehouses; otherwise what is
        asked for leads, and sight only leaves out.
        """
        clause = self._orders_in(alias)
        return clause.replace("+", "") if leads else clause, []

    def amount(self, column: str, alias: str = "o") -> str:
        """An amount about the order ``alias``, NULL where this person may not see payments."""
        return f"CASE WHEN {_inside(self.reach('payment.read'), alias)} THEN {column} END"

    def sees(self, place: Place, tab: str) -> bool:
        """Whether an order there, in this tab of the board, is in sight."""
        released = tab in RELEASED and self.reach("order.read").covers(place)
        return released or self.orders.covers(place)

    def _orders_in(self, alias: str) -> str:
        every, seen = _inside(self.orders, alias), _inside(self.reach("order.read"), alias)
        if every in {seen, EVERYTHING}:
            return every
        tabs = ",".join(f"'{tab}'" for tab in RELEASED)
        released = f"{alias}.tab IN ({tabs})"
        released = released if seen == EVERYTHING else f"({seen} AND {released})"
        return released if every == NOTHING else f"({every} OR {released})"


def _inside(reach: Reach, alias: str) -> str:
    """The condition that an order is within reach; the ids are the book's own integers.

    The plus sign keeps SQLite from gathering all orders of a shop or warehouse and sorting them,
    where a page or a number is asked for.
    """
    if reach.everywhere:
        return EVERYTHING
    parts = [
        f"+{alias}.{column} IN ({','.join(str(int(one)) for one in sorted(ids))})"
        for column, ids in (("channel_id", reach.shops), ("location_id", reach.locations))
        if ids
    ]
    return f"({' OR '.join(parts)})" if parts else NOTHING


def viewer_of(book: ReadBook, roles: Roles, session: str, now: int) -> Viewer | None:
    """The viewer of an open session, None when it is locked, over, or its person has left."""
    sql = (
        "SELECT p.id, p.login FROM session s JOIN operator p ON p.id = s.operator_id"
        " WHERE s.id = ? AND s.state = 'open' AND s.expires_at > ? AND p.state = 'active'"
    )
    person = book.row(sql, (int(session), now)) if session.isdecimal() else None
    if person is None:
        return None
    grants = grants_of(book, person["id"])
    held = roles.held(grants)
    return Viewer(
        person["id"],
        person["login"],
        held,
        {permission: roles.reach(grants, permission) for permission in held},
        roles.reach(grants, "order.read", whole=True),
        roles.held(grants, Level.ASK),
    )


def grants_of(book: ReadBook, operator_id: int) -> tuple[Grant, ...]:
    """The roles somebody has, each with the shops of its department."""
    sql = "SELECT role, scope, scope_id FROM operator_role WHERE operator_id = ? ORDER BY id"
    rows = book.rows(sql, (operator_id,))
    return tuple(
        Grant(
            r["role"], ScopeKind(r["scope"]), r["scope_id"], _shops(book, r["scope"], r["scope_id"])
        )
        for r in rows
    )


def _shops(book: ReadBook, scope: str, scope_id: int) -> frozenset[int]:
    if scope != ScopeKind.DEPARTMENT:
        return frozenset()
    sql = "SELECT channel_id FROM department_shop WHERE department_id = ?"
    return frozenset(row["channel_id"] for row in book.rows(sql, (scope_id,)))
