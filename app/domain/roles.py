"""Who may do what: permissions, and roles that add up.

Permissions are checked in one place, the door; screens only hide what would be refused
(security.md 3.2). The lists stand in ``resources/rules/roles.toml``; a permission nobody listed
does not exist, and what is not given is denied.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from app.domain.errors import RuleRefused

#: the ``channel_id`` of a grant, or of a question, that is not about one shop
EVERY_SHOP = 0


class Level(IntEnum):
    """How far a right goes: not at all, asking for it, or doing it."""

    NONE = 0
    ASK = 1
    FULL = 2


@dataclass(frozen=True, slots=True)
class Permission:
    """One thing that can be allowed, with what it costs to use it."""

    name: str
    en: str
    zh: str
    reason: bool = False
    two_people: bool = False
    step_up: bool = False


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
class Grant:
    """A role somebody has, in one shop or (``EVERY_SHOP``) in all."""

    role: str
    channel_id: int = EVERY_SHOP

    def covers(self, channel_id: int) -> bool:
        """Return whether it speaks about this shop; one shop's grant never covers them all."""
        return self.channel_id in {EVERY_SHOP, channel_id}


@dataclass(frozen=True, slots=True)
class Roles:
    """The shop's law about people."""

    permissions: Mapping[str, Permission]
    roles: Mapping[str, Role]

    def level(
        self, grants: Iterable[Grant], permission: str, channel_id: int = EVERY_SHOP
    ) -> Level:
        """Return how far these grants go for ``permission`` in this shop; NONE by default."""
        return max(
            (self._of(g.role, permission) for g in grants if g.covers(channel_id)),
            default=Level.NONE,
        )

    def may(self, grants: Iterable[Grant], permission: str, channel_id: int = EVERY_SHOP) -> bool:
        """Return whether these grants allow ``permission`` in this shop."""
        return self.level(grants, permission, channel_id) is Level.FULL

    def shops(self, grants: Iterable[Grant], permission: str) -> frozenset[int]:
        """Return the shops in which it is allowed; ``EVERY_SHOP`` in it stands for all."""
        return frozenset(g.channel_id for g in grants if self._of(g.role, permission) is Level.FULL)

    def released_only(self, grants: Iterable[Grant], channel_id: int = EVERY_SHOP) -> bool:
        """Return whether only orders released to the warehouse may be seen (packers)."""
        readers = [
            self.roles[g.role]
            for g in grants
            if g.covers(channel_id) and self._of(g.role, "order.read") is Level.FULL
        ]
        return all(role.released_only for role in readers)

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


_PERMISSION_KEYS = frozenset({"name", "en", "zh", "reason", "two_people", "step_up"})
_FLAGS = ("reason", "two_people", "step_up", "released_only", "grantable")
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
