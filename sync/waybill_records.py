"""What is asked of a carrier and what it answers: plain frozen values, beside `sync.records`."""

from dataclasses import dataclass, field

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
    """Buy one waybill. `reference` is WD<shop>-<parcel>-<generation>: our key at the carrier.

    `platform` and `order_id` are the order's, as its channel names them: a platform's own e-waybill
    wants them. `receiver_cipher` is what the channel gave that hides the receiver, as it came
    ("" where nobody is hidden); the receiver's words are then the platform's masked ones.
    """

    reference: str
    sender: PartyRecord
    receiver: PartyRecord
    goods: tuple[GoodsRecord, ...]
    weight_g: int
    parcels: int
    service: str
    monthly_account: str
    remark: str = ""
    platform: str = ""
    order_id: str = ""
    receiver_cipher: str = ""


@dataclass(frozen=True, slots=True)
class PrintData:
    """What a platform gives for the label it alone can draw, kept as it came and never opened.

    `component` names whose print component draws it (the platform's own word for it here: pdd,
    cainiao, douyin, jd). `content` is the platform's text, byte for byte; `template_url` is the
    label's form, "" where `content` names it.
    """

    component: str
    content: str = field(repr=False)
    template_url: str = ""


@dataclass(frozen=True, slots=True)
class OutletRecord:
    """A carrier's branch an account may take numbers of, and how many are left there.

    `courier` is the courier's code as the platform writes it, `code` and `name` the branch's own
    ("" where the courier runs all branches itself). `left` is how many numbers it still gives, None
    where nothing is counted: such a courier is paid afterwards. `senders` are the addresses parcels
    may come from; where there are any, no other is taken.
    """

    courier: str
    code: str
    name: str
    left: int | None
    senders: tuple[PartyRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class WaybillAnswer:
    """A waybill the carrier made. `receiver_digest` tells a lookup whether it is for our receiver.

    `receiver_digest` is None where the carrier's answer does not say for whom it is. `courier` is
    who moves the parcel where the account is at an aggregator (a code of resources/rules/
    couriers.toml), "" where the carrier moves it itself. `print_data` is a platform's own label,
    where it comes with the number.
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
    print_data: PrintData | None = None


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
