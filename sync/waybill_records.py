"""What is asked of a carrier and what it answers: plain frozen values, beside `sync.records`."""

from dataclasses import dataclass

from sync.records import Moment


@dataclass(frozen=True, slots=True)
class PartyRecord:
    """A sender or receiver as a carrier wants it."""

    name: str
    phone: str
    country: str = "CN"
    province: str = ""
    city: str = ""
    district: str = ""
    address: str = ""
    postcode: str = ""
    company: str = ""


@dataclass(frozen=True, slots=True)
class GoodsRecord:
    """What a parcel holds, as a carrier wants it declared."""

    name: str
    quantity: int = 1
    unit: str = ""
    weight_g: int = 0


@dataclass(frozen=True, slots=True)
class WaybillAsk:
    """Buy one waybill. `reference` is WD<shop>-<parcel>-<generation>: our key at the carrier."""

    reference: str
    sender: PartyRecord
    receiver: PartyRecord
    goods: tuple[GoodsRecord, ...]
    weight_g: int
    parcels: int
    service: str
    monthly_account: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class WaybillAnswer:
    """A waybill the carrier made. `receiver_digest` tells a lookup whether it is for our receiver.

    `receiver_digest` is None where the carrier's answer does not say for whom it is. `courier` is
    who moves the parcel where the account is at an aggregator (a code of resources/rules/
    couriers.toml), "" where the carrier moves it itself.
    """

    reference: str
    waybill_no: str
    sub_nos: tuple[str, ...]
    routing_mark: str
    sort_code: str
    dest_code: str
    two_dimension_code: str
    product_name: str
    receiver_digest: str | None
    raw: bytes
    courier: str = ""


@dataclass(frozen=True, slots=True)
class NotFound:
    """The carrier knows no waybill under this reference (yet)."""

    reference: str


@dataclass(frozen=True, slots=True)
class TrackingRecord:
    """One scan reported by a carrier; `dedupe_key` is the same when it is told twice."""

    waybill_no: str
    code: str
    secondary: str
    at: Moment
    place: str
    text: str
    dedupe_key: str
