"""Printing, scanning, exceptions and personal data, as people do them at the desk."""

import asyncio
from typing import Any

from app.commands.parcels import TakeWaybills
from app.desk.dialogs import Sheet
from app.desk.text import TextLabel
from app.domain.actor import worker
from app.operations import print_queue, waybill_answers
from app.reads.board import View
from app.store.tables import print_job
from app.store.tables_record import case
from tests.desk.desk_world import DeskWorld
from tests.operations.outbound_world import answer, record

NUMBER = "SF1426008733101"


def texts(widget: Any) -> list[str]:
    return [label.text() for label in widget.findChildren(TextLabel)]


def give_number(desk: DeskWorld, external_id: str) -> None:
    """Let the carrier answer for one order."""
    desk.shop.do("lead", TakeWaybills((desk.shop.order(external_id)["id"],)))
    with desk.shop.book.work(worker("sync")) as work:
        row = waybill_answers.due(work, 5)[0]
        waybill_answers.begin(work, row, b"bytes", b"d" * 32)
        laws = desk.shop.door.laws.now
        waybill_answers.made_live(work, laws, row["id"], answer(row["intent_key"], NUMBER))
        work.tell("waybill_live")
        work.commit()


def print_queued(desk: DeskWorld) -> None:
    """Let the printer take what is queued."""
    with desk.shop.book.work(worker("press")) as work:
        row = print_queue.queued(work, 5)[0]
        assert print_queue.claim(work, desk.shop.door.laws.now, row) is not None
        print_queue.spooled(work, row["id"])
        work.tell("prints_spooled")
        work.commit()
        changed = {kind: tuple(ids) for kind, ids in work.marked.items()}
    desk.act(lambda: desk.link.hear(changed))


async def shown(desk: DeskWorld) -> Sheet:
    for _ in range(100):
        await asyncio.sleep(0.01)
        sheet = desk.window.findChild(Sheet)
        if sheet is not None and sheet.isVisible():
            return sheet
    raise AssertionError("nothing was asked")


def put_away(desk: DeskWorld) -> Any:
    async def play() -> None:
        (await shown(desk)).put_away()

    return play


def fill(desk: DeskWorld, **answers: str) -> Any:
    async def play() -> None:
        sheet = await shown(desk)
        for name, value in answers.items():
            sheet.fill(name, value)
        sheet.done.click()

    return play


def test_printing_a_selection_tells_what_became_of_each(desk: DeskWorld) -> None:
    give_number(desk, "900")
    desk.sit("lead", View(tab="to_print"))
    window = desk.window
    by_number = {row.external_no: row for row in desk.rows()}
    window.orders.doer.printing.connect(lambda *_: None)
    desk.act(
        lambda: desk.seat.spawn(window.orders.doer._print((by_number["900"], by_number["901"])))
    )
    card = window.orders.prints
    assert card.isVisible()
    assert "900" in texts(card)
    assert desk.seat.speech.word("print", "queued") in texts(card)
    assert desk.seat.speech.say("prints.refused") in texts(card)
    assert "0 of 1" in texts(card)
    print_queued(desk)
    assert desk.seat.speech.word("print", "spooled") in texts(card)
    assert "1 of 1" in texts(card)


def test_an_uncertain_print_is_settled_by_who_looked(desk: DeskWorld) -> None:
    give_number(desk, "900")
    desk.sit("lead", View(tab="to_print"))
    row = next(row for row in desk.rows() if row.external_no == "900")
    desk.act(lambda: desk.seat.spawn(desk.window.orders.doer._print((row,))))
    print_queued(desk)
    job = desk.shop.all(print_job)[0]
    settle = desk.window.orders.doer.settle_print
    desk.during(lambda: desk.seat.spawn(settle(job["id"], "900")), fill(desk, paper="yes"))
    assert desk.shop.all(print_job)[0]["confirmed_by"] == "operator"


def test_a_scan_tells_its_step_and_a_wrong_number_its_remedy(desk: DeskWorld) -> None:
    give_number(desk, "900")
    desk.sit("packer")
    strip = desk.window.orders.scan
    desk.act(strip.open)
    strip.code.setText("SF-nothing")
    desk.act(strip.scan)
    assert "SF-nothing" in strip.result.text()
    assert strip._remedy.text()
    strip.code.setText(NUMBER)
    desk.act(strip.scan)
    assert "shipped" in strip.result.text()
    assert desk.shop.order("900")["state"] == "shipped"


def test_an_exception_is_claimed_and_settled_with_what_was_done(desk: DeskWorld) -> None:
    desk.shop.receive(record("950", raw_status="new-word"))
    desk.sit("lead")
    window = desk.window
    desk.act(lambda: window.go("cases"))
    assert window.screen_of("cases").model.rowCount() == 1
    assert "new-word" in window.screen_of("cases").model.index(0, 1).data()
    assert window.rail.places["cases"].badge.text() == "1"
    desk.act(window.screen_of("cases").claim)
    assert window.screen_of("cases").current().owner == "lead"
    desk.during(window.screen_of("cases").settle, fill(desk, reason="asked the platform"))
    assert {row["state"] for row in desk.shop.all(case)} == {"settled"}
    assert window.screen_of("cases").model.rowCount() == 0
    assert desk.seat.speech.say("empty.cases") in texts(window.screen_of("cases"))


def test_an_exception_opens_its_order(desk: DeskWorld) -> None:
    desk.shop.receive(record("950", raw_status="new-word"))
    desk.sit("lead")
    desk.act(lambda: desk.window.go("cases"))
    desk.act(desk.window.screen_of("cases").open_order)
    assert desk.window.shown == "orders"
    assert desk.window.orders.panel.shown.order.external_no == "950"


def test_one_field_is_shown_in_clear_for_a_while_and_never_after_leaving(desk: DeskWorld) -> None:
    desk.sit("agent")
    order = next(row for row in desk.rows() if row.external_no == "900")
    panel = desk.window.orders.panel
    desk.act(lambda: desk.window.go(f"order/{order.id}"))
    assert "138****5678" in texts(panel)
    desk.during(lambda: panel._reveal("phone"), fill(desk, reason="courier asks"))
    assert "13812345678" in texts(panel)
    assert panel._mask_again.remainingTime() > 20_000
    desk.act(panel._mask_again.timeout.emit)
    assert "13812345678" not in texts(panel)
    assert panel.shown.events[0].kind == "revealed"
    desk.during(lambda: panel._reveal("phone"), fill(desk, reason="courier asks"))
    desk.act(desk.window.sign_out)
    assert panel._clear_text == {}


def test_memo_and_flag_are_set_together(desk: DeskWorld) -> None:
    desk.sit("lead", View(tab="to_print"))
    row = desk.rows()[0]
    doer = desk.window.orders.doer
    desk.during(
        lambda: doer.run(doer.by_name("memo"), (row,)), fill(desk, memo="gift card", flag="green")
    )
    stored = desk.shop.order(row.external_no)
    assert (stored["seller_memo"], stored["flag"]) == ("gift card", "green")
    cell = desk.window.orders.board.model.columns[4].cell(desk.rows()[0])
    assert cell.mark == "green"


def test_keys_act_on_the_selection_and_leave_out_what_does_not_fit(desk: DeskWorld) -> None:
    desk.sit("lead")
    desk.act(desk.window.orders.board.table.every_wanted.emit)
    assert len(desk.window.orders.board.model.chosen) == 3
    desk.act(lambda: desk.window.orders.board.press(desk.window.orders.doer.by_name("waybill")))
    asked = {row.external_no for row in desk.rows() if desk.shop.order(row.external_no)["carrier"]}
    assert asked == {"900", "901"}
    cancel = desk.window.orders.doer.by_name("cancel")
    desk.during(lambda: desk.window.orders.board.press(cancel), put_away(desk))
    assert desk.shop.order("900")["state"] == "allocated"
