"""What is done with a connection: asked first, done behind the door, told once."""

from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from app.commands.carriers import ReadOutlets, WarnBelow
from app.commands.channels import PullNow
from app.commands.founding import Tried
from app.commands.orders import MapStatus
from app.commands.schedule import CheckConnection, PauseChannel, ResumeChannel, SetSchedule
from app.desk.connection_keys import KeyDeeds, Keyed
from app.desk.dialogs import Answers, Field, Form, ask
from app.desk.seat import ENDED, News, Seat
from app.desk.speech import SECOND
from app.domain.errors import WaydeskError
from app.domain.lifecycle import STATES
from app.domain.states import Machine
from app.domain.status import SKIP
from app.reads.connections import ConnectionRow, MeaningRow

PACES = (0, 30, 60, 300, 900, 3600)
REASON = Field("reason", "sheet.reason", lines=2, needed=True)


@dataclass(frozen=True, slots=True)
class Check:
    """How a check of a connection ended (UTC ms): it works, with notes, or what is wrong."""

    at: int
    error: WaydeskError | None = None
    notes: tuple[str, ...] = ()


class ConnectionDeeds:
    """Checking, pausing, pace and zone, meanings and keys."""

    def __init__(self, seat: Seat, place: QWidget) -> None:
        self._seat, self._place = seat, place
        self._keys = KeyDeeds(seat, place)

    async def check(self, row: ConnectionRow) -> Check:
        """Ask the other end under the keys that stand; a refusal is what comes of it."""
        which = {"channel_id" if row.is_shop else "carrier_id": row.id}
        try:
            tried = await self._seat.link.ask(CheckConnection(**which), Tried)
        except WaydeskError as error:
            if error.code in ENDED:
                self._seat.tell(error)
            return Check(self._seat.clock.now(), error)
        return Check(self._seat.clock.now(), notes=tried.notes)

    async def read_now(self, row: ConnectionRow) -> None:
        """Read a shop at once."""
        if await self._seat.do(PullNow(row.id)):
            self._good("sync.read_asked", row)

    async def read_outlets(self, row: ConnectionRow) -> None:
        """Read a carrier account's outlets and balances at once."""
        if await self._seat.do(ReadOutlets(row.id)):
            self._good("sync.read_asked", row)

    async def warn_below(self, row: ConnectionRow) -> None:
        """Set at how many numbers left the list warns."""
        fields = (Field("numbers", "sync.numbers", str(row.warn_below), needed=True),)
        words = ("sync.warn_title", "sync.warn_text")
        answer = await self._ask(Form(*words, fields, "sync.keep", args={"name": row.name}))
        if answer is not None:
            typed = answer["numbers"].strip()
            # What is no number goes to the door as one it refuses, with the field's name.
            numbers = int(typed[:9]) if typed.isascii() and typed.isdigit() else -1
            if await self._seat.do(WarnBelow(row.id, numbers)):
                self._good("sync.warn_set", row)

    async def pause(self, row: ConnectionRow) -> None:
        """Stop reading and uploading, with a reason."""
        words = ("sync.pause_title", "sync.pause_text")
        form = Form(*words, (REASON,), "sync.pause", "danger", {"name": row.name})
        answer = await self._ask(form)
        if answer and await self._seat.do(PauseChannel(row.id, answer["reason"])):
            self._good("sync.paused", row)

    async def resume(self, row: ConnectionRow) -> None:
        """Go on where it stood."""
        if await self._seat.do(ResumeChannel(row.id)):
            self._good("sync.resumed", row)

    async def schedule(self, row: ConnectionRow) -> None:
        """Set how often it is read and in which zone its times are."""
        speech = self._seat.speech
        paces = sorted({*PACES, row.every_s})
        options = tuple((str(s), speech.span(s * SECOND)) for s in paces if s)
        usual = (("0", speech.say("sync.pace_usual")),)
        fields = (
            Field("every", "sync.every", str(row.every_s), usual + options),
            Field("zone", "sync.zone", row.zone, needed=True),
        )
        words = ("sync.schedule_title", "sync.schedule_text")
        answer = await self._ask(Form(*words, fields, "sync.keep", args={"name": row.name}))
        if answer is not None:
            wish = SetSchedule(row.id, int(answer["every"]), answer["zone"])
            if await self._seat.do(wish):
                self._good("sync.scheduled", row)

    async def keys(self, row: ConnectionRow) -> bool:
        """Put new keys in; True when it was done."""
        return await self._keys.renew(_keyed(row))

    async def retire(self, row: ConnectionRow) -> bool:
        """Forget its keys; True when it was done."""
        return await self._keys.retire(_keyed(row))

    async def new_meaning(self, row: ConnectionRow) -> None:
        """Say what a word means in this shop that Waydesk does not know yet."""
        word = self._seat.speech.word
        machines = tuple((m.value, word("machine", m.value)) for m in Machine)
        fields = (
            Field("machine", "sync.machine", Machine.ORDER.value, machines),
            Field("raw", "sync.raw", needed=True),
        )
        form = Form("sync.new_title", "sync.new_text", fields, "sync.onward", args=_named(row))
        answer = await self._ask(form)
        if answer is not None:
            await self.meaning(row, MeaningRow(0, answer["machine"], answer["raw"], "", 0))

    async def meaning(self, row: ConnectionRow, word: MeaningRow) -> None:
        """Say what a word means in this shop alone, and why."""
        say = self._seat.speech.word
        states = (*(str(state) for state in STATES[Machine(word.machine)]), SKIP)
        options = tuple((s, say("sync_word" if s == SKIP else word.machine, s)) for s in states)
        fields = (
            Field("status", "sync.means", word.status, options, needed=True),
            Field("sentence", "sync.why", lines=2, needed=True),
        )
        told: dict[str, str | int] = {"name": row.name, "raw": word.raw}
        words = ("sync.meaning_title", "sync.meaning_text")
        answer = await self._ask(Form(*words, fields, "sync.keep", args=told))
        if answer is not None:
            meant = (row.platform, word.machine, word.raw, answer["status"], answer["sentence"])
            if await self._seat.do(MapStatus(*meant, channel_id=row.id)):
                self._good("sync.meant", row)

    # --- inside --------------------------------------------------------------------------------

    async def _ask(self, form: Form) -> Answers | None:
        return await ask(self._place.window(), self._seat.speech, form)

    def _good(self, key: str, row: ConnectionRow) -> None:
        self._seat.news.emit(News(self._seat.speech.say(key, name=row.name), "", "good"))


def _named(row: ConnectionRow) -> dict[str, str | int]:
    return {"name": row.name}


def _keyed(row: ConnectionRow) -> Keyed:
    return Keyed(row.kind, row.id, row.platform, row.name)
