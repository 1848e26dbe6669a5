"""What is done with a member of staff: asked first, done behind the door, told once."""

from collections.abc import Callable, Coroutine

from PySide6.QtWidgets import QWidget

from app.commands.approvals import ResetFactor
from app.commands.people import CreateOperator, SetRoles
from app.commands.staff import (
    Badge,
    DropQuickKeys,
    IssueBadge,
    MarkLeft,
    RenameOperator,
    ResetPassphrase,
    ReturnOperator,
    Temporary,
)
from app.desk.dialogs import Answers, Field, Form, ask
from app.desk.screens.people.told import ToldSheet
from app.desk.seat import Seat
from app.reads.people import StaffRow

Deed = Callable[[StaffRow], Coroutine[object, object, None]]


class Deeds:
    """Joiners, leavers, names, passphrases and badges."""

    def __init__(self, seat: Seat, place: QWidget) -> None:
        self._seat, self._place = seat, place

    async def add(self) -> int:
        """Add somebody; gives their id, 0 when it was left or refused."""
        fields = (
            Field("name", "people.name", needed=True),
            Field("login", "people.login_asked", needed=True),
        )
        answer = await self._asked(Form("people.add", "people.add_text", fields, "people.add"))
        if answer is None:
            return 0
        wish = CreateOperator(answer["login"], answer["name"], "")
        told = await self._seat.ask(wish, Temporary)
        if told is None:
            return 0
        await self._tell(told, answer["name"])
        return told.operator_id

    async def rename(self, row: StaffRow) -> None:
        """Call them by another name."""
        asked = Field("name", "people.name", row.name, needed=True)
        answer = await self._asked(Form("people.rename", fields=(asked,)))
        if answer is not None:
            await self._seat.do(RenameOperator(row.id, answer["name"]))

    async def reset(self, row: StaffRow) -> None:
        """Give them a temporary passphrase."""
        if await self._sure(row, "people.reset", "people.reset_text") is not None:
            told = await self._seat.ask(ResetPassphrase(row.id), Temporary)
            if told is not None:
                await self._tell(told, row.name)

    async def badge(self, row: StaffRow) -> None:
        """Make them a badge and show it once."""
        if await self._sure(row, "people.badge", "people.badge_text") is None:
            return
        made = await self._seat.ask(IssueBadge(row.id), Badge)
        if made is not None:
            words = ("people.badge_made", "people.badge_made_text")
            form = Form(*words, done="people.close", args={"name": made.name})
            await ToldSheet(self._host(), self._seat, form, made.code).answers()

    async def drop(self, row: StaffRow) -> None:
        """Take their badge and PIN away."""
        if await self._sure(row, "people.drop") is not None:
            await self._seat.do(DropQuickKeys(row.id))

    async def factor(self, row: StaffRow) -> None:
        """Take a lost second factor away."""
        answer = await self._sure(row, "people.factor", "people.factor_text", why=True)
        if answer is not None:
            await self._seat.do(ResetFactor(row.id, answer["reason"]))

    async def left(self, row: StaffRow) -> None:
        """Let them go."""
        answer = await self._sure(row, "people.left", "people.left_text", why=True)
        if answer is not None:
            await self._seat.do(MarkLeft(row.id, answer["reason"]))

    async def back(self, row: StaffRow) -> None:
        """Let them in again."""
        if await self._sure(row, "people.back", "people.add_text") is not None:
            told = await self._seat.ask(ReturnOperator(row.id), Temporary)
            if told is not None:
                await self._tell(told, row.name)

    async def roles(self, row: StaffRow, wanted: tuple[str, ...]) -> bool:
        """Give them exactly these roles, with a reason; True when it was done."""
        asked = Field("reason", "people.reason", lines=2, needed=True)
        form = Form("people.roles_of", fields=(asked,), args={"name": row.name})
        answer = await self._asked(form)
        return answer is not None and await self._seat.do(
            SetRoles(row.id, wanted, answer["reason"])
        )

    # --- inside --------------------------------------------------------------------------------

    async def _sure(
        self, row: StaffRow, word: str, text: str = "sheet.plain", *, why: bool = False
    ) -> Answers | None:
        fields = (Field("reason", "people.reason", lines=2, needed=True),) if why else ()
        tone = "danger" if why else "primary"
        args: dict[str, str | int] = {"name": row.name, "what": row.name}
        return await self._asked(Form(word, text, fields, word, tone, args))

    async def _tell(self, told: Temporary, name: str) -> None:
        words = ("people.told", "people.told_text")
        form = Form(*words, done="people.close", args={"name": name})
        await ToldSheet(self._host(), self._seat, form, told.passphrase, told.login).answers()

    async def _asked(self, form: Form) -> Answers | None:
        return await ask(self._host(), self._seat.speech, form)

    def _host(self) -> QWidget:
        return self._place.window()
