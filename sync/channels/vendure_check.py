"""Whether Waydesk can work with a Vendure server, and if not, what is wrong, in one sentence."""

from collections.abc import Mapping
from typing import Any

from sync.channels.vendure_calls import Document, VendureCalls, within
from sync.channels.vendure_documents import ABOUT, ORDER_IDS
from sync.channels.vendure_stock import place_of, precision_of
from sync.channels.vendure_walk import Walk, options_of
from sync.errors import Malformed, SyncError
from sync.reading import rows, text
from sync.records import CheckResult

ALL = "SuperAdmin"
# Each right by the names that give it: a product's rights come with the catalogue's too.
RIGHTS = (
    ("ReadOrder",),
    ("UpdateOrder",),
    ("ReadCatalog", "ReadProduct"),
    ("UpdateCatalog", "UpdateProduct"),
)
_ABOUT, _IDS = Document(ABOUT), Document(ORDER_IDS)


async def check(calls: VendureCalls, location: str) -> CheckResult:
    """Read who we are and what we may do, and one order's id; nothing is written."""
    try:
        site = calls.site
        wrong = _wrong((await calls.ask(_ABOUT, {})).data, calls.channel, site)
        if wrong is not None:
            return wrong
        await precision_of(calls)
        await place_of(calls, location)
        await calls.ask(_IDS, {"options": options_of(Walk(), 1)})
    except Malformed:
        return CheckResult(False, "vendure_not_vendure", {"site": calls.site})
    except SyncError as error:
        return CheckResult(False, error.code, error.details)
    return CheckResult(True)


def _wrong(about: Mapping[str, Any], channel: str, site: str) -> CheckResult | None:
    """The wrong channel, or a right that is missing there.

    A server with one channel answers for it whatever token is sent; another one says no by itself.
    """
    active = text(within(about, ("activeChannel",)).get("token"))
    if channel and active != channel:
        return CheckResult(False, "vendure_no_such_channel", {"site": site})
    mine = rows(within(about, ("me",)).get("channels"))
    held = {
        text(right)
        for each in mine
        if text(each.get("token")) == active
        for right in each.get("permissions") or ()
    }
    lacking = [names[0] for names in RIGHTS if not held & {ALL, *names}]
    if lacking:
        details = {"rights": ", ".join(lacking), "site": site}
        return CheckResult(False, "vendure_right_missing", details)
    return None
