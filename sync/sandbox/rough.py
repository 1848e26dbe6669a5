"""How a carrier's sandbox lets one request go wrong, whatever it speaks.

Faults (sync.sandbox.faults; `part` names the service):
- nothing done: unavailable (503), reset_before, and each word the carrier itself has for a no
- done, answer lost: reset_after, late (never answers), cut, garbage, away_after (its own words for
  "our side failed")
- lands_late: hangs, and what was asked is done half a minute later
"""

from collections.abc import Callable, Mapping

from sync.sandbox.faults import Faults
from sync.sandbox.http import Reply

LANDS_AFTER_MS = 30_000
_FATES = {"late": "hang", "reset_after": "reset", "cut": "cut"}
_GARBAGE = Reply(200, b"<html>502 Bad Gateway</html>", {"Content-Type": "text/html"})

Act = Callable[[], Reply]


class Rough:
    """Serves requests as its faults have it; `now_ms` is the clock that late ones land by."""

    def __init__(self, faults: Faults, now_ms: Callable[[], int]) -> None:
        """Nothing is on its way yet."""
        self._faults = faults
        self._now_ms = now_ms
        self._coming: list[tuple[int, Act]] = []

    def serve(self, part: str, act: Act, noes: Mapping[str, Reply]) -> Reply:
        """Do what was asked, or not, and answer or not; `noes` are the carrier's own words."""
        self._land()
        fault = self._faults.draw("POST", part, lists=False)
        kind = fault.kind if fault else ""
        if kind in noes and kind != "away_after":
            return noes[kind]
        if kind == "unavailable":
            return Reply(503)
        if kind == "reset_before":
            return Reply(200, fate="reset")
        if kind == "lands_late":
            self._coming.append((self._now_ms() + LANDS_AFTER_MS, act))
            return Reply(200, fate="hang")
        return self._lost(kind, act(), noes)

    @staticmethod
    def _lost(kind: str, reply: Reply, noes: Mapping[str, Reply]) -> Reply:
        if kind == "garbage":
            return _GARBAGE
        if kind == "away_after":
            return noes[kind]
        return Reply(reply.status, reply.body, reply.headers, _FATES.get(kind, ""))

    def _land(self) -> None:
        due = [act for at, act in self._coming if at <= self._now_ms()]
        self._coming = [entry for entry in self._coming if entry[0] > self._now_ms()]
        for act in due:
            act()
