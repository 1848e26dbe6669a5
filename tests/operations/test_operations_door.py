"""Every change through one door: once, as a whole, with a name on it; a no changes nothing."""

import msgspec
import pytest
from sqlalchemy import func, select

from app.commands.channels import ConnectCarrier
from app.commands.orders import (
    AddNote,
    CancelLines,
    CancelOrder,
    ChangeAmount,
    EditAddress,
    ForceStatus,
    HoldOrder,
    ReleaseOrder,
)
from app.commands.parcels import AllocateOrder, ScanLabel, TakeWaybills
from app.commands.people import SetRoles
from app.domain.actor import worker
from app.domain.errors import (
    AuditFailed,
    DuplicateCommand,
    MissingProofs,
    NotAllowed,
    NotFound,
    NotInState,
    ReasonNeeded,
)
from app.operations import orders as orders_verbs
from app.operations import waybill_answers, waybill_intents
from app.operations.door import Door
from app.operations.verbs import Verb
from app.store import events
from app.store.tables import carrier_account, lock, orders, stock
from app.store.tables_record import audit, case, command, counter, event, operator
from app.store.verify import verify
from app.store.work import Book
from tests.operations.outbound_world import Shop, answer, open_shop, record

NOTE = "app.store.events.note"
NUMBER = "SF1426008733101"


@pytest.fixture
def shop(book: Book) -> Shop:
    made = open_shop(book)
    made.receive(record())
    return made


def everything(shop: Shop) -> dict[str, list[dict[str, object]]]:
    """Every row of the shop's business tables, the record itself aside."""
    kinds = (orders, lock, stock, case, event, counter, carrier_account, operator, command)
    return {str(kind.name): shop.all(kind) for kind in kinds}


def lines(shop: Shop, action: str) -> list[dict[str, object]]:
    return [row for row in shop.all(audit) if row["action"] == action]


def test_the_same_command_again_gets_the_stored_answer_and_does_nothing(shop: Shop) -> None:
    order_id = shop.order()["id"]
    shop.flow()
    first = shop.do("lead", TakeWaybills((order_id,)), command_id=42)
    before, told = everything(shop), len(shop.all(audit))
    assert shop.do("lead", TakeWaybills((order_id,)), command_id=42) == first
    assert everything(shop) == before
    assert len(shop.all(audit)) == told


def test_the_same_id_with_other_content_or_from_somebody_else_is_refused(shop: Shop) -> None:
    order_id = shop.order()["id"]
    shop.do("lead", AddNote(order_id, "call first"), command_id=42)
    before = everything(shop)
    with pytest.raises(DuplicateCommand):
        shop.do("lead", AddNote(order_id, "do not call"), command_id=42)
    with pytest.raises(DuplicateCommand):
        shop.do("agent", AddNote(order_id, "call first"), command_id=42)
    assert everything(shop) == before
    assert [row["result"] for row in lines(shop, "note_added")] == ["ok", "failed", "failed"]


def test_a_command_that_carries_a_secret_is_done_once_too_and_keeps_none_of_it(shop: Shop) -> None:
    shop.hire("owner", "owner")
    ask = ConnectCarrier("sf", "Night", {"partner_id": "N", "checkword": "very-secret-word"})
    first = shop.do("owner", ask, command_id=42)
    assert shop.do("owner", ask, command_id=42) == first
    assert [row["name"] for row in shop.all(carrier_account)] == ["SF", "Night"]
    kept = msgspec.msgpack.encode([dict(row) for row in shop.all(command)])
    assert b"very-secret-word" not in kept


@pytest.mark.req("F005")
def test_a_step_the_table_does_not_have_is_refused_and_stands_in_the_record(shop: Shop) -> None:
    order_id = shop.order()["id"]
    shop.flow()
    before = everything(shop)
    with pytest.raises(NotInState):
        shop.do("lead", AllocateOrder(order_id), command_id=42)
    assert everything(shop) == before
    line = lines(shop, "order_allocated")[-1]
    assert (line["actor"], line["object"], line["object_id"], line["result"]) == (
        "lead",
        "order",
        order_id,
        "failed",
    )
    assert msgspec.json.decode(line["detail_json"]) == {"code": "not_in_state"}


@pytest.mark.req("F174")
def test_a_refusal_changes_nothing_and_is_recorded_with_time_place_and_name(shop: Shop) -> None:
    order_id = shop.order()["id"]
    before = everything(shop)
    for who, ask, no, result in (
        ("packer", HoldOrder(order_id, "x"), NotAllowed, "denied"),
        ("lead", CancelOrder(order_id, ""), ReasonNeeded, "denied"),
        ("lead", HoldOrder(999, "x"), NotFound, "failed"),
    ):
        with pytest.raises(no):
            shop.do(who, ask)
        line = shop.all(audit)[-1]
        assert (line["actor"], line["result"]) == (who, result)
        assert line["at"] == shop.book.clock.now()
        assert line["ip"]
        assert line["host"] == "desk-1"
        assert line["operator_id"]
        assert line["session_id"] == int(shop.sessions[who])
    assert everything(shop) == before


@pytest.mark.req("F174")
def test_no_line_of_a_days_record_lacks_time_place_or_name(shop: Shop) -> None:
    order_id = shop.order()["id"]
    shop.flow()
    shop.do("lead", HoldOrder(order_id, "look"))
    shop.do("lead", ReleaseOrder(order_id, "fine"))
    for line in shop.all(audit):
        assert line["at"] > 0
        assert line["ip"]
        assert line["actor"]
        assert line["action"]
        assert line["role"] or line["actor"] == "nobody"


@pytest.mark.req("F049")
@pytest.mark.parametrize("reason", ["", "  \t\n"])
def test_forcing_a_status_or_an_amount_without_a_reason_is_impossible(
    shop: Shop, reason: str
) -> None:
    shop.hire("owner", "owner")
    order_id = shop.order()["id"]
    before = everything(shop)
    for ask in (
        ForceStatus(order_id, "completed", reason, "APPR-7"),
        ChangeAmount(order_id, 1, reason),
        CancelOrder(order_id, reason),
        CancelLines(order_id, (), reason),
        EditAddress(order_id, "a", "1", "b", "c", "d", "e", reason),
    ):
        with pytest.raises(ReasonNeeded):
            shop.do("owner", ask)
    assert everything(shop) == before
    forced = ForceStatus(order_id, "completed", "the platform lost it", "APPR-7")
    shop.agreed("owner", forced, "lead")
    line = lines(shop, "status_forced")[-1]
    assert (line["actor"], line["reason"], line["result"]) == (
        "owner",
        "the platform lost it",
        "ok",
    )
    told = next(row for row in shop.all(event) if row["kind"] == "forced")
    assert msgspec.json.decode(told["args_json"])["approval"] == "APPR-7"


def take_live(shop: Shop) -> None:
    with shop.book.work(worker("sync")) as work:
        rules = shop.door.laws.now
        pk = waybill_intents.take(work, rules, order_of(shop))[0]
        waybill_answers.made_live(work, rules, pk, answer("WD", NUMBER))
        work.tell("live")
        work.commit()


def order_of(shop: Shop) -> int:
    with shop.book.engine.connect() as conn:
        return int(conn.execute(select(orders.c.id)).scalar_one())


@pytest.mark.req("F006", "F007")
def test_goods_that_are_not_held_do_not_ship(shop: Shop) -> None:
    shop.flow()
    order_id = shop.order()["id"]
    with shop.book.work(worker("sync")) as work:
        rules = shop.door.laws.now
        pk = waybill_intents.take(work, rules, order_id)[0]
        waybill_answers.made_live(work, rules, pk, answer("WD", NUMBER))
        held = work.rows(select(lock).where(lock.c.quantity == 2))[0]
        work.update(lock, held["id"], released=2, state="released")
        work.tell("test")
        work.commit()
    assert not shop.do("packer", ScanLabel(NUMBER, "weigh_out", 900))["shipped"]
    row = shop.order()
    assert (row["state"], row["held"], row["shipped_at"]) == ("allocated", "locked", None)
    found = [(c["kind"], msgspec.json.decode(c["args_json"])["missing"]) for c in shop.all(case)]
    assert found == [("short_stock", "stock")]
    assert {s["physical"] for s in shop.all(stock)} == {10}


@pytest.mark.req("F007")
def test_a_failed_guard_leaves_the_order_where_it_was_locked_and_with_a_case(shop: Shop) -> None:
    order_id = shop.order()["id"]
    with shop.book.work(worker("sync")) as work:
        for held in work.rows(select(lock)):
            work.update(lock, held["id"], released=held["quantity"], state="released")
        work.tell("test")
        work.commit()
    before = everything(shop)
    with pytest.raises(MissingProofs):
        shop.do("lead", AllocateOrder(order_id), command_id=42)
    row = shop.order()
    assert (row["state"], row["held"]) == ("paid", "locked")
    assert [c["kind"] for c in shop.all(case)] == ["short_stock"]
    after = everything(shop)
    assert {kind for kind in after if after[kind] != before[kind]} <= {
        "orders",
        "cases",
        "event",
        "counter",
    }
    shop.do("lead", ReleaseOrder(order_id, "found some"))
    assert (shop.order()["held"], shop.order()["state"]) == ("", "paid")
    assert {c["state"] for c in shop.all(case)} == {"settled"}


@pytest.mark.req("F007", "F190")
@pytest.mark.parametrize("step", ["first note", "second note", "derived columns"])
def test_a_fault_in_the_middle_of_a_step_leaves_no_partial_row(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    shop.flow()
    order_id = shop.order()["id"]
    before, told = everything(shop), len(shop.all(audit))
    note, left = events.note, iter([step == "second note"])

    def breaks(*args: object, **more: object) -> None:
        if not next(left, False):
            raise OSError("the disk is gone")
        note(*args, **more)  # type: ignore[arg-type]  # whatever the handler says

    place = "app.operations.door.orders.refresh" if step == "derived columns" else NOTE
    monkeypatch.setattr(place, breaks)
    with pytest.raises(OSError, match="disk"):
        shop.do("lead", CancelOrder(order_id, "buyer"))
    monkeypatch.undo()
    assert everything(shop) == before
    assert len(shop.all(audit)) == told
    assert verify(shop.book).ok
    shop.do("lead", CancelOrder(order_id, "buyer"))
    assert {s["reserved"] for s in shop.all(stock)} == {0}


def test_a_change_without_a_line_in_the_record_cannot_be_committed(shop: Shop) -> None:
    order_id = shop.order()["id"]

    def unsigned(past_the_work: bool) -> None:
        with shop.book.work(worker("test")) as work:
            work.update(orders, order_id, seller_memo="unsigned")
            if past_the_work:
                work.committed = True
            else:
                work.commit()

    for past_the_work in (False, True):
        with pytest.raises(AuditFailed):
            unsigned(past_the_work)
        shop.receive(record("502"))
        assert shop.order("501")["seller_memo"] == ""


def test_a_verb_that_breaks_changes_nothing_and_is_no_refusal(shop: Shop) -> None:
    def spoilt(work: object, ask: HoldOrder, rules: object) -> None:
        orders_verbs.hold_order(work, ask, rules)  # type: ignore[arg-type]  # as the door calls it
        raise ZeroDivisionError

    verb = Verb(HoldOrder, spoilt, "order.hold", "order_held")
    door = Door(shop.book, shop.door.laws, (verb,))
    order_id, told = shop.order()["id"], len(shop.all(audit))
    with pytest.raises(ZeroDivisionError):
        door.do(42, HoldOrder(order_id, "x"), shop.sessions["lead"])
    assert shop.order()["held"] == ""
    assert len(shop.all(audit)) == told


@pytest.mark.req("F173")
def test_a_changed_role_counts_from_the_next_command(shop: Shop) -> None:
    shop.hire("owner", "owner")
    order_id = shop.order()["id"]
    with shop.book.engine.connect() as conn:
        agent = conn.execute(select(operator.c.id).where(operator.c.login == "agent")).scalar_one()
    shop.do("agent", HoldOrder(order_id, "look"))
    shop.hire("admin", "admin")
    shop.agreed("owner", SetRoles(agent, ("finance",), "moved"), "admin")
    with pytest.raises(NotAllowed):
        shop.do("agent", ReleaseOrder(order_id, "fine"))
    shop.agreed("agent", ChangeAmount(order_id, 25700, "typing error"), "finance")
    shop.agreed("owner", SetRoles(agent, (), "left the shop"), "admin")
    with pytest.raises(NotAllowed):
        shop.do("agent", ChangeAmount(order_id, 1, "typing error"))


@pytest.mark.req("F172", "F173")
def test_amounts_change_by_finance_only_and_before_and_after_stay_in_sight(shop: Shop) -> None:
    order_id = shop.order()["id"]
    for who in ("agent", "packer", "lead"):
        with pytest.raises(NotAllowed):
            shop.do(who, ChangeAmount(order_id, 1, "cheaper"))
    assert shop.order()["total_minor"] == 25800
    shop.hire("owner", "owner")
    shop.agreed("finance", ChangeAmount(order_id, 25000, "agreed discount"), "owner")
    told = next(row for row in shop.all(event) if row["kind"] == "amount")
    args = msgspec.json.decode(told["args_json"])
    assert (args["before"], args["after"], told["actor"]) == (25800, 25000, "finance")
    with shop.book.engine.connect() as conn:
        conn.execute(event.update().where(event.c.id == told["id"]).values(args_json="{}"))
        conn.info["audited"] = True
        conn.commit()
    assert not verify(shop.book).ok


def test_one_order_of_many_is_told_to_the_screens_and_no_other(shop: Shop) -> None:
    shop.receive(record("502"))
    order_id = shop.order("502")["id"]
    found = shop.door.do(4242, HoldOrder(order_id, "x"), shop.sessions["lead"])
    assert dict(found.changed)["orders"] == (order_id,)
    with shop.book.engine.connect() as conn:
        held = select(func.count()).select_from(orders).where(orders.c.held != "")
        assert conn.execute(held).scalar_one() == 1
