"""Hands the outbox's mails in, each under an id of its own, and puts the day's head there."""

import asyncio
from dataclasses import dataclass

from app.keeper.room import Room
from app.operations import notices
from app.operations.notices import MAIL, Parcelled
from app.rulebook import Rulebook
from app.store import outbox
from app.store.seal import Row
from app.store.work import Work
from sync.errors import Ambiguous, SyncError, Throttled, Unreachable
from sync.notices.mail import Post

LOOK_S = 60.0
AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class MailPump:
    """Looks every minute; a mail that cannot leave waits, one that is refused is an exception."""

    room: Room
    post: Post

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            await self.room.write(self._daily)
            await self.round()
            await asyncio.sleep(LOOK_S)

    def _daily(self, work: Work) -> None:
        rules = self.room.laws.now
        if notices.put_daily(work, rules):
            work.tell("mail_put", "outbox")
        if notices.put_pickups(work, rules):
            work.tell("mail_put", "outbox", what="pickups")

    async def round(self) -> int:
        """One pass over what is due; returns how many mails were tried."""
        mails = await self.room.write(self._lease)
        for mail in mails:
            await self._send(mail)
        return len(mails)

    def _lease(self, work: Work) -> list[Parcelled]:
        found = []
        for row in outbox.due(work, AT_ONCE, (MAIL,)):
            mail = notices.parcelled(work, row)
            if mail is None:
                notices.dropped(work, row)
            else:
                outbox.lease(work, row)
                found.append(mail)
            work.tell("mail_sent" if mail else "mail_dropped", "outbox", row["id"])
        return found

    async def _send(self, mail: Parcelled) -> None:
        error: SyncError | None = None
        try:
            await self.post.send(mail.server, mail.letter)
        except SyncError as failed:
            error = failed
        rules = self.room.laws.now
        await self.room.write(lambda work: settled(work, rules, mail.row, error))


def settled(work: Work, rules: Rulebook, row: Row, error: SyncError | None) -> None:
    """Write down how handing one notice in ended, whichever way it went."""
    if error is None:
        notices.sent(work, row)
    elif isinstance(error, Ambiguous):
        notices.later(work, row, error.code, unknown=True)
    elif isinstance(error, Throttled | Unreachable) and error.code != "mail_no_tls":
        notices.later(work, row, error.code, unknown=False)
    else:
        text = str(error.details.get("text", ""))
        notices.refused(work, rules, row, error.code, text)
    word = "mail_settled" if row["kind"] == MAIL else "chat_settled"
    work.tell(word, "outbox", row["id"], code=error.code if error else "")
