"""The people of the shop: who is in, with which roles where, last seen when; and one's own card."""

from dataclasses import dataclass

from app.reads.book import ReadBook, frozen
from app.reads.viewer import Viewer

MANAGE = "user.manage"


@dataclass(frozen=True, slots=True)
class GrantRow:
    """One role of somebody and where it holds; ``where`` names the shop, department, warehouse."""

    operator_id: int
    role: str
    scope: str
    scope_id: int
    where: str

    def __str__(self) -> str:
        """As it is asked for and told: ``agent@shop:5``."""
        return self.role if not self.scope_id else f"{self.role}@{self.scope}:{self.scope_id}"


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One member of staff as the list shows them; times are UTC ms.

    Attributes:
        state: active, or left.
        must_change: their passphrase is a temporary one.
        seen_at: when they last signed in or came back; None for never.
        here: whether a session of theirs is open or locked now.
        locked_until: until when wrong tries keep them out.
        pin, badge, factor: whether they have one (a factor: an app or printed codes).
    """

    id: int
    login: str
    name: str
    state: str
    lang: str
    must_change: int
    locked_until: int | None
    left_at: int | None
    seen_at: int | None
    here: int
    pin: int
    badge: int
    factor: int
    grants: tuple[GrantRow, ...] = ()


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """One department with its shops (ids) and how many people have a role in it."""

    id: int
    name: str
    shops: tuple[int, ...]
    people: int


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A shop, department or warehouse that a role can be given for."""

    scope: str
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One recorded look at who may do what."""

    at: int
    name: str
    note: str
    people: int


@dataclass(frozen=True, slots=True)
class Account:
    """One's own account: what the card of the top bar shows."""

    id: int
    login: str
    name: str
    lang: str
    pin: int
    badge: int


_STAFF = (
    "SELECT p.id, p.login, p.name, p.state, p.lang, p.must_change, p.locked_until, p.left_at,"
    " (SELECT max(s.seen_at) FROM session s WHERE s.operator_id = p.id) AS seen_at,"
    " EXISTS (SELECT 1 FROM session s WHERE s.operator_id = p.id AND s.state <> 'ended'"
    " AND s.expires_at > ?) AS here,"
    " EXISTS (SELECT 1 FROM quick_key q WHERE q.operator_id = p.id AND q.kind = 'pin') AS pin,"
    " EXISTS (SELECT 1 FROM quick_key q WHERE q.operator_id = p.id AND q.kind = 'badge') AS badge,"
    " EXISTS (SELECT 1 FROM second_factor f WHERE f.id = p.id) AS factor"
    " FROM operator p"
)
_GRANTS = (
    "SELECT g.operator_id, g.role, g.scope, g.scope_id,"
    " coalesce(c.name, d.name, l.name, '') AS \"where\" FROM operator_role g"
    " LEFT JOIN channel c ON g.scope = 'shop' AND c.id = g.scope_id"
    " LEFT JOIN department d ON g.scope = 'department' AND d.id = g.scope_id"
    " LEFT JOIN location l ON g.scope = 'warehouse' AND l.id = g.scope_id ORDER BY g.id"
)
_PLACES = (
    "SELECT 'shop' AS scope, id, name FROM channel UNION ALL"
    " SELECT 'department', id, name FROM department UNION ALL"
    " SELECT 'warehouse', id, name FROM location ORDER BY 1, 2"
)


def staff(book: ReadBook, viewer: Viewer, now: int) -> tuple[StaffRow, ...]:
    """Everybody, those who are in first, by name; nothing without the right to manage people."""
    if not viewer.reach(MANAGE).everywhere:
        return ()
    held: dict[int, list[GrantRow]] = {}
    for grant in frozen(GrantRow, book.rows(_GRANTS)):
        held.setdefault(grant.operator_id, []).append(grant)
    rows = book.rows(f"{_STAFF} ORDER BY p.state, p.name, p.id", (now,))
    return tuple(StaffRow(**dict(row), grants=tuple(held.get(row["id"], ()))) for row in rows)


def departments(book: ReadBook, viewer: Viewer) -> tuple[DepartmentRow, ...]:
    """Every department; nothing without the right to manage people."""
    if not viewer.reach(MANAGE).everywhere:
        return ()
    shops: dict[int, list[int]] = {}
    for row in book.rows("SELECT department_id, channel_id FROM department_shop ORDER BY id"):
        shops.setdefault(row["department_id"], []).append(row["channel_id"])
    sql = (
        "SELECT d.id, d.name, (SELECT count(DISTINCT g.operator_id) FROM operator_role g"
        " WHERE g.scope = 'department' AND g.scope_id = d.id) AS people"
        " FROM department d ORDER BY d.name, d.id"
    )
    return tuple(
        DepartmentRow(row["id"], row["name"], tuple(shops.get(row["id"], ())), row["people"])
        for row in book.rows(sql)
    )


def places(book: ReadBook, viewer: Viewer) -> tuple[PlaceRow, ...]:
    """What a role can be given for; nothing without the right to manage people."""
    return frozen(PlaceRow, book.rows(_PLACES)) if viewer.reach(MANAGE).everywhere else ()


def reviews(book: ReadBook, viewer: Viewer) -> tuple[ReviewRow, ...]:
    """The last reviews of who may do what, newest first."""
    if not viewer.reach(MANAGE).everywhere:
        return ()
    sql = (
        "SELECT r.at, coalesce(p.name, '') AS name, r.note, r.people FROM permission_review r"
        " LEFT JOIN operator p ON p.id = r.operator_id ORDER BY r.at DESC LIMIT 8"
    )
    return frozen(ReviewRow, book.rows(sql))


def myself(book: ReadBook, viewer: Viewer) -> Account | None:
    """One's own account, whoever one is."""
    sql = f"SELECT id, login, name, lang, pin, badge FROM ({_STAFF}) WHERE id = ?"
    row = book.row(sql, (0, viewer.operator_id))
    return Account(**dict(row)) if row else None
