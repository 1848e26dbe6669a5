"""Whether Waydesk can work with a Youzan shop, and if not, what is wrong, in one sentence."""

from sync.channels.youzan_calls import YouzanCalls
from sync.channels.youzan_refunds import RULES as _REFUNDS
from sync.channels.youzan_refunds import SEARCH
from sync.channels.youzan_ship import COMPANIES
from sync.channels.youzan_trades import LIST, window
from sync.errors import Malformed, SyncError
from sync.ports import Clock
from sync.records import CheckResult
from sync.windows import Walk

A_MINUTE_S = 60


async def check(calls: YouzanCalls, clock: Clock) -> CheckResult:
    """Ask for the changes of a minute, of orders and refunds, and for the carriers.

    Nothing is written, and no token that stands is ended: a trial forgets its tokens, so it renews
    only what it can make again.
    """
    try:
        renews = await calls.access.may_renew()
        end = clock.now() // 1000 - A_MINUTE_S
        walk = Walk(end - A_MINUTE_S, end)
        await calls.ask(LIST, window(walk), renews=renews)
        times = {"update_time_start": walk.since_s, "update_time_end": end}
        await calls.ask(SEARCH, {**times, "page_no": 1, "page_size": _REFUNDS.page}, renews=renews)
        await calls.ask(COMPANIES, {}, renews=renews)
    except Malformed:
        return CheckResult(False, "youzan_not_youzan")
    except SyncError as error:
        return CheckResult(False, error.code, error.details)
    return CheckResult(True)
