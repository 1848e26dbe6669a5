"""At weigh-out a label is scanned, the weight comes by itself, and the parcel is gone."""

import asyncio
import os
import tty

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from app.commands.orders import HoldOrder
from app.desk.scale import SerialScale
from app.desk.screens.packing.weighing import BY, TYPED, WeighOutScreen, grams_typed
from app.domain.weighing import Reading
from app.store.tables import parcel, print_job
from tests.desk.desk_world import DeskWorld
from tests.desk.station_world import Station, number_of, order, stock


class FakeScale(QObject):
    """A scale whose pan a test loads; it sends as fast as it is told to."""

    reading, there = Signal(object), Signal(bool)

    def __init__(self, desk: DeskWorld) -> None:
        super().__init__()
        self._desk = desk
        self.closed = False

    def load(self, grams: int, times: int = 4, still: bool | None = None) -> None:
        for _ in range(times):
            self._desk.behind.clock.advance(200)
            self.reading.emit(Reading(grams, still))

    def close(self) -> None:
        self.closed = True


class Bench(Station):
    """Somebody at the weigh-out station."""

    @property
    def weighing(self) -> WeighOutScreen:
        assert isinstance(self.screen, WeighOutScreen)
        return self.screen

    @property
    def said(self) -> tuple[str, str]:
        shown = self.weighing.verdict.shown
        return shown.tone, shown.title

    def box(self, external_id: str) -> dict[str, object]:
        order_id = self.desk.shop.order(external_id)["id"]
        return next(row for row in self.desk.shop.all(parcel) if row["order_id"] == order_id)


@pytest.fixture
def at(desk: DeskWorld) -> Bench:
    stock(desk.shop)
    for number in ("8101", "8102", "8103"):
        order(desk.shop, number, [(0, 1), (1, 1)])
    return Bench(desk, place="weighing")


@pytest.mark.req("F233")
def test_a_scan_and_a_still_weight_ship_the_parcel_and_prove_its_label(
    at: Bench, desk: DeskWorld
) -> None:
    scale = FakeScale(desk)
    at.weighing.listen_to(scale)
    at.scan(number_of("8101"))
    assert at.said == ("info", f"On the scale, please: {number_of('8101')}")
    desk.act(lambda: scale.load(1820, times=2))
    assert at.box("8101")["weighed_at"] is None
    desk.act(lambda: scale.load(1820, times=3))
    assert at.said == ("good", f"Gone: {number_of('8101')}, 1.820 kg")
    assert at.box("8101")["weight_g"] == 1820
    assert desk.shop.order("8101")["state"] == "shipped"
    (job,) = [
        row for row in desk.shop.all(print_job) if row["order_id"] == desk.shop.order("8101")["id"]
    ]
    assert (job["state"], job["confirmed_by"]) == ("printed", "scan")
    # The first parcel still lies there: its weight is not the second's.
    at.scan(number_of("8102"))
    desk.act(lambda: scale.load(1820))
    assert at.box("8102")["weighed_at"] is None
    desk.act(lambda: scale.load(0))
    desk.act(lambda: scale.load(640))
    assert at.box("8102")["weight_g"] == 640
    # A parcel that lies there already is weighed out by its scan alone.
    desk.act(lambda: (scale.load(0), scale.load(905)))
    at.scan(number_of("8103"))
    assert at.box("8103")["weight_g"] == 905
    at.scan(number_of("8103"))
    assert at.said == ("warning", f"Weighed out before: {number_of('8103')}")
    assert at.weighing.foot.day.parcels == 3
    desk.act(desk.window.leave)
    assert scale.closed


@pytest.mark.req("F233")
def test_the_weight_is_optional(at: Bench, desk: DeskWorld) -> None:
    at.scan(number_of("8101"))
    assert at.said == ("good", f"Gone: {number_of('8101')}, no weight")
    at.weighing.listen_to(FakeScale(desk))
    at.scan(number_of("8102"))
    at.press(Qt.Key.Key_Return)
    assert desk.shop.order("8102")["state"] == "allocated"
    at.press(Qt.Key.Key_F9)
    assert desk.shop.order("8102")["state"] == "shipped"


def test_a_stopped_parcel_is_not_weighed_out_and_nothing_is_kept_for_the_next(
    at: Bench, desk: DeskWorld
) -> None:
    desk.shop.do("lead", HoldOrder(desk.shop.order("8101")["id"], "call the buyer"))
    scale = FakeScale(desk)
    at.weighing.listen_to(scale)
    desk.act(lambda: scale.load(700))
    at.scan(number_of("8101"))
    assert (at.said[0], at.sounds.played[-1]) == ("stop", "stop")
    at.scan("SF9999999999999")
    assert at.said[0] == "stop"
    assert at.box("8101")["weighed_at"] is None
    at.scan(number_of("8102"))
    assert at.box("8102")["weight_g"] == 700


def test_a_weight_is_typed_where_no_scale_is(at: Bench, desk: DeskWorld) -> None:
    desk.seat.memory.keep(BY, TYPED)
    handle = desk.window.windowHandle()

    async def play() -> None:
        await at.pressed(lambda: at.type(number_of("8101")))
        for _ in range(100):
            await asyncio.sleep(0.01)
            if isinstance(QApplication.focusWidget(), QLineEdit):
                break

        def by_hand() -> None:
            for sign in "1.25":
                QTest.keyClick(handle, sign)
                desk.window.watch.scanner._pause.timeout.emit()
            QTest.keyClick(handle, Qt.Key.Key_Return)

        await at.pressed(by_hand)

    desk.run(play())
    desk.settle()
    assert at.box("8101")["weight_g"] == 1250


@pytest.mark.parametrize(
    ("typed", "grams"),
    [("1.82", 1820), (",5", 500), ("2", 2000), ("", 0), ("0", None), ("1.8205", None), ("x", None)],
)
def test_kilograms_are_read_as_people_write_them(typed: str, grams: int | None) -> None:
    assert grams_typed(typed) == grams


@pytest.mark.req("F233")
def test_a_scale_on_a_serial_line_is_read_and_looked_for_when_it_is_gone(
    desk: DeskWorld,
) -> None:
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    scale, heard, there = SerialScale(os.ttyname(theirs)), list[Reading](), list[bool]()
    scale.reading.connect(heard.append)
    scale.there.connect(there.append)
    scale.start()
    desk.until(lambda: there)
    for piece in (b"garbage\r\nST,GS,+  1.8", b"20k", b"g\r\nUS,GS,+  1.700kg\r", b"\n"):
        os.write(ours, piece)
        desk.settle_events()
    desk.until(lambda: len(heard) == 2)
    assert heard == [Reading(1820, True), Reading(1700, False)]
    os.close(ours)
    os.close(theirs)
    desk.until(lambda: there == [True, False])
    scale.close()
