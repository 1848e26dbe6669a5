"""At the packing station a scanner does everything, and nothing else does anything."""

import asyncio
import os
import random
import statistics
import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit

from app.commands.catalogue import ChangeProduct
from app.commands.orders import HoldOrder, SetMemo
from app.desk.parts import KeyedButton
from app.desk.scanner import BY_PAUSE, CHOSEN, ENDS_BY, PREFIX
from app.domain.scan_codes import BenchCommand, CodeKind, code_of
from app.store.tables import parcel
from app.store.tables_catalogue import product
from app.store.tables_packing import pack_scan, packing
from tests.desk.desk_world import DeskWorld
from tests.desk.station_world import GOODS, Station, number_of, order, some_lines, stock


def command(one: BenchCommand) -> str:
    return code_of(CodeKind.COMMAND, one.value)


@pytest.fixture
def at(desk: DeskWorld) -> Station:
    stock(desk.shop)
    order(desk.shop, "8001", [(0, 2), (1, 1)])
    return Station(desk)


def box(desk: DeskWorld, external_id: str) -> dict[str, object]:
    order_id = desk.shop.order(external_id)["id"]
    return next(row for row in desk.shop.all(parcel) if row["order_id"] == order_id)


def test_a_parcel_is_packed_by_scans_alone_and_its_label_closes_it(at: Station) -> None:
    at.scan(number_of("8001"))
    assert at.counts() == {"ST-00": (0, 2), "ST-01": (0, 1)}
    deeds = [one.accessibleName() for one in at.packing.side.findChildren(KeyedButton)]
    assert deeds == ["Finish", "Count anew", "Put aside", "Force through", "Leave"]
    at.scan("ST-00")
    assert at.said == ("good", "Right: Thing 0 Colour 0")
    assert at.packing.verdict.shown.detail == "2 to go · next: Colour 0"
    at.scan("ST-01")
    at.scan(number_of("8001"))
    assert at.said == ("stop", "Missing 1: Thing 0 Colour 0 ×1")
    at.scan("ST-00")
    at.scan(number_of("8001"))
    assert at.said == ("good", "Done: order 8001")
    assert box(at.desk, "8001")["verified_at"] == at.desk.behind.clock.now()
    assert at.sounds.played == ["info", "good", "good", "stop", "done", "done"]
    assert at.packing.foot.day.parcels == 1


@pytest.mark.req("F037")
def test_each_kind_of_wrong_scan_is_told_by_words_colour_and_sound(at: Station) -> None:
    at.scan(number_of("8001"))
    said = []
    for code in ("ST-01", "ST-01", "ST-07", "6901234567892", number_of("8001")):
        at.scan(code)
        said.append((*at.said, at.sounds.played[-1]))
    assert said == [
        ("good", "Right: Thing 1 Colour 1", "good"),
        ("bad", "One too many: Thing 1 Colour 1", "bad"),
        ("bad", "Not of this order: Thing 7", "bad"),
        ("bad", "Not of this order: 6901234567892", "bad"),
        ("stop", "Missing 2: Thing 0 Colour 0 ×2", "stop"),
    ]
    assert box(at.desk, "8001")["verified_at"] is None
    assert at.packing.foot.day.stopped == 3


@pytest.mark.req("F232")
def test_no_bare_key_acts_on_a_scan_screen(at: Station, desk: DeskWorld) -> None:
    at.scan(number_of("8001"))
    for code in ("ST-00", "ST-00", "ST-01"):
        at.scan(code)
    before = (at.counts(), desk.shop.all(pack_scan), desk.shop.all(packing))
    handle = desk.window.windowHandle()

    def by_hand() -> None:
        for key in (*"hHpPwW/1290 ", Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab):
            desk.behind.clock.advance(400)
            QTest.keyClick(handle, key)

    for _ in range(3):
        at.keys(by_hand)
    assert (at.counts(), desk.shop.all(pack_scan), desk.shop.all(packing)) == before
    assert desk.window.front is at.screen
    assert QApplication.focusWidget() is at.screen
    assert at.stray() == []


@pytest.mark.req("F232")
def test_scans_of_nothing_that_end_in_enter_finish_nothing_and_change_no_box(
    at: Station, desk: DeskWorld
) -> None:
    at.scan(number_of("8001"))
    for code in ("ST-00", "ST-00", "ST-01"):
        at.scan(code)
    rng = random.Random(5)

    def fuzz() -> None:
        for _ in range(20):
            code = "".join(rng.choices("0123456789ABCDEF-", k=rng.randint(1, 13)))
            at.type(code, gap_ms=rng.randint(5, 120))

    at.keys(fuzz)
    assert at.counts() == {"ST-00": (2, 2), "ST-01": (1, 1)}
    assert box(desk, "8001")["verified_at"] is None
    assert at.packing.box is not None
    assert (at.packing.box.order_no, at.packing.box.state) == ("8001", "open")


@pytest.mark.req("F232")
def test_function_keys_and_command_barcodes_do_what_the_buttons_say(
    at: Station, desk: DeskWorld
) -> None:
    at.scan(number_of("8001"))
    at.scan("ST-00")
    at.press(Qt.Key.Key_F6)
    assert at.counts() == {"ST-00": (0, 2), "ST-01": (0, 1)}
    at.press(Qt.Key.Key_F9)
    assert at.said[0] == "stop"
    at.scan("ST-00")
    at.scan(command(BenchCommand.AGAIN))
    assert at.counts() == {"ST-00": (0, 2), "ST-01": (0, 1)}
    for code in ("ST-00", "ST-00", "ST-01"):
        at.scan(code)
    at.scan(command(BenchCommand.FINISH)[:-1] + "0")
    assert at.said[0] == "bad"
    at.scan(command(BenchCommand.FINISH))
    assert at.said == ("good", "Done: order 8001")
    at.press(Qt.Key.Key_F12)
    assert desk.window.shown == "orders"
    assert not desk.window.rail.isHidden()
    desk.window.top.search.setFocus()
    at.scan(code_of(CodeKind.PARCEL, str(box(desk, "8001")["public_id"])))
    assert desk.window.orders.panel.order_id == desk.shop.order("8001")["id"]
    assert at.stray() == []


def test_a_scanner_may_be_slow_end_in_tab_or_begin_with_enter_and_no_input_method_composes(
    at: Station, desk: DeskWorld
) -> None:
    at.scan(number_of("8001"), gap_ms=120)
    at.scan("st-00", end=Qt.Key.Key_Tab)
    at.press(Qt.Key.Key_Return)
    at.scan("ST-01", end=Qt.Key.Key_Enter)
    assert not at.packing.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
    assert not at.packing.inputMethodQuery(Qt.InputMethodQuery.ImEnabled)
    event = QInputMethodEvent()
    event.setCommitString("ST-00")
    desk.act(lambda: QApplication.sendEvent(at.packing, event))
    assert at.counts() == {"ST-00": (1, 2), "ST-01": (1, 1)}


def test_a_scanner_with_a_prefix_and_no_end_key_is_read_as_its_station_says(
    at: Station, desk: DeskWorld
) -> None:
    for name, value in {PREFIX: "~", ENDS_BY: BY_PAUSE}.items():
        desk.seat.memory.keep(name, value)
    desk.seat.chosen.emit(CHOSEN)
    at.keys(lambda: at.type("7x~" + number_of("8001"), end=None))
    desk.until(lambda: at.packing.box is not None)
    desk.settle()
    at.keys(lambda: at.type("~ST-00", end=None))
    desk.until(lambda: at.counts()["ST-00"] == (1, 2))


async def _card() -> QLineEdit:
    for _ in range(100):
        await asyncio.sleep(0.01)
        focus = QApplication.focusWidget()
        if isinstance(focus, QLineEdit):
            return focus
    raise AssertionError("no card asks")


def test_a_scan_into_an_open_card_leaves_no_sign_in_its_field_and_does_not_close_it(
    at: Station, desk: DeskWorld
) -> None:
    at.scan(number_of("8001"))
    handle, scanner = desk.window.windowHandle(), desk.window.watch.scanner

    def by_hand() -> None:
        for sign in "hook lost":
            QTest.keyClick(handle, sign)
            scanner._pause.timeout.emit()  # a person's pause

    async def play() -> None:
        await at.pressed(lambda: QTest.keyClick(handle, Qt.Key.Key_F8))
        field = await _card()
        await at.pressed(lambda: at.type("ST-00"))
        assert field.text() == ""
        assert at.said == ("stop", "Scanned while a card is open: nothing was done")
        await at.pressed(by_hand)
        assert field.text() == "hook lost"
        await at.pressed(lambda: QTest.keyClick(handle, Qt.Key.Key_Return))

    desk.run(play())
    desk.settle()
    assert at.said == ("warning", "Put aside: order 8001")
    assert [row["reason"] for row in desk.shop.all(packing)] == ["hook lost"]


def test_another_parcel_scanned_over_one_begun_stops_and_changes_nothing(
    at: Station, desk: DeskWorld
) -> None:
    order(desk.shop, "8002", [(2, 1), (3, 1)])
    other = code_of(CodeKind.PARCEL, str(box(desk, "8002")["public_id"]))
    at.scan(number_of("8001"))
    at.scan("ST-00")
    at.scan(other)
    assert at.said == ("bad", "Another parcel")
    at.scan(number_of("8002"))
    assert at.said == ("bad", f"Not of this order: {number_of('8002')}")
    assert at.counts() == {"ST-00": (1, 2), "ST-01": (0, 1)}


@pytest.mark.req("F229")
def test_a_changed_memo_or_a_hold_stops_red_until_somebody_dealt_with_it(
    at: Station, desk: DeskWorld
) -> None:
    desk.behind.clock.advance(1000)
    order_id = desk.shop.order("8001")["id"]
    desk.shop.do("lead", SetMemo(order_id, "grey instead of white", "red"))
    at.scan(number_of("8001"))
    assert at.said == ("stop", "Order 8001: the memo changed after printing")
    assert at.packing.order is not None
    assert at.packing.order.memo == "grey instead of white"
    at.press(Qt.Key.Key_F7)
    at.scan(number_of("8001"))
    assert at.said == ("info", "Order 8001")
    desk.shop.do("lead", HoldOrder(order_id, "call the buyer"))
    at.scan("ST-00")
    assert (at.said[0], at.sounds.played[-1]) == ("stop", "stop")
    assert at.counts() == {"ST-00": (0, 2), "ST-01": (0, 1)}


@pytest.mark.req("F033")
def test_an_order_scanned_shows_hints_and_a_place_for_a_missing_picture(
    at: Station, desk: DeskWorld
) -> None:
    thing = next(row for row in desk.shop.all(product) if row["sku"] == "ST-00")
    told = {name: thing[name] for name in ChangeProduct.__struct_fields__ if name in thing}
    told |= {"product_id": thing["id"], "version": thing["version"], "hint": "own bubble bag"}
    desk.shop.do("lead", ChangeProduct(**told))
    at.scan(code_of(CodeKind.ORDER, desk.shop.order("8001")["number"]))
    labels = at.packing.goods.findChildren(QLabel)
    texts = {one.text() for one in labels if one.isVisible()}
    assert {"Thing 0", "Colour 0", "own bubble bag", "0 / 2"} <= texts
    assert {one.accessibleName() for one in labels} >= {"No picture"}


def test_parcels_of_several_goods_packed_by_scanner_leave_no_stray_sign(
    at: Station, desk: DeskWorld
) -> None:
    rng = random.Random(11)
    parcels = int(os.environ.get("WAYDESK_PARCELS", "3"))
    spent = []
    for n in range(9001, 9001 + parcels):
        lines = some_lines(rng)
        order(desk.shop, str(n), lines)
        begun = time.process_time()
        assert pack(at, rng, str(n), lines) == 0
        spent.append(time.process_time() - begun)
    assert at.stray() == []
    verified = [row for row in desk.shop.all(packing) if row["state"] == "verified"]
    assert len(verified) == parcels
    print(f"{parcels} parcels, median {statistics.median(spent):.2f} s, worst {max(spent):.2f} s")


def pack(at: Station, rng: random.Random, external_id: str, lines: list[tuple[int, int]]) -> int:
    """Pack one parcel with two wrong scans among the right ones; how many were not caught."""
    todo = [n for n, many in lines for _ in range(many)]
    rng.shuffle(todo)
    mine = {n for n, _many in lines}
    foreign = rng.choice([n for n in range(len(GOODS)) if n not in mine])
    at.scan(number_of(external_id), gap_ms=rng.randint(3, 90))
    missed = 0
    for place, n in enumerate(todo):
        if place == len(todo) // 2:
            at.scan(GOODS[foreign][0])
            missed += at.said[0] != "bad"
        at.scan(GOODS[n][0], gap_ms=rng.randint(3, 90))
    at.scan(GOODS[todo[0]][0])
    missed += at.said[0] != "bad"
    at.scan(number_of(external_id))
    assert at.said == ("good", f"Done: order {external_id}")
    return missed
