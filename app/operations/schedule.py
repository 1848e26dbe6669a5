"""How a shop is read: how often, in which zone, and whether at all; without a restart."""

from app.commands.schedule import PauseChannel, ResumeChannel, SetSchedule
from app.domain.errors import BadValue, NotInState
from app.domain.times import is_zone
from app.operations import retime
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store import intake_rows, shops
from app.store.seal import Row
from app.store.tables import channel
from app.store.work import Work

SOONEST_S, LATEST_S = 10, 86_400


def set_schedule(work: Work, ask: SetSchedule, rules: Rulebook) -> None:
    """Set how often a shop is read and its zone; with another zone its times are read again.

    The shop is read from its beginning then: what was changed before and after a time depends on
    the zone too. Nothing is doubled by that.

    Raises :class:`BadValue` for a pace outside 10 s to a day and for a zone nobody knows.
    """
    if ask.every_s and not SOONEST_S <= ask.every_s <= LATEST_S:
        raise BadValue(field="every_s", value=str(ask.every_s))
    row = work.row(channel, ask.channel_id)
    zone = ask.zone.strip() or row["zone"]
    if not is_zone(zone):
        raise BadValue(field="zone", value=ask.zone)
    _put(work, row, every_s=ask.every_s, zone=zone)
    if zone != row["zone"]:
        retime.read_again(work, rules, row["id"], row["zone"])
        intake_rows.move_cursor(work, row["id"], "")


def pause_channel(work: Work, ask: PauseChannel, _rules: Rulebook) -> None:
    """Stop reading a shop and uploading to it; :class:`NotInState` for one that is not read."""
    _switch(work, ask.channel_id, shops.ON, shops.PAUSED, "pause_channel")


def resume_channel(work: Work, ask: ResumeChannel, _rules: Rulebook) -> None:
    """Go on with a paused shop; :class:`NotInState` for one that is not paused."""
    _switch(work, ask.channel_id, shops.PAUSED, shops.ON, "resume_channel")


def _switch(work: Work, channel_id: int, before: str, after: str, action: str) -> None:
    row = work.row(channel, channel_id)
    if row["state"] != before:
        raise NotInState(machine="channel", state=row["state"], action=action)
    _put(work, row, state=after)


def _put(work: Work, row: Row, **values: str | int) -> None:
    work.update(channel, row["id"], row["version"], **values)
    work.mark("channels", row["id"])


VERBS = (
    Verb(SetSchedule, set_schedule, "sync.schedule", "schedule_set"),
    Verb(PauseChannel, pause_channel, "sync.schedule", "channel_paused", reason=True),
    Verb(ResumeChannel, resume_channel, "sync.schedule", "channel_resumed"),
)
