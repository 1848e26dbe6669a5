"""What crosses the border between a platform or carrier and the shop: plain frozen values.

A record says what the other side said, already in our units (minor money units, grams, UTC
milliseconds), with the untouched bytes beside it. What could not be read is never dropped: a field
becomes a `Problem` on its record, a whole record becomes a `KeptAside`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Moment:
    """A foreign time as read: UTC milliseconds, the text it was read from, the zone it was read in.

    `utc_ms` is None where `raw` could not be read as a time; `zone` is an IANA name or "UTC".
    """

    utc_ms: int | None
    raw: str
    zone: str


NO_MOMENT = Moment(None, "", "")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing about a record that a person must look at; the record itself is kept.

    Codes: unknown_status, unknown_currency, bad_time, impossible_amount, rounded_amount,
    missing_field, bad_quantity, unreadable.
    """

    code: str
    field: str
    raw: str


@dataclass(frozen=True, slots=True)
class LineRecord:
    """One sold thing of an order. `quantity` is what was ordered, refunds not taken off.

    `quantity_shipped` is what the platform says has left, whoever sent it.
    """

    external_id: str
    sku: str
    listing_ref: str
    title: str
    variant: str
    quantity: int
    unit_price_minor: int
    total_minor: int
    picture_url: str = ""
    gift: bool = False
    quantity_refunded: int = 0
    quantity_shipped: int = 0


@dataclass(frozen=True, slots=True)
class ReceiverRecord:
    """Who receives the parcel.

    `cipher` is what a platform gives that hides its people; name, phone and address are then its
    own masked words for them, and never more than it showed.
    """

    name: str = ""
    phone: str = ""
    email: str = ""
    country: str = ""
    province: str = ""
    city: str = ""
    district: str = ""
    address: str = ""
    postcode: str = ""
    cipher: str = ""


@dataclass(frozen=True, slots=True)
class RefundRecord:
    """Money given back on the platform. `lines` = (line id, quantity, amount in minor units)."""

    external_id: str
    amount_minor: int
    reason: str
    created: Moment
    lines: tuple[tuple[str, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class OrderRecord:
    """One order as the platform tells it. `version` is its modified time in UTC milliseconds.

    `payment_proofs` names what the platform itself vouches for ("settled", "callback"); `trashed`
    says that the platform lists the order only among the deleted ones; `hold` says why the
    platform lets nothing be shipped yet, "" where it does not say so: fraud, payment, stock,
    address, date, returns, service (another sends it), platform (it sends the order itself, from
    stock of its own: nothing of it is ours to do), refund (the buyer asked for the money back
    before it left) or other, with commas between; `opened` says that the platform sealed
    the receiver and opened it for us; `raw` is the untouched record, to be kept encrypted.
    """

    external_id: str
    external_no: str
    version: int
    raw_status: str
    raw_payment: str
    placed: Moment
    paid: Moment
    modified: Moment
    completed: Moment
    promise: Moment | None
    currency: str
    total_minor: int
    freight_minor: int
    discount_minor: int
    tax_minor: int
    lines: tuple[LineRecord, ...]
    receiver: ReceiverRecord
    buyer_nick: str = ""
    buyer_message: str = ""
    seller_memo: str = ""
    flag: str = ""
    kind: str = "normal"
    refunds: tuple[RefundRecord, ...] = ()
    payment_proofs: tuple[str, ...] = ()
    transaction_ref: str = ""
    trashed: bool = False
    hold: str = ""
    opened: bool = False
    problems: tuple[Problem, ...] = ()
    raw: bytes = b""


@dataclass(frozen=True, slots=True)
class AfterSaleRecord:
    """What a buyer asks for after paying, as it stands on the platform now.

    `kind` is refund, return, exchange, repair, resend or other; `raw_status` the platform's word;
    `version` names the state that was read, to be handed back with an answer; `may` is what the
    seller may answer to it: agree (the money goes back), refuse. `return_no` is the waybill of
    what the buyer sent back; `raw` the untouched record.
    """

    external_id: str
    order_id: str
    line_id: str
    raw_status: str
    kind: str
    version: str
    amount_minor: int
    currency: str
    quantity: int
    reason: str
    words: str
    created: Moment
    modified: Moment
    may: frozenset[str] = frozenset()
    return_carrier: str = ""
    return_no: str = ""
    problems: tuple[Problem, ...] = ()
    raw: bytes = b""


@dataclass(frozen=True, slots=True)
class KeptAside:
    """Something in a list that could not be read as an order at all; kept whole, for a person."""

    external_id: str
    reason: Problem
    raw: bytes


@dataclass(frozen=True, slots=True)
class ListingRecord:
    """One thing a shop sells. `ref` is what orders call it (`LineRecord.listing_ref`).

    `quantity` is what the shop says is there, None where it does not count; `weight_g` None where
    it does not say. `hs_code` and `origin` (ISO 3166 alpha-2) are what it declares to customs.
    """

    ref: str
    sku: str
    title: str
    variant: str = ""
    barcode: str = ""
    weight_g: int | None = None
    quantity: int | None = None
    hs_code: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class ListingPage:
    """One page of what a shop sells; `total` is how many entries its list has in all.

    `next_cursor` is opaque to everyone but the channel that made it.
    """

    listings: tuple[ListingRecord, ...]
    kept_aside: tuple[KeptAside, ...]
    next_cursor: str
    more: bool
    total: int


@dataclass(frozen=True, slots=True)
class Batch:
    """One page of a pull, and the cursor to store with it in the same transaction.

    `next_cursor` is opaque to everyone but the channel that made it; `more` says that another page
    waits now.
    """

    records: tuple[OrderRecord, ...]
    kept_aside: tuple[KeptAside, ...]
    next_cursor: str
    more: bool


@dataclass(frozen=True, slots=True)
class AfterSaleBatch:
    """One page of after-sales that changed; the cursor is as in `Batch`."""

    records: tuple[AfterSaleRecord, ...]
    kept_aside: tuple[KeptAside, ...]
    next_cursor: str
    more: bool


@dataclass(frozen=True, slots=True)
class AfterSaleAsk:
    """The seller's answer to an after-sale: `answer` is one of what it `may` be.

    `version` and `amount_minor` are what the seller saw: an after-sale that changed since is not
    answered. `words` are the reason of a refusal.
    """

    external_id: str
    answer: str
    version: str
    amount_minor: int
    idempotency_key: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class ShipAsk:
    """Tell the platform that a parcel left. `lines` empty means the whole order.

    `replaces` is the number told before, where this one takes its place; "" for a first one.
    """

    external_id: str
    carrier_code: str
    carrier_name: str
    waybill_no: str
    lines: tuple[tuple[str, int], ...]
    idempotency_key: str
    note: str = ""
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class StockAsk:
    """Set what the platform may sell of one listing: an absolute whole number."""

    listing_ref: str
    sku: str
    quantity: int
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class MemoAsk:
    """Write the seller's memo of an order to the platform."""

    external_id: str
    text: str
    flag: str
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class Done:
    """The platform has it. `already` says that an earlier try had got through."""

    external_ref: str
    already: bool = False


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Whether a channel or carrier can be used, and if not, why: the code of one sentence.

    The sentence stands in resources/words/errors_sync.toml under `code`; `details` fill it.
    `notes` are codes of what is worth knowing although it works.
    """

    ok: bool
    code: str = ""
    details: Mapping[str, str | int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PushHint:
    """A verified push: a hint to re-read `external_id`, never the truth itself.

    `kind` is order, ping or other; `event_id` stays with a repeat; `others` came beside it.
    `wait_ms` is how late the platform's own interfaces are: the order is read that much later.
    """

    kind: str
    external_id: str
    event_id: str
    topic: str = ""
    others: tuple["PushHint", ...] = ()
    wait_ms: int = 0
