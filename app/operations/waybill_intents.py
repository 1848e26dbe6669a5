"""Waybills wanted: the intent is in the book before a byte leaves (consistency.md 2.2).

One open waybill per parcel is held by a unique index; asking again finds the one that stands.
"""

from dataclasses import dataclass
from hashlib import sha256

import msgspec
from sqlalchemy import func, select

from app.domain.errors import ReceiverSealed
from app.domain.errors_labels import ForeignOrder, NoCarrierAccount
from app.domain.guards import check
from app.domain.lifecycle import Blocked
from app.domain.states import Machine, OrderState, ParcelState, WaybillState
from app.operations import steps
from app.operations.outbound import refuse_read_only
from app.rulebook import Rulebook
from app.store import accounts, cases, events
from app.store import orders as book
from app.store.cases import Notice
from app.store.seal import Row
from app.store.tables import channel, line, orders, parcel, parcel_line, receiver, waybill
from app.store.tables_record import case
from app.store.work import Work
from sync.waybill_records import GoodsRecord, PartyRecord, WaybillAsk

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
NO_EWAYBILL = "no_ewaybill"
LACKS = "labels_not_taken"  # the case while no number can be asked of anybody
PARCEL_G = 500  # what a parcel weighs on paper when nobody knows better


def base36(value: int) -> str:
    """A whole number in the letters every carrier's reference field takes."""
    out = ""
    while value:
        value, rest = divmod(value, 36)
        out = DIGITS[rest] + out
    return out or "0"


def reference(channel_id: int, parcel_id: int, generation: int) -> str:
    """Our key at the carrier: ``WD<shop>-<parcel>-<generation>``, at most 40 of [A-Z0-9-]."""
    return f"WD{base36(channel_id)}-{base36(parcel_id)}-{generation}"


def take(work: Work, rules: Rulebook, order_id: int) -> list[int]:
    """Want a waybill for every open parcel of an order; returns the waybill ids.

    A parcel whose waybill is open keeps it: taking twice is harmless. Raises ``MissingProofs``
    when a guard of the step says no, ``ReceiverSealed`` when no account may know the receiver,
    ``NoCarrierAccount`` when there is none, ``NotFound`` while the shop has no sender's address.
    """
    facts = steps.facts_of(work, rules, order_id)
    standing = [p for p in facts.order.boxes if p.waybill is not None]
    fresh = [p for p in facts.order.boxes if p.waybill is None and p.state is ParcelState.OPEN]
    if not fresh:
        return [_open_of(work, p.parcel_id) for p in standing]
    row = rules.lifecycle.rows[(Machine.LOGISTICS, "none", "take_number")]
    missing = check(row.guards, facts)
    refuse_read_only(rules)
    if missing:
        kind = rules.lifecycle.guards[missing[0].guard].case_kind
        raise Blocked(Machine.LOGISTICS, "take_number", "none", missing, kind).refusal()
    return [_intend(work, rules, order_id, p.parcel_id) for p in fresh]


def is_over(work: Work, order_id: int) -> bool:
    """Whether an order was cancelled or closed since: no number is bought for it any more."""
    row = work.row(orders, order_id)
    return row["state"] in {OrderState.CANCELLED, OrderState.CLOSED} or row["platform_cancelled"]


def _open_of(work: Work, parcel_id: int) -> int:
    query = select(waybill.c.id).where(
        waybill.c.parcel_id == parcel_id, waybill.c.state.not_in(("voided", "rejected"))
    )
    return int(work.rows(query)[0]["id"])


def _intend(work: Work, rules: Rulebook, order_id: int, parcel_id: int) -> int:
    account = _account_for(work, rules, order_id)
    accounts.sender(work)
    return write_intent(work, order_id, parcel_id, f"{account['carrier']}:{account['id']}")


def _account_for(work: Work, rules: Rulebook, order_id: int) -> Row:
    """The account a parcel's number is asked of, by whose order it is (label_routes.toml).

    Raises:
        NoCarrierAccount: none is connected, or all were retired.
        ReceiverSealed: the platform hides the receiver, and no account here is its own e-waybill:
            any other carrier would be told stars for a name and a street.
        ForeignOrder: every account here is the e-waybill of another platform.
    """
    found = accounts.in_turn(work)
    if not found:
        raise NoCarrierAccount
    order = work.row(orders, order_id)
    platform = work.row(channel, order["channel_id"])["platform"]
    sealed = work.row(receiver, order_id)["cipher_ct"] is not None
    at = rules.label_routes.pick(platform, sealed, [one["carrier"] for one in found])
    if at is not None:
        return found[at]
    if sealed:
        raise ReceiverSealed(order_no=order["external_no"])
    said = {"platform": platform, "carrier": found[0]["carrier"]}
    raise ForeignOrder(order_no=order["external_no"], **said)


def want_ewaybill(work: Work, rules: Rulebook, order_id: int) -> None:
    """Say what to connect, once a shop, where its platform's e-waybill is missing here."""
    order = work.row(orders, order_id)
    shop = work.row(channel, order["channel_id"])
    own = rules.label_routes.own(shop["platform"])
    if own:
        said = {"platform": shop["platform"], "carrier": own[0]}
        cases.open_case(work, rules.cases, Notice(NO_EWAYBILL, 0, shop["id"], args=said))


def ewaybill_connected(work: Work, rules: Rulebook, carrier: str) -> None:
    """An e-waybill came: the shops that missed it miss it no more."""
    query = (
        select(case.c.id)
        .join(channel, channel.c.id == case.c.channel_id)
        .where(
            case.c.kind == NO_EWAYBILL,
            case.c.state != "settled",
            channel.c.platform.in_(rules.label_routes.platforms(carrier)),
        )
    )
    for row in work.rows(query):
        cases.settle(work, row["id"], "connected_again", work.actor.name)


def write_intent(work: Work, order_id: int, parcel_id: int, account: str) -> int:
    """Write the row that stands for a waybill not yet asked for."""
    last = select(func.max(waybill.c.generation)).where(waybill.c.parcel_id == parcel_id)
    generation = int(work.conn.execute(last).scalar() or 0) + 1
    channel_id = work.row(orders, order_id)["channel_id"]
    pk = work.ids.next()
    work.insert(
        waybill,
        {
            "id": pk,
            "parcel_id": parcel_id,
            "order_id": order_id,
            "generation": generation,
            "intent_key": reference(channel_id, parcel_id, generation),
            "carrier_account": account,
            "state": WaybillState.INTENT.value,
            "next_at": work.now,
        },
    )
    events.note(work, order_id, "waybill_wanted", carrier=account.partition(":")[0])
    work.mark("waybills", pk)
    return pk


@dataclass(frozen=True, slots=True)
class Wanted:
    """A waybill to ask for: its row, and the request in our units."""

    row: Row
    ask: WaybillAsk


def wanted(work: Work, row: Row) -> Wanted:
    """The request of one intent, with the receiver opened for the carrier only."""
    order = work.row(orders, row["order_id"])
    account = next(a for a in accounts.carriers(work) if a["id"] == _account_id(row))
    keys = accounts.credentials_of(work, account)
    sealed = work.row(receiver, order["id"])["cipher_ct"]
    cipher = work.keys.decrypt("receiver", order["id"], "cipher_ct", sealed) or b""
    ask = WaybillAsk(
        reference=row["intent_key"],
        sender=sender_of(work),
        receiver=receiver_of(work, order),
        goods=_goods(work, row["parcel_id"]),
        weight_g=work.row(parcel, row["parcel_id"])["weight_g"] or PARCEL_G,
        parcels=1,
        service=keys.get("service", ""),
        monthly_account=keys.get("monthly_account", ""),
        platform=work.row(channel, order["channel_id"])["platform"],
        order_id=order["external_id"],
        receiver_cipher=cipher.decode(),
    )
    return Wanted(row, ask)


def _account_id(row: Row) -> int:
    return int(row["carrier_account"].split(":")[1])


def sender_of(work: Work) -> PartyRecord:
    """Where the shop's parcels come from."""
    fields = accounts.sender(work)
    return msgspec.convert(fields, PartyRecord, strict=False)


def receiver_of(work: Work, order: Row) -> PartyRecord:
    """Where an order goes, in clear: for the carrier's request and the label, nowhere else."""
    kept = work.row(receiver, order["id"])

    def opened(column: str) -> str:
        plain = work.keys.decrypt("receiver", order["id"], column, kept[column])
        return (plain or b"").decode()

    return PartyRecord(
        name=opened("name_ct"),
        phone=opened("phone_ct"),
        country=order["country"] or "CN",
        province=order["province"],
        city=order["city"],
        district=kept["district"],
        address=opened("address_ct"),
        postcode=kept["postcode"],
    )


def receiver_digest(party: PartyRecord) -> str:
    """Tells two receivers apart without keeping either: SHA-256 over name, phone and address."""
    text = "\x1f".join((party.name, party.phone, party.address))
    return sha256(text.encode()).hexdigest()


def _goods(work: Work, parcel_id: int) -> tuple[GoodsRecord, ...]:
    query = (
        select(line.c.title, parcel_line.c.quantity)
        .join(line, line.c.id == parcel_line.c.line_id)
        .where(parcel_line.c.parcel_id == parcel_id)
    )
    return tuple(GoodsRecord(r["title"] or "-", r["quantity"]) for r in work.rows(query))


def printed_lines(work: Work, order_id: int) -> list[Row]:
    """An order's items as a label lists them."""
    return book.sealed(work, line, order_id)
