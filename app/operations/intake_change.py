"""A newer version of an order the book holds: what changed, and what must follow from it."""

from dataclasses import dataclass, replace

from app.domain.states import SENT_BY_PLATFORM, IntakeState, OrderState, PaymentState
from app.operations import intake_follow, stock
from app.operations import intake_parts as parts
from app.operations.breakers import release_gate
from app.operations.intake_hold import follow_hold
from app.operations.intake_read import STOPPING, Ground, claim_of, kinds_of, said
from app.operations.intake_states import GONE, OVER, proofs_told, refunded_minor
from app.operations.selling import terms_for
from app.store import events, intake_rows, selling, stock_release
from app.store import orders as book
from app.store.listings import OPEN, Listings, Meant, known_codes, meant
from app.store.seal import Row
from app.store.stock import owed
from app.store.tables import line, orders, receiver, refund
from app.store.tables_record import raw_record, time_reading
from app.store.work import Work
from sync.records import OrderRecord

PLACE = ("province", "city", "country")


@dataclass(frozen=True, slots=True)
class Changed:
    """One order that is being brought up to what its platform says now."""

    work: Work
    ground: Ground
    order_id: int
    record: OrderRecord

    def row(self) -> Row:
        """The order's row as it stands at this point of the transaction."""
        return self.work.row(orders, self.order_id)


def change(work: Work, ground: Ground, row: Row, record: OrderRecord) -> None:
    """Bring an order up to a newer version of its record; its stock follows in this transaction."""
    it = Changed(work, ground, row["id"], record)
    values = parts.facts(ground, record)
    if record.paid.utc_ms is not None:
        values["paid_at"] = record.paid.utc_ms
    if not intake_rows.memo_waits(work, it.order_id):
        values |= parts.memo(record)
        if values["seller_memo"] != row["seller_memo"]:
            events.note(work, it.order_id, "memo_changed", "warning")
    work.update(orders, it.order_id, row["version"], **values)
    work.mark("orders", it.order_id)
    if record.raw:
        work.insert(raw_record, parts.raw_row(work, it.order_id, record))
    _readings(it)
    moved = _lines(it)
    _refunds(it, row)
    _receiver(it, row)
    _complaints(it)
    _states(it)
    follow_hold(work, ground, it.order_id, record.hold)
    if moved:
        events.note(work, it.order_id, "lines_changed", "warning")
        _label_is_old(it, "lines")
    settle_stock(it.work, ground, it.order_id)
    book.refresh(work, it.order_id)


def settle_stock(work: Work, ground: Ground, order_id: int) -> None:
    """Hold exactly what an order still owes: give back what is too much, take what lacks."""
    row = work.row(orders, order_id)
    open_ = row["intake"] == IntakeState.BOOKED and row["state"] not in (*OVER, *GONE)
    open_ &= row["held_reason"] != SENT_BY_PLATFORM
    gate = release_gate(work, ground.rules)
    for item in intake_rows.rows_of(work, line, order_id):
        given = stock_release.trim(work, item, owed(item) if open_ else 0, gate)
        if given:
            events.note(work, order_id, "stock_released", n=given)
    law = selling.of_shop(work, row["channel_id"])
    terms = terms_for(ground.rules, law, row["state"], work.now) if open_ else None
    if terms is not None and row["held_reason"] not in STOPPING:
        stock.reserve(work, ground.rules, order_id, terms)


def _readings(it: Changed) -> None:
    known = {
        (row["field"], row["raw"])
        for row in intake_rows.rows_of(it.work, time_reading, it.order_id)
    }
    rows = parts.readings(it.work, it.order_id, it.record)
    new = [row for row in rows if (row["field"], row["raw"]) not in known]
    it.work.insert(time_reading, *new)


def _lines(it: Changed) -> bool:
    """Bring the items up to the record; True when what is owed changed."""
    known = {row["external_id"]: row for row in intake_rows.rows_of(it.work, line, it.order_id)}
    told = {one.external_id: one for one in it.record.lines}
    means = _meanings(it, known)
    moved = False
    for external_id, one in told.items():
        row = parts.line_row(one, it.order_id, means[external_id])
        before = known.get(external_id)
        if before is None:
            row["shipped"] = min(one.quantity_shipped, row["quantity"] - row["cancelled"])
            it.work.insert(line, {"id": it.work.ids.next(), **row})
            moved = True
            continue
        # What was cancelled here stays cancelled, and what left the house cannot come back.
        row["quantity"] = max(row["quantity"], before["shipped"])
        row["cancelled"] = max(before["cancelled"], row["cancelled"])
        row["cancelled"] = min(row["cancelled"], row["quantity"] - before["shipped"])
        moved |= _sent_elsewhere(it, before, row, one.quantity_shipped)
        moved |= _rewrite(it.work, before, row)
    for external_id, before in known.items():
        if external_id not in told and owed(before):
            cancelled = before["quantity"] - before["shipped"]
            it.work.update(line, before["id"], before["version"], cancelled=cancelled)
            moved = True
    return moved


def _sent_elsewhere(it: Changed, before: Row, row: Row, told: int) -> bool:
    """Take off the shelf what somebody sent on the platform itself; True where there was any."""
    sent = min(told, row["quantity"] - row["cancelled"]) - before["shipped"]
    if sent <= 0:
        return False
    stock_release.use_held(it.work, it.order_id, before["id"], sent)
    row["shipped"] = before["shipped"] + sent
    return True


def _meanings(it: Changed, known: dict[str, Row]) -> dict[str, Meant]:
    """What each item told now is; what the warehouse has already stays what it was packed as."""
    lines = it.record.lines
    shop = Listings(it.work, it.ground.shop.id, (parts.told_of(it.record, one) for one in lines))
    codes = known_codes(it.work, (one.sku for one in lines if one.sku))
    packed = it.row()["state"] not in OPEN
    found = {}
    for one in lines:
        means = meant(shop.row(parts.told_of(it.record, one)), one.sku in codes, one.sku)
        was = known.get(one.external_id)
        if packed and was is not None and was["listing_id"] == means.listing_id:
            means = Meant(means.listing_id, was["sku"], was["units"], bool(was["sku_known"]))
        found[one.external_id] = means
    return found


def _rewrite(work: Work, before: Row, row: Row) -> bool:
    different = {name: value for name, value in row.items() if before[name] != value}
    if different:
        if different.keys() & {"sku", "units"}:
            stock_release.trim(work, work.row(line, before["id"]), 0)
        work.update(line, before["id"], before["version"], **different)
    return bool(different.keys() & {"quantity", "cancelled", "sku", "units"})


def _refunds(it: Changed, row: Row) -> None:
    known = {r["external_id"] for r in intake_rows.rows_of(it.work, refund, it.order_id)}
    told = {one.external_id: one for one in it.record.refunds}
    new = [one for external_id, one in told.items() if external_id not in known]
    for one in new:
        it.work.insert(refund, parts.refund_row(it.work, it.order_id, row["currency"], one))
        amount, currency = one.amount_minor, it.record.currency
        events.note(it.work, it.order_id, "refunded", "warning", amount=amount, currency=currency)
    if not new:
        return
    it.work.update(orders, it.order_id, refunded_minor=refunded_minor(it.record))
    if row["state"] in {OrderState.PAID, OrderState.ALLOCATED, OrderState.AWAITING_PAYMENT}:
        amount_back = sum(one.amount_minor for one in new)
        intake_follow.notice(it.work, it.ground, it.row(), ("refund_open", ""), n=amount_back)


def _receiver(it: Changed, row: Row) -> None:
    """Write a changed address, name or message; a label made for the old one is old."""
    before = it.work.row(receiver, it.order_id)
    record = _with_cipher(it, before)
    to = record.receiver
    clear = {
        "name_ct": to.name,
        "phone_ct": to.phone,
        "address_ct": to.address,
        "email_ct": to.email,
        "cipher_ct": to.cipher,
        "nick_ct": record.buyer_nick,
        "message_ct": record.buyer_message,
    }
    changed = {name for name, text in clear.items() if _opened(it.work, before, name) != text}
    changed |= {name for name in ("district", "postcode") if before[name] != getattr(to, name)}
    changed |= {name for name in PLACE if row[name] != getattr(to, name)}
    if not changed or _kept_here(it):
        return
    kept, tokens = parts.kept_receiver(it.work, it.order_id, record)
    it.work.update(receiver, it.order_id, before["version"], **kept)
    it.work.update(orders, it.order_id, **parts.shown_receiver(record))
    intake_rows.replace_tokens(it.work, it.order_id, tokens)
    moved = changed - {"nick_ct", "message_ct", "email_ct"}
    # A sealed receiver that comes later, when a review ends, is the same receiver; and so is one
    # that was sealed and is opened now.
    same = record.opened if before["cipher_ct"] else moved == {"cipher_ct"}
    if moved and not same:
        events.note(it.work, it.order_id, "address_changed", "warning")
        if intake_rows.has_label(it.work, it.order_id):
            _label_is_old(it, "address")


def _with_cipher(it: Changed, before: Row) -> OrderRecord:
    """The record, with the sealed receiver we hold where the platform shows none any more.

    Platforms show it only while an order is to be sent; its absence says nothing of the address.
    """
    record = it.record
    if record.receiver.cipher or record.opened or not before["cipher_ct"]:
        return record
    held = replace(record.receiver, cipher=_opened(it.work, before, "cipher_ct"))
    return replace(record, receiver=held)


def _kept_here(it: Changed) -> bool:
    """Whether the address was corrected here: it stays, and a case shows what the platform says."""
    if not intake_rows.was_edited(it.work, it.order_id):
        return False
    told = it.record.receiver
    place = (told.name, told.phone, told.province, told.city, told.district, told.address)
    subject = it.work.keys.mac("\0".join(place).encode()).hex()
    if not intake_rows.was_noticed(it.work, it.order_id, "address_differs", subject):
        intake_follow.notice(it.work, it.ground, it.row(), ("address_differs", subject))
    return True


def _opened(work: Work, row: Row, name: str) -> str:
    plain = work.keys.decrypt("receiver", row["order_id"], name, row[name])
    return (plain or b"").decode()


def _label_is_old(it: Changed, what: str) -> None:
    row = it.row()
    if row["state"] in GONE or not intake_rows.has_parcel(it.work, it.order_id):
        return
    intake_follow.stop(it.work, it.ground, row, ("changed_after_label", what), field=what)


def _complaints(it: Changed) -> None:
    """Open a case for what is wrong now, and let go what a newer version put right."""
    wrong = kinds_of(it.record.problems, it.ground.rules)
    for kind, problem in wrong:
        args = {"raw": said(problem), "field": problem.field}
        if problem.code in STOPPING:
            intake_follow.stop(it.work, it.ground, it.row(), (kind, problem.field), **args)
        else:
            intake_follow.notice(it.work, it.ground, it.row(), (kind, problem.field), **args)
    now = {kind for kind, _problem in wrong}
    for kind in sorted((STOPPING | {"bad_time", "missing_field"}) - now):
        stock.go_on(it.work, it.order_id, kind)


def _states(it: Changed) -> None:
    record = it.record
    for kind, reference in proofs_told(record):
        fact = book.Fact(kind, it.ground.shop.platform, reference)
        book.prove(it.work, it.order_id, fact)
    claim = claim_of(it.ground, record.raw_status, record.raw_payment, trashed=record.trashed)
    intake_follow.follow(it.work, it.ground, it.order_id, claim)
    row = it.row()
    payment = _refunded(row)
    if payment and payment != row["payment"]:
        it.work.update(orders, it.order_id, payment=payment)


def _refunded(row: Row) -> str:
    back = row["refunded_minor"]
    if not back or row["payment"] in {PaymentState.UNPAID, PaymentState.UNCONFIRMED}:
        return ""
    whole = back >= row["total_minor"]
    return (PaymentState.REFUNDED if whole else PaymentState.PARTLY_REFUNDED).value
