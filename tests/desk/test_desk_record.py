"""The record on screen: found by what people remember, shown in words, verified and exported."""

import asyncio
import contextlib
import json
from pathlib import Path

import pytest

from app.commands.channels import PrinterChoice
from app.commands.orders import AddNote, ChangeAmount, HoldOrder, SetPolicy
from app.commands.record import AuditLine
from app.desk.dialogs import Sheet
from app.desk.parts import KeyedButton
from app.desk.record_words import actions_said, changes_said
from app.desk.screens.record import RecordScreen
from app.desk.text import TextLabel
from app.domain.errors import NotAllowed
from app.store.record_file import check
from app.store.tables_record import audit, outbox
from app.store.work import Work
from tests.desk.desk_world import HOSTILE, DeskWorld
from tests.desk.record_world import with_record
from tests.worlds import MEI


def opened(desk: DeskWorld, folder: Path, who: str = "owner") -> RecordScreen:
    desk.shop.hire(who, who)
    with_record(desk, folder)
    desk.sit(who)
    desk.act(lambda: desk.window.go("record"))
    screen = desk.window.screen_of("record")
    assert isinstance(screen, RecordScreen)
    return screen


def actions(screen: RecordScreen) -> list[str]:
    return [screen.model.row(at).line.action for at in range(screen.model.rowCount())]


def texts(screen: RecordScreen) -> str:
    return "\n".join(label.text() for label in screen.side.findChildren(TextLabel))


async def typed(desk: DeskWorld, **answers: str) -> None:
    await asyncio.sleep(0.05)
    sheet = desk.window.findChild(Sheet)
    for name, value in answers.items():
        sheet.fill(name, value)
    sheet.done.click()


@pytest.mark.req("F174")
def test_an_entry_opens_beside_the_list_with_what_stood_before_and_after(
    desk: DeskWorld, tmp_path: Path
) -> None:
    order = desk.shop.order("900")
    desk.shop.hire("boss", "owner")
    desk.shop.agreed("finance", ChangeAmount(order["id"], 20000, "agreed discount"), "boss")
    screen = opened(desk, tmp_path)
    place = actions(screen).index("amount_changed")
    desk.act(lambda: screen.table.selectRow(place))
    said = texts(screen)
    for part in ("Changed an amount", "agreed discount", "¥258.00", "¥200.00", "finance", "desk-1"):
        assert part in said
    went: list[str] = []
    screen.wanted.connect(went.append)
    desk.act(screen.open_order)
    assert went == [f"order/{order['id']}"]


def test_fields_narrow_the_log_and_words_stand_for_codes(desk: DeskWorld, tmp_path: Path) -> None:
    one, two = desk.shop.order("900"), desk.shop.order("901")
    desk.shop.do("agent", HoldOrder(one["id"], "another colour"))
    desk.shop.do("agent", AddNote(two["id"], "call before"))
    with contextlib.suppress(NotAllowed):
        desk.shop.do("packer", HoldOrder(two["id"], "by mistake"))
    screen = opened(desk, tmp_path)
    for fields, wanted in (
        ({"reason": "COLOUR"}, {"order_held"}),
        ({"about": "901", "who": "agent"}, {"note_added"}),
        ({"action": "held an order", "who": "packer"}, {"order_held"}),
        ({"host": "another"}, set()),
        ({"action": "no such word"}, set()),
    ):
        desk.act(lambda f=fields: (screen.filters.fill(**f), screen.search()))
        assert set(actions(screen)) == wanted
    shown = [label.text() for label in screen.findChildren(TextLabel) if label.isVisible()]
    assert desk.seat.speech.say("empty.record") in shown
    denied = next(b for b in screen.filters._results.buttons() if b.property("value") == "denied")
    desk.act(lambda: (screen.filters.fill(), denied.click()))
    assert actions(screen) == ["order_held"]
    assert screen.model.row(0).line.actor == "packer"


def test_words_typed_in_chinese_find_their_actions(desk: DeskWorld) -> None:
    desk.seat.speech.choose("zh")
    assert "order_held" in actions_said(desk.seat.speech, "挂起")
    assert actions_said(desk.seat.speech, "无此操作") == ()


def test_the_next_page_comes_when_the_end_is_in_sight(desk: DeskWorld, tmp_path: Path) -> None:
    for n in range(230):
        with desk.shop.book.work(MEI) as work:
            assert isinstance(work, Work)
            work.tell("step", "order", n)
            work.commit()
    screen = opened(desk, tmp_path)
    desk.act(lambda: (screen.filters.fill(who="mei"), screen.search()))
    assert screen.model.rowCount() == 0  # logins are compared as they are kept: in small letters
    desk.act(lambda: (screen.filters.fill(), screen.search()))
    assert screen.model.rowCount() == 100
    bar = screen.table.verticalScrollBar()
    desk.act(lambda: bar.setValue(bar.maximum()))
    assert screen.model.rowCount() == 200
    desk.act(lambda: bar.setValue(bar.maximum()))
    assert screen.model.rowCount() > 230


@pytest.mark.req("F172")
def test_a_change_from_outside_is_told_with_the_way_to_its_order(
    desk: DeskWorld, tmp_path: Path
) -> None:
    screen = opened(desk, tmp_path)
    desk.act(screen.shortcuts()["V"])
    assert "All is as Waydesk wrote it" in screen.checks.work.text.text()
    order_id = desk.shop.order("900")["id"]
    with desk.behind.engine.connect() as conn:
        conn.exec_driver_sql("UPDATE orders SET total_minor = 1 WHERE id = ?", (order_id,))
        conn.info["audited"] = True
        conn.commit()
    desk.act(screen.checks.verify)
    assert "not as Waydesk wrote them" in screen.checks.work.text.text()
    assert f"Order {order_id} was changed outside Waydesk." in texts(screen)
    assert desk.window.rail.places["cases"].badge.text() == "1"
    desk.act(lambda: desk.seat.speech.choose("zh"))
    assert "处与系统写入时不一致" in screen.checks.work.text.text()


@pytest.mark.req("F172")
def test_a_sheet_is_drawn_and_checked_by_its_words(desk: DeskWorld, tmp_path: Path) -> None:
    screen = opened(desk, tmp_path)
    desk.during(screen.checks.make_sheet, lambda: typed(desk))
    assert str(tmp_path / "sheets") in texts(screen)
    made = [row for row in desk.shop.all(audit) if row["action"] == "sheet_drawn"][-1]
    seq = json.loads(made["detail_json"])["seq"]
    digest = desk.shop.all(audit)[seq - 1]["hash"]
    words = desk.seat.law.head_words.said(digest, "en")
    assert words in texts(screen)
    place = f"1/{seq}"
    desk.during(screen.checks.check_sheet, lambda: typed(desk, place=place, words=words.upper()))
    assert "All is as Waydesk wrote it" in screen.checks.work.text.text()
    wrong = f"1/{seq - 1}"
    desk.during(screen.checks.check_sheet, lambda: typed(desk, place=wrong, words=words))
    assert "is not the one that was seen before" in texts(screen)
    desk.news.clear()
    desk.during(
        screen.checks.check_sheet, lambda: typed(desk, place=place, words="eight bad words")
    )
    assert "eight words" in desk.news[-1].title
    desk.during(screen.checks.check_sheet, lambda: typed(desk, place="345", words=words))
    assert "number of a sheet" in desk.news[-1].title
    assert not screen.checks.busy


@pytest.mark.req("F172")
def test_a_sheet_goes_straight_to_a_paper_printer_chosen_by_its_name(
    desk: DeskWorld, tmp_path: Path
) -> None:
    screen = opened(desk, tmp_path, "auditor")
    desk.link.printers = (PrinterChoice("Office", "upstairs", False, "idle"),)
    desk.during(screen.checks.make_sheet, lambda: typed(desk, printer="=Office"))
    assert "handed to Office" in screen.checks.work.text.text()
    assert str(tmp_path) not in texts(screen), "no file is left behind"
    (drawn,) = [row for row in desk.shop.all(audit) if row["action"] == "sheet_drawn"]
    told = json.loads(drawn["detail_json"])
    assert told["printer"] == "Office"
    assert told["hash"] == desk.shop.all(audit)[told["seq"] - 1]["hash"].hex()


def test_the_log_is_exported_with_a_reason_and_checks_out(desk: DeskWorld, tmp_path: Path) -> None:
    screen = opened(desk, tmp_path)
    path = str(tmp_path / "log")
    answers = {"path": path, "kind": ".jsonl", "reason": "the accountant asks"}
    desk.during(screen.checks.export, lambda: typed(desk, **answers))
    assert "entries written to" in screen.checks.work.text.text()
    report = check(tmp_path / "log.jsonl", desk.shop.book.keys.audit_mac)
    assert report.broken == {}
    assert report.entries > 10


def test_the_daily_mail_is_set_with_its_fields_and_a_wrong_one_is_named(
    desk: DeskWorld, tmp_path: Path
) -> None:
    screen = opened(desk, tmp_path)
    good = {"host": "mail.example.org", "user": "shop", "password": "secret words"}
    good |= {"sender": "shop@example.org", "to": "owner@example.org", "security": "starttls"}
    desk.news.clear()
    desk.during(screen.checks.daily_mail, lambda: typed(desk, **(good | {"to": "nobody"})))
    assert "nobody" in desk.news[-1].title
    desk.during(screen.checks.daily_mail, lambda: typed(desk, **(good | {"port": "no"})))
    assert desk.news[-1].tone == "bad"
    desk.during(screen.checks.daily_mail, lambda: typed(desk, **good))
    assert desk.news[-1].title == "A first mail goes to owner@example.org"
    assert [row["kind"] for row in desk.shop.all(outbox)] == ["mail"]


def test_who_may_not_read_the_log_does_not_see_it_and_an_admin_may_not_verify(
    desk: DeskWorld, tmp_path: Path
) -> None:
    screen = opened(desk, tmp_path, "admin")
    keys = screen.shortcuts()
    named = {b.accessibleName(): b.isEnabled() for b in screen.findChildren(KeyedButton)}
    assert (named["Verify"], named["Export"], named["End-of-day sheet"]) == (False, False, True)
    for key in "VKE":
        desk.act(keys[key])
    assert not screen.checks.busy
    assert not [row for row in desk.shop.all(audit) if "verif" in row["action"]]
    desk.during(keys["D"], lambda: typed(desk))
    assert [row for row in desk.shop.all(audit) if row["action"] == "sheet_drawn"]
    desk.sit("agent")
    assert not desk.window.rail.places["record"].isVisible()


def test_hostile_words_stand_on_screen_as_they_are(desk: DeskWorld, tmp_path: Path) -> None:
    order = desk.shop.order("901")
    desk.shop.do("agent", HoldOrder(order["id"], HOSTILE))
    desk.shop.hire("owner2", "owner")
    desk.shop.do("owner2", SetPolicy("shop_name", HOSTILE))
    screen = opened(desk, tmp_path)
    place = actions(screen).index("order_held")
    desk.act(lambda: screen.table.selectRow(place))
    assert HOSTILE in texts(screen)
    labels = screen.side.findChildren(TextLabel)
    assert all(label.textFormat().name == "PlainText" for label in labels)


@pytest.mark.parametrize("broken", ["{", "[1]", '[["orders"]]', '{"a":1}', "null", '"x"'])
def test_a_change_nobody_can_read_shows_nothing(desk: DeskWorld, broken: str) -> None:
    plain = dict.fromkeys(AuditLine.__struct_fields__, "")
    numbers = ("chain", "seq", "at", "operator_id", "session_id", "object_id", "command_id")
    line = AuditLine(
        **(plain | dict.fromkeys((*numbers, "order_id"), 0) | {"changes_json": broken})
    )  # type: ignore[arg-type]
    assert changes_said(desk.seat, line) == ()


def test_leaving_lets_go_of_what_was_read(desk: DeskWorld, tmp_path: Path) -> None:
    screen = opened(desk, tmp_path)
    assert screen.model.rowCount()
    desk.act(screen.put_away)
    assert screen.model.rowCount() == 0
    assert texts(screen) == ""
