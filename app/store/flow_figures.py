"""How orders flow through the house: how soon goods are held, how long states last, who waits."""

from collections import defaultdict
from dataclasses import dataclass, field

from sqlalchemy import func, select

from app.domain.states import SENT_BY_PLATFORM, Held, LockState, OrderState
from app.store.seal import Row
from app.store.tables import lock, orders
from app.store.tables_record import case, inbox, kept_aside
from app.store.tables_sync import lock_sample, state_sample
from app.store.work import Work

DWELLS = (OrderState.AWAITING_PAYMENT, OrderState.PAID, OrderState.ALLOCATED, OrderState.SHIPPED)
"""The states an order waits in; the others are its end."""
GONE = (OrderState.SHIPPED, OrderState.COMPLETED, OrderState.CANCELLED, OrderState.CLOSED)
STANDING = (OrderState.PAID.value, OrderState.ALLOCATED.value)
"""The states in which a paid order waits for the shop."""
PENDING = "pending"


@dataclass(slots=True)
class HeldSoon:
    """How soon the goods of a shop's paid orders were held: each wait in ms, None for not yet."""

    waits: list[int | None] = field(default_factory=list)

    def breaches(self, limit_ms: int) -> int:
        """How many waited for longer than that, those not held by now among them."""
        return sum(wait is None or wait > limit_ms for wait in self.waits)


def held_after(work: Work, since: int, until: int) -> dict[int, HeldSoon]:
    """By shop: orders whose payment became known after ``since`` and not after ``until``.

    What its platform sends itself, or what ended before goods were held, waits for nothing.
    """
    row = orders.c
    over = row.reserved_at.is_(None) & (row.state.in_(GONE) | (row.held == Held.RISK.value))
    query = select(row.channel_id, row.paid_here_at, row.reserved_at).where(
        row.paid_here_at > since, row.paid_here_at <= until, ~over
    )
    found: dict[int, HeldSoon] = defaultdict(HeldSoon)
    for one in work.rows(query):
        at = one["reserved_at"]
        wait = None if at is None else max(0, at - one["paid_here_at"])
        found[one["channel_id"]].waits.append(wait)
    return dict(found)


def dwells(work: Work) -> list[Row]:
    """For each state orders wait in: how many, how long the middle one has, and the oldest."""
    made = []
    for state in DWELLS:
        here = (orders.c.state == state.value, orders.c.state_at.is_not(None))
        n = int(work.conn.execute(select(func.count()).where(*here)).scalar_one())
        moments = select(orders.c.state_at).where(*here).order_by(orders.c.state_at)
        oldest = work.conn.execute(moments.limit(1)).scalar()
        middle = work.conn.execute(moments.limit(1).offset(n // 2)).scalar()
        row = {"state": state.value, "n": n}
        row["oldest_ms"] = max(0, work.now - oldest) if oldest is not None else 0
        row["median_ms"] = max(0, work.now - middle) if middle is not None else 0
        made.append(row)
    return made


def contention(work: Work) -> Row:
    """How many orders hold goods, and how many paid ones wait for what others hold."""
    holding = select(func.count(lock.c.order_id.distinct())).where(
        lock.c.state == LockState.HELD.value
    )
    held = select(lock.c.sku).where(lock.c.state == LockState.HELD.value)
    waiting = select(func.count(case.c.order_id.distinct())).where(
        case.c.kind == "short_stock", case.c.state != "settled", case.c.subject.in_(held)
    )
    return {
        "holding": int(work.conn.execute(holding).scalar_one()),
        "waiting": int(work.conn.execute(waiting).scalar_one()),
    }


def put(work: Work, states: list[Row], locks: Row) -> None:
    """Keep a look at the flow, for its history."""
    at = {"at": work.now}
    work.insert(state_sample, *({"id": work.ids.next(), **at, **row} for row in states))
    work.insert(lock_sample, {"id": work.ids.next(), **at, **locks})
    work.mark("flow")


@dataclass(frozen=True, slots=True)
class Overdue:
    """What of a shop is not booked for too long: the platform's numbers, and since when."""

    numbers: tuple[str, ...]
    since: int


def unshipped(work: Work, before: int) -> dict[int, list[tuple[str, int]]]:
    """By shop: paid orders not shipped yet that were known as paid here by then (UTC ms).

    Each is the platform's number and since when, the oldest first. Held ones are among them: a
    hold that is forgotten is no excuse. What a platform sends itself is not.
    """
    since = func.coalesce(orders.c.paid_here_at, orders.c.state_at)
    query = (
        select(orders.c.channel_id, orders.c.external_id, since.label("since"))
        .where(
            orders.c.state.in_(STANDING),
            orders.c.held_reason != SENT_BY_PLATFORM,
            since <= before,
        )
        .order_by(since, orders.c.id)
    )
    found: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for row in work.rows(query):
        found[row["channel_id"]].append((row["external_id"], row["since"]))
    return dict(found)


def overdue(work: Work, before: int) -> dict[int, Overdue]:
    """By shop: what came in before that moment (UTC ms) and is no booked order yet.

    An order nobody understands, a record kept aside, an order a platform named and nobody read.
    Dead letters are told by themselves.
    """
    waits: dict[int, dict[str, int]] = defaultdict(dict)
    pending = select(orders.c.channel_id, orders.c.external_id, orders.c.state_at).where(
        orders.c.tab == PENDING, orders.c.state_at <= before
    )
    aside = select(kept_aside.c.channel_id, kept_aside.c.external_id, kept_aside.c.at).where(
        kept_aside.c.at <= before, kept_aside.c.state.in_(("kept", "wanted"))
    )
    told = select(inbox.c.channel_id, inbox.c.external_id, inbox.c.at).where(
        inbox.c.at <= before, inbox.c.state == "new", inbox.c.external_id != ""
    )
    for query, since in ((pending, "state_at"), (aside, "at"), (told, "at")):
        for row in work.rows(query):
            waits[row["channel_id"]].setdefault(row["external_id"], row[since])
    return {
        pk: Overdue(tuple(sorted(found, key=found.__getitem__)), min(found.values()))
        for pk, found in waits.items()
    }
