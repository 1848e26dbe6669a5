"""Who may do what: permissions, roles that add up, and where each role holds.

Permissions are checked in one place, the door; screens only hide what would be refused
(security.md 3.2). The lists stand in ``resources/rules/roles.toml``; a permission nobody listed
does not exist, and what is not given is denied. A role is given everywhere, or for one shop, one
department (some shops) or one warehouse (F175).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from app.domain.errors import BadValue, RuleRefused

#: the id of a shop or warehouse where none in particular is meant
EVERY_SHOP = 0


class Level(IntEnum):
    """How far a right goes: not at all, asking for it, or doing it."""

    NONE = 0
    ASK = 1
    FULL = 2


class ScopeKind(StrEnum):
    """What a role can be given for."""

    EVERYWHERE = "everywhere"
    SHOP = "shop"
    DEPARTMENT = "department"
    WAREHOUSE = "warehouse"


@dataclass(frozen=True, slots=True)
class Permission:
    """One thing that can be allowed, with what it costs to use it.

    Attributes:
        anywhere: it is about nobody's order, so that holding it for one shop is enough.
    """

    name: str
    en: str
    zh: str
    reason: bool = False
    two_people: bool = False
    step_up: bool = False
    anywhere: bool = False


@dataclass(frozen=True, slots=True)
class Role:
    """A set of permissions with a name; ``grantable`` is false for Waydesk's own part."""

    name: str
    en: str
    zh: str
    levels: Mapping[str, Level]
    released_only: bool = False
    grantable: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """Where an order, or anything else that is asked about, belongs.

    An order has a shop and, once something is reserved for it, a warehouse; 0 stands for none.
    """

    channel_id: int = EVERY_SHOP
    location_id: int = 0


WHOLE_SHOP = Place()
"""What is about no shop and no warehouse in particular: only a role held everywhere covers it."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role somebody has, and where.

    Attributes:
        scope_id: the shop's, department's or warehouse's id; 0 for everywhere.
        shops: the shops of the department, looked up when the grant is read.
    """

    role: str
    scope: ScopeKind = ScopeKind.EVERYWHERE
    scope_id: int = 0
    shops: frozenset[int] = frozenset()

    def covers(self, place: Place) -> bool:
        """Return whether it speaks about this place; a part never covers the whole shop."""
        match self.scope:
            case ScopeKind.EVERYWHERE:
                return True
            case ScopeKind.WAREHOUSE:
                return self.scope_id == place.location_id != 0
            case _:
                return place.channel_id in self.channels

    @property
    def channels(self) -> frozenset[int]:
        """The shops it speaks about; none for a warehouse or everywhere."""
        return frozenset({self.scope_id}) if self.scope is ScopeKind.SHOP else self.shops

    def __str__(self) -> str:
        """How a grant is asked for and told: ``agent``, ``agent@shop:5``, ``lead@warehouse:9``."""
        if self.scope is ScopeKind.EVERYWHERE:
            return self.role
        return f"{self.role}@{self.scope.value}:{self.scope_id}"


def grant_from(text: str) -> Grant:
    """Return the grant that ``str(grant)`` wrote. Raises BadValue for what is none."""
    role, at, where = text.partition("@")
    kind, _, number = where.partition(":")
    if not at:
        return Grant(role)
    if kind not in set(ScopeKind) - {ScopeKind.EVERYWHERE} or not number.isdecimal():
        raise BadValue(field="role", value=text)
    return Grant(role, ScopeKind(kind), int(number))


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a right holds: everywhere, or in some shops and some warehouses."""

    everywhere: bool = False
    shops: frozenset[int] = frozenset()
    locations: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        """Whether it holds anywhere at all."""
        return self.everywhere or bool(self.shops) or bool(self.locations)

    def covers(self, place: Place) -> bool:
        """Return whether it holds there."""
        return (
            self.everywhere
            or (place.channel_id != EVERY_SHOP and place.channel_id in self.shops)
            or (place.location_id != 0 and place.location_id in self.locations)
        )


@dataclass(frozen=True, slots=True)
class Roles:
    """The shop's law about people."""

    permissions: Mapping[str, Permission]
    roles: Mapping[str, Role]

    def level(self, grants: Iterable[Grant], permission: str, place: Place = WHOLE_SHOP) -> Level:
        """Return how far these grants go for ``permission`` there; NONE by default."""
        known = self.permissions.get(permission)
        anywhere = known is not None and known.anywhere and place == WHOLE_SHOP
        return max(
            (self._of(g.role, permission) for g in grants if anywhere or g.covers(place)),
            default=Level.NONE,
        )

    def may(self, grants: Iterable[Grant], permission: str, place: Place = WHOLE_SHOP) -> bool:
        """Return whether these grants allow ``permission`` there."""
        return self.level(grants, permission, place) is Level.FULL

    def reach(
        self, grants: Iterable[Grant], permission: str, *, whole: bool | None = None
    ) -> Reach:
        """Return where it is allowed.

        ``whole`` True asks for roles that see every order, False for those that see only what was
        released to the warehouse (packers); None asks for both.
        """
        able = [
            g
            for g in grants
            if self._of(g.role, permission) is Level.FULL
            and whole in {None, not self.roles[g.role].released_only}
        ]
        return Reach(
            any(g.scope is ScopeKind.EVERYWHERE for g in able),
            frozenset[int]().union(*(g.channels for g in able)),
            frozenset(g.scope_id for g in able if g.scope is ScopeKind.WAREHOUSE),
        )

    def held(self, grants: Iterable[Grant], least: Level = Level.FULL) -> frozenset[str]:
        """Return every permission these grants allow somewhere, or ``least`` let ask for."""
        roles = [self.roles[g.role] for g in grants if g.role in self.roles]
        return frozenset(
            name for role in roles for name, level in role.levels.items() if level >= least
        )

    def _of(self, role: str, permission: str) -> Level:
        known = self.roles.get(role)
        return known.levels.get(permission, Level.NONE) if known else Level.NONE


Row = Mapping[str, object]


def roles_from(table: Mapping[str, list[dict[str, object]]], file: str) -> Roles:
    """Return the law this table makes.

    Raises RuleRefused for a permission named twice, a role that names a permission or a role not
    listed above it, or an unknown key.
    """
    for word in set(table) - {"permission", "role"}:
        raise RuleRefused(file=file, row=word, word=word)
    permissions: dict[str, Permission] = {}
    for row in table.get("permission", []):
        name = _known_keys(row, _PERMISSION_KEYS, file)
        if name in permissions:
            raise RuleRefused(file=file, row=name, word=name)
        permissions[name] = Permission(**row)  # type: ignore[arg-type]  # the keys were checked
    roles: dict[str, Role] = {}
    for row in table.get("role", []):
        name = _known_keys(row, _ROLE_KEYS, file)
        if name in roles:
            raise RuleRefused(file=file, row=name, word=name)
        roles[name] = _role(row, permissions, roles, file)
    return Roles(permissions, roles)


_PERMISSION_KEYS = frozenset({"name", "en", "zh", "reason", "two_people", "step_up", "anywhere"})
_FLAGS = ("reason", "two_people", "step_up", "anywhere", "released_only", "grantable")
_ROLE_KEYS = frozenset(
    {"name", "en", "zh", "includes", "may", "may_ask", "released_only", "grantable"}
)


def _known_keys(row: Row, keys: frozenset[str], file: str) -> str:
    name = str(row.get("name", ""))
    for needed in ("name", "en", "zh"):
        if not row.get(needed):
            raise RuleRefused(file=file, row=name, word=needed)
    for key, value in row.items():
        if key not in keys or (key in _FLAGS and not isinstance(value, bool)):
            raise RuleRefused(file=file, row=name, word=key)
    return name


def _names(row: Row, key: str, known: Iterable[str], file: str) -> list[str]:
    listed = row.get(key, [])
    names = [str(word) for word in listed] if isinstance(listed, list) else [str(listed)]
    for word in names:
        if word not in known:
            raise RuleRefused(file=file, row=str(row["name"]), word=word)
    return names


def _role(
    row: Row, permissions: Mapping[str, Permission], above: Mapping[str, Role], file: str
) -> Role:
    levels: dict[str, Level] = {}
    for included in _names(row, "includes", above, file):
        for permission, level in above[included].levels.items():
            levels[permission] = max(level, levels.get(permission, Level.NONE))
    for permission in _names(row, "may_ask", permissions, file):
        levels[permission] = max(Level.ASK, levels.get(permission, Level.NONE))
    for permission in _names(row, "may", permissions, file):
        levels[permission] = Level.FULL
    return Role(
        name=str(row["name"]),
        en=str(row["en"]),
        zh=str(row["zh"]),
        levels=levels,
        released_only=row.get("released_only") is True,
        grantable=row.get("grantable") is not False,
    )
