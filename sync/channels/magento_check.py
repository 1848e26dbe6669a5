"""Whether Waydesk can work with a Magento shop, and if not, what is wrong, in one sentence."""

import json
from collections.abc import Callable

from sync.channels.magento_search import Search
from sync.connector import Connector, server_ms
from sync.errors import Malformed, PermissionMissing, Rejected, SyncError
from sync.json_text import read_json
from sync.ports import Clock, Request
from sync.reading import mapping
from sync.records import CheckResult

# OAuth refuses a time more than ten minutes ahead of the shop's; told before it comes to that.
CLOCK_OFF_MS = 300_000
# No shop has so many orders: an integration that may do it hears "no such", another is refused.
_NOBODY = 4_294_967_294
_COMMENT = {
    "comment": "",
    "is_customer_notified": 0,
    "is_visible_on_front": 0,
    "parent_id": _NOBODY,
}
_TRIED = {
    f"order/{_NOBODY}/ship": {"items": [], "tracks": []},
    f"orders/{_NOBODY}/comments": {"statusHistory": _COMMENT},
}
# A definite no to the trial itself: whoever hears it was let in.
_LET_IN = frozenset({"magento_no_such", "magento_no_route", "sync_rejected"})
_ONE = Search(size=1)


async def check(
    connector: Connector, url: Callable[[str], str], clock: Clock, site: str
) -> CheckResult:
    """Read one order and try what it may write on an order that does not exist."""
    try:
        answer = await connector.request(Request("GET", f"{url('orders')}?{_ONE.query()}"))
        if type(mapping(read_json(answer.body)).get("total_count")) is not int:
            return CheckResult(False, "magento_not_magento", {"site": site})
        theirs = server_ms(answer)
        off = 0 if theirs is None else abs(theirs - clock.now())
        if off > CLOCK_OFF_MS:
            return CheckResult(False, "magento_clock_off", {"site": site})
        await _rights(connector, url)
    except Malformed:
        return CheckResult(False, "magento_not_magento", {"site": site})
    except SyncError as error:
        return CheckResult(False, error.code, error.details)
    return CheckResult(True)


async def _rights(connector: Connector, url: Callable[[str], str]) -> None:
    """Raises PermissionMissing for the first right that is missing, by its name."""
    headers = {"Content-Type": "application/json"}
    asked = [Request("GET", f"{url('creditmemos')}?{_ONE.query()}")]
    asked += [Request("GET", f"{url('shipments')}?{_ONE.query()}")]
    asked += [
        Request("POST", url(path), headers, json.dumps(body).encode())
        for path, body in _TRIED.items()
    ]
    asked.append(Request("GET", f"{url('inventory/source-items')}?{Search((), (), 1, 1).query()}"))
    for request in asked:
        try:
            await connector.request(request)
        except PermissionMissing as refused:
            # The key was good enough to read orders, so it is the right that is missing.
            raise PermissionMissing("magento_right_missing", **refused.details) from refused
        except Rejected as refused:
            if refused.code not in _LET_IN:
                raise
