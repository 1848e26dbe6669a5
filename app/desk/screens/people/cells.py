"""What the list of staff says of a person: roles with where they hold, last seen, what is odd."""

from dataclasses import dataclass

from app.desk.columns import Cell, Column, Kind
from app.desk.seat import Seat
from app.desk.speech import DAY
from app.reads.people import GrantRow, StaffRow

TOLD, LEFT, LOCKED, IDLE, NEVER, HERE, IN = "told", "left", "locked", "idle", "never", "here", "in"
TONES = {LEFT: "", LOCKED: "bad", IDLE: "warning", NEVER: "warning", TOLD: "info", HERE: "good"}


@dataclass(frozen=True, slots=True)
class Standing:
    """How an account stands: a word of ``people.state_*`` and its tone."""

    state: str
    text: str
    tone: str


class StaffCells:
    """Turns a member of staff into cells."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    def columns(self) -> tuple[Column[StaffRow], ...]:
        """The columns, widths as they stand at 1366 pixels."""
        return (
            Column("person", "people.col_person", self._person, 190, Kind.TILE, grow=2),
            Column("roles", "people.col_roles", self._roles, 260, grow=5),
            Column("seen", "people.col_seen", self._seen, 120, grow=1, drop=1),
            Column("state", "people.col_state", self._state, 150, Kind.PILL, grow=1),
        )

    def grant(self, grant: GrantRow) -> str:
        """A role and where it holds, in words."""
        say, word = self._seat.speech.say, self._seat.speech.word
        where = grant.where or say("people.everywhere")
        if grant.where:
            where = f"{word('scope', grant.scope)} {grant.where}"
        return f"{word('role', grant.role)} · {where}"

    def standing(self, row: StaffRow) -> Standing:
        """How the account stands; what needs a look comes first."""
        speech, now = self._seat.speech, self._seat.clock.now()
        idle_after = self._seat.law.policy.idle_account_days * DAY
        state, span = IN, ""
        if row.state == LEFT:
            state = LEFT
        elif (row.locked_until or 0) > now:
            state = LOCKED
        elif row.seen_at is None:
            state = TOLD if row.must_change else NEVER
        elif now - row.seen_at > idle_after:
            state, span = IDLE, speech.span(now - row.seen_at)
        elif row.must_change:
            state = TOLD
        elif row.here:
            state = HERE
        text = speech.say(f"people.state_{state}", **({"span": span} if span else {}))
        return Standing(state, text, TONES.get(state, ""))

    def _person(self, row: StaffRow) -> Cell:
        return Cell(row.name, row.login, mark=row.name[:1].upper())

    def _roles(self, row: StaffRow) -> Cell:
        if not row.grants:
            return Cell(self._seat.speech.say("people.no_role"), quiet=True)
        word = self._seat.speech.word
        first = ", ".join(dict.fromkeys(word("role", one.role) for one in row.grants))
        some = dict.fromkeys(self.grant(one).partition(" · ")[2] for one in row.grants)
        return Cell(first, ", ".join(some))

    def _seen(self, row: StaffRow) -> Cell:
        return Cell(self._seat.speech.moment(row.seen_at, self._seat.clock.now()))

    def _state(self, row: StaffRow) -> Cell:
        standing = self.standing(row)
        return Cell(standing.text, tone=standing.tone, quiet=standing.state == LEFT)
