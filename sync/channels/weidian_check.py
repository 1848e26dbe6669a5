"""Whether Waydesk can work with a Weidian shop, and if not, what is wrong, in one sentence."""

from sync.channels.weidian_calls import WeidianCalls
from sync.channels.weidian_orders import LIST, window
from sync.channels.weidian_ship import COMPANIES
from sync.errors import Malformed, SyncError
from sync.ports import Clock
from sync.records import CheckResult
from sync.windows import Walk

A_MINUTE_S = 60


async def check(calls: WeidianCalls, clock: Clock) -> CheckResult:
    """Ask for the changes of a minute and for the carriers; nothing is written."""
    try:
        end = clock.now() // 1000 - A_MINUTE_S
        await calls.ask(LIST, window(Walk(end - A_MINUTE_S, end)))
        await calls.ask(COMPANIES, {})
    except Malformed:
        return CheckResult(False, "weidian_not_weidian")
    except SyncError as error:
        return CheckResult(False, error.code, error.details)
    return CheckResult(True)
