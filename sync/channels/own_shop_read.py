"""A home-made store's order, as told, into an OrderRecord, by the paths of the store's file.

Nothing is guessed: what cannot be read becomes a Problem and the record goes on; what has no
number at all is kept aside whole. Status words of the file become our own words; one the file does
not know keeps the store's, with the store's name before it, so that two stores never share one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sync.channels.own_shop_path import Path
from sync.channels.own_shop_plan import Plan
from sync.channels.own_shop_refuse import said
from sync.json_text import Element
from sync.reading import Reader, minor, moment_ms, rounded_minor, text
from sync.records import (
    NO_MOMENT,
    KeptAside,
    LineRecord,
    Moment,
    OrderRecord,
    Problem,
    ReceiverRecord,
    RefundRecord,
)

ID_CAP = 200
_PAID = frozenset({"paid", "allocated", "shipped", "completed"})
_PAID_WORDS = frozenset({"paid", "partly_refunded", "refunded"})
_SECONDS = range(631_152_000, 7_258_118_400)  # 1990 to 2199


def id_of(value: Any, plan: Plan) -> str:
    """The order's number at the store; "" where it has none that can be one."""
    found = text(plan.order["external_id"].one(value))
    return found if found.isprintable() and len(found) <= ID_CAP else ""


def aside(element: Element, plan: Plan, why: str = "") -> KeptAside:
    """What cannot be an order, whole, with the number it seems to have."""
    told = str(element.problem.details.get("why", "")) if element.problem else why or "no id"
    problem = Problem("unreadable", "order", told)
    return KeptAside(id_of(element.value, plan), problem, element.raw)


def read_order(value: Any, raw: bytes, plan: Plan) -> OrderRecord:
    """One order; `raw` is its untouched bytes. It must have a number (`id_of`)."""
    one = _OneOrder(value, plan, Reader(plan.zone))
    one.read_currency()
    placed = one.needed_moment("placed")
    modified = one.moment("modified")
    promise = one.moment("promise")
    record = OrderRecord(
        external_id=id_of(value, plan),
        external_no=one.text("external_no") or id_of(value, plan),
        version=modified.utc_ms or placed.utc_ms or 0,
        raw_status=one.state("status", plan.status),
        raw_payment=one.state("payment", plan.payment) if plan.payment else "",
        placed=placed,
        paid=one.moment("paid"),
        modified=modified,
        completed=one.moment("completed"),
        promise=promise if promise.raw else None,
        currency=one.reader.currency,
        total_minor=one.total(),
        freight_minor=one.amount("freight"),
        discount_minor=one.amount("discount"),
        tax_minor=one.amount("tax"),
        lines=one.lines(),
        receiver=one.receiver(),
        refunds=one.refunds(),
        raw=raw,
    )
    return _told_beside(record, one)


def _told_beside(record: OrderRecord, one: "_OneOrder") -> OrderRecord:
    """The record with what people wrote, the proofs of payment and the problems met."""
    if not record.lines:
        one.reader.note("missing_field", "lines", "")
    transaction = one.text("transaction")
    proofs = (("settled",) if _settled(record, one.plan.proof) else ()) + (
        ("callback",) if transaction else ()
    )
    return replace(
        record,
        buyer_nick=one.text("nick"),
        buyer_message=one.text("message"),
        seller_memo=one.text("memo"),
        flag=one.text("flag"),
        payment_proofs=proofs,
        transaction_ref=transaction,
        problems=tuple(one.reader.problems),
    )


def _settled(record: OrderRecord, proof: str) -> bool:
    """Whether the store vouches for the money, by what its file says counts."""
    told = {
        "paid_time": record.paid.utc_ms is not None,
        "payment_word": record.raw_payment in _PAID_WORDS,
        "status_word": record.raw_status in _PAID,
    }
    return told.get(proof, False)


@dataclass(frozen=True, slots=True)
class _OneOrder:
    """One order's value, the plan, and the reader that collects its problems."""

    value: Any
    plan: Plan
    reader: Reader

    def told(self, name: str) -> Any:
        path = self.plan.order.get(name)
        found = None if path is None else path.one(self.value)
        return self.plan.constants.get(name) if found is None else found

    def text(self, name: str) -> str:
        return said(self.told(name))

    def read_currency(self) -> None:
        self.reader.set_currency("currency", self.told("currency") or self.plan.currency)

    def state(self, name: str, words: Mapping[str, str]) -> str:
        word = self.text(name)
        if word in words:
            return words[word]
        self.reader.note("unknown_status", name, word)
        return f"{self.plan.name}:{word}"

    def total(self) -> int:
        if self.told("total") in (None, ""):
            self.reader.note("missing_field", "total", "")
            return 0
        return self.amount("total")

    def amount(self, name: str) -> int:
        return self.money(name, self.told(name))

    def money(self, name: str, value: Any) -> int:
        """An amount in the file's way of writing money; absent or empty is 0."""
        if value is None or value == "":
            return 0
        if self.plan.money == "minor":
            found = minor(value, 0) if not isinstance(value, Decimal) else None
        elif isinstance(value, Decimal):
            found = self._fraction(name, value)
        else:
            found = minor(value, self.reader.places)
        if found is None or found < 0:
            self.reader.note("impossible_amount", name, value)
            return 0
        return found

    def _fraction(self, name: str, value: Decimal) -> int | None:
        """A JSON number with a fraction: what computers make of money, and not always exactly."""
        if self.plan.fractions == "refuse":
            return None
        found = minor(value, self.reader.places)
        if found is None and abs(value.adjusted()) < 13:
            found = rounded_minor(value, self.reader.places)
            self.reader.note("rounded_amount", name, value)
        return found

    def moment(self, name: str) -> Moment:
        return self.moment_of(name, self.told(name))

    def needed_moment(self, name: str) -> Moment:
        found = self.moment(name)
        if found.raw == "":
            self.reader.note("missing_field", name, "")
        return found

    def moment_of(self, name: str, value: Any) -> Moment:
        if value in (None, ""):
            return NO_MOMENT
        if self.plan.time == "iso":
            return self.reader.moment(name, None, value)
        ms, zone = _ms(value, self.plan)
        if ms is None:
            self.reader.note("bad_time", name, value)
        return Moment(ms, str(value)[:ID_CAP], zone)

    def lines(self) -> tuple[LineRecord, ...]:
        found = objects(self.plan.line_each, self.value)
        return tuple(self._line(line, at) for at, line in enumerate(found))

    def _line(self, line: Any, at: int) -> LineRecord:
        def told(name: str) -> Any:
            path = self.plan.line.get(name)
            return None if path is None else path.one(line)

        name = f"lines[{text(told('line_id')) or at}]"
        quantity = self.reader.count(f"{name}.quantity", told("quantity"))
        unit = self.money(f"{name}.unit_price", told("unit_price"))
        total = told("line_total")
        total_minor = unit * quantity if total is None else self.money(f"{name}.line_total", total)
        return LineRecord(
            external_id=text(told("line_id")),
            sku=text(told("sku")),
            listing_ref=text(told("listing")),
            title=text(told("title")),
            variant=text(told("variant")),
            quantity=quantity,
            unit_price_minor=unit,
            total_minor=total_minor,
            picture_url=text(told("picture")),
            gift=total_minor == 0 and told("line_total") is not None,
            quantity_refunded=minor(told("refunded") or 0, 0) or 0,
            quantity_shipped=minor(told("shipped") or 0, 0) or 0,
        )

    def receiver(self) -> ReceiverRecord:
        names = ("name", "phone", "email", "country", "province", "city", "district", "address")
        return ReceiverRecord(**{name: self.text(name) for name in (*names, "postcode")})

    def refunds(self) -> tuple[RefundRecord, ...]:
        each = self.plan.refund_each
        found = [] if each is None else objects(each, self.value)
        return tuple(self._refund(refund, at) for at, refund in enumerate(found))

    def _refund(self, refund: Any, at: int) -> RefundRecord:
        def told(name: str) -> Any:
            path = self.plan.refund.get(name)
            return None if path is None else path.one(refund)

        name = f"refunds[{at}]"
        return RefundRecord(
            external_id=text(told("refund_id")) or str(at + 1),
            amount_minor=self.money(name, told("amount")),
            reason=text(told("reason")),
            created=self.moment_of(f"{name}.at", told("at")),
        )


def objects(each: Path, value: Any) -> list[Any]:
    """The objects a path finds; a list it ends in counts by its members."""
    found: list[Any] = []
    for told in each.all(value):
        found += told if isinstance(told, list) else [told]
    return [one for one in found if isinstance(one, dict)]


def _ms(value: Any, plan: Plan) -> tuple[int | None, str]:
    """UTC milliseconds of a time that is no ISO text, and the zone it was read in."""
    if "%" in plan.time:
        try:
            told = datetime.strptime(str(value), plan.time)  # noqa: DTZ007 - placed by the zone
        except ValueError:
            return None, plan.zone
        return moment_ms(told.isoformat(" ", "seconds"), plan.zone), plan.zone
    scale = 1000 if plan.time == "unix" else 1
    number = minor(value, 0)
    if number is None or number * scale // 1000 not in _SECONDS:
        return None, "UTC"
    return number * scale, "UTC"
