"""How often one waybill number may be asked about, and asked to be followed.

Kuaidi100 locks a number for a day that was asked about more than 48 times in 24 hours, and takes
four subscriptions of one number a month. Here each number is asked about less often than that by
itself, so that the shop's other programs have some left, and a locked one is left alone.
"""

from collections import deque
from dataclasses import dataclass, field

DAY_MS = 24 * 3_600_000
MOST_A_DAY = 40
MOST_FOLLOWS = 4
# After "given up", the vendor advises half an hour before subscribing again.
AGAIN_MS = 1_800_000
_NEVER = 1 << 62


@dataclass(slots=True)
class _Number:
    asked: deque[int] = field(default_factory=deque)
    locked_until: int = 0
    follows: int = 0
    follow_from: int = 0
    seen: int = 0


@dataclass(slots=True)
class Patience:
    """What was asked of each number lately; it lives as long as the connector."""

    _numbers: dict[str, _Number] = field(default_factory=dict)

    def may_ask(self, number: str, now_ms: int) -> bool:
        """Whether it may be asked about now; if so, that counts as asked."""
        known = self._known(number, now_ms)
        while known.asked and known.asked[0] <= now_ms - DAY_MS:
            known.asked.popleft()
        if now_ms < known.locked_until or len(known.asked) >= MOST_A_DAY:
            return False
        known.asked.append(now_ms)
        return True

    def locked(self, number: str, now_ms: int) -> None:
        """Kuaidi100 locked it: a day of rest."""
        self._known(number, now_ms).locked_until = now_ms + DAY_MS

    def wants_following(self, number: str, now_ms: int) -> bool:
        """Whether it is to be subscribed now: never yet, or given up a while ago."""
        known = self._known(number, now_ms)
        return known.follows < MOST_FOLLOWS and known.follow_from <= now_ms

    def follows(self, number: str, now_ms: int) -> None:
        """It was subscribed: not again, unless it is given up."""
        known = self._known(number, now_ms)
        known.follows += 1
        known.follow_from = _NEVER

    def gave_up(self, number: str, now_ms: int) -> None:
        """Kuaidi100 stopped watching it; it may be subscribed again later."""
        self._known(number, now_ms).follow_from = now_ms + AGAIN_MS

    def _known(self, number: str, now_ms: int) -> _Number:
        if number not in self._numbers:
            self._forget(now_ms)
        known = self._numbers.setdefault(number, _Number())
        known.seen = now_ms
        return known

    def _forget(self, now_ms: int) -> None:
        """Let go of numbers that nobody spoke of for a month."""
        before = now_ms - 30 * DAY_MS
        self._numbers = {key: one for key, one in self._numbers.items() if one.seen >= before}
