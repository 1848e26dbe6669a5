"""Whether Waydesk can work with a Douyin shop, and if not, what is wrong, in one sentence."""

from sync.channels.douyin_ship import COMPANIES
from sync.channels.douyin_trades import window
from sync.connector import server_ms
from sync.errors import Malformed, SyncError
from sync.gateways.douyin_calls import Call, DouyinCalls
from sync.ports import Clock
from sync.records import CheckResult
from sync.windows import Walk

CLOCK_OFF_MS = 300_000
A_MINUTE_S = 60


async def check(calls: DouyinCalls, clock: Clock) -> CheckResult:
    """Ask for the changes of a minute and for the carriers; nothing is written.

    A trial forgets its tokens, so it renews only what it can make again.
    """
    try:
        renews = await calls.access.may_renew()
        end = clock.now() // 1000 - A_MINUTE_S
        await calls.ask(window(Walk(end - A_MINUTE_S, end)), renews=renews)
        await calls.ask(Call(COMPANIES, {}), renews=renews)
    except Malformed:
        return CheckResult(False, "douyin_not_douyin")
    except SyncError as error:
        if _clock_is_off(calls, clock):
            return CheckResult(False, "douyin_clock_off")
        return CheckResult(False, error.code, error.details)
    return CheckResult(True)


def _clock_is_off(calls: DouyinCalls, clock: Clock) -> bool:
    """Whether this computer's clock lies too far from the date of the answer."""
    theirs = server_ms(calls.last) if calls.last is not None else None
    return theirs is not None and abs(theirs - clock.now()) > CLOCK_OFF_MS
