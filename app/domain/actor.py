"""Who asks: the name that every change carries."""

from dataclasses import dataclass

SYNC_NAME = "sync"


@dataclass(frozen=True, slots=True)
class Actor:
    """The person, rule or worker behind a change, and from where (F174).

    ``operator_id`` is 0 for Waydesk's own workers (sync, timers); their ``name`` says which.
    """

    name: str
    operator_id: int = 0
    roles: tuple[str, ...] = ()
    session_id: int = 0
    ip: str = "local"
    host: str = ""
    os_user: str = ""


def worker(name: str, host: str = "", os_user: str = "") -> Actor:
    """The actor of a change nobody typed: intake, a timer, a settled effect."""
    return Actor(name=name, roles=("worker",), host=host, os_user=os_user)
