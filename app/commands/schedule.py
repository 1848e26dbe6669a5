"""What is asked of how a shop is read: how often, in which zone, and whether at all."""

import msgspec


class SetSchedule(msgspec.Struct, frozen=True, tag="set_schedule"):
    """How often a shop is read and which zone its times are in, from the next reading on.

    ``every_s`` is 10 s to a day, 0 for as often as Waydesk reads by itself. ``zone`` is an IANA
    name; empty leaves it.
    """

    channel_id: int
    every_s: int
    zone: str = ""


class PauseChannel(msgspec.Struct, frozen=True, tag="pause_channel"):
    """Neither read a shop nor upload to it until it is resumed; what waits for it waits."""

    channel_id: int
    reason: str


class ResumeChannel(msgspec.Struct, frozen=True, tag="resume_channel"):
    """Read a paused shop on from where it stood, and upload what waited."""

    channel_id: int


class CheckConnection(msgspec.Struct, frozen=True, tag="check_connection"):
    """Ask a kept connection a question that changes nothing, under the keys that stand.

    Exactly one of the two ids is given. Answers :class:`~app.commands.founding.Tried`; a refusal
    says in one sentence what is wrong.
    """

    channel_id: int = 0
    carrier_id: int = 0
