"""Whether Waydesk can work with a JD shop, and if not, what is wrong, in one sentence."""

from sync.channels.jd_orders import BY_CHANGE, counted, search
from sync.channels.jd_ship import Carriers
from sync.connector import server_ms
from sync.errors import Malformed, SyncError
from sync.gateways.jd_calls import JdCalls
from sync.ports import Answer, Clock
from sync.records import CheckResult

# The platform refuses requests whose time is off by six minutes; told before it comes to that.
CLOCK_OFF_MS = 300_000
_HOUR_MS = 3_600_000


async def check(shop: JdCalls, clock: Clock) -> CheckResult:
    """Ask for the orders of the last hour and for the shop's carriers; nothing is written."""
    calls, now = shop.for_a_trial(), clock.now()
    try:
        told = await search(calls, (now - _HOUR_MS, now), 1, BY_CHANGE, "orderId")
        counted(told, "searchorderinfo_result", "orderTotal")
        await Carriers(calls).ready()
    except Malformed:
        return CheckResult(False, "jd_not_jd")
    except SyncError as error:
        off = clock_fault(calls.last, now)
        return off or CheckResult(False, error.code, error.details)
    return clock_fault(calls.last, now) or CheckResult(True, notes=("jd_masked",))


def clock_fault(last: Answer | None, now: int) -> CheckResult | None:
    """What is wrong with this computer's clock, by the date of the last answer."""
    theirs = server_ms(last) if last is not None else None
    if theirs is None or abs(theirs - now) <= CLOCK_OFF_MS:
        return None
    return CheckResult(False, "jd_clock_off", {"foreign_code": "7", "method": ""})
