"""Who did what, found by anything people remember of it, page by page, on both engines."""

from pathlib import Path

import msgspec
import pytest

from app.commands.orders import AddNote, HoldOrder, ReleaseOrder, SetPolicy
from app.commands.parcels import TakeWaybills
from app.commands.people import SetRoles
from app.commands.record import (
    AuditLine,
    AuditPage,
    ExportRecord,
    MakeSheet,
    ReadAudit,
    Sheet,
    StopRecordWork,
    VerifyRecord,
)
from app.domain.approval import ApprovalNeeded
from app.domain.errors import BadValue, HeadMistyped, NotAllowed, ReasonNeeded
from app.rulebook import load
from app.store import record_search
from app.store.record_search import Question
from app.store.tables_record import audit, operator
from app.store.work import Book
from tests.operations.outbound_world import Shop, open_shop, record
from tests.worlds import MEI, NOON, FixedClock


@pytest.fixture
def shop(book: Book) -> Shop:
    made = open_shop(book, "agent", "lead", "auditor", "owner")
    made.receive(record("501"), record("502"))
    made.flow()
    return made


def read(shop: Shop, **asked: object) -> list[AuditLine]:
    told = shop.do("auditor", ReadAudit(**asked))  # type: ignore[arg-type]
    return list(msgspec.convert(told, AuditPage).lines)


def actions(shop: Shop, **asked: object) -> list[str]:
    return [one.action for one in read(shop, **asked)]


@pytest.mark.req("F174")
def test_an_entry_says_who_from_where_why_and_what_changed(shop: Shop) -> None:
    order = shop.order("501")
    shop.do("agent", HoldOrder(order["id"], "wait for the colour"), 77)
    (held,) = read(shop, actions=("order_held",))
    assert (held.actor, held.role, held.host, held.result) == ("agent", "agent", "desk-1", "ok")
    assert (held.reason, held.command_id) == ("wait for the colour", 77)
    assert held.session_id
    assert held.app_version == "test"
    assert (held.label, held.order_id) == ("501", order["id"])
    (row,) = msgspec.json.decode(held.changes_json)
    assert row[:3] == ["orders", order["id"], "changed"]
    assert row[3]["held"] == ["", "hold"]
    assert held.seal == shop.all(audit)[held.seq - 1]["hash"].hex()


@pytest.mark.req("F174")
def test_entries_are_found_by_anything_people_remember(shop: Shop, clock: FixedClock) -> None:
    one, two = shop.order("501")["id"], shop.order("502")["id"]
    shop.do("agent", HoldOrder(one, "wait for the COLOUR"))
    clock.advance(3_600_000)
    shop.do("lead", ReleaseOrder(one))
    shop.do("agent", AddNote(two, "asked for a gift box"))
    with pytest.raises(NotAllowed):
        shop.do("auditor", HoldOrder(two, "curious"))
    assert actions(shop, who="lead")[:1] == ["order_released"]
    assert actions(shop, reason="colour") == ["order_held"]
    assert [one.actor for one in read(shop, result="denied")] == ["auditor"]
    assert set(actions(shop, actions=("order_held", "note_added"))) == {"order_held", "note_added"}
    assert actions(shop, who="agent", since=NOON + 1) == ["note_added"]
    assert actions(shop, who="agent", until=NOON + 1)[0] == "order_held"
    assert actions(shop, host="another") == []
    assert actions(shop, object="order", object_id=two) == ["order_held", "note_added"]
    assert actions(shop, reason="100%") == []
    assert actions(shop, reason="_") == []


def test_everything_of_an_order_is_found_by_its_number_also_what_was_done_to_many(
    shop: Shop,
) -> None:
    both = (shop.order("501")["id"], shop.order("502")["id"])
    shop.do("lead", TakeWaybills(both))
    shop.do("agent", HoldOrder(both[1], "wait"))
    taken = set(actions(shop, about="501"))
    assert "order_held" not in taken
    shop.do("agent", HoldOrder(both[0], "wait"))
    assert "order_held" in actions(shop, about="501")
    assert "order_held" in actions(shop, about=shop.order("501")["number"])
    assert actions(shop, about="999999") == []
    waybills = {one.action for one in read(shop, about="501")} & {"waybills_taken", "order_held"}
    assert waybills


def test_a_member_of_staff_is_found_by_name(shop: Shop) -> None:
    agent = next(row["id"] for row in shop.all(operator) if row["login"] == "agent")
    shop.one_suffices()
    shop.prove("owner")
    shop.do("owner", SetRoles(agent, ("lead",), "promoted"))
    found = read(shop, about="agent")
    assert {one.action for one in found} >= {"roles_set"}
    assert next(one for one in found if one.action == "roles_set").label == "agent"


@pytest.mark.parametrize("limit", [1, 3, 7])
def test_pages_follow_each_other_without_gap_or_repeat(shop: Shop, limit: int) -> None:
    for n in range(10):
        with shop.book.work(MEI) as work:
            work.tell(f"step_{n}", reason="same moment")
            work.commit()
    seen: list[tuple[int, int]] = []
    below = None
    while True:
        told = shop.do("auditor", ReadAudit(who="Mei", below=below, limit=limit))
        page = msgspec.convert(told, AuditPage)
        seen += [(one.chain, one.seq) for one in page.lines]
        below = page.next
        if below is None:
            break
    assert len(seen) == len(set(seen)) == 10
    assert [seq for _, seq in seen] == sorted((seq for _, seq in seen), reverse=True)


def test_a_rare_word_is_looked_for_in_short_steps(book: Book) -> None:
    for n in range(30):
        with book.work(MEI) as work:
            work.tell("step", reason="rare" if n == 2 else "common")
            work.commit()
    found, below, steps = [], None, 0
    with book.work(MEI) as work:
        while True:
            asked = Question((lambda c: c.reason == "rare",), below=below)
            page = record_search.find(work, asked, 5, scan=10)
            found += [row["seq"] for row in page.rows]
            below, steps = page.next, steps + 1
            if below is None:
                break
    assert found == [3]
    assert steps == 4
    assert page.looked_to == NOON


def test_what_is_done_with_the_record_is_let_in_by_the_door(shop: Shop, tmp_path: Path) -> None:
    words = load().head_words.said(b"\x05" * 32, "en")
    with pytest.raises(HeadMistyped):
        shop.do("auditor", VerifyRecord(sheets=(Sheet(1, 5, words.replace("a", "q", 3)),)))
    with pytest.raises(BadValue):
        shop.do("auditor", VerifyRecord(sheets=(Sheet(1, 0, words),)))
    shop.do("auditor", VerifyRecord(sheets=(Sheet(1, 5, words),)))
    for path in ("record.csv", "/nowhere/at/all/record.csv", str(tmp_path / "record.txt")):
        with pytest.raises(BadValue):
            shop.do("auditor", ExportRecord(path, "the accountant asks"))
    with pytest.raises(BadValue):
        shop.do(
            "auditor",
            ExportRecord(str(tmp_path / "r.csv"), "the accountant asks", since=9, until=3),
        )
    with pytest.raises(ReasonNeeded):
        shop.do("auditor", ExportRecord(str(tmp_path / "r.csv"), " "))
    shop.do("auditor", ExportRecord(str(tmp_path / "r.csv"), "the accountant asks"))
    shop.do("auditor", StopRecordWork(5))
    shop.do("auditor", MakeSheet())
    told = {(row["action"], row["result"], row["reason"]) for row in shop.all(audit)}
    assert ("record_exported", "ok", "the accountant asks") in told
    assert ("record_exported", "denied", " ") in told
    assert ("record_verify_asked", "failed", "") in told


def test_more_entries_than_one_person_may_take_need_a_second(shop: Shop, tmp_path: Path) -> None:
    shop.do("owner", SetPolicy("bulk_rows", "5"))
    ask = ExportRecord(str(tmp_path / "r.csv"), "the accountant asks", job=2)
    with pytest.raises(ApprovalNeeded):
        shop.do("auditor", ask)
    with pytest.raises(BadValue):
        shop.do("auditor", ExportRecord("r.csv", "the accountant asks"))
    shop.do("auditor", ExportRecord(str(tmp_path / "r.csv"), "a short while", until=1))
    shop.agreed("auditor", ask, "owner")
    told = [row for row in shop.all(audit) if row["action"] == "record_exported"]
    assert '"approver":"owner"' in told[-1]["detail_json"]
    with pytest.raises(ApprovalNeeded):
        shop.do("auditor", ask)
