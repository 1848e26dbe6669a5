"""Whether Waydesk can work with a shop, and if not, what is wrong, in one sentence."""

from sync.channels.shopify_calls import Document, ShopifyCalls, Told, within
from sync.channels.shopify_documents import ABOUT, API_VERSION, ONE_ORDER
from sync.connector import server_ms
from sync.errors import Malformed, SyncError
from sync.ports import Clock
from sync.reading import mapping, rows, text
from sync.records import CheckResult

SCOPES = (
    "read_orders",
    "write_orders",
    "read_products",
    "read_inventory",
    "write_inventory",
    "read_locations",
    "read_merchant_managed_fulfillment_orders",
    "write_merchant_managed_fulfillment_orders",
)
ALL_ORDERS = "read_all_orders"
CLOCK_OFF_MS = 900_000
_ABOUT, _ONE = Document(ABOUT), Document(ONE_ORDER)


async def check(calls: ShopifyCalls, clock: Clock) -> CheckResult:
    """Read what the app may do, and one order; nothing is written."""
    try:
        site = calls.site
        about = await calls.ask(_ABOUT, {})
        wrong = _wrong(about, clock, site)
        if wrong is not None:
            return wrong
        order = await calls.ask(_ONE, {}, ("orders", "nodes"))
    except Malformed:
        return CheckResult(False, "shopify_not_shopify", {"site": calls.site})
    except SyncError as error:
        return CheckResult(False, error.code, error.details)
    return CheckResult(True, notes=_notes(about, order))


def _wrong(about: Told, clock: Clock, site: str) -> CheckResult | None:
    held = _scopes(about)
    lacking = [scope for scope in SCOPES if not _has(held, scope)]
    if lacking:
        details = {"scopes": ", ".join(lacking), "site": site}
        return CheckResult(False, "shopify_scope_missing", details)
    served = about.answer.headers.get("x-shopify-api-version", API_VERSION)
    if served != API_VERSION:
        details = {"served": served[:40], "wanted": API_VERSION}
        return CheckResult(False, "shopify_version_gone", details)
    theirs = server_ms(about.answer)
    if theirs is not None and abs(theirs - clock.now()) > CLOCK_OFF_MS:
        minutes = round(abs(theirs - clock.now()) / 60_000)
        return CheckResult(False, "shopify_clock_off", {"minutes": minutes, "site": site})
    return None


def _scopes(about: Told) -> frozenset[str]:
    told = within(about.data, ("currentAppInstallation",))
    return frozenset(text(each.get("handle")) for each in rows(told.get("accessScopes")))


def _has(held: frozenset[str], scope: str) -> bool:
    """A right to write brings the right to read."""
    return scope in held or scope.replace("read_", "write_", 1) in held


def _notes(about: Told, order: Told) -> tuple[str, ...]:
    notes = []
    if ALL_ORDERS not in _scopes(about):
        notes.append("shopify_sixty_days")
    for element in order.elements:
        told = mapping(element.value)
        place = mapping(told.get("shippingAddress"))
        if told.get("requiresShipping") is True and not text(place.get("address1")):
            notes.append("shopify_no_addresses")
    return tuple(notes)
