"""Who looks: every read takes a viewer first and shows only what that person may see.

Built from the session's row at each use, so that a changed role shows at the next look.
"""

from dataclasses import dataclass

from app.domain.board import Tab
from app.domain.roles import EVERY_SHOP, Grant, Roles
from app.reads.book import ReadBook, marks

RELEASED = (Tab.TO_PRINT.value, Tab.TO_SHIP.value, Tab.SHIPPED.value)
NOTHING = "0=1"


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person's sight.

    Attributes:
        shops: the shops whose orders may be seen; 0 among them stands for all.
        released_only: only orders released to the warehouse (packers).
        permissions: what the person holds in any shop.
    """

    operator_id: int
    login: str
    permissions: frozenset[str]
    shops: frozenset[int]
    released_only: bool = False

    def may(self, permission: str) -> bool:
        """Whether the person holds ``permission`` in some shop."""
        return permission in self.permissions

    def scope(self, alias: str = "o") -> tuple[str, list[int | str]]:
        """The WHERE clause over orders, and its values, that keeps the rest from sight."""
        if not self.may("order.read"):
            return NOTHING, []
        clauses: list[str] = ["1=1"]
        values: list[int | str] = []
        if EVERY_SHOP not in self.shops:
            clauses.append(f"{alias}.channel_id IN ({marks(len(self.shops))})")
            values += sorted(self.shops)
        if self.released_only:
            clauses.append(f"{alias}.tab IN ({marks(len(RELEASED))})")
            values += RELEASED
        return " AND ".join(clauses), values


def viewer_of(book: ReadBook, roles: Roles, session: str, now: int) -> Viewer | None:
    """The viewer of an open session, None when it is locked, over, or its person has left."""
    sql = (
        "SELECT p.id, p.login FROM session s JOIN operator p ON p.id = s.operator_id"
        " WHERE s.id = ? AND s.state = 'open' AND s.expires_at > ? AND p.state = 'active'"
    )
    person = book.row(sql, (int(session), now)) if session.isdecimal() else None
    if person is None:
        return None
    rows = book.rows(
        "SELECT role, channel_id FROM operator_role WHERE operator_id = ?", (person["id"],)
    )
    grants = tuple(Grant(row["role"], row["channel_id"]) for row in rows)
    held = frozenset(p for p in roles.permissions if roles.shops(grants, p))
    return Viewer(
        person["id"],
        person["login"],
        held,
        roles.shops(grants, "order.read"),
        roles.released_only(grants),
    )
