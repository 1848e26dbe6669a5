"""Alarms about how a shop is read: each one case while it lasts, settled when it is over."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from app.rulebook import Rulebook
from app.store import cases, sync_history
from app.store.cases import Notice
from app.store.tables_record import case
from app.store.work import Work

OFFSET, STOPPED, RETRYING = "clock_offset", "import_stopped", "retry_storm"
ALARMS = (OFFSET, STOPPED, RETRYING)
GAP, PROBE = "gap_found", "probe_failed"
ORDERS = "orders"
SLOW, RED, OVERDUE = "sync_slow", "link_red", "intake_overdue"
STUCK = "orders_stuck"
NAMED = 20
RED_BELOW = 0.992
"""The share of a link's requests that must have worked (F011)."""
Args = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Watched:
    """One shop and what alarms about it now: the kind of case, and what fills its sentence."""

    channel_id: int
    name: str
    alarms: Mapping[str, Args]


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm about a shop: its kind of case, the shop, and what fills the sentence."""

    kind: str
    channel_id: int
    name: str
    args: Args


def ring(work: Work, rules: Rulebook, shops: tuple[Watched, ...]) -> int:
    """Open what began, settle what is over; a shop that is not read alarms about nothing.

    Returns how many cases were opened or settled.
    """
    standing = sync_history.alarms_of(work, ALARMS)
    read = {shop.channel_id: shop for shop in shops}
    moved = 0
    for channel_id, open_ in standing.items():
        now = read[channel_id].alarms if channel_id in read else {}
        moved += sum(_over(work, pk) for kind, pk in open_.items() if kind not in now)
    for shop in shops:
        for kind, args in shop.alarms.items():
            if kind not in standing.get(shop.channel_id, {}):
                alarm(work, rules, Alarm(kind, shop.channel_id, shop.name, args))
                moved += 1
    return moved


def alarm(work: Work, rules: Rulebook, about: Alarm) -> None:
    """Open one alarm about a shop, if it is not open already."""
    told = {"shop": about.name, **about.args}
    place = (about.kind, 0, about.channel_id)
    cases.open_case(work, rules.cases, Notice(*place, subject=about.name, args=told))


def renew(work: Work, rules: Rulebook, about: Alarm) -> None:
    """Open an alarm about a shop, or let the open one say what is so now."""
    pk = sync_history.alarms_of(work, (about.kind,)).get(about.channel_id, {}).get(about.kind)
    if pk is None:
        alarm(work, rules, about)
        return
    told = msgspec.json.encode({"shop": about.name, **about.args}).decode()
    if work.row(case, pk)["args_json"] != told:
        work.update(case, pk, args_json=told)
        work.mark("cases", pk)


def standing(work: Work, kind: str) -> frozenset[int]:
    """The shops an alarm of this kind is open about."""
    return frozenset(sync_history.alarms_of(work, (kind,)))


def named(numbers: tuple[str, ...]) -> dict[str, str | int]:
    """How many there are, and the first of their numbers."""
    more = " …" if len(numbers) > NAMED else ""
    return {"n": len(numbers), "ids": ", ".join(numbers[:NAMED]) + more}


def settle(work: Work, channel_id: int, kind: str) -> int:
    """Settle a shop's alarm of a kind; how many there were."""
    found = sync_history.alarms_of(work, (kind,)).get(channel_id, {})
    return sum(_over(work, pk) for pk in found.values())


def _over(work: Work, case_id: int) -> int:
    cases.settle(work, case_id, "over", work.actor.name)
    return 1
