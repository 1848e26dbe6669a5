"""What one shop's line tells by itself: whose clock is off, how fast it answers, what is left.

Wraps the shop's way out, so that no connector counts for itself. The offset is the other side's
`Date` against our clock in the middle of the exchange (RFC 9110, 6.6.1: whole seconds); the median
of the last few, so that one odd answer says nothing.
"""

from collections import deque
from datetime import UTC
from email.utils import parsedate_to_datetime
from statistics import median_low

from sync.ports import Answer, Clock, Http, Request

REMEMBERED = 9
ENOUGH = 3
# What hosts and platforms call the calls that are left; "32/40" is used and most (Shopify REST).
_LEFT = ("x-ratelimit-remaining", "ratelimit-remaining", "x-rate-limit-remaining")


class Meter:
    """An Http (sync.ports) that measures what passes."""

    def __init__(self, http: Http, clock: Clock) -> None:
        """Measure over `http`, by the clock handed in."""
        self._http, self._clock = http, clock
        self._offsets: deque[int] = deque(maxlen=REMEMBERED)
        self._answers: deque[int] = deque(maxlen=REMEMBERED)
        self.limit_left: int | None = None

    async def send(self, request: Request) -> Answer:
        """Send as the line does; raises what it raises."""
        began, wall = self._clock.mono(), self._clock.now()
        answer = await self._http.send(request)
        took_ms = round(1000 * (self._clock.mono() - began))
        self._answers.append(took_ms)
        self._note_date(answer, wall + took_ms // 2)
        self._note_left(answer)
        return answer

    @property
    def offset_ms(self) -> int | None:
        """How far the other side's clock is ahead of ours (behind: negative); None until known."""
        return median_low(self._offsets) if len(self._offsets) >= ENOUGH else None

    @property
    def answer_ms(self) -> int | None:
        """How long an answer takes, the median of the last few."""
        return median_low(self._answers) if self._answers else None

    def _note_date(self, answer: Answer, ours: int) -> None:
        if answer.headers.get("age", "0").strip() != "0":
            return  # a copy kept on the way bears the date it was made
        try:
            told = parsedate_to_datetime(answer.headers.get("date", ""))
        except ValueError:
            return
        theirs = int(told.replace(tzinfo=told.tzinfo or UTC).timestamp()) * 1000
        # Both in whole seconds: theirs is cut to one, and ours must be too.
        self._offsets.append(theirs - ours // 1000 * 1000)

    def _note_left(self, answer: Answer) -> None:
        for name in _LEFT:
            told = answer.headers.get(name, "").strip()
            if told.isascii() and told.isdigit():
                self.limit_left = int(told[:9])
