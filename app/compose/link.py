"""The way from a desk, or whoever stands in for one, to this folder's keeper. No Qt here."""

from collections.abc import Callable

from app.compose.clock import Snowflakes, SystemClock
from app.config import Settings
from app.desk.link import Link, RestartRule
from app.process.child import Child, Hearing, role_command
from app.process.runs import TOO_MANY

PATIENT = RestartRule(crashes=TOO_MANY + 2, within_s=600.0)
"""Three crashes, then a careful start, and one more chance for that."""


def link_of(
    settings: Settings, rule: RestartRule | None = None, safe: Callable[[], bool] | None = None
) -> Link:
    """Give the way to this folder's keeper; `start` it inside the running loop.

    `rule` says how often a dead keeper is started again; whoever kills it on purpose is patient.
    `safe` is asked at every start whether it should be a careful one.
    """

    def start(hearing: Hearing) -> Child:
        flags = ("--safe",) if safe is not None and safe() else ()
        return Child((*role_command("keeper", settings.folder), *flags), hearing)

    clock = SystemClock()
    return Link(start, Snowflakes(clock, settings.desk), clock, rule)
