"""The rows a record becomes: the same for a new order and for a changed one."""

from app.domain import masks
from app.operations.intake_read import Ground
from app.store.intake_rows import pack_tokens
from app.store.listings import Meant, Told
from app.store.seal import Row
from app.store.work import Work
from sync.records import LineRecord, Moment, OrderRecord, RefundRecord

LONGEST_SHOWN = 200  # characters of what the board shows and sorts by
_SHOWN_MEMO = 2_000


def facts(ground: Ground, record: OrderRecord) -> Row:
    """An order's columns that follow the platform at every version."""
    first = record.lines[0] if record.lines else None
    return {
        "external_no": record.external_no,
        "external_version": record.version,
        "raw_status": record.raw_status,
        "placed_at": record.placed.utc_ms,
        "promise_at": _promise(ground, record),
        "currency": record.currency,
        "total_minor": record.total_minor,
        "freight_minor": record.freight_minor,
        "discount_minor": record.discount_minor,
        "items": sum(line.quantity for line in record.lines),
        "summary": first.title[:LONGEST_SHOWN] if first else "",
        "summary_variant": first.variant[:LONGEST_SHOWN] if first else "",
        "summary_sku": first.sku if first else "",
        "buyer_message_mask": _masked(record, record.buyer_message),
    }


def memo(record: OrderRecord) -> Row:
    """The seller's memo and flag, with personal data masked as at every entry."""
    return {"seller_memo": _masked(record, record.seller_memo[:_SHOWN_MEMO]), "flag": record.flag}


def _masked(record: OrderRecord, text: str) -> str:
    """A free text of the order without what tells who its receiver is."""
    return masks.mask_note(text, record.receiver.name, record.receiver.address)


def _promise(ground: Ground, record: OrderRecord) -> int | None:
    if record.promise is not None and record.promise.utc_ms is not None:
        return record.promise.utc_ms
    since = record.paid.utc_ms or record.placed.utc_ms
    policy = ground.rules.policy
    return ground.calendar.ship_by(since, policy.ship_within_hours) if since else None


def shown_receiver(record: OrderRecord) -> Row:
    """What the order's own row shows of the receiver, masked."""
    to = record.receiver
    return {
        "buyer_mask": masks.mask_name(to.name),
        "phone_mask": masks.mask_phone(to.phone),
        "phone_tail": masks.phone_tail(to.phone),
        "country": to.country,
        "province": to.province,
        "city": to.city,
    }


def kept_receiver(work: Work, order_id: int, record: OrderRecord) -> tuple[Row, tuple[int, ...]]:
    """The receiver's row, closed for this order alone, and the tokens the name is found by."""
    to, keys = record.receiver, work.keys
    tokens = keys.tokens(to.name) if to.name else ()
    clear = {
        "name_ct": to.name,
        "phone_ct": to.phone,
        "email_ct": to.email,
        "address_ct": to.address,
        "nick_ct": record.buyer_nick,
        "message_ct": record.buyer_message,
        "cipher_ct": to.cipher,
    }
    row: Row = {
        name: keys.encrypt("receiver", order_id, name, text.encode()) if text else None
        for name, text in clear.items()
    }
    row |= {
        "address_mask": masks.mask_address(to.province, to.city, to.address),
        "district": to.district,
        "postcode": to.postcode,
        "phone_index": keys.blind("phone", to.phone) if to.phone else None,
        "email_index": keys.blind("email", to.email) if to.email else None,
        "tokens": pack_tokens(tokens),
    }
    return row, tokens


def told_of(record: OrderRecord, line: LineRecord) -> Told:
    """The listing an item was sold from."""
    return Told(line.listing_ref, line.sku, line.title, line.variant, record.version)


def line_row(line: LineRecord, order_id: int, means: Meant) -> Row:
    """One item of an order; what the platform refunded is no longer owed."""
    return {
        "order_id": order_id,
        "external_id": line.external_id,
        "sku": means.sku,
        "listing_ref": line.listing_ref,
        "title": line.title,
        "variant": line.variant,
        "quantity": line.quantity,
        "cancelled": line.quantity_refunded,
        "unit_price_minor": line.unit_price_minor,
        "total_minor": line.total_minor,
        "gift": int(line.gift),
        "sku_known": int(means.known),
        "listing_id": means.listing_id,
        "units": means.units,
    }


def refund_row(work: Work, order_id: int, currency: str, told: RefundRecord) -> Row:
    """Money given back on the platform."""
    return {
        "id": work.ids.next(),
        "order_id": order_id,
        "external_id": told.external_id,
        "amount_minor": told.amount_minor,
        "currency": currency,
        "reason": masks.mask_note(told.reason[:LONGEST_SHOWN]),
        "at": told.created.utc_ms,
    }


def raw_row(work: Work, order_id: int, record: OrderRecord) -> Row:
    """The untouched record, closed."""
    pk = work.ids.next()
    return {
        "id": pk,
        "order_id": order_id,
        "external_version": record.version,
        "body_ct": work.keys.encrypt("raw_record", pk, "body_ct", record.raw),
        "at": work.now,
    }


def readings(work: Work, order_id: int, record: OrderRecord) -> list[Row]:
    """Which foreign time was read how (F087)."""
    told: dict[str, Moment | None] = {
        "placed": record.placed,
        "paid": record.paid,
        "modified": record.modified,
        "completed": record.completed,
        "promise": record.promise,
    }
    return [
        {
            "id": work.ids.next(),
            "order_id": order_id,
            "field": field,
            "raw": moment.raw[:LONGEST_SHOWN].replace("\x00", "\ufffd"),
            "zone": moment.zone,
            "utc": moment.utc_ms,
        }
        for field, moment in told.items()
        if moment is not None and moment.raw
    ]
