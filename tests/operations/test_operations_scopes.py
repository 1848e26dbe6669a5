"""A role for one shop, department or warehouse ends where that ends, at the door (F175)."""

from collections.abc import Callable

import msgspec
import pytest

from app.commands.cases import ClaimCase
from app.commands.channels import PullNow, ReadPrinters
from app.commands.orders import AddNote, CancelOrder, HoldOrder
from app.commands.parcels import PrintLabels, RefreshTracking, ScanLabel, VoidWaybill
from app.commands.people import LockSession, SetRoles, Tokenise
from app.commands.stock import AdjustStock, ReleaseLock
from app.domain.actor import worker
from app.domain.errors import BadValue, NotAllowed, NotFound, Refusal, SelfGrant
from app.operations import sessions, waybill_answers, waybill_intents
from app.store import cases
from app.store.cases import Notice
from app.store.tables import lock, orders, waybill
from app.store.tables_people import department_shop
from app.store.tables_record import audit, counter, operator
from app.store.verify import verify
from app.store.work import Book
from tests.operations.outbound_world import answer, open_shop
from tests.operations.wide_shop import CORNERS, WideShop

SCOPES = ("everywhere", "shop", "department", "warehouse")


@pytest.fixture
def wide(book: Book) -> WideShop:
    made = WideShop(open_shop(book, "owner"))
    made.shop.one_suffices()
    return made


def allowed(wide: WideShop, who: str, ask: msgspec.Struct) -> bool:
    try:
        wide.shop.do(who, ask)
    except NotAllowed:
        return False
    except Refusal:
        return True
    return True


def person(wide: WideShop, login: str) -> int:
    return int(next(row["id"] for row in wide.shop.all(operator) if row["login"] == login))


def test_an_order_stands_in_the_warehouse_it_goes_out_from(wide: WideShop) -> None:
    places = {"M": wide.main, "E": wide.east, "-": 0}
    for name, corner in CORNERS.items():
        assert wide.shop.order(name)["location_id"] == places[corner[-1]], name
    wide.shop.do("owner", CancelOrder(wide.id("ae"), "the buyer asked"))
    assert wide.shop.order("ae")["location_id"] == wide.east


def test_the_counters_follow_an_order_into_its_warehouse(wide: WideShop) -> None:
    wide.shop.flow()
    wide.shop.do("owner", CancelOrder(wide.id("ae"), "the buyer asked"))
    kept = {(r["name"], r["channel_id"], r["location_id"]): r["n"] for r in wide.shop.all(counter)}
    for tab in {row["tab"] for row in wide.shop.all(orders)}:
        for shop in (wide.a, wide.b):
            for place in (0, wide.main, wide.east):
                here = [
                    row
                    for row in wide.shop.all(orders)
                    if (row["tab"], row["channel_id"], row["location_id"]) == (tab, shop, place)
                ]
                assert kept.get((f"tab:{tab}", shop, place), 0) == len(here)


@pytest.mark.req("F175")
@pytest.mark.parametrize("scope", SCOPES)
def test_a_command_on_an_order_out_of_scope_is_refused_and_recorded(
    wide: WideShop, scope: str
) -> None:
    wide.hire("mei", f"agent {scope}")
    within = wide.scopes[scope][1]
    asks: list[Callable[[int], msgspec.Struct]] = [
        lambda pk: AddNote(pk, "called"),
        lambda pk: HoldOrder(pk, "look again"),
        lambda pk: RefreshTracking((pk,)),
    ]
    for name in CORNERS:
        for ask in asks:
            assert allowed(wide, "mei", ask(wide.id(name))) == (name in within), (name, ask(1))
    denied = [r for r in wide.shop.all(audit) if (r["actor"], r["result"]) == ("mei", "denied")]
    assert len(denied) == (len(CORNERS) - len(within)) * len(asks)


@pytest.mark.req("F175")
def test_one_order_out_of_scope_among_many_refuses_them_all(wide: WideShop) -> None:
    wide.hire("mei", "agent shop")
    assert allowed(wide, "mei", RefreshTracking((wide.id("am"), wide.id("ae"))))
    assert not allowed(wide, "mei", RefreshTracking((wide.id("am"), wide.id("bm"))))


@pytest.mark.req("F175")
def test_what_belongs_to_an_order_belongs_to_its_shop_and_warehouse(wide: WideShop) -> None:
    shop, rules = wide.shop, wide.shop.door.laws.now
    shop.flow()
    order_id = wide.id("am")
    with shop.book.work(worker("sync")) as work:
        label = waybill_intents.take(work, rules, order_id)[0]
        waybill_answers.made_live(work, rules, label, answer("WD", "SF1426008733101"))
        work.tell("live")
        work.commit()
    held = next(row["id"] for row in shop.all(lock) if row["order_id"] == order_id)
    number = shop.all(waybill)[0]["carrier_no"]
    wide.hire("main", "lead shop")
    wide.hire("east", "lead warehouse")
    for ask in (
        VoidWaybill(label, "torn"),
        ReleaseLock(held, 1, "damaged"),
        ScanLabel(number, "verify"),
        PrintLabels((order_id,), "pdf:out"),
    ):
        assert not allowed(wide, "east", ask), ask
        assert allowed(wide, "main", ask), ask
    assert allowed(wide, "east", AdjustStock("EA-01", wide.east, 40, "counted"))
    assert not allowed(wide, "east", AdjustStock("LN-27", wide.main, 4, "counted"))
    assert allowed(wide, "main", PullNow(wide.a))
    assert not allowed(wide, "main", PullNow(wide.b))


@pytest.mark.req("F175")
def test_an_exception_belongs_to_its_orders_place(wide: WideShop) -> None:
    wide.hire("mei", "agent warehouse")
    at = {name: wide.id(name) for name in CORNERS}
    with wide.shop.book.work(worker("sync")) as work:
        kinds = wide.shop.door.laws.now.cases
        opened = {
            name: cases.open_case(work, kinds, Notice("bad_time", pk, wide.a, subject=name))
            for name, pk in at.items()
        }
        work.tell("noticed")
        work.commit()
    for name, case_id in opened.items():
        assert allowed(wide, "mei", ClaimCase(case_id)) == (name in {"ae", "be"}), name


@pytest.mark.req("F175")
def test_who_works_in_a_part_uses_the_desk_and_nothing_of_the_whole_shop(wide: WideShop) -> None:
    wide.hire("mei", "owner warehouse")
    assert allowed(wide, "mei", Tokenise("张"))
    assert allowed(wide, "mei", ReadPrinters())
    assert not allowed(wide, "mei", SetRoles(person(wide, "owner"), (), "mine now"))
    assert not allowed(wide, "mei", PullNow(wide.a))
    with pytest.raises(NotFound):
        wide.shop.do("mei", ScanLabel("SF0000000000000", "verify"))
    assert allowed(wide, "mei", LockSession())


@pytest.mark.req("F175")
def test_a_shop_that_leaves_a_department_is_out_of_reach_at_the_next_command(
    wide: WideShop,
) -> None:
    wide.hire("mei", "agent department")
    assert allowed(wide, "mei", AddNote(wide.id("be"), "called"))
    rows = wide.shop.all(department_shop)
    with wide.shop.book.work(worker("test")) as work:
        for row in rows:
            work.delete(department_shop, row["id"])
        work.tell("department_changed")
        work.commit()
    assert not allowed(wide, "mei", AddNote(wide.id("be"), "called"))


def test_a_scope_is_given_only_where_there_is_such_a_shop(wide: WideShop) -> None:
    wide.hire("mei", "agent shop")
    mei = person(wide, "mei")
    given = ("agent", f"lead@warehouse:{wide.east}", f"packer@department:{wide.team}")
    wide.shop.do("owner", SetRoles(mei, given, "moved"))
    with wide.shop.book.work(worker("test")) as work:
        assert sorted(map(str, sessions.grants_of(work, mei))) == sorted(given)
    for nowhere in ("agent@shop:1", f"agent@warehouse:{wide.a}", "agent@department:x"):
        with pytest.raises(BadValue):
            wide.shop.do("owner", SetRoles(mei, (nowhere,), "moved"))
    with pytest.raises(SelfGrant):
        wide.shop.do("owner", SetRoles(person(wide, "owner"), given, "moved"))


def test_the_counters_of_every_warehouse_can_be_made_again_from_the_orders(wide: WideShop) -> None:
    wide.shop.flow()
    assert verify(wide.shop.book).ok
