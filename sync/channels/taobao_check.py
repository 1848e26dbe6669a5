"""Whether Waydesk can work with a shop on Taobao or Tmall, and if not, what is wrong."""

from sync.channels.taobao_trades import CHANGED, LISTED, TYPES
from sync.connector import server_ms
from sync.errors import Malformed, SyncError
from sync.gateways.taobao_calls import TopCalls
from sync.gateways.taobao_sign import top_time
from sync.ports import Clock
from sync.records import CheckResult

# The platform refuses requests whose time is off by ten minutes; told before it comes to that.
CLOCK_OFF_MS = 300_000
_HOUR_MS = 3_600_000


async def check(calls: TopCalls, clock: Clock) -> CheckResult:
    """Ask for the last hour's trades, and for the receiver of one; nothing is written."""
    now = clock.now()
    asked = {
        "fields": ",".join(LISTED),
        "type": TYPES,
        "start_modified": top_time(now - _HOUR_MS),
        "end_modified": top_time(now),
        "page_no": "1",
        "page_size": "1",
    }
    try:
        told = await calls.ask(CHANGED, asked)
        theirs = server_ms(told.answer)
        if theirs is not None and abs(theirs - now) > CLOCK_OFF_MS:
            minutes = str(round(abs(theirs - now) / 60_000))
            return CheckResult(False, "taobao_clock_off", {"text": f"±{minutes} min"})
        return CheckResult(True, notes=("taobao_masked",))
    except Malformed:
        return CheckResult(False, "taobao_not_taobao")
    except SyncError as error:
        return CheckResult(False, error.code, error.details)
