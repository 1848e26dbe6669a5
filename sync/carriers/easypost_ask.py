"""From a `WaybillAsk` to the exact text EasyPost is sent, and what it cannot be asked.

Pure: no clock, no network. The text is made once, stored, and sent byte for byte on every try. With
a service and one carrier account in it a shipment is made and bought by one request
(docs.easypost.com, Shipment, "Create and buy in one call"). Weights are ounces there.
"""

from collections.abc import Iterator
from typing import Any

from sync.carriers.easypost_account import EasypostAccount
from sync.carriers.prepared import exact_text
from sync.errors import Rejected
from sync.waybill_records import PartyRecord, WaybillAsk

OUR_FIELD = "reference"
MOST_G = 70_000
_GRAMS_AN_OUNCE = 28.349523125
_NEEDS = ("name", "address", "city", "country")
# Countries whose posts sort by a code, and which EasyPost's carriers refuse without one.
_WANT_POSTCODE = frozenset({"US", "CA", "GB", "AU", "DE", "FR"})
_WANT_STATE = frozenset({"US", "CA", "AU"})


def order_text(ask: WaybillAsk, account: EasypostAccount) -> bytes:
    """The body of a purchase; raises Rejected naming the field that would be refused."""
    for place, why in _faults(ask):
        raise Rejected("waybill_ask_refused", field=place, text=f"{place}: {why}")
    shipment = {
        OUR_FIELD: ask.reference,
        "to_address": _party(ask.receiver),
        "from_address": _party(ask.sender),
        "parcel": {"weight": round(ask.weight_g / _GRAMS_AN_OUNCE, 1)},
        "carrier_accounts": [ask.monthly_account or account.carrier_account],
        "service": ask.service or account.service,
        "options": {
            "label_format": "ZPL",
            "label_size": "4x6",
            "print_custom_1": ask.order_id[:40] or ask.reference,
        },
    }
    return exact_text({"shipment": shipment})


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
    needs = (
        *_NEEDS,
        *(["postcode"] if party.country in _WANT_POSTCODE else []),
        *(["province"] if party.country in _WANT_STATE else []),
    )
    for name in needs:
        if not getattr(party, name).strip():
            yield f"{side}.{name}", "missing"


def _party(party: PartyRecord) -> dict[str, Any]:
    street = party.address.strip()
    told = {
        "name": party.name,
        "company": party.company,
        "street1": street,
        "city": party.city or party.district,
        "state": party.province,
        "zip": party.postcode,
        "country": party.country,
        "phone": party.phone,
    }
    return {name: value for name, value in told.items() if value}
