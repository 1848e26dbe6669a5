"""Whether Waydesk can work with a Vendure server, and if not, what is wrong, in one sentence.

A login could be asked for its rights (`me`), an API key cannot: at 3.7.3 `me` is forbidden to the
best of keys. So each right is tried, on what does not exist.
"""

from dataclasses import dataclass
from typing import Any

from sync.channels.vendure_calls import Document, VendureCalls, within
from sync.channels.vendure_documents import ABOUT, ADD_NOTE, ORDER_IDS, SET_STOCK, VARIANTS
from sync.channels.vendure_stock import place_of, precision_of
from sync.channels.vendure_walk import Walk, options_of
from sync.errors import Ambiguous, Malformed, PermissionMissing, Rejected, SyncError
from sync.reading import text
from sync.records import CheckResult

# No order has this id, whether ids are numbers or UUIDs.
_NOBODY = {"id": "0", "note": "", "isPublic": False}
_ABOUT = Document(ABOUT)


@dataclass(frozen=True, slots=True)
class _Trial:
    """A right, and what only somebody who has it may ask."""

    right: str
    document: Document
    asked: dict[str, Any]


_TRIED = (
    _Trial("ReadOrder", Document(ORDER_IDS), {"options": options_of(Walk(), 1)}),
    _Trial("UpdateOrder", Document(ADD_NOTE), {"input": _NOBODY}),
    _Trial("ReadCatalog", Document(VARIANTS), {"skip": 0, "take": 1}),
    _Trial("UpdateCatalog", Document(SET_STOCK), {"input": []}),
)


async def check(calls: VendureCalls, location: str) -> CheckResult:
    """Read what may be read, and try what may be written on what is not there."""
    try:
        site = calls.site
        active = within((await calls.ask(_ABOUT, {})).data, ("activeChannel",))
        # A server with one channel answers for it whatever token is sent.
        if calls.channel and text(active.get("token")) != calls.channel:
            return CheckResult(False, "vendure_no_such_channel", {"site": site})
        lacking = [each.right for each in _TRIED if not await _may(calls, each)]
        if lacking:
            details = {"rights": ", ".join(lacking), "site": site}
            return CheckResult(False, "vendure_right_missing", details)
        await precision_of(calls)
        await place_of(calls, location)
    except Malformed:
        return CheckResult(False, "vendure_not_vendure", {"site": calls.site})
    except SyncError as error:
        return CheckResult(False, error.code, error.details)
    return CheckResult(True)


async def _may(calls: VendureCalls, trial: _Trial) -> bool:
    """Whether we are let in; a definite no to the trial itself is said to whoever was."""
    try:
        await calls.ask(trial.document, trial.asked)
    except PermissionMissing:
        return False
    except Rejected as refused:
        if refused.code != "vendure_no_such":
            raise
    except Ambiguous as broken:
        # A database of UUIDs trips over the id that nothing has.
        if broken.details.get("status") != 200:
            raise
    return True
