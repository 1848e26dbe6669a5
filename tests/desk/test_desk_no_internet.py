"""A strip says that the network is gone and what goes on meanwhile, for as long as it lasts."""

from collections.abc import Iterator

import pytest

from app.desk.banner import Strip
from app.desk.link import LinkState
from app.desk.no_internet import NoInternet
from app.desk.text import TextLabel
from app.keeper.outside_watch import OutsideWatch
from app.keeper.room import Room
from sync.outside import Outside
from tests.desk.desk_world import DeskWorld
from tests.operations.carrier_world import AtOnce
from tests.worlds import SeededRng


class Network:
    """The background service's own watch, and the network it watches."""

    def __init__(self, desk: DeskWorld) -> None:
        self.desk, self.outside, self.silent = desk, Outside(), False
        book, laws = desk.shop.book, desk.shop.door.laws
        room = Room(book, AtOnce(), laws, book.clock, SeededRng(), self.hear)  # type: ignore[arg-type]
        self.watch = OutsideWatch(room, self.outside)

    def hear(self, told) -> None:
        if not self.silent:
            self.desk.link.hear(dict(told.rows))

    def turn(self, host: str, *, up: bool) -> None:
        now = self.desk.shop.book.clock.mono()
        (self.outside.reached if up else self.outside.missed)(host, now)
        self.desk.run(self.watch.look())
        self.desk.settle()


@pytest.fixture
def network(desk: DeskWorld) -> Iterator[Network]:
    shown = NoInternet(desk.seat, desk.window.banner)
    yield Network(desk)
    shown.let_go()


def said(desk: DeskWorld) -> str:
    banner = desk.window.banner
    texts = [label.text() for label in banner.findChildren(TextLabel)]
    return " ".join(texts) if banner.isVisible() else ""


def test_the_strip_stands_while_nobody_is_reached(desk: DeskWorld, network: Network) -> None:
    desk.sit("lead")
    assert said(desk) == ""
    network.turn("shop.example", up=False)
    assert "No internet since" in said(desk)
    assert "shop.example" in said(desk)
    desk.act(lambda: desk.seat.speech.choose("zh"))
    assert "没有网络" in said(desk)
    network.turn("shop.example", up=True)
    assert said(desk) == ""


def test_a_desk_that_begins_while_it_lasts_says_it_too(desk: DeskWorld, network: Network) -> None:
    network.silent = True
    network.turn("shop.example", up=False)
    assert said(desk) == ""
    desk.act(lambda: desk.link.turn(LinkState.READY))
    assert "No internet since" in said(desk)


def test_what_else_the_strip_says_is_not_pushed_away(desk: DeskWorld, network: Network) -> None:
    desk.act(lambda: desk.window.banner.show_strip(Strip("banner.safe")))
    network.turn("shop.example", up=False)
    assert "Safe mode" in said(desk)
    network.turn("shop.example", up=True)
    assert "Safe mode" in said(desk)


def test_what_a_service_that_died_said_is_looked_at_anew(desk: DeskWorld, network: Network) -> None:
    network.turn("shop.example", up=False)
    again = Network(desk)
    desk.run(again.watch.look())
    desk.settle()
    assert said(desk) == ""
