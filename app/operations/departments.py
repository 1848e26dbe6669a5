"""Departments: some shops under one name, for which people have roles (F175)."""

from sqlalchemy import select

from app.commands.people import Created
from app.commands.staff import (
    AddDepartment,
    RemoveDepartment,
    RenameDepartment,
    SetDepartmentShops,
)
from app.domain.errors import BadValue, SelfGrant
from app.domain.errors_people import DepartmentInUse
from app.domain.roles import ScopeKind
from app.operations.verbs import Facts, Verb
from app.rulebook import Rulebook
from app.store.seal import Row
from app.store.tables import channel
from app.store.tables_people import department, department_shop
from app.store.tables_record import grant
from app.store.work import Work


def add_department(work: Work, ask: AddDepartment, _rules: Rulebook) -> Created:
    """Add a department; it has no shop yet, so that nobody's reach changes."""
    name = _named(work, ask.name)
    pk = work.ids.next()
    work.insert(department, {"id": pk, "name": name})
    work.mark("people")
    return Created(pk)


def rename_department(work: Work, ask: RenameDepartment, _rules: Rulebook) -> None:
    """Call a department by another name; who works in it stays."""
    row = work.row(department, ask.department_id)
    if ask.name.strip() != row["name"]:
        work.update(department, row["id"], name=_named(work, ask.name))
        work.mark("people")


def set_department_shops(work: Work, ask: SetDepartmentShops, _rules: Rulebook) -> None:
    """Say which shops a department has; the reach of its people follows at once.

    Raises :class:`SelfGrant` for a department one works in oneself: its shops are a role's reach.
    """
    row, wanted = _settable(work, ask), dict.fromkeys(ask.channel_ids)
    for old in work.of(department_shop, "department_id", row["id"]):
        work.delete(department_shop, old["id"])
    rows = [{"id": work.ids.next(), "department_id": row["id"], "channel_id": pk} for pk in wanted]
    work.insert(department_shop, *rows)
    work.mark("people")


def _settable(work: Work, ask: SetDepartmentShops) -> Row:
    row = work.row(department, ask.department_id)
    if work.actor.operator_id in _people(work, row["id"]):
        raise SelfGrant(role=row["name"])
    for pk in ask.channel_ids:
        work.row(channel, pk)
    return row


def _shops_facts(work: Work, ask: SetDepartmentShops, _rules: Rulebook) -> Facts:
    """Which department, and the names of its shops to be."""
    name = _settable(work, ask)["name"]
    shops = (work.row(channel, pk)["name"] for pk in ask.channel_ids)
    return {"name": name, "shops": ", ".join(shops)}


def remove_department(work: Work, ask: RemoveDepartment, _rules: Rulebook) -> None:
    """Take a department away. Raises :class:`DepartmentInUse` while somebody has a role in it."""
    row = work.row(department, ask.department_id)
    people = _people(work, row["id"])
    if people:
        raise DepartmentInUse(name=row["name"], people=len(people))
    for old in work.of(department_shop, "department_id", row["id"]):
        work.delete(department_shop, old["id"])
    work.delete(department, row["id"])
    work.mark("people")


def _people(work: Work, department_id: int) -> set[int]:
    query = select(grant.c.operator_id).where(
        grant.c.scope == ScopeKind.DEPARTMENT.value, grant.c.scope_id == department_id
    )
    return {row["operator_id"] for row in work.rows(query)}


def _named(work: Work, text: str) -> str:
    name = text.strip()
    same = select(department.c.id).where(department.c.name == name)
    if not name or work.rows(same):
        raise BadValue(field="name", value=text)
    return name


VERBS = (
    Verb(AddDepartment, add_department, "user.manage", "department_added"),
    Verb(RenameDepartment, rename_department, "user.manage", "department_renamed"),
    Verb(
        SetDepartmentShops,
        set_department_shops,
        "role.grant",
        "department_shops_set",
        facts=_shops_facts,
    ),
    Verb(RemoveDepartment, remove_department, "user.manage", "department_removed"),
)
"""Which shops a department has is a matter of roles: it needs the same consent."""
