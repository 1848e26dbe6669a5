"""Whether Waydesk can work with a JD shop by the newer gateway, and if not, what is wrong.

JD does not say in the open whether its list of orders goes by the time of their last change. If it
went by when they were placed, changes would be missed without a word; so a shop that has an order
which changed later than it was placed is asked for the moment of that change alone.
"""

from sync.channels.jd_check import clock_fault
from sync.channels.jd_read import order_id
from sync.channels.jd_sp_orders import BRIEF, PAGE, SortedBy, list_call, order_of
from sync.channels.jd_sp_ship import Shipper
from sync.errors import Malformed, SyncError
from sync.gateways.jd_sp_calls import JdSpCalls
from sync.ports import Clock
from sync.reading import mapping, minor
from sync.records import CheckResult
from sync.windows import DAY_S

A_WHILE_MS = 120_000


async def check(shop: JdSpCalls, clock: Clock, by: SortedBy) -> CheckResult:
    """Ask for the orders of the last week and for the shop's carriers; nothing is written."""
    calls, now = shop.for_a_trial(), clock.now()
    try:
        by_placing = await _goes_by_placing(calls, now, by)
        await Shipper(calls, None).ready()
    except Malformed:
        return CheckResult(False, "jd_not_jd")
    except SyncError as error:
        off = clock_fault(calls.last, now)
        return off or CheckResult(False, error.code, error.details)
    if by_placing:
        return CheckResult(False, "jd_sp_by_placing")
    return clock_fault(calls.last, now) or CheckResult(True, notes=("jd_masked",))


async def _goes_by_placing(calls: JdSpCalls, now: int, by: SortedBy) -> bool:
    """Whether an order that changed a while after it was placed is missing where it changed."""
    told = await calls.ask(list_call((now // 1000 - 7 * DAY_S, now // 1000), 1, by, BRIEF))
    told.counted(1, PAGE)
    for element in told.rows:
        row = mapping(element.value)
        placed, changed = minor(row.get("createdTime"), 0), minor(row.get("modifiedTime"), 0)
        if order_id(row) and placed and changed and changed - placed >= A_WHILE_MS:
            return await _is_missing(calls, order_id(row), changed, by)
    return False


async def _is_missing(calls: JdSpCalls, number: str, changed: int, by: SortedBy) -> bool:
    moment = (changed // 1000 - 1, changed // 1000 + 1)
    there = await calls.ask(list_call(moment, 1, by, BRIEF))
    if number in {order_id(mapping(each.value)) for each in there.rows}:
        return False
    order, _ = await order_of(calls, number)
    # One that changed again meanwhile says nothing.
    return there.counted(1, PAGE) <= PAGE and minor(order.get("modifiedTime"), 0) == changed
