"""Every read × every role: rows, columns, released orders only, nothing without the right."""

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.commands.orders import HoldOrder
from app.commands.parcels import PrintLabels
from app.commands.people import SetRoles
from app.domain.actor import worker
from app.operations import waybill_answers, waybill_intents
from app.reads import board, exceptions, house, panel, search
from app.reads.board import View
from app.reads.viewer import Viewer, viewer_of
from app.store.tables_record import operator
from tests.operations.outbound_world import answer, record
from tests.reads.reading_world import Sight
from tests.worlds import CountingIds, FixedClock

# Which orders a role sees (all, released to the warehouse, none), and whether it sees money.
SIGHT = {
    "agent": ("all", False),
    "packer": ("released", False),
    "lead": ("all", True),
    "finance": ("all", True),
    "auditor": ("all", False),
    "admin": ("all", False),
    "staff": ("all", False),
    "owner": ("all", True),
    "nobody": ("none", False),
}
ORDERS = {"all": {"701", "702", "703"}, "released": {"701"}, "none": set()}
ALL = ORDERS["all"]


@pytest.fixture
def sight(tmp_path: Path, clock: FixedClock, ids: CountingIds) -> Iterator[Sight]:
    """701 is on its way out, 702 is unpaid, 703 is short of stock and has a case."""
    made = Sight(tmp_path, clock, ids)
    shop = made.shop
    rush = {"kind": "rush"}
    unpaid = {"raw_status": "pending", "raw_payment": "unpaid", "payment_proofs": ()}
    short = [record("703").lines[0]]
    many = tuple(type(line)(**{**_fields(line), "quantity": 50}) for line in short)
    shop.receive(record("701", **rush), record("702", **unpaid), record("703", lines=many))
    shop.flow()
    for role in SIGHT:
        if role not in shop.sessions:
            shop.hire(role, *(() if role == "nobody" else (role,)))
    order_id = shop.order("701")["id"]
    with shop.book.work(worker("sync")) as work:
        rules = shop.door.laws.now
        pk = waybill_intents.take(work, rules, order_id)[0]
        waybill_answers.made_live(work, rules, pk, answer("WD"))
        work.tell("live")
        work.commit()
    shop.do("packer", PrintLabels((order_id,), "pdf:out"), command_id=77)
    yield made
    made.close()


def _fields(line: Any) -> dict[str, Any]:
    return {name: getattr(line, name) for name in line.__slots__}


def named(sight: Sight, ids: tuple[int, ...]) -> list[SimpleNamespace]:
    """The platform numbers behind ids somebody was given."""
    rows = board.some(sight.read, sight.viewer("owner"), ids)
    return [SimpleNamespace(external_no=row.external_no) for row in rows]


def numbers(rows: Any) -> set[str]:
    return {row.external_no for row in rows if row.external_no}


def one(sight: Sight, viewer: Viewer) -> list[Any]:
    ids = [sight.shop.order(number)["id"] for number in sorted(ORDERS["all"])]
    found = [panel.order(sight.read, viewer, pk) for pk in ids]
    return [one for one in found if one is not None]


def all_ids(sight: Sight) -> tuple[int, ...]:
    return tuple(sight.shop.order(number)["id"] for number in sorted(ORDERS["all"]))


# Every read that shows orders, as (function, the orders it shows somebody who sees all).
READS: dict[str, tuple[Callable[[Sight, Viewer], Any], set[str]]] = {
    "board.page": (lambda s, v: board.page(s.read, v, View()), ORDERS["all"]),
    "board.jump": (lambda s, v: board.jump(s.read, v, View(), 0), ORDERS["all"]),
    "board.some": (lambda s, v: board.some(s.read, v, all_ids(s)), ORDERS["all"]),
    "board.ids": (lambda s, v: named(s, board.ids(s.read, v, View(), 9)), ALL),
    "panel.order": (lambda s, v: [one.order for one in one(s, v)], ORDERS["all"]),
    "search.plain": (lambda s, v: search.plain(s.read, v, "杭州"), ORDERS["all"]),
    "search.keyed": (lambda s, v: search.keyed(s.read, v, keys(s)), ORDERS["all"]),
    "search.pasted": (lambda s, v: search.pasted(s.read, v, "701,702,703"), ORDERS["all"]),
    "exceptions.standing": (lambda s, v: exceptions.standing(s.read, v), {"703"}),
    "house.batch": (lambda s, v: house.batch(s.read, v, "77"), {"701"}),
}
COUNTED = {"board.tabs", "board.count", "board.kinds", "exceptions.counts", "board.select"}
COUNTED |= {"board.gap"}
# The shop's own state: names of shops and how much waits, no order and no person.
OPEN = {"house.choices", "house.outside_gone", "house.shops", "house.shops_seen", "house.waiting"}


def keys(sight: Sight) -> search.Keys:
    return search.Keys(sight.shop.book.keys.query_tokens("张小满"), b"")


def sees(sight: Sight, role: str) -> Viewer:
    return sight.viewer(role)


@pytest.mark.req("F095", "F096")
@pytest.mark.parametrize("role", list(SIGHT))
def test_each_role_sees_its_orders_and_its_columns_in_every_read(sight: Sight, role: str) -> None:
    scope, money = SIGHT[role]
    viewer, wrong = sees(sight, role), []
    for name, (read, whole) in READS.items():
        rows = read(sight, viewer)
        if numbers(rows) != whole & ORDERS[scope]:
            wrong.append(f"{name}: {sorted(numbers(rows))}")
        for row in rows:
            for amount in ("total_minor", "amount_minor"):
                if hasattr(row, amount) and (getattr(row, amount) is not None) != money:
                    wrong.append(f"{name}: {amount} = {getattr(row, amount)}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.req("F095", "F096")
@pytest.mark.parametrize("role", list(SIGHT))
def test_counts_and_sums_tell_no_more_than_the_rows(sight: Sight, role: str) -> None:
    scope, money = SIGHT[role]
    viewer = sees(sight, role)
    tabs = board.tabs(sight.read, viewer)
    assert sum(tab.n for tab in tabs) == len(ORDERS[scope])
    assert board.count(sight.read, viewer, View()) == len(ORDERS[scope])
    assert sum(board.kinds(sight.read, viewer).values()) == len({"701"} & ORDERS[scope])
    assert bool([s for tab in tabs for s in tab.sums if s[1]]) == (money and scope == "all")
    cases = exceptions.standing(sight.read, viewer)
    assert sum(exceptions.counts(sight.read, viewer).values()) == len(cases)


@pytest.mark.parametrize("role", ["agent", "packer", "auditor"])
def test_without_the_right_to_payments_no_line_of_an_order_shows_money(
    sight: Sight, role: str
) -> None:
    for whole in one(sight, sees(sight, role)):
        assert {item.total_minor for item in whole.items} == {None}
        shown = [e for e in whole.events if e.kind == "amount"]
        assert not shown


def test_no_read_of_orders_is_missing_here() -> None:
    """Whoever adds a read names it above: in READS when it shows orders, with what it shows."""
    found = {
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in (board, panel, search, exceptions, house)
        for name, read in inspect.getmembers(module, inspect.isfunction)
        if read.__module__ == module.__name__ and not name.startswith("_")
    }
    assert found == set(READS) | COUNTED | OPEN


@pytest.mark.req("F173")
def test_a_changed_role_shows_at_the_next_look(sight: Sight) -> None:
    assert sees(sight, "finance").may("payment.read")
    with sight.shop.book.work(worker("test")) as work:
        rows = work.rows(operator.select().where(operator.c.login == "finance"))
    moved = SetRoles(rows[0]["id"], ("packer",), "moved to the bench")
    sight.shop.agreed("owner", moved, "admin")
    viewer = sees(sight, "finance")
    assert not viewer.may("payment.read")
    assert numbers(board.page(sight.read, viewer, View())) == ORDERS["released"]


def test_a_session_that_is_over_sees_nothing_at_all(sight: Sight) -> None:
    roles = sight.shop.door.laws.now.roles
    later = sight.clock.now() + 13 * 3_600_000
    assert viewer_of(sight.read, roles, sight.shop.sessions["lead"], later) is None
    assert viewer_of(sight.read, roles, "1; DROP TABLE orders", sight.clock.now()) is None


def test_a_held_order_stays_in_sight_of_who_may_see_it(sight: Sight) -> None:
    sight.shop.do("lead", HoldOrder(sight.shop.order("701")["id"], "look again"))
    rows = board.page(sight.read, sees(sight, "agent"), View(held=True))
    assert "701" in numbers(rows)
