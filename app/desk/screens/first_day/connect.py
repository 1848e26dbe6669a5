"""Connecting the first shop and the first carrier."""

from collections.abc import Callable, Coroutine
from typing import Any

from app.commands.founding import KeepStep
from app.desk.connecting import Connected, ConnectForm, Wish, connect_carrier, connect_shop
from app.desk.screens.first_day.page import FormPage
from app.desk.seat import Seat
from app.domain.connections import Kind as EndKind


class ConnectPage(FormPage):
    """One platform or carrier and its fields, tried before they are kept."""

    end: EndKind
    step: str
    form: ConnectForm
    connect_it: Callable[[Seat, Wish], Coroutine[Any, Any, Connected | None]]
    """Tries and keeps; what is wrong is told."""

    def make_form(self) -> ConnectForm:
        """The form of every place that connects something."""
        return ConnectForm(self.seat, self.end)

    def say(self) -> None:
        """Ask in the language of now."""
        self.form.say()

    async def finish(self) -> bool:
        """Try it, then keep it; what is wrong with it is told on the page."""
        kept = await self.connect_it(self.seat, await self.form.wish())
        if kept is None:
            return False
        self.draft.notes += kept.notes
        self.form.forget_secrets()
        return await self.seat.do(KeepStep(self.step, "done"))


class ChannelPage(ConnectPage):
    """The first shop on a platform."""

    end, step, connect_it = EndKind.PLATFORM, "shop", staticmethod(connect_shop)


class CarrierPage(ConnectPage):
    """The first carrier account."""

    end, step, connect_it = EndKind.CARRIER, "carrier", staticmethod(connect_carrier)
