"""Whether Waydesk can work with a seller on Amazon, and if not, what is wrong, in one sentence."""

from collections.abc import Callable
from dataclasses import replace

from sync.channels.amazon_calls import AmazonCalls
from sync.channels.amazon_places import ENDPOINTS, LOOPBACK, Places
from sync.channels.amazon_read import PAID, sent_by_amazon, status_of
from sync.channels.amazon_walk import instant
from sync.connector import server_ms
from sync.errors import Malformed, PermissionMissing, SyncError
from sync.json_text import Element
from sync.ports import Answer, Clock
from sync.reading import mapping, text
from sync.records import CheckResult

CLOCK_OFF_MS = 300_000
_DAY_MS = 86_400_000
Elsewhere = Callable[[Places], AmazonCalls]


async def check(calls: AmazonCalls, clock: Clock, elsewhere: Elsewhere) -> CheckResult:
    """Ask for a few of the last day's orders; nothing is written.

    `elsewhere` gives calls to another endpoint with the same keys: a grant that is good in another
    region says no here as if a role were missing, and only asking there tells the two apart.
    """
    try:
        elements, _, answer = await calls.orders(_asked(clock, calls.places.ids))
    except Malformed:
        return CheckResult(False, "amazon_not_amazon")
    except PermissionMissing as no:
        region = await _region_of(calls.places, clock, elsewhere)
        if region:
            return CheckResult(False, "amazon_wrong_region", {"region": region})
        return CheckResult(False, no.code, no.details)
    except SyncError as error:
        return CheckResult(False, error.code, error.details)
    return _clock_off(answer, clock) or CheckResult(True, notes=_notes(elements))


def _asked(clock: Clock, marketplaces: tuple[str, ...]) -> dict[str, str]:
    asked = {
        "lastUpdatedAfter": instant(clock.now() - _DAY_MS),
        "maxResultsPerPage": "10",
        "includedData": "RECIPIENT,FULFILLMENT",
    }
    return asked | ({"marketplaceIds": ",".join(marketplaces)} if marketplaces else {})


async def _region_of(places: Places, clock: Clock, elsewhere: Elsewhere) -> str:
    """The region the grant is good in, where that is another one; "" for none."""
    if any(host in places.endpoint for host in LOOPBACK):
        return ""
    for region, endpoint in ENDPOINTS.items():
        if region == places.region:
            continue
        try:
            there = elsewhere(replace(places, region=region, endpoint=endpoint))
            await there.orders(_asked(clock, ()))
        except SyncError:
            continue
        return region.upper()
    return ""


def _clock_off(answer: Answer, clock: Clock) -> CheckResult | None:
    theirs = server_ms(answer)
    if theirs is None or abs(theirs - clock.now()) <= CLOCK_OFF_MS:
        return None
    minutes = round(abs(theirs - clock.now()) / 60_000)
    return CheckResult(False, "amazon_clock_off", {"minutes": minutes})


def _notes(elements: list[Element]) -> tuple[str, ...]:
    """Whether an order the seller is to send came without its address: the app lacks that role."""
    for element in elements:
        order = mapping(element.value)
        to = mapping(mapping(order.get("recipient")).get("deliveryAddress"))
        ours = status_of(order) in PAID - {"SHIPPED"} and not sent_by_amazon(order)
        if ours and not text(to.get("addressLine1")):
            return ("amazon_no_addresses",)
    return ()
