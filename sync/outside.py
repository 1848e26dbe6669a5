"""Whether anything outside this computer is reached, told from what is asked anyway.

Nobody is asked for the sake of it: a shop that is read every half minute says within 35 seconds
that the network is gone. One platform that is away is its own affair while others are reached.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from sync.errors import Ambiguous, Malformed, SyncError, Unreachable
from sync.ports import Answer, Clock, Http, Request

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
GOOD_S = 35.0
"""How long a host that was reached speaks for the network: until it was asked again."""
# No connection was tried, so nothing is learnt.
NOT_TRIED = frozenset({"sync_not_encrypted", "sync_bad_address"})
# Somebody answered, if not as hoped.
ANSWERED = "sync_tls_untrusted"


@dataclass(slots=True)
class Outside:
    """What became of the hosts that were asked; seconds of the clock's own count.

    Attributes:
        reached_at: when any of them was reached last; None for never.
    """

    reached_at: float | None = None
    _missed: dict[str, float] = field(default_factory=dict)

    def reached(self, host: str, now: float) -> None:
        """A host answered."""
        self._missed.pop(host, None)
        self.reached_at = now

    def missed(self, host: str, now: float) -> None:
        """No connection to a host could be made; the first of a row of misses counts."""
        self._missed.setdefault(host, now)

    def gone(self, now: float) -> str:
        """A host that is not reached because nobody is; "" while somebody may well be."""
        last = self.reached_at
        if last is not None and now - last < GOOD_S:
            return ""
        fresh = [host for host, since in self._missed.items() if last is None or since > last]
        return fresh[0] if fresh else ""


class Listening:
    """An Http that tells the outside what became of each request."""

    def __init__(self, http: Http, outside: Outside, clock: Clock) -> None:
        """Send by ``http``; nothing is changed on the way."""
        self._http, self._outside, self._clock = http, outside, clock

    async def send(self, request: Request) -> Answer:
        """Send once; raises as the Http behind it does."""
        host = _host(request.url)
        try:
            answer = await self._http.send(request)
        except SyncError as error:
            self._hear(host, error)
            raise
        self._hear(host, None)
        return answer

    def _hear(self, host: str, error: SyncError | None) -> None:
        if host in LOOPBACK:
            return
        if error is None or isinstance(error, Malformed) or _was_answered(error):
            self._outside.reached(host, self._clock.mono())
        elif isinstance(error, Unreachable) and error.code not in NOT_TRIED:
            self._outside.missed(host, self._clock.mono())


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""  # it goes nowhere, and is refused by its own name


def _was_answered(error: SyncError) -> bool:
    """Whether a connection was refused or broken by somebody, which takes somebody there."""
    if error.code == ANSWERED:
        return True
    if isinstance(error, Ambiguous):
        return error.code != "sync_timeout"
    return any(isinstance(one, ConnectionRefusedError) for one in _causes(error))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """What led to an error, down to the system's own words."""
    seen: list[BaseException] = [error]
    while seen:
        one = seen.pop()
        yield one
        inner = one.exceptions if isinstance(one, BaseExceptionGroup) else ()
        seen += [each for each in (one.__cause__, one.__context__, *inner) if each is not None]
