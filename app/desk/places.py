"""The places of the rail: each a screen with its word, icon and who may go there.

A new screen is a row of this table; its words are ``nav.<name>`` and its picture is
``resources/icons/<name>.svg``.
"""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from app.desk.orders import OrdersScreen
from app.desk.screen import Screen
from app.desk.screens.approvals import ApprovalsScreen
from app.desk.screens.catalogue import CatalogueScreen
from app.desk.screens.exceptions import CasesScreen
from app.desk.screens.packing.screen import PackingScreen
from app.desk.screens.packing.weighing import WeighOutScreen
from app.desk.screens.people.screen import PeopleScreen
from app.desk.screens.record import RecordScreen
from app.desk.screens.settings.screen import SettingsScreen
from app.desk.screens.stock.screen import StockScreen
from app.desk.screens.sync.screen import SyncScreen
from app.desk.seat import Seat
from app.reads import approvals, connections, exceptions, listings, stopped


@dataclass(frozen=True, slots=True)
class Badge:
    """How many wait there.

    Attributes:
        count: reads the number.
        kinds: the kinds of changed rows after which it is read again.
    """

    count: Callable[[Seat], Coroutine[Any, Any, int]]
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the rail.

    Attributes:
        right: the key of the sentence of the permission without which the place is not shown.
        make: makes its screen, when it is first gone to.
        links: the word of a link to one thing of it (``order`` in ``waydesk://order/123``).
        badge: the number beside its icon.
        low: whether it stands at the foot of the rail, apart from the daily work.
    """

    name: str
    right: str
    make: Callable[[Seat], Screen]
    links: str = ""
    badge: Badge | None = None
    low: bool = False

    @property
    def permission(self) -> str:
        """The permission's own name."""
        return self.right.removeprefix("permission.")

    @property
    def word(self) -> str:
        """The key of its name."""
        return f"nav.{self.name}"


async def _open_cases(seat: Seat) -> int:
    return sum((await seat.see(exceptions.counts)).values())


async def _to_map(seat: Seat) -> int:
    return await seat.see(listings.waiting)


async def _stopped(seat: Seat) -> int:
    return await seat.see(stopped.open_breakers)


async def _to_mend(seat: Seat) -> int:
    return await seat.see(connections.refused)


async def _for_me(seat: Seat) -> int:
    return await seat.see(approvals.waiting_for_me, seat.clock.now())


PLACES = (
    Place("orders", "permission.order.read", OrdersScreen, links="order"),
    Place(
        "cases",
        "permission.exception.read",
        CasesScreen,
        links="case",
        badge=Badge(_open_cases, frozenset({"cases"})),
    ),
    Place("packing", "permission.pack.scan", PackingScreen),
    Place("weighing", "permission.pack.scan", WeighOutScreen),
    Place(
        "catalogue",
        "permission.catalogue.read",
        CatalogueScreen,
        badge=Badge(_to_map, frozenset({"listings", "orders"})),
    ),
    Place(
        "stock",
        "permission.stock.read",
        StockScreen,
        badge=Badge(_stopped, frozenset({"breakers"})),
    ),
    Place(
        "approvals",
        "permission.desk.use",
        ApprovalsScreen,
        badge=Badge(_for_me, frozenset({"approvals"})),
    ),
    Place("record", "permission.audit.read", RecordScreen),
    Place(
        "sync",
        "permission.sync.now",
        SyncScreen,
        badge=Badge(_to_mend, frozenset({"channels", "health"})),
    ),
    Place("people", "permission.user.manage", PeopleScreen, low=True),
    Place("settings", "permission.desk.use", SettingsScreen, low=True),
)
"""In the order of the rail; Ctrl+1 is the first."""


def place_of(target: str) -> tuple[str, str]:
    """The place's name and the thing in it that a target ("cases", "order/123") points to.

    An unknown target gives empty names.
    """
    head, _, what = target.partition("/")
    for place in PLACES:
        if head in {place.name, place.links} - {""}:
            return place.name, what
    return "", ""
