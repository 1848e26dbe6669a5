"""Whether Waydesk can work with a Pinduoduo shop, and if not, what is wrong, in one sentence."""

from datetime import UTC
from email.utils import parsedate_to_datetime

from sync.channels.pinduoduo_read import ZONE
from sync.channels.pinduoduo_ship import COMPANIES
from sync.channels.pinduoduo_walk import CHANGES, INTERFACE, LAG_S, Walk, asked
from sync.errors import Malformed, SyncError
from sync.gateways.pinduoduo_calls import PinduoduoCalls
from sync.ports import Clock
from sync.reading import moment_ms, text
from sync.records import CheckResult

TIME = "pdd.time.get"
CLOCK_OFF_MS = 600_000
A_MINUTE_S = 60


async def platform_ms(calls: PinduoduoCalls, *, renews: bool = True) -> int:
    """The platform's own time, UTC milliseconds; it tells Beijing text."""
    told = text((await calls.ask(TIME, {}, renews=renews)).get("time"))
    found = moment_ms(told, ZONE)
    if found is None:
        raise Malformed("pdd_odd_answer", interface=TIME)
    return found


async def check(calls: PinduoduoCalls, clock: Clock) -> CheckResult:
    """Ask the time, the changes of a minute and the carriers; nothing is written.

    A trial forgets its tokens, so it renews none: a refresh token may be good only once.
    """
    try:
        renews = await calls.access.renewed_before()
        end = await platform_ms(calls, renews=renews) // 1000 - LAG_S
        a_minute = Walk(CHANGES, since_s=end - A_MINUTE_S, until_s=end)
        await calls.ask(INTERFACE[CHANGES], asked(a_minute), renews=renews)
        await calls.ask(COMPANIES, {}, renews=renews)
    except Malformed:
        return CheckResult(False, "pdd_not_pinduoduo")
    except SyncError as error:
        if _clock_is_off(calls, clock):
            return CheckResult(False, "pdd_clock_off")
        return CheckResult(False, error.code, error.details)
    return CheckResult(True)


def _clock_is_off(calls: PinduoduoCalls, clock: Clock) -> bool:
    """Whether this computer's clock lies too far from the date of the answer."""
    told = calls.last.headers.get("date", "") if calls.last is not None else ""
    try:
        theirs = parsedate_to_datetime(told)
    except ValueError:
        return False
    theirs_ms = theirs.replace(tzinfo=theirs.tzinfo or UTC).timestamp() * 1000
    return abs(theirs_ms - clock.now()) > CLOCK_OFF_MS
