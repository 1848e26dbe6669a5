"""New keys for a shop or carrier that stands, or its keys forgotten: asked first, told once."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QWidget

from app.commands.privacy import RenewCredentials, RetireCredentials
from app.desk.dialogs import Answers, Field, Form, ask
from app.desk.seat import News, Seat
from app.domain.connections import Field as KeyField
from app.domain.connections import Kind

REASON = Field("reason", "sheet.reason", lines=2, needed=True)


@dataclass(frozen=True, slots=True)
class Keyed:
    """Whose keys: ``kind`` is channel or carrier, ``platform`` the platform or carrier."""

    kind: str
    owner_id: int
    platform: str
    name: str


Deed = Callable[[Keyed], Coroutine[Any, Any, bool]]


class KeyDeeds:
    """Replaces and forgets keys; True when it was done."""

    def __init__(self, seat: Seat, place: QWidget) -> None:
        self._seat, self._place = seat, place

    async def renew(self, one: Keyed) -> bool:
        """Put new keys in; a field left empty stays as it is."""
        fields = tuple(
            Field(f.name, f"connection.{one.platform}.{f.name}", secret=True)
            for f in self._fields(one)
            if f.secret
        )
        told: dict[str, str | int] = {"name": one.name}
        answer = await self._ask(
            Form("privacy.renew_title", "privacy.renew_text", fields, args=told)
        )
        given = {name: value for name, value in (answer or {}).items() if value}
        done = bool(given) and await self._seat.do(RenewCredentials(one.kind, one.owner_id, given))
        return self._good("privacy.renewed", one) if done else False

    async def retire(self, one: Keyed) -> bool:
        """Forget the keys, with a reason."""
        words = ("privacy.retire_title", "privacy.retire_text")
        told: dict[str, str | int] = {"name": one.name}
        answer = await self._ask(Form(*words, (REASON,), "privacy.retire", "danger", told))
        done = answer is not None and await self._seat.do(
            RetireCredentials(one.kind, one.owner_id, answer["reason"])
        )
        return self._good("privacy.retired", one) if done else False

    # --- inside --------------------------------------------------------------------------------

    def _fields(self, one: Keyed) -> tuple[KeyField, ...]:
        kind = Kind.CARRIER if one.kind == "carrier" else Kind.PLATFORM
        rows = self._seat.law.connections.of(kind)
        return next((row.fields for row in rows if row.name == one.platform), ())

    async def _ask(self, form: Form) -> Answers | None:
        return await ask(self._place.window(), self._seat.speech, form)

    def _good(self, key: str, one: Keyed) -> bool:
        self._seat.news.emit(News(self._seat.speech.say(key, name=one.name), "", "good"))
        return True
