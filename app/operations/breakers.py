"""Breakers over merchant codes: opened by what happens, closed by a named person with a reason.

Whatever opens one is counted from what the book holds anyway, exceptions and movements, in the
transaction that adds to it, so that the next order already meets an open breaker.
"""

from collections.abc import Iterable

from app.commands.breakers import BuyerTold, ResumeBreaker
from app.domain.breakers import (
    HOUR_MS,
    MINUTE_MS,
    BreakerKind,
    failures_trip,
    oversells_trip,
    releases_allowed,
)
from app.operations import exposure
from app.operations.intake_states import OVER
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store import breakers, cases, events, intake_rows, stock_release
from app.store.cases import Notice
from app.store.seal import Row
from app.store.stock import owed
from app.store.stock_release import Gate
from app.store.tables import line, orders
from app.store.work import Work

SECOND_MS = 1_000
DAY_HOURS = 24


def follow_shortage(work: Work, rules: Rulebook, skus: Iterable[str]) -> None:
    """Look whether orders that found nothing left of these codes are too many (F025, F124)."""
    policy, opened = rules.policy, set()
    wanted = set(skus)
    shut = breakers.open_over(work, wanted) if wanted else {}
    for sku in sorted(wanted):
        standing = set(shut.get(sku, ()))
        since = work.now - policy.lock_failure_minutes * MINUTE_MS
        failed = breakers.shortages(work, sku, since, breakers.FAILED)
        if BreakerKind.LOCK_FAILURES not in standing and failures_trip(failed, policy):
            why = {"n": failed, "minutes": policy.lock_failure_minutes}
            _open(work, rules, (sku, BreakerKind.LOCK_FAILURES), why)
            opened.add(sku)
        sold = breakers.shortages(work, sku, work.now - policy.oversell_seconds * SECOND_MS)
        if BreakerKind.OVERSELL not in standing and oversells_trip(sold, policy):
            why = {"n": sold, "seconds": policy.oversell_seconds}
            _open(work, rules, (sku, BreakerKind.OVERSELL), why)
            opened.add(sku)
            standing.add(BreakerKind.OVERSELL)
        if BreakerKind.OVERSELL in standing:
            _draft_notices(work, rules, sku)
    exposure.tell(work, rules, opened)


def release_gate(work: Work, rules: Rulebook) -> Gate:
    """What lets releases of a code through until there are too many in an hour (F193)."""

    def waits(row: Row) -> bool:
        sku = row["sku"]
        standing = breakers.open_over(work, (sku,)).get(sku, {}).get(BreakerKind.RELEASES)
        if standing is not None:
            pk = standing["id"]
        elif too_many(work, rules, sku):
            pk = _stop_releases(work, rules, sku)
        else:
            return False
        if breakers.let_wait(work, pk, row["order_id"], sku):
            events.note(work, row["order_id"], "release_waits", "warning", sku=sku)
        return True

    return waits


def too_many(work: Work, rules: Rulebook, sku: str) -> bool:
    """Whether one more release of a code would be too many in this hour."""
    since = work.now - HOUR_MS
    allowed = releases_allowed(breakers.moved(work, sku, "lock", since), rules.policy)
    return breakers.moved(work, sku, "released", since) >= allowed


def _stop_releases(work: Work, rules: Rulebook, sku: str) -> int:
    since = work.now - HOUR_MS
    locks = breakers.moved(work, sku, "lock", since)
    why = {"n": breakers.moved(work, sku, "released", since), "locks": locks}
    why["limit"] = releases_allowed(locks, rules.policy)
    return _open(work, rules, (sku, BreakerKind.RELEASES), why)


def _open(work: Work, rules: Rulebook, about: tuple[str, BreakerKind], why: dict[str, int]) -> int:
    sku, kind = about
    pk = breakers.open_it(work, sku, kind, why)
    notice = Notice(f"breaker_{kind}", subject=sku, args={"sku": sku, **why})
    cases.open_case(work, rules.cases, notice)
    work.tell("breaker_opened", "breaker", pk, sku=sku, kind=kind.value, **why)
    return pk


def _draft_notices(work: Work, rules: Rulebook, sku: str) -> None:
    """Draft for every buyer who stands short of a code when it is expected to ship."""
    policy = rules.policy
    expected = policy.calendar().ship_by(work.now, policy.presale_days * DAY_HOURS)
    for order_id in breakers.short_orders(work, sku):
        if breakers.draft_notice(work, order_id, sku, expected):
            events.note(work, order_id, "presale_drafted", "warning", sku=sku)


def resume_breaker(work: Work, ask: ResumeBreaker, rules: Rulebook) -> None:
    """Close a breaker: shops are told what there is again, or what waited is given back."""
    row = breakers.close(work, ask.breaker_id, ask.reason)
    cases.settle_about(work, row["sku"], (f"breaker_{row['kind']}",), ask.reason)
    if row["kind"] == BreakerKind.RELEASES:
        for waiting in breakers.waiting(work, row["id"]):
            _give_back(work, waiting["order_id"])
            breakers.waited(work, waiting)
    exposure.tell(work, rules, (row["sku"],))


def _give_back(work: Work, order_id: int) -> None:
    """Give back what an order holds beyond what it still owes."""
    over = work.row(orders, order_id)["state"] in OVER
    for item in intake_rows.rows_of(work, line, order_id):
        given = stock_release.trim(work, item, 0 if over else owed(item))
        if given:
            events.note(work, order_id, "stock_released", n=given)


def tell_buyer(work: Work, ask: BuyerTold, _rules: Rulebook) -> None:
    """Say that a buyer was told when an oversold order ships; the timeline says by whom."""
    row = breakers.buyer_told(work, ask.notice_id)
    events.note(work, row["order_id"], "presale_told", "good", sku=row["sku"])


VERBS = (
    Verb(ResumeBreaker, resume_breaker, "breaker.close", "breaker_resumed", reason=True),
    Verb(BuyerTold, tell_buyer, "order.note", "buyer_told"),
)
