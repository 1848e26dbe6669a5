"""The way from a desk, or whoever stands in for one, to this folder's keeper. No Qt here."""

from app.compose.clock import Snowflakes, SystemClock
from app.config import Settings
from app.desk.link import Link, RestartRule
from app.process.child import Child, Hearing, role_command


def link_of(settings: Settings, rule: RestartRule | None = None) -> Link:
    """Give the way to this folder's keeper; `start` it inside the running loop.

    `rule` says how often a dead keeper is started again; whoever kills it on purpose is patient.
    """

    def start(hearing: Hearing) -> Child:
        return Child(role_command("keeper", settings.folder), hearing)

    clock = SystemClock()
    return Link(start, Snowflakes(clock, settings.desk), clock, rule)
