"""Where Amazon sells: its marketplaces, and the three endpoints that serve them.

Ids, regions and endpoints are those of developer-docs.amazon.com/sp-api, "Marketplace IDs" and
"SP-API Endpoints". A grant is of one region, so a shop's marketplaces stand in one region too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from sync.errors import Rejected

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
ENDPOINTS: Mapping[str, str] = {
    "na": "https://sellingpartnerapi-na.amazon.com",
    "eu": "https://sellingpartnerapi-eu.amazon.com",
    "fe": "https://sellingpartnerapi-fe.amazon.com",
}
LOGIN = "https://api.amazon.com"
# Country: (marketplace id, region, currency).
MARKETPLACES: Mapping[str, tuple[str, str, str]] = {
    "US": ("ATVPDKIKX0DER", "na", "USD"),
    "CA": ("A2EUQ1WTGCTBG2", "na", "CAD"),
    "MX": ("A1AM78C64UM0Y8", "na", "MXN"),
    "BR": ("A2Q3Y263D00KWC", "na", "BRL"),
    "GB": ("A1F83G8C2ARO7P", "eu", "GBP"),
    "DE": ("A1PA6795UKMFR9", "eu", "EUR"),
    "FR": ("A13V1IB3VIYZZH", "eu", "EUR"),
    "IT": ("APJ6JRA9NG5V4", "eu", "EUR"),
    "ES": ("A1RKKUPIHCS9HS", "eu", "EUR"),
    "NL": ("A1805IZSGTT6HS", "eu", "EUR"),
    "BE": ("AMEN7PMS3EDWL", "eu", "EUR"),
    "IE": ("A28R8C7NBKEWEA", "eu", "EUR"),
    "SE": ("A2NODRKZP88ZB9", "eu", "SEK"),
    "PL": ("A1C3SOZRARQ6R3", "eu", "PLN"),
    "TR": ("A33AVAJ2PDY3EV", "eu", "TRY"),
    "EG": ("ARBP9OOSHTCHU", "eu", "EGP"),
    "SA": ("A17E79C6D8DWNP", "eu", "SAR"),
    "AE": ("A2VIGQ35RCS4UG", "eu", "AED"),
    "ZA": ("AE08WJ6YKNBMC", "eu", "ZAR"),
    "IN": ("A21TJRUUN4KGV", "eu", "INR"),
    "JP": ("A1VC38T7YXB528", "fe", "JPY"),
    "AU": ("A39IBJ37TRP1C6", "fe", "AUD"),
    "SG": ("A19VAU5U5O7RUS", "fe", "SGD"),
}
_BY_ID = {place[0]: place for place in MARKETPLACES.values()}
_ALSO = {"UK": "GB"}
_MOST = 50


@dataclass(frozen=True, slots=True)
class Places:
    """A shop's marketplaces, as ids, and the address that serves them and its login."""

    ids: tuple[str, ...]
    region: str
    endpoint: str
    login: str


def places_of(told: str, endpoint: str = "") -> Places:
    """What a person typed: countries or marketplace ids, with commas or spaces between.

    `endpoint` is another address than the region's own: Amazon's static sandbox, or loopback.

    Raises:
        Rejected: no or an unknown marketplace, two regions, or an address a token must not go to.
    """
    names = [name.upper() for name in told.replace(",", " ").split()]
    found = [_place(name) for name in names]
    if not found or len(found) > _MOST:
        raise Rejected("amazon_no_marketplace", text=told[:80])
    regions = {place[1] for place in found}
    if len(regions) > 1:
        raise Rejected("amazon_two_regions", text=told[:80])
    region = regions.pop()
    address = _address(endpoint) or ENDPOINTS[region]
    login = address if urlsplit(address).hostname in LOOPBACK else LOGIN
    return Places(tuple(dict.fromkeys(place[0] for place in found)), region, address, login)


def currency_of(marketplace: str) -> str:
    """The currency a marketplace sells in; "" for one nobody knows."""
    return _BY_ID.get(marketplace, ("", "", ""))[2]


def _place(name: str) -> tuple[str, str, str]:
    place = _BY_ID.get(name) or MARKETPLACES.get(_ALSO.get(name, name))
    if place is None:
        raise Rejected("amazon_no_marketplace", text=name[:40])
    return place


def _address(told: str) -> str:
    """An address a token may be sent to: Amazon's, or this computer's."""
    address = told.strip().rstrip("/")
    parts = urlsplit(address)
    host = (parts.hostname or "").lower()
    if not address or host in LOOPBACK:
        return address
    if parts.scheme != "https":
        raise Rejected("amazon_plain_http", site=address[:80])
    if not host.endswith(".amazon.com") or parts.path or parts.username or parts.port:
        raise Rejected("amazon_bad_endpoint", site=address[:80])
    return address
