"""What the computer, or another process on it, can refuse or break."""

from app.domain.errors import Detail, Fault, Refusal


class FolderRefused(Refusal):
    """The data folder stands where a database is not safe: `why` is network or synced."""

    takes = ("folder", "why", "what")


class FolderUnusable(Refusal):
    """The data folder cannot be made or written to."""

    takes = ("folder", "why")


class VersionsDiffer(Refusal):
    """Desk and keeper are of different versions: one was replaced while the other ran."""

    takes = ("ours", "theirs")


class KeeperGone(Fault):
    """The background service ended and is not started again; `why` is its last word."""

    takes = ("why",)


class KeeperKeepsEnding(Fault):
    """The background service ended `times` within `seconds`; Waydesk stopped restarting it."""

    takes = ("times", "seconds")


class PressJobUnknown(Fault):
    """The press ended with this job in hand. Nobody knows how far it came; it is not repeated."""

    takes = ("job_id", "kind")


class PressUnavailable(Fault):
    """The press cannot be started, or keeps ending."""

    takes = ("why",)


class Refused(Refusal):
    """A refusal that was said in another process, with that process's own code."""

    def __init__(self, said: str, **details: Detail) -> None:
        super().__init__(**details)
        self.code = said  # type: ignore[misc]


class Failed(Fault):
    """A fault that happened in another process, with that process's own code."""

    def __init__(self, said: str, **details: Detail) -> None:
        super().__init__(**details)
        self.code = said  # type: ignore[misc]


def as_error(code: str, details: dict[str, Detail], *, fault: bool) -> Refused | Failed:
    """Give the error another process reported, to be raised here."""
    kind = Failed if fault else Refused
    return kind(code, **details)
