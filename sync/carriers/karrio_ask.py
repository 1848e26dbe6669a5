"""From a `WaybillAsk` to the exact text a Karrio server is sent, and what it cannot be asked.

Pure: no clock, no network. The text is made once, stored, and sent byte for byte on every try. With
a `service` in it a shipment is made and bought by one request (Karrio's OpenAPI, ShipmentData:
"Specify a service to Buy a label in one call without rating"); with one carrier in `carrier_ids` no
other carrier is asked.
"""

from collections.abc import Iterator
from typing import Any

from sync.carriers.karrio_account import KarrioAccount
from sync.carriers.prepared import exact_text
from sync.errors import Rejected
from sync.waybill_records import PartyRecord, WaybillAsk

OUR_FIELD = "reference"
MOST_G = 70_000
# "Required for shipment purchase", says AddressData.
_NEEDS = ("name", "address", "city", "country", "postcode")
_WANT_STATE = frozenset({"US", "CA", "AU"})


def order_text(ask: WaybillAsk, account: KarrioAccount) -> bytes:
    """The body of a purchase; raises Rejected naming the field that would be refused."""
    for place, why in _faults(ask):
        raise Rejected("waybill_ask_refused", field=place, text=f"{place}: {why}")
    return exact_text(
        {
            OUR_FIELD: ask.reference,
            "recipient": _party(ask.receiver),
            "shipper": _party(ask.sender),
            "parcels": [{"weight": ask.weight_g / 1000, "weight_unit": "KG"}],
            "carrier_ids": [ask.monthly_account or account.carrier_id],
            "service": ask.service or account.service,
            "label_type": "ZPL",
        }
    )


def _faults(ask: WaybillAsk) -> Iterator[tuple[str, str]]:
    yield from _lacking("receiver", ask.receiver)
    yield from _lacking("sender", ask.sender)
    if ask.sender.country != ask.receiver.country:
        # Without customs data a carrier refuses it, or worse, takes it.
        yield "customs", "parcels across a border are not bought this way yet"
    if ask.receiver_cipher:
        yield "receiver", "hidden by its platform"
    if not 0 < ask.weight_g <= MOST_G:
        yield "weight_g", "must be more than nothing and at most 70 kg"
    if ask.parcels != 1:
        yield "parcels", "one label is bought for one parcel"


def _lacking(side: str, party: PartyRecord) -> Iterator[tuple[str, str]]:
    for name in (*_NEEDS, *(["province"] if party.country in _WANT_STATE else [])):
        if not getattr(party, name).strip():
            yield f"{side}.{name}", "missing"


def _party(party: PartyRecord) -> dict[str, Any]:
    told = {
        "person_name": party.name,
        "company_name": party.company,
        "address_line1": party.address.strip(),
        "city": party.city,
        "state_code": party.province,
        "postal_code": party.postcode,
        "country_code": party.country,
        "phone_number": party.phone,
    }
    return {name: value for name, value in told.items() if value}
