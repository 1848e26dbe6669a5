"""A channel's record in the shop's words: what it claims, and what a person must look at.

Every oddity of a channel stops here. Nothing is guessed: an unknown word stays unknown (F009),
a value that cannot be stays out of the books and its record is kept whole.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.domain import masks
from app.domain.calendar import ShopCalendar
from app.domain.errors import BadValue
from app.domain.money import CURRENCIES, LARGEST
from app.domain.states import Machine, OrderState, PaymentState
from app.domain.status import SKIP, Mapped, StatusMap
from app.rulebook import Rulebook
from sync.records import LineRecord, OrderRecord, Problem, ReceiverRecord, RefundRecord

LONGEST_KEY = 200  # characters of an id or code; longer ones cannot be indexed on every engine
LONGEST_TEXT = 20_000
MOST_UNITS = 1_000_000
FUTURE = "future_time"
STOPPING = frozenset({"impossible_amount", "unknown_currency", "bad_quantity", FUTURE})
# Platforms and we may differ by five minutes before anybody is alarmed; twice that is no clock's.
AHEAD_MS = 600_000
TOLD = STOPPING | {"bad_time", "rounded_amount"}
# What a platform says of the money when all of it had come; a part may have gone back since.
TOLD_PAID = frozenset({PaymentState.PAID, PaymentState.PARTLY_REFUNDED})
SETTLED, CALLBACK = "settled", "callback"


@dataclass(frozen=True, slots=True)
class Shop:
    """What intake needs to know of a shop on a platform."""

    id: int
    platform: str
    zone: str


@dataclass(frozen=True, slots=True)
class Ground:
    """What stays the same for a whole batch: the shop, the law, and the words it knows."""

    shop: Shop
    rules: Rulebook
    words: StatusMap
    calendar: ShopCalendar


@dataclass(frozen=True, slots=True)
class Claim:
    """What the platform says an order is; None where nobody has explained its word yet.

    ``unknown`` holds (machine, word) for each such word; ``skip``: no order for us (a draft).
    """

    order: OrderState | None
    payment: PaymentState | None = None
    unknown: tuple[tuple[Machine, str], ...] = ()
    skip: bool = False


def claim_of(ground: Ground, raw_status: str, raw_payment: str, *, trashed: bool = False) -> Claim:
    """What these words mean in this shop now; the bin of a platform means cancelled."""
    if trashed:
        return Claim(OrderState.CANCELLED)
    unknown = []
    order = _word(ground, Machine.ORDER, raw_status)
    if order is None:
        unknown.append((Machine.ORDER, raw_status))
    payment = _word(ground, Machine.PAYMENT, raw_payment) if raw_payment else ""
    if payment is None:
        unknown.append((Machine.PAYMENT, raw_payment))
    return Claim(
        OrderState(order) if order and order != SKIP else None,
        PaymentState(payment) if payment and payment != SKIP else None,
        tuple(unknown),
        skip=order == SKIP,
    )


def _word(ground: Ground, machine: Machine, raw: str) -> str | None:
    found = ground.words.read(ground.shop.platform, machine, raw)
    return found.to if isinstance(found, Mapped) else None


def safe(record: OrderRecord, now: int) -> OrderRecord:
    """The record with every value such as the book can hold, and a problem for each that was not.

    What happened after ``now`` (UTC ms) did not: its time was read in a wrong zone or by a wrong
    clock. It is kept as it was read, and somebody must look (F085, F086).

    Raises :class:`BadValue` when its id cannot be one: it is kept aside then.
    """
    if not 0 < len(record.external_id) <= LONGEST_KEY or plain(record.external_id) != (
        record.external_id
    ):
        raise BadValue(field="external_id", value=record.external_id[:LONGEST_KEY])
    problems = [p for p in record.problems if p.code != "unknown_status"]
    lines = tuple(_safe_line(line, problems) for line in _each_once(record.lines))
    if record.currency not in CURRENCIES and not _has(problems, "unknown_currency"):
        problems.append(Problem("unknown_currency", "currency", record.currency))
    problems += _ahead(record, now)
    return replace(
        record,
        total_minor=_amount("total", record.total_minor, problems),
        freight_minor=_amount("freight", record.freight_minor, problems),
        discount_minor=_amount("discount", record.discount_minor, problems),
        tax_minor=_amount("tax", record.tax_minor, problems),
        lines=lines,
        refunds=tuple(_safe_refund(refund, problems) for refund in record.refunds),
        external_no=plain(record.external_no)[:LONGEST_KEY] or record.external_id,
        raw_status=plain(record.raw_status)[:LONGEST_KEY],
        raw_payment=plain(record.raw_payment)[:LONGEST_KEY],
        currency=plain(record.currency)[:LONGEST_KEY],
        seller_memo=plain(record.seller_memo),
        buyer_message=plain(record.buyer_message),
        buyer_nick=plain(record.buyer_nick),
        flag=plain(record.flag),
        hold=plain(record.hold)[:LONGEST_KEY],
        receiver=_safe_receiver(record.receiver),
        problems=tuple(problems),
    )


def _ahead(record: OrderRecord, now: int) -> list[Problem]:
    """The first of a record's times that has not come yet, if there is one."""
    happened = {
        "placed": record.placed,
        "paid": record.paid,
        "modified": record.modified,
        "completed": record.completed,
    }
    found = [
        Problem(FUTURE, name, f"{moment.raw} {moment.zone}")
        for name, moment in happened.items()
        if moment.utc_ms is not None and moment.utc_ms > now + AHEAD_MS
    ]
    return found[:1]


def plain(text: str) -> str:
    """Text that both engines can keep: no NUL, no half of a character pair, no endless length."""
    if text.isascii() and "\x00" not in text:
        return text[:LONGEST_TEXT]
    clean = text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
    return clean[:LONGEST_TEXT]


def kinds_of(problems: Iterable[Problem], rules: Rulebook) -> tuple[tuple[str, Problem], ...]:
    """The kind of case each problem opens; the same field is complained of once."""
    found: dict[tuple[str, str], Problem] = {}
    for problem in problems:
        kind = problem.code if problem.code in rules.cases else "missing_field"
        found.setdefault((kind, problem.field), problem)
    return tuple((kind, problem) for (kind, _field), problem in found.items())


def said(problem: Problem) -> str:
    """What stood there, for the case's sentence; where a person may stand there, nothing."""
    return masks.mask_note(problem.raw[:80]) if problem.code in TOLD else ""


def _each_once(lines: tuple[LineRecord, ...]) -> list[LineRecord]:
    """Lines by their id; a line told twice under one id gets a name of its own."""
    seen: dict[str, int] = {}
    named = []
    for at, line in enumerate(lines):
        key = line.external_id[:LONGEST_KEY] or f"#{at + 1}"
        seen[key] = seen.get(key, 0) + 1
        name = key if seen[key] == 1 else f"{key}#{seen[key]}"
        named.append(line if name == line.external_id else replace(line, external_id=name))
    return named


def _safe_line(line: LineRecord, problems: list[Problem]) -> LineRecord:
    quantity = line.quantity
    if not 0 <= quantity <= MOST_UNITS:
        problems.append(Problem("bad_quantity", line.external_id, str(quantity)[:40]))
        quantity = 0
    return LineRecord(
        external_id=plain(line.external_id),
        sku=plain(line.sku.strip())[:LONGEST_KEY],
        listing_ref=plain(line.listing_ref)[:LONGEST_KEY],
        title=plain(line.title),
        variant=plain(line.variant),
        quantity=quantity,
        picture_url=line.picture_url,
        gift=line.gift,
        quantity_refunded=min(max(0, line.quantity_refunded), quantity),
        quantity_shipped=min(max(0, line.quantity_shipped), quantity),
        unit_price_minor=_amount("unit_price", line.unit_price_minor, problems),
        total_minor=_amount("line_total", line.total_minor, problems),
    )


def _safe_refund(told: RefundRecord, problems: list[Problem]) -> RefundRecord:
    return replace(
        told,
        external_id=plain(told.external_id)[:LONGEST_KEY],
        amount_minor=_amount("refund", told.amount_minor, problems),
        reason=plain(told.reason),
    )


def _safe_receiver(told: ReceiverRecord) -> ReceiverRecord:
    return ReceiverRecord(
        name=plain(told.name.strip()),
        phone=plain(told.phone.strip()),
        email=plain(told.email.strip()),
        country=plain(told.country.strip())[:LONGEST_KEY],
        province=plain(told.province.strip())[:LONGEST_KEY],
        city=plain(told.city.strip())[:LONGEST_KEY],
        district=plain(told.district.strip())[:LONGEST_KEY],
        address=plain(told.address.strip()),
        postcode=plain(told.postcode.strip())[:LONGEST_KEY],
        cipher=plain(told.cipher),
    )


def _amount(name: str, minor: int, problems: list[Problem]) -> int:
    if 0 <= minor <= LARGEST:
        return minor
    if not _has(problems, "impossible_amount"):
        problems.append(Problem("impossible_amount", name, str(minor)[:40]))
    return 0


def _has(problems: list[Problem], code: str) -> bool:
    return any(problem.code == code for problem in problems)
