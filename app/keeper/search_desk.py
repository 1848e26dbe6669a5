"""Search tokens beside the line of commands: no transaction, a limit, and a count in the record.

The desk never holds the key, so it asks what a typed name is looked up by (house.md, Search
without the key). Sessions that lately passed the door may ask; whoever asks too often waits.
"""

from collections import Counter, deque
from dataclasses import dataclass, field

from app.commands.people import Tokenise, Tokens
from app.domain.errors import NotSignedIn, QuotaSpent
from app.keeper.room import Room
from app.operations.people import tokens_of
from app.store.work import Work

MINUTE_S = 60.0
MOST_A_MINUTE = 240
TRUSTED_S = 60.0


@dataclass(slots=True)
class SearchDesk:
    """Answers :class:`Tokenise` for sessions the door let in within the last minute."""

    room: Room
    _seen: dict[str, float] = field(default_factory=dict)
    _asked: dict[str, deque[float]] = field(default_factory=dict)
    _counted: Counter[str] = field(default_factory=Counter)

    def let_in(self, session: str) -> None:
        """Remember that the door knew this session, and that it may read orders."""
        self._seen[session] = self.room.clock.mono()

    def shut(self, session: str) -> None:
        """Forget a session that was locked or ended."""
        self._seen.pop(session, None)

    def knows(self, session: str) -> bool:
        """Whether the door let this session in within the last minute."""
        return self.room.clock.mono() - self._seen.get(session, -TRUSTED_S) < TRUSTED_S

    def tokens(self, session: str, ask: Tokenise) -> Tokens:
        """Tokens of what was typed. Raises :class:`NotSignedIn` or :class:`QuotaSpent`."""
        if not self.knows(session):
            raise NotSignedIn
        self._take_turn(session)
        return tokens_of(self.room.book.keys, ask.text)

    def _take_turn(self, session: str) -> None:
        now, asked = self.room.clock.mono(), self._asked.setdefault(session, deque())
        while asked and now - asked[0] > MINUTE_S:
            asked.popleft()
        if len(asked) >= MOST_A_MINUTE:
            raise QuotaSpent(permission="order.read", limit=MOST_A_MINUTE, until="")
        asked.append(now)
        self._counted[session] += 1

    def write_down(self, work: Work) -> None:
        """Say in the record how often each session searched by name since the last time."""
        for session, n in self._counted.items():
            work.tell("searched", "session", int(session), n=n)
        self._counted.clear()
