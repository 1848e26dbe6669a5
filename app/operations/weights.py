"""How heavy a command is, by the law's own marks; and what whoever consents to it reads."""

from typing import Any

from app.operations.verbs import Facts, Verb, Weight
from app.rulebook import Rulebook
from app.store.tables import orders, parcel, waybill
from app.store.tables_record import operator
from app.store.work import Work


def by_law(
    rules: Rulebook, permission: str, *, two_people: bool = False, step_up: bool = False
) -> Weight:
    """What roles.toml marks the permission with, and what is asked of this command beyond it."""
    law = rules.roles.permissions[permission]
    return Weight(permission, law.two_people or two_people, law.step_up or step_up)


def of(work: Work, rules: Rulebook, verb: Verb, ask: Any) -> Weight:
    """How heavy exactly this command is."""
    if verb.weigh is not None:
        return verb.weigh(work, ask, rules)
    return by_law(rules, verb.permission) if verb.permission else Weight("")


def facts(work: Work, rules: Rulebook, verb: Verb, ask: Any) -> Facts:
    """What is asked, for whoever consents: the verb's own account, else which order it is about.

    Raises what the verb itself would raise for a request that makes no sense.
    """
    if verb.facts is not None:
        return verb.facts(work, ask, rules)
    names = set(ask.__struct_fields__)
    if "order_id" in names:
        return about_order(work, ask.order_id)
    if "waybill_id" in names:
        return about_waybill(work, ask.waybill_id)
    if "parcel_id" in names:
        return about_order(work, work.row(parcel, ask.parcel_id)["order_id"])
    return {}


def about_order(work: Work, order_id: int) -> Facts:
    """An order by the number people know it by."""
    row = work.row(orders, order_id)
    return {"order_no": row["external_no"] or row["number"]}


def about_waybill(work: Work, waybill_id: int) -> Facts:
    """A waybill by its number and its order's."""
    row = work.row(waybill, waybill_id)
    return {"waybill_no": row["carrier_no"] or "", **about_order(work, row["order_id"])}


def about_person(work: Work, operator_id: int) -> Facts:
    """A member of staff by name and login."""
    row = work.row(operator, operator_id)
    return {"name": row["name"], "login": row["login"]}
